/** Frames, limits, events and resume, over real sockets. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { CoiError, systemClock } from '@coi-webmail/base';
import { CLOSE, encodeFrame, SUBPROTOCOL } from '@coi-webmail/protocol';
import { TestClock } from '../auth/auth.fixture.ts';
import { createLogger } from '../log.ts';
import { changed, TestEngine } from './server.fixture.ts';
import { HELLO_TIMEOUT_MS } from './socket.ts';

let engine: TestEngine;
before(async () => {
  engine = await TestEngine.start({ settings: { maxMessageBytes: 500_000, maxFrameBytes: 1_048_576 } });
});
after(() => engine.stop());

const bodyOf = (text: string) => new TextEncoder().encode(text);
const submitOf = (bytes: Uint8Array) => ({ messageId: 'chat$1@a.test', bytes, recipients: ['bob@a.test'], attempt: 0 });

test('hello tells the account, and requests and bytes go through', async () => {
  const session = await engine.signOn('alice');
  const socket = await engine.open(session);
  const hello = await socket.hello(session);
  assert.equal(hello.account.address, 'alice@a.test');
  assert.deepEqual([hello.seq, hello.resumed, hello.storageShare], [0, false, session.storageShare]);
  assert.ok(Math.abs(hello.serverAt - Date.now()) < 10_000);
  const account = engine.account('alice');
  account.answers['message.submit'] = async () => ({ state: 'sent', acceptedAt: 5, rejected: [] });
  assert.deepEqual(await socket.call('message.submit', submitOf(bodyOf('Hi'))), {
    state: 'sent',
    acceptedAt: 5,
    rejected: [],
  });
  assert.deepEqual(account.asked, [{ method: 'message.submit', params: submitOf(bodyOf('Hi')) }]);
  assert.equal(account.socketCount, 1);
});

test("the account learns the browser's address from a trusted proxy, and the log does not", async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', clock: systemClock, write: (line) => void lines.push(line) });
  const proxied = await TestEngine.start({ settings: { trustedProxies: ['127.0.0.1'] }, log });
  const session = await proxied.signOn('alice');
  assert.equal(proxied.account('alice').clientIp, '127.0.0.1');
  const headers = { ...session.headers, 'x-forwarded-for': '203.0.113.7' };
  const socket = await proxied.open(session, { headers });
  await socket.hello(session);
  assert.equal(proxied.account('alice').clientIp, '203.0.113.7');
  await proxied.stop();
  assert.ok(lines.length > 0);
  assert.ok(!lines.join('').includes('203.0.113'));
});

test('a request that is wrong or fails is answered with its error, and the socket goes on', async () => {
  const session = await engine.signOn('alice');
  const socket = await engine.connect(session);
  const { answers } = engine.account('alice');
  answers['storage.get'] = () => Promise.reject(new CoiError('imap-unavailable', 'No answer', { retryAfterMs: 7 }));
  answers['consent.preview'] = () => Promise.reject(new Error('alice@a.test has a bug'));
  await assert.rejects(socket.call('mailbox.sync', { mailbox: '' }), { code: 'invalid-request' });
  await assert.rejects(socket.call('nonsense', {}), { code: 'invalid-request' });
  await assert.rejects(socket.call('toString', {}), { code: 'invalid-request' });
  await assert.rejects(socket.call('hello', {}), { code: 'invalid-request' });
  await assert.rejects(socket.call('storage.get', { kind: 'drafts' }), { code: 'imap-unavailable', retryAfterMs: 7 });
  await assert.rejects(socket.call('consent.preview', {}), { code: 'internal', message: 'Unexpected failure' });
  assert.deepEqual(await socket.call('mode.set', { mode: 'none' }), {});
});

const refusedFrames: [string, string | Uint8Array, number][] = [
  ['no frame at all', 'hello?', CLOSE.badFrame],
  ['a request before hello', encodeFrame({ id: 1, method: 'submit.warm', params: {} }), CLOSE.badFrame],
  ['an event', encodeFrame({ event: 'x', seq: 1, data: {} }), CLOSE.badFrame],
  ['a binary frame with a false head', new Uint8Array([255, 255, 255, 255, 0]), CLOSE.badFrame],
  ['an oversized frame', new Uint8Array(1_048_577), 1009],
  ['an id that is no whole number', '{"id":1.5,"method":"hello","params":{}}', CLOSE.badFrame],
];
for (const [what, frame, code] of refusedFrames) {
  test(`${what} closes its socket and nothing else`, async () => {
    const session = await engine.signOn('alice');
    const other = await engine.connect(session);
    const socket = await engine.open(session);
    socket.ws.send(frame);
    assert.equal(await socket.closed, code);
    assert.deepEqual(await other.call('submit.warm', {}), {});
  });
}

test('another version, another account or an ended session are told by the close code', async () => {
  const [alice, bob] = [await engine.signOn('alice'), await engine.signOn('bob')];
  const codeOf = async (open: ReturnType<TestEngine['open']>) => (await open).closed;
  assert.equal(await codeOf(engine.open(alice, { protocols: ['coi.99'] })), CLOSE.protocolMismatch);
  assert.equal(await codeOf(engine.open(alice, { headers: {} })), CLOSE.sessionEnded);
  assert.equal(await codeOf(engine.open(bob, { headers: alice.headers })), CLOSE.sessionEnded);
  const renamed = { cookie: `coi_session_${bob.accountHash}=${alice.value}` };
  assert.equal(await codeOf(engine.open(bob, { headers: renamed })), CLOSE.accountMismatch);
  const newer = await engine.open(alice);
  await assert.rejects(newer.hello(alice, { protocol: 99 }));
  assert.equal(await newer.closed, CLOSE.protocolMismatch);
  const confused = await engine.open(alice);
  await assert.rejects(confused.hello(bob));
  assert.equal(await confused.closed, CLOSE.accountMismatch);
});

test('a page of a foreign origin, or none, gets no socket', async () => {
  const session = await engine.signOn('alice');
  for (const origin of ['https://evil.test', 'null', null]) {
    await assert.rejects(engine.open(session, { origin }), /403/);
  }
  await assert.rejects(engine.open(session, { hash: 'xyz' }), /404/);
  assert.equal((await engine.open(session)).ws.protocol, SUBPROTOCOL);
});

test('who does not say hello in time is shown out', async () => {
  const clock = new TestClock(Date.now());
  const own = await TestEngine.start({ clock });
  const socket = await own.open(await own.signOn('alice'));
  clock.advance(HELLO_TIMEOUT_MS);
  assert.equal(await socket.closed, CLOSE.badFrame);
  await own.stop();
});

test('a hello that failed because the mail server is away may be tried again', async () => {
  const session = await engine.signOn('erin');
  const account = engine.account('erin');
  account.describeWith = () => Promise.reject(new CoiError('imap-unavailable', 'No answer'));
  const socket = await engine.open(session);
  await assert.rejects(socket.hello(session), { code: 'imap-unavailable' });
  assert.equal(account.socketCount, 0);
  account.describeWith = async () => undefined;
  await socket.hello(session);
  assert.equal(account.socketCount, 1);
});

test('all sockets of an account get each event once, numbered, also those of the moment of hello', async () => {
  const session = await engine.signOn('frank');
  const account = engine.account('frank');
  const one = await engine.connect(session);
  account.emit(changed('A'));
  account.describeWith = async () => account.emit(changed('B'));
  const two = await engine.open(session);
  const hello = await two.hello(session);
  assert.equal(hello.seq, 1);
  account.emit({
    event: 'lane.message',
    data: { messageId: 'x', from: 'bob@a.test', acceptedAt: 1, bytes: bodyOf('body') },
  });
  await Promise.all([one.eventCount(3), two.eventCount(2)]);
  assert.deepEqual(
    one.events.map(({ seq }) => seq),
    [1, 2, 3],
  );
  assert.deepEqual(two.events, one.events.slice(1));
  assert.deepEqual(one.events[2]?.data, {
    messageId: 'x',
    from: 'bob@a.test',
    acceptedAt: 1,
    bytes: bodyOf('body'),
  });
});

test('a socket that was cut resumes by number; a strange or too old place means sync', async () => {
  const session = await engine.signOn('grace');
  const socket = await engine.open(session);
  const { stream } = await socket.hello(session);
  const account = engine.account('grace');
  account.emit(changed('A'));
  await socket.eventCount(1);
  socket.end();
  await socket.closed;
  for (let at = 0; at < 3; at++) account.emit(changed(`B${at}`));

  const resumed = await engine.open(session);
  const hello = await resumed.hello(session, { resume: { stream, seq: 1 } });
  assert.deepEqual([hello.resumed, hello.seq], [true, 1]);
  await resumed.eventCount(3);
  assert.deepEqual(
    resumed.events.map(({ seq }) => seq),
    [2, 3, 4],
  );

  for (let at = 0; at < 1100; at++) account.emit(changed());
  for (const resume of [
    { stream, seq: 1 },
    { stream: 'another', seq: 4 },
    { stream, seq: 99_999 },
    { stream, seq: -1 },
  ]) {
    const late = await engine.open(session);
    const answer = await late.hello(session, { resume });
    assert.deepEqual([answer.resumed, answer.seq], [false, 1104]);
  }
});

test('a reader that is slow for a while gets every answer and every event, in order', async () => {
  const session = await engine.signOn('heidi');
  const socket = await engine.connect(session);
  const barrier = await engine.connect(session);
  const account = engine.account('heidi');
  const bytes = new Uint8Array(60_000);
  account.answers['message.fetch'] = async () => ({ messages: [], rest: [], bytes });
  socket.ws.pause();
  const params = { mailbox: 'INBOX', uidValidity: '1', uids: [1] };
  const calls = Array.from({ length: 150 }, () => socket.call('message.fetch', params));
  // Until the engine takes no more work for this socket.
  for (let seen = -1; seen !== account.asked.length; ) {
    seen = account.asked.length;
    await barrier.call('hello', {}).catch(() => undefined);
  }
  assert.ok(account.asked.length < 150, 'the engine goes on fetching for a socket that is not read');
  for (let at = 0; at < 5; at++) account.emit(changed(`A${at}`));
  socket.ws.resume();
  await Promise.all(calls);
  await socket.eventCount(5);
  assert.deepEqual(
    socket.events.map(({ seq }) => seq),
    [1, 2, 3, 4, 5],
  );
});

test('a reader that is too slow is cut off, and the account does not wait for it', async () => {
  const session = await engine.signOn('ivan');
  const socket = await engine.connect(session);
  const account = engine.account('ivan');
  socket.ws.pause();
  const bytes = new Uint8Array(60_000);
  account.answers['message.fetch'] = async () => ({ messages: [], rest: [], bytes });
  const params = { mailbox: 'INBOX', uidValidity: '1', uids: [1] };
  // Far more than kernel buffers hold: events first fill the congestion limit, then the log forgets.
  for (let at = 0; at < 400; at++) {
    account.emit({ event: 'lane.message', data: { messageId: `${at}`, from: 'b@a.test', acceptedAt: at, bytes } });
    void socket.call('message.fetch', params).catch(() => undefined);
  }
  socket.ws.resume();
  const code = await socket.closed;
  assert.equal(code, CLOSE.slowReader);
  assert.ok(socket.events.length < 400);
  assert.equal(account.socketCount, 0);
  const next = await engine.connect(session);
  assert.deepEqual(await next.call('submit.warm', {}), {});
});

test('a submission is finished although its socket is gone', async () => {
  const session = await engine.signOn('judy');
  const socket = await engine.connect(session);
  const account = engine.account('judy');
  let finish: () => void = () => undefined;
  const begun = new Promise<void>((began) => {
    account.answers['message.submit'] = async () => {
      began();
      await new Promise<void>((resolve) => (finish = resolve));
      return { state: 'sent', rejected: [] };
    };
  });
  socket.call('message.submit', submitOf(bodyOf('Hi'))).catch(() => undefined);
  await begun;
  socket.end();
  await socket.closed;
  finish();
  assert.equal(account.asked.length, 1);
});

test('sending does not wait behind a large sync', async () => {
  const session = await engine.signOn('karl');
  const socket = await engine.connect(session);
  const { answers } = engine.account('karl');
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  answers['mailbox.sync'] = async () => {
    await gate;
    return {};
  };
  const syncs = Array.from({ length: 40 }, () => socket.call('mailbox.sync', { mailbox: 'INBOX' }));
  await socket.call('message.submit', submitOf(bodyOf('Hi')));
  release();
  await Promise.all(syncs);
});

test('more requests than anyone needs are refused one by one', async () => {
  const session = await engine.signOn('liam');
  const socket = await engine.connect(session);
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  engine.account('liam').answers['mailbox.sync'] = async () => {
    await gate;
    return {};
  };
  const syncs = Array.from({ length: 300 }, () => socket.call('mailbox.sync', { mailbox: 'INBOX' }));
  await assert.rejects(Promise.race(syncs.slice(272)), { code: 'overloaded' });
  release();
  const outcomes = await Promise.allSettled(syncs);
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 272);
});

test('a page that is being closed submits without a socket', async () => {
  const session = await engine.signOn('mallory');
  const frame = encodeFrame({ id: 3, method: 'message.submit', params: submitOf(bodyOf('Bye')) });
  assert.ok(frame instanceof Uint8Array);
  const send = (body: BodyInit, headers: Readonly<Record<string, string>> = session.headers) =>
    fetch(engine.url(`a/${session.accountHash}/submit`), { method: 'POST', headers, body });
  engine.account('mallory').answers['message.submit'] = async () => ({ state: 'sent', rejected: [] });
  const response = await send(frame);
  assert.deepEqual(await response.json(), { id: 3, result: { state: 'sent', rejected: [] } });
  assert.equal((await send(frame, {})).status, 401);
  assert.equal((await send('nonsense')).status, 400);
  assert.equal((await send(JSON.stringify({ id: 1, method: 'mode.set', params: { mode: 'none' } }))).status, 400);
  const large = await send(new Uint8Array(2_000_000)).catch(() => undefined);
  assert.ok(large === undefined || large.status === 413);
  assert.equal(engine.account('mallory').asked.length, 1);
});

test('more windows than allowed are refused', async () => {
  const own = await TestEngine.start({ settings: { maxSocketsPerAccount: 2 }, clock: systemClock });
  const session = await own.signOn('alice');
  const first = await own.connect(session);
  await own.connect(session);
  await assert.rejects(own.connect(session), { code: 'overloaded' });
  first.end();
  await first.closed;
  await own.connect(session);
  await own.stop();
});
