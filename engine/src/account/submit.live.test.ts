import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import type { Params, Result } from '@coi-webmail/protocol';
import { at, commandsSince, limitQuota, sendMail, type Stack, startStack, until, needs } from '@coi-webmail/e2e/stack';
import { chatId, issuerOf, mail, MODE, newHub, person, type Person, type PersonOptions } from './account.fixture.ts';
import { startLesserServer } from '../imap/lesser-server.fixture.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { CLAIM_STALE_MS, claimKey } from './submit.ts';

// A stack of its own: faults and counts of another test would be in the way.
let stack: Stack;
before(async () => {
  stack = await startStack({ engine: false, webmail: false, name: `submit-${process.pid}` });
});
after(async () => {
  await stack?.stop();
});

async function consenting(options: PersonOptions = {}): Promise<Person> {
  const someone = await person({ stack, stop: async () => undefined }, options);
  await someone.account.call('mode.set', { mode: MODE });
  await someone.account.call('submit.warm', {});
  return someone;
}

type Submit = Params<'message.submit'>;

function lineTo(from: Person, to: Person | string, headers: Readonly<Record<string, string>> = {}): Submit {
  const messageId = chatId();
  const recipient = typeof to === 'string' ? to : to.user.address;
  const bytes = mail({
    From: `Alice <${from.user.address}>`,
    To: recipient,
    'Message-ID': `<${messageId}>`,
    'Chat-Version': '1.0',
    Date: new Date().toUTCString(),
    ...headers,
  });
  return { messageId, bytes, recipients: [recipient], attempt: 0 };
}

const send = (who: Person, line: Submit): Promise<Result<'message.submit'>> => who.account.call('message.submit', line);

async function flagsOf(who: Person, path: string): Promise<string[]> {
  const imap = await who.imap();
  await imap.command(`EXAMINE ${path}`);
  const text = await imap.command('UID FETCH 1:* (FLAGS)').catch(() => '');
  await imap.logout();
  return [...text.matchAll(/FLAGS \(([^)]*)\)/g)].map((match) => (match[1] ?? '').replace(/\\Recent ?/, '').trim());
}

const eventually = (holds: () => Promise<boolean>): Promise<void> => until(holds, 'What was expected', 10_000);

/** The account's SMTP goes through the relay that can lose the final dot. */
async function overFaults(options: PersonOptions = {}): Promise<Person> {
  const issuer = await issuerOf({ stack, stop: async () => undefined });
  const smtp = { ...issuer.smtp, port: stack.info.ports.submissionFault };
  return consenting({ ...options, issuer: { smtp } });
}

test(
  'a line is sent once, its copy lies in the chats mailbox and is pending no more',
  needs('keywords', 'UIDPLUS'),
  async () => {
    const [alice, bob] = [await consenting(), await consenting()];
    const line = lineTo(alice, bob);
    const answer = await send(alice, line);
    assert.equal(answer.state, 'sent');
    assert.deepEqual(answer.rejected, []);
    assert.equal(answer.copy?.mailbox, at('COI/Chats'));
    await bob.events.next('message.arrived');
    await eventually(async () => (await flagsOf(alice, at('COI/Chats')))[0] === '\\Seen $CoiOwn $Chat');
    await eventually(async () => stack.sink.count(`<${line.messageId}>`, bob.user.address) === 1);
    await alice.stop();
    await bob.stop();
  },
);

test('a first send says neither SEARCH nor SELECT, and one APPEND', async () => {
  const user = await stack.freshUser();
  await stack.startImapTrace(user.address);
  const [alice, bob] = [await consenting({ user }), await consenting()];
  await alice.account.call('mailbox.sync', { mailbox: 'INBOX' });
  const said = await stack.imapTrace(user.address);
  await send(alice, lineTo(alice, bob));
  const all = commandsSince(said, await stack.imapTrace(user.address));
  const way = all.find(({ name }) => name === 'APPEND')?.connection;
  const commands = all.filter(({ connection }) => connection === way).map(({ name }) => name);
  assert.ok(commands.includes('APPEND'));
  assert.deepEqual(
    commands.filter((name) => /^(UID )?(SEARCH|SELECT|EXAMINE|FETCH|NOOP|STORE)$/.test(name)),
    [],
  );
  await alice.stop();
  await bob.stop();
});

test('the fast lane hands bob the very bytes, before IMAP knows of them', async () => {
  const hub = newHub();
  const [alice, bob, carol] = [
    await consenting({ deps: { hub } }),
    await consenting({ deps: { hub } }),
    await consenting({ deps: { hub } }),
  ];
  const line = lineTo(alice, bob);
  const { acceptedAt } = await send(alice, line);
  const [lane] = bob.events.of('lane.message');
  assert.deepEqual(lane, { messageId: line.messageId, from: alice.user.address, acceptedAt, bytes: line.bytes });
  assert.deepEqual(carol.events.of('lane.message'), []);
  for (const someone of [alice, bob, carol]) await someone.stop();
});

test('asking again about a line that was sent sends nothing', async () => {
  const [alice, bob] = [await consenting(), await consenting()];
  const line = lineTo(alice, bob);
  const first = await send(alice, line);
  const again = await send(alice, { ...line, attempt: 1 });
  assert.equal(again.state, 'sent');
  assert.deepEqual(again.copy, first.copy);
  await eventually(async () => stack.sink.count(`<${line.messageId}>`) === 1);
  assert.equal((await flagsOf(alice, at('COI/Chats'))).length, 1);
  await alice.stop();
  await bob.stop();
});

test('two processes with one Store send a line once, whoever is asked', async () => {
  const [store, hub] = [new MemoryStore(), newHub()];
  const alice = await consenting({ deps: { store, hub } });
  const elsewhere = await consenting({ user: alice.user, deps: { store, hub } });
  const bob = await consenting();
  const line = lineTo(alice, bob);
  const answers = await Promise.all([send(alice, line), send(elsewhere, line), send(alice, line)]);
  assert.deepEqual(answers.map(({ state }) => state).sort(), ['in-flight', 'sent', 'sent']);
  assert.equal((await send(elsewhere, { ...line, attempt: 1 })).state, 'sent');
  await eventually(async () => stack.sink.count(`<${line.messageId}>`) === 1);
  assert.equal((await flagsOf(alice, at('COI/Chats'))).length, 1);
  for (const someone of [alice, elsewhere, bob]) await someone.stop();
});

for (const fault of ['reply-lost', 'dot-lost'] as const) {
  test(
    `${fault}: the outcome is unknown, nothing is resent unasked, and asking sends it once more`,
    needs('keywords'),
    async () => {
      const [alice, bob] = [await overFaults(), await consenting()];
      stack.faults.submission.failNext(fault);
      const line = lineTo(alice, bob);
      assert.equal((await send(alice, line)).state, 'unknown');
      assert.equal((await send(alice, { ...line, attempt: 1 })).state, 'unknown');
      const reached = fault === 'reply-lost' ? 1 : 0;
      await eventually(async () => stack.sink.count(`<${line.messageId}>`) === reached);
      assert.deepEqual(await flagsOf(alice, at('COI/Chats')), ['\\Seen $CoiOwn $Chat $CoiPending']);
      const resent = await send(alice, { ...line, attempt: 2, resend: true });
      assert.equal(resent.state, 'sent');
      await eventually(async () => stack.sink.count(`<${line.messageId}>`) === reached + 1);
      await eventually(async () => (await flagsOf(alice, at('COI/Chats'))).join() === '\\Seen $CoiOwn $Chat');
      await alice.stop();
      await bob.stop();
    },
  );
}

test("the copy in bob's mailbox settles what was unknown to alice", needs('keywords'), async () => {
  const hub = newHub();
  const alice = await overFaults({ deps: { hub } });
  const user = await stack.freshUser();
  stack.faults.submission.failNext('reply-lost');
  const line = lineTo(alice, user.address);
  assert.equal((await send(alice, line)).state, 'unknown');
  const bob = await consenting({ user, deps: { hub } });
  assert.deepEqual(await alice.events.next('submit.settled'), { messageId: line.messageId, state: 'sent' });
  assert.equal((await send(alice, { ...line, attempt: 1, resend: true })).state, 'sent');
  assert.equal(stack.sink.count(`<${line.messageId}>`), 1);
  await eventually(async () => (await flagsOf(alice, at('COI/Chats'))).join() === '\\Seen $CoiOwn $Chat');
  await alice.stop();
  await bob.stop();
});

test(
  'a killed process leaves an unknown outcome; the copy that bob has settles it, however old',
  needs('MOVE', 'keywords'),
  async () => {
    const [store, hub] = [new MemoryStore(), newHub()];
    const [alice, bob] = [await consenting({ deps: { store, hub } }), await consenting({ deps: { hub } })];
    const line = lineTo(alice, bob);
    const key = claimKey(alice.account.identity.hash, line.messageId);
    const claimedAt = Date.now() - 2 * CLAIM_STALE_MS;
    await store.claim(key, claimedAt, CLAIM_STALE_MS);
    await store.progressClaim(key, claimedAt, {}, true);
    const { inject } = stack.info.ports;
    await sendMail({ port: inject, from: alice.user.address, to: [bob.user.address], message: line.bytes });
    await bob.events.next('message.moved');
    assert.deepEqual(alice.events.of('submit.settled'), []);
    assert.equal((await send(alice, { ...line, attempt: 1 })).state, 'unknown');
    assert.deepEqual(await alice.events.next('submit.settled'), { messageId: line.messageId, state: 'sent' });
    assert.equal(stack.sink.count(`<${line.messageId}>`), 1);
    await alice.stop();
    await bob.stop();
  },
);

test('a line to nobody is refused, and its pending copy goes; foreign deleted mail stays', async () => {
  const alice = await consenting();
  const imap = await alice.imap();
  await imap.append(at('COI/Chats'), mail({ From: alice.user.address, 'Message-ID': '<kept@far.test>' }), [
    '\\Deleted',
  ]);
  await imap.logout();
  await assert.rejects(send(alice, lineTo(alice, 'nobody@example.test')), (error) =>
    isCoiError(error, 'recipient-rejected'),
  );
  assert.deepEqual(await flagsOf(alice, at('COI/Chats')), ['\\Deleted']);
  await alice.stop();
});

test('after a line to nobody the next one goes out', async () => {
  const [alice, bob] = [await consenting(), await consenting()];
  await assert.rejects(send(alice, lineTo(alice, 'nobody@example.test')));
  assert.equal((await send(alice, lineTo(alice, bob))).state, 'sent');
  await alice.stop();
  await bob.stop();
});

test(
  'the submission server is away: whoever asks next finds the copy that lies there',
  needs('MOVE', 'keywords'),
  async () => {
    const store = new MemoryStore();
    const issuer = await issuerOf({ stack, stop: async () => undefined });
    const nobodyListens = { ...issuer.smtp, port: 1 };
    const alice = await person(
      { stack, stop: async () => undefined },
      { deps: { store }, issuer: { smtp: nobodyListens } },
    );
    await alice.account.call('mode.set', { mode: 'active' });
    const line = lineTo(alice, 'erin@elsewhere.test');
    await assert.rejects(send(alice, line), (error) => isCoiError(error, 'smtp-unavailable'));
    await alice.stop();
    const again = await consenting({ user: alice.user, deps: { store } });
    assert.equal((await send(again, line)).state, 'sent');
    assert.equal((await flagsOf(again, at('COI/Chats'))).length, 1);
    await again.stop();
  },
);

for (const pool of [undefined, 'nokeyword'] as const) {
  test(`a Store that forgot${pool === undefined ? '' : ', keywords forbidden'}: the mailbox tells that the line was sent`, async () => {
    const [alice, bob] = [await consenting(pool === undefined ? {} : { pool }), await consenting()];
    const line = lineTo(alice, bob);
    assert.equal((await send(alice, line)).state, 'sent');
    await alice.stop();
    const again = await consenting({ user: alice.user });
    assert.equal((await send(again, { ...line, attempt: 1 })).state, 'sent');
    assert.equal(stack.sink.count(`<${line.messageId}>`), 1);
    assert.equal((await flagsOf(again, at('COI/Chats'))).length, 1);
    await again.stop();
    await bob.stop();
  });
}

test('keywords forbidden: a line that was sent once more has one copy, whatever evidence follows', async () => {
  const hub = newHub();
  const alice = await overFaults({ pool: 'nokeyword', deps: { hub } });
  stack.faults.submission.failNext('dot-lost');
  const line = lineTo(alice, 'erin@elsewhere.test');
  assert.equal((await send(alice, line)).state, 'unknown');
  assert.equal((await send(alice, { ...line, attempt: 1, resend: true })).state, 'sent');
  hub.sendEvidence({ messageId: line.messageId, from: alice.user.address });
  await alice.stop();
  assert.equal((await flagsOf(alice, at('COI/Chats'))).length, 1);
});

test('who comes after the doubt began, and has the message since before, ends it', async () => {
  const hub = newHub();
  // Bob's engine knew the message, and died.
  const [bobBefore, alice] = [await consenting(), await overFaults({ deps: { hub } })];
  stack.faults.submission.failNext('reply-lost');
  const line = lineTo(alice, bobBefore);
  assert.equal((await send(alice, line)).state, 'unknown');
  await bobBefore.events.next('message.arrived', ({ mailbox }) => mailbox === at('COI/Chats') || mailbox === 'INBOX');
  await eventually(async () => (await flagsOf(bobBefore, at('COI/Chats'))).length === 1);
  await bobBefore.stop();
  assert.deepEqual(alice.events.of('submit.settled'), []);
  const bob = await consenting({ user: bobBefore.user, deps: { hub } });
  await alice.events.next('submit.settled', ({ messageId }) => messageId === line.messageId);
  await Promise.all([alice.stop(), bob.stop()]);
});

test('a question about a line sends nothing, also when nobody knows of it', async () => {
  const hub = newHub();
  const alice = await consenting({ deps: { hub } });
  const line = lineTo(alice, 'erin@elsewhere.test');
  assert.equal((await send(alice, { ...line, attempt: 1, query: true })).state, 'unknown');
  assert.equal(stack.sink.count(`<${line.messageId}>`), 0);
  hub.sendEvidence({ messageId: line.messageId, from: alice.user.address, by: 'erin@elsewhere.test' });
  await alice.events.next('submit.settled', ({ messageId }) => messageId === line.messageId);
  assert.equal((await send(alice, { ...line, attempt: 2, query: true })).state, 'sent');
  assert.equal(stack.sink.count(`<${line.messageId}>`), 0);
  await alice.stop();
});

test('evidence that is faster than the answer of the submission server counts', async () => {
  const hub = newHub();
  const alice = await overFaults({ deps: { hub } });
  stack.faults.submission.failNext('reply-lost');
  const line = lineTo(alice, 'erin@elsewhere.test');
  const answer = send(alice, line);
  hub.sendEvidence({ messageId: line.messageId, from: alice.user.address });
  assert.equal((await answer).state, 'sent');
  await alice.stop();
  assert.deepEqual(await flagsOf(alice, at('COI/Chats')), ['\\Seen $CoiOwn $Chat']);
});

test('keywords forbidden: the copy is stored once the line is accepted', needs('UIDPLUS'), async () => {
  const [alice, bob] = [await consenting({ pool: 'nokeyword' }), await consenting()];
  // The copy of the very first line waits until it is known whether the server makes one.
  await send(alice, lineTo(alice, bob));
  await eventually(async () => (await flagsOf(alice, at('COI/Chats'))).length === 1);
  const { state, copy } = await send(alice, lineTo(alice, bob));
  assert.equal(state, 'sent');
  assert.equal(copy?.mailbox, at('COI/Chats'));
  assert.deepEqual(await flagsOf(alice, at('COI/Chats')), ['\\Seen', '\\Seen']);
  await assert.rejects(send(alice, lineTo(alice, 'nobody@example.test')));
  assert.equal((await flagsOf(alice, at('COI/Chats'))).length, 2);
  await alice.stop();
  await bob.stop();
});

test('a mailbox that is full says so, until it takes a message again', needs('keywords'), async () => {
  const user = await stack.freshUser();
  await limitQuota(stack.info, user.address, 30);
  const alice = await consenting({ user });
  const line = lineTo(alice, 'erin@elsewhere.test');
  const long = { ...line, bytes: Buffer.concat([line.bytes, Buffer.alloc(60_000, `${'x'.repeat(70)}\r\n`)]) };
  await assert.rejects(send(alice, long), (error) => isCoiError(error, 'quota-exceeded'));
  await alice.events.next('account.state', ({ state }) => state === 'over-quota');
  assert.equal((await alice.account.describe()).account.state, 'over-quota');
  assert.equal((await send(alice, lineTo(alice, 'erin@elsewhere.test'))).state, 'sent');
  assert.deepEqual(alice.events.of('account.state').at(-1), { state: 'online' });
  assert.equal(stack.sink.count(`<${line.messageId}>`), 0);
  const { revision } = await alice.account.call('storage.put', { kind: 'drafts', document: '{}', ifRevision: '' });
  const document = JSON.stringify('x'.repeat(60_000));
  await assert.rejects(alice.account.call('storage.put', { kind: 'drafts', document, ifRevision: revision }));
  assert.deepEqual(alice.events.of('account.state').at(-1), { state: 'over-quota' });
  await alice.stop();
});

test('before consent the copy goes to Sent, as of any mail program', needs('UIDPLUS'), async () => {
  const dave = await person({ stack, stop: async () => undefined });
  const bob = await consenting();
  await send(dave, lineTo(dave, bob));
  await eventually(async () => (await flagsOf(dave, at('Sent'))).length === 1);
  const { copy } = await send(dave, lineTo(dave, bob));
  assert.equal(copy?.mailbox, at('Sent'));
  assert.deepEqual(await flagsOf(dave, at('Sent')), ['\\Seen', '\\Seen']);
  await dave.stop();
  await bob.stop();
});

for (const [name, headers, code] of [
  ['another From', { From: 'bob@example.test' }, 'sender-rejected'],
  ['two From addresses', { From: 'bob@example.test, carol@example.test' }, 'sender-rejected'],
  ['a Sender field', { Sender: 'bob@example.test' }, 'permission-denied'],
  ['a Bcc field', { Bcc: 'carol@example.test' }, 'permission-denied'],
  ['another Message-ID', { 'Message-ID': '<other@example.test>' }, 'invalid-request'],
] as const) {
  test(`a message with ${name} is refused on the spot`, async () => {
    const alice = await consenting();
    await assert.rejects(send(alice, lineTo(alice, 'erin@elsewhere.test', headers)), (error) =>
      isCoiError(error, code),
    );
    assert.deepEqual(await flagsOf(alice, at('COI/Chats')), []);
    await alice.stop();
  });
}

test('a second From field is refused', async () => {
  const alice = await consenting();
  const line = lineTo(alice, 'erin@elsewhere.test');
  const bytes = Buffer.concat([Buffer.from('From: bob@example.test\r\n'), line.bytes]);
  await assert.rejects(send(alice, { ...line, bytes }), (error) => isCoiError(error, 'sender-rejected'));
  await alice.stop();
});

test('a message over the limit is refused before anything happens', async () => {
  const alice = await consenting({ deps: { maxMessageBytes: 1_000 } });
  const line = lineTo(alice, 'erin@elsewhere.test');
  const bytes = Buffer.concat([line.bytes, Buffer.alloc(2_000, 'x')]);
  await assert.rejects(send(alice, { ...line, bytes }), (error) => isCoiError(error, 'message-too-large'));
  await alice.stop();
});

test('a large message takes the other connections and lets a line pass', async () => {
  const [alice, bob] = [await consenting(), await consenting()];
  const large = lineTo(alice, bob);
  const bytes = Buffer.concat([large.bytes, Buffer.alloc(8_000_000, `${'x'.repeat(70)}\r\n`)]);
  const order: string[] = [];
  await Promise.all([
    send(alice, { ...large, bytes }).then(() => order.push('large')),
    send(alice, lineTo(alice, bob)).then(() => order.push('line')),
  ]);
  assert.deepEqual(order, ['line', 'large']);
  await alice.stop();
  await bob.stop();
});

test('a line does not wait for a sync of a mail server that is far away', async () => {
  const far = await startLesserServer(stack.info.ports.imap, [], { delayMs: 60 });
  const issuer = await issuerOf({ stack, stop: async () => undefined });
  const alice = await consenting({ issuer: { imap: { ...issuer.imap, port: far.port, tls: 'none' } } });
  const bob = await consenting();
  const sync = () => alice.account.call('mailbox.sync', { mailbox: at('COI/Chats') });
  // The first line that meets a sync waits for it, and finds out that a second connection is worth having.
  await Promise.all([sync(), send(alice, lineTo(alice, bob))]);
  await until(
    async () => far.commands().filter((name) => /^(LOGIN|AUTHENTICATE)$/.test(name)).length === 3,
    'the second connection',
  );
  await sync();
  const order: string[] = [];
  await Promise.all([
    sync().then(() => order.push('sync')),
    send(alice, lineTo(alice, bob)).then(() => order.push('line')),
  ]);
  assert.deepEqual(order, ['line', 'sync']);
  await alice.stop();
  await bob.stop();
  await far.stop();
});

test('a stopped account finishes the line that it was sending', needs('keywords'), async () => {
  const [alice, bob] = [await consenting(), await consenting()];
  const line = lineTo(alice, bob);
  const answer = send(alice, line);
  await alice.stop();
  assert.equal((await answer).state, 'sent');
  assert.deepEqual(await flagsOf(alice, at('COI/Chats')), ['\\Seen $CoiOwn $Chat']);
  await bob.stop();
});

test('the mailbox is away: the line is not sent, and goes out once it is back', needs('keywords'), async () => {
  const [alice, bob] = [await consenting(), await consenting()];
  const line = lineTo(alice, bob);
  await stack.stopImap();
  await assert.rejects(
    send(alice, line),
    (error) => isCoiError(error, 'imap-unavailable') || isCoiError(error, 'smtp-unavailable'),
  );
  await stack.startImap();
  assert.equal((await send(alice, { ...line, attempt: 1 })).state, 'sent');
  await eventually(async () => stack.sink.count(`<${line.messageId}>`) === 1);
  assert.equal((await flagsOf(alice, at('COI/Chats'))).length, 1);
  await alice.stop();
  await bob.stop();
});

test(
  'a process that died after the line was accepted leaves a pending copy, which the next one settles',
  needs('keywords'),
  async () => {
    const store = new MemoryStore();
    const alice = await consenting({ deps: { store } });
    await alice.stop();
    const [accepted, unsent] = [lineTo(alice, 'erin@elsewhere.test'), lineTo(alice, 'erin@elsewhere.test')];
    const imap = await alice.imap();
    for (const { bytes } of [accepted, unsent])
      await imap.append(at('COI/Chats'), bytes, ['\\Seen', '$CoiOwn', '$CoiPending']);
    await imap.logout();
    const keyOf = ({ messageId }: Submit) => claimKey(alice.account.identity.hash, messageId);
    await store.settleClaim(keyOf(accepted), 'accepted', Date.now(), {});
    await store.claim(keyOf(unsent), Date.now(), CLAIM_STALE_MS);
    await store.settleClaim(keyOf(unsent), 'released', Date.now(), {});
    const again = await consenting({ user: alice.user, deps: { store } });
    await eventually(async () => (await flagsOf(again, at('COI/Chats')))[0] === '\\Seen $CoiOwn');
    assert.match((await flagsOf(again, at('COI/Chats')))[1] ?? '', /\$CoiPending/);
    const sent = await send(again, { ...unsent, attempt: 1 });
    assert.equal(sent.copy?.uid, 2);
    await again.stop();
  },
);
