import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { type CoiError, systemClock } from '@coi-webmail/base';
import type { Credentials } from '../account/service.ts';
import { type FakeServer, type Script, type Step, startFakeServer } from './fake-server.fixture.ts';
import type { Outcome, Submission } from './outcome.ts';
import { SmtpPool } from './pool.ts';

const ALICE: Credentials = { login: 'alice', secret: 'secret', auth: 'password' };

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (let end = open.pop(); end !== undefined; end = open.pop()) await end();
});

async function setUp(
  script: Script = {},
  credentials: Credentials = ALICE,
): Promise<{ server: FakeServer; pool: SmtpPool }> {
  const server = await startFakeServer(script);
  const pool = new SmtpPool({ host: '127.0.0.1', port: server.port, tls: 'none' }, () => credentials, systemClock);
  open.push(async () => {
    await pool.close();
    await server.stop();
  });
  return { server, pool };
}

function line(options: Partial<Submission> & { readonly text?: string } = {}): Submission {
  return {
    from: 'alice@example.test',
    recipients: ['bob@example.test'],
    bytes: Buffer.from(options.text ?? 'Subject: Hi\r\n\r\nHello\r\n'),
    beforeData: async () => undefined,
    ...options,
  };
}

function errorOf(outcome: Outcome): CoiError {
  assert.equal(outcome.state, 'failed');
  return (outcome as Extract<Outcome, { state: 'failed' }>).error;
}

for (const step of ['greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA'] satisfies Step[]) {
  for (const extensions of [undefined, ['AUTH PLAIN']]) {
    test(`a connection cut at ${step} ${extensions === undefined ? 'with' : 'without'} pipelining means: not sent, try again`, async () => {
      const { server, pool } = await setUp({ cutAt: step, ...(extensions === undefined ? {} : { extensions }) });
      assert.equal(errorOf(await pool.submit(line())).code, 'smtp-unavailable');
      assert.deepEqual(server.messages, []);
    });
  }
}

test('a connection cut after the final dot means: nobody knows', async () => {
  const { pool } = await setUp({ cutAt: 'dot' });
  assert.deepEqual(await pool.submit(line()), { state: 'unknown', rejected: [] });
});

test('a connection cut while a long message is under way means: not sent', async () => {
  const { server, pool } = await setUp({ cutAt: 'body' });
  const outcome = await pool.submit(line({ text: `Subject: Long\r\n\r\n${'x'.repeat(20_000_000)}\r\n` }));
  assert.equal(errorOf(outcome).code, 'message-too-large');
  server.script({ cutAt: 'body', extensions: ['AUTH PLAIN'] });
  server.hangUp();
  const again = await pool.submit(line({ text: `Subject: Long\r\n\r\n${'x\r\n'.repeat(7_000_000)}` }));
  assert.equal(errorOf(again).code, 'smtp-unavailable');
});

for (const [reply, code] of [
  ['450 4.2.0 Later', 'throttled'],
  ['451 4.7.1 Slow down', 'throttled'],
  ['451 4.3.0 Out of order', 'smtp-unavailable'],
  ['421 Closing', 'smtp-unavailable'],
  ['452 4.3.1 No disk', 'smtp-unavailable'],
  ['550 5.4.5 Daily user sending limit exceeded', 'throttled'],
  ['552 5.3.4 Too big', 'message-too-large'],
  ['552 Exceeded storage allocation', 'message-too-large'],
  ['552 5.2.2 Full', 'quota-exceeded'],
  ['554 5.7.1 Spam', 'permission-denied'],
] as const) {
  test(`the reply ${reply} to the message is a failure that is known: ${code}`, async () => {
    const { pool } = await setUp({ replies: { dot: reply } });
    assert.equal(errorOf(await pool.submit(line())).code, code);
  });
}

test('a reply to the message that refuses it leaves the session usable', async () => {
  const { server, pool } = await setUp({ replies: { dot: '554 5.7.1 Spam' } });
  await pool.submit(line());
  server.script({});
  assert.equal((await pool.submit(line())).state, 'accepted');
  assert.equal(server.connectionCount(), 1);
});

test('recipients that are refused are named, the others get the line', async () => {
  const { pool } = await setUp({
    replies: {
      'RCPT TO:<CAROL@EXAMPLE.TEST> NOTIFY=FAILURE,DELAY ORCPT=RFC822;CAROL@EXAMPLE.TEST': '550 5.1.1 Unknown',
    },
  });
  const outcome = await pool.submit(line({ recipients: ['bob@example.test', 'carol@example.test'] }));
  assert.deepEqual(outcome, {
    state: 'accepted',
    rejected: [{ address: 'carol@example.test', smtpCode: 550, status: '5.1.1', kind: 'refused' }],
  });
});

test('when all recipients are refused nothing was sent', async () => {
  const { server, pool } = await setUp({ replies: { RCPT: '550 5.1.1 Unknown', DATA: '503 5.5.1 No recipients' } });
  const error = errorOf(await pool.submit(line()));
  assert.equal(error.code, 'recipient-rejected');
  assert.deepEqual(error.details, { smtpCode: 550, status: '5.1.1' });
  assert.deepEqual(server.messages, []);
});

for (const [reply, kind] of [
  ['450 4.2.0 Greylisted', 'deferred'],
  ['452 4.2.2 Mailbox full', 'deferred'],
  ['452 4.5.3 Too many recipients', 'too-many'],
  ['452 Too many', 'too-many'],
  ['550 5.5.3 Too many recipients', 'too-many'],
  ['552 5.2.2 Mailbox full', 'refused'],
] as const) {
  test(`the reply ${reply} to one recipient means ${kind}, and is known before the data goes out`, async () => {
    const { pool } = await setUp({
      answer: (step, text) => (step === 'RCPT' && text.includes('carol') ? reply : undefined),
    });
    let told: unknown;
    const outcome = await pool.submit(
      line({
        recipients: ['bob@example.test', 'carol@example.test'],
        beforeData: async (envelope) => {
          told = envelope;
        },
      }),
    );
    const [smtpCode, status] = [Number(reply.slice(0, 3)), /\d\.\d\.\d/.exec(reply)?.[0]];
    const rejected = [{ address: 'carol@example.test', smtpCode, status, kind }];
    assert.deepEqual(told, { accepted: ['bob@example.test'], rejected });
    assert.deepEqual(outcome, { state: 'accepted', rejected });
  });
}

test('after a refused message, and after a lost reply, it is still known who was refused by name', async () => {
  const { server, pool } = await setUp();
  const two = () => pool.submit(line({ recipients: ['bob@example.test', 'carol@example.test'] }));
  for (const [dot, state] of [
    ['554 5.7.1 Spam', 'failed'],
    ['CUT', 'unknown'],
  ] as const) {
    server.script({
      answer: (step, text) => (text.includes('carol') ? '550 5.1.1 Unknown' : step === 'dot' ? dot : undefined),
    });
    const outcome = await two();
    assert.equal(outcome.state, state);
    assert.deepEqual(
      outcome.rejected.map(({ address }) => address),
      ['carol@example.test'],
    );
  }
});

test('a server that wants few transactions per session gets a new session in time', async () => {
  const { server, pool } = await setUp({ extensions: ['AUTH PLAIN', 'LIMITS MAILMAX=2 RCPTMAX=5'] });
  for (const text of ['one', 'two', 'three']) await pool.submit(line({ text }));
  assert.equal(server.connectionCount(), 2);
  assert.equal(pool.limits.recipients, 5);
  pool.learnRecipientLimit(9);
  assert.equal(pool.limits.recipients, 5);
  pool.learnRecipientLimit(3);
  assert.equal(pool.limits.recipients, 3);
});

test('a refused sender is told apart, also by servers that look at it late', async () => {
  const early = await setUp({ replies: { MAIL: '553 5.7.1 No', RCPT: '503 No', DATA: '503 No' } });
  assert.equal(errorOf(await early.pool.submit(line())).code, 'sender-rejected');
  const late = await setUp({
    replies: { RCPT: '553 5.7.1 <alice@example.test>: Sender address rejected: not owned by user bob', DATA: '503 No' },
  });
  assert.equal(errorOf(await late.pool.submit(line())).code, 'sender-rejected');
});

test('a refused sign-on is not tried again with the same credentials', async () => {
  const { server, pool } = await setUp({ replies: { AUTH: '535 5.7.8 No' } });
  assert.equal(errorOf(await pool.submit(line())).code, 'auth-failed');
  assert.equal(errorOf(await pool.submit(line())).code, 'auth-failed');
  assert.equal(server.connectionCount(), 1);
});

for (const auth of ['xoauth2', 'oauthbearer'] as const) {
  test(`a token signs on by ${auth}`, async () => {
    const { server, pool } = await setUp({}, { login: 'alice', secret: 'token', auth });
    assert.equal((await pool.submit(line())).state, 'accepted');
    assert.ok(server.commands.includes(`AUTH ${auth.toUpperCase()}`));
  });
}

test('the envelope asks for notices of failure and delay, per recipient', async () => {
  const { server, pool } = await setUp();
  await pool.submit(line({ recipients: ['bob@example.test', 'carol+x@example.test'], envelopeId: 'MFZWKYLEPF2GQ2LT' }));
  assert.deepEqual(
    server.commands.filter((command) => /^(MAIL|RCPT)/.test(command)),
    [
      'MAIL FROM:<alice@example.test> SIZE=22 RET=HDRS ENVID=MFZWKYLEPF2GQ2LT',
      'RCPT TO:<bob@example.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;bob@example.test',
      'RCPT TO:<carol+x@example.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;carol+2Bx@example.test',
    ],
  );
});

test('bytes arrive as they are, dots and all', async () => {
  const { server, pool } = await setUp();
  await pool.submit(line({ text: 'Subject: Dots\r\n\r\n.\r\n..two\r\n.end\r\n' }));
  assert.deepEqual(server.messages, ['Subject: Dots\r\n\r\n..\r\n...two\r\n..end']);
});

test('lines share one session, in order', async () => {
  const { server, pool } = await setUp();
  await pool.warm();
  await Promise.all(['one', 'two', 'three'].map((text) => pool.submit(line({ text: `\r\n${text}\r\n` }))));
  assert.deepEqual(
    server.messages.map((message) => message.trim()),
    ['one', 'two', 'three'],
  );
  assert.equal(server.connectionCount(), 1);
});

test('a session that the server ended meanwhile is replaced unseen', async () => {
  const { server, pool } = await setUp();
  await pool.submit(line());
  server.hangUp();
  assert.equal((await pool.submit(line())).state, 'accepted');
  assert.equal(server.messages.length, 2);
});

test('what fails before the data cancels the submission: the server gets no message', async () => {
  const { server, pool } = await setUp();
  const beforeData = () => Promise.reject(new Error('The claim was lost'));
  assert.equal(errorOf(await pool.submit(line({ beforeData }))).code, 'internal');
  assert.deepEqual(server.messages, []);
  assert.equal((await pool.submit(line())).state, 'accepted');
});

test('nothing is said without TLS when TLS is wanted', async () => {
  const server = await startFakeServer({ extensions: ['AUTH PLAIN'] });
  open.push(() => server.stop());
  const pool = new SmtpPool({ host: '127.0.0.1', port: server.port, tls: 'starttls' }, () => ALICE, systemClock);
  assert.equal(errorOf(await pool.submit(line())).code, 'tls-untrusted');
  assert.ok(!server.commands.some((command) => command.startsWith('AUTH')));
});
