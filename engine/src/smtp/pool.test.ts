import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { type CoiError, systemClock } from '@coi-webmail/base';
import type { Credentials } from '../account/service.ts';
import type { Outcome, Submission } from './connection.ts';
import { type FakeServer, type Script, type Step, startFakeServer } from './fake-server.fixture.ts';
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
    messageId: 'chat$1@example.test',
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
  assert.deepEqual(await pool.submit(line()), { state: 'unknown' });
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
  ['450 4.2.0 Later', 'smtp-unavailable'],
  ['552 5.3.4 Too big', 'message-too-large'],
  ['554 5.7.1 Spam', 'permission-denied'],
  ['451 4.7.1 Slow down', 'throttled'],
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
    rejected: [{ address: 'carol@example.test', smtpCode: 550, status: '5.1.1' }],
  });
});

test('when all recipients are refused nothing was sent', async () => {
  const { server, pool } = await setUp({ replies: { RCPT: '550 5.1.1 Unknown', DATA: '503 5.5.1 No recipients' } });
  const error = errorOf(await pool.submit(line()));
  assert.equal(error.code, 'recipient-rejected');
  assert.deepEqual(error.details, { smtpCode: 550, status: '5.1.1' });
  assert.deepEqual(server.messages, []);
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
  await pool.submit(line({ recipients: ['bob@example.test', 'carol@example.test'] }));
  assert.deepEqual(
    server.commands.filter((command) => /^(MAIL|RCPT)/.test(command)),
    [
      'MAIL FROM:<alice@example.test> SIZE=22 RET=HDRS ENVID=chat$1@example.test',
      'RCPT TO:<bob@example.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;bob@example.test',
      'RCPT TO:<carol@example.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;carol@example.test',
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
