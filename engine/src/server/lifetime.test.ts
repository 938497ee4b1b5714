/** How long sessions, accounts and the process itself live; on a clock that the tests move. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { CLOSE } from '@coi-webmail/protocol';
import { TestClock } from '../auth/auth.fixture.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { DRAIN_MS } from './engine.ts';
import { ACCOUNT_GRACE_MS } from './registry.ts';
import { type PlayedAccount, TestEngine, type TestEngineOptions } from './server.fixture.ts';
import { SESSION_POLL_MS } from './session-watch.ts';

async function setUp(options: TestEngineOptions = {}) {
  const clock = new TestClock(Date.now());
  const engine = await TestEngine.start({ clock, ...options });
  return { clock, engine };
}

const HOST_TTL_MS = 600_000;
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Moves time in small steps, so that looks into the Store can follow. */
async function pass(clock: TestClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= SESSION_POLL_MS) {
    clock.advance(Math.min(left, SESSION_POLL_MS));
    await settle();
  }
}

async function nobodyLooks(account: PlayedAccount): Promise<void> {
  while (account.socketCount > 0) await settle();
}

test('without a fresh proof a host session ends after ten minutes, in every tab, and its secret is dropped', async () => {
  const { clock, engine } = await setUp();
  const session = await engine.signOn('alice');
  const tabs = [await engine.connect(session), await engine.connect(session)];
  await pass(clock, HOST_TTL_MS - 1);
  assert.deepEqual(
    tabs.map(({ ws }) => ws.readyState),
    [1, 1],
  );
  await pass(clock, 1);
  assert.deepEqual(await Promise.all(tabs.map(({ closed }) => closed)), [CLOSE.sessionEnded, CLOSE.sessionEnded]);
  assert.equal(engine.account('alice').isStopped, true);
  await engine.stop();
});

test('a proof in time keeps the tabs open', async () => {
  const { clock, engine } = await setUp();
  const session = await engine.signOn('alice');
  const tab = await engine.connect(session);
  for (let at = 0; at < 3; at++) {
    await pass(clock, HOST_TTL_MS - 1000);
    await engine.signOn('alice', { nowAt: clock.now() }, session.value);
  }
  assert.equal(tab.ws.readyState, 1);
  await tab.eventCount(3);
  await engine.stop();
});

test('what another process of the same Store does to a session shows here', async () => {
  const store = new MemoryStore();
  const { clock, engine } = await setUp({ store });
  const session = await engine.signOn('alice');
  const tab = await engine.connect(session);
  const record = await store.getSession(sessionIdOf(session.value), clock.now());
  assert.ok(record);
  await store.prolongSession(record.id, record.expiresAt + 1000);
  await pass(clock, SESSION_POLL_MS);
  await tab.eventCount(1);
  assert.deepEqual(tab.events[0]?.data, { expiresAt: record.expiresAt + 1000 });
  await store.deleteSession(record.id);
  await pass(clock, SESSION_POLL_MS);
  assert.equal(await tab.closed, CLOSE.sessionEnded);
  await engine.stop();
});

test('an account that nobody looks at is stopped after a grace, and a page load within it finds it live', async () => {
  const { clock, engine } = await setUp();
  const body = { address: 'alice@a.test', password: 'right' };
  const response = await engine.post('session', body, { origin: engine.origin });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const signedOn = (await response.json()) as { accountHash: string };
  const session = { ...signedOn, address: '', expiresAt: 0, storageShare: '', value: '', headers: { cookie } };
  const first = await engine.connect(session);
  const account = engine.account('alice');
  first.end();
  await nobodyLooks(account);
  await pass(clock, ACCOUNT_GRACE_MS - 1);
  const second = await engine.connect(session);
  assert.equal(engine.account('alice'), account);
  await pass(clock, ACCOUNT_GRACE_MS + 1);
  assert.equal(account.isStopped, false);
  second.end();
  await nobodyLooks(account);
  await pass(clock, ACCOUNT_GRACE_MS);
  assert.equal(account.isStopped, true);
  await engine.connect(session);
  assert.notEqual(engine.account('alice'), account);
  await engine.stop();
});

test('a draining engine closes its sockets, takes nothing new and waits for running submissions', async () => {
  const { engine } = await setUp();
  const session = await engine.signOn('alice');
  const tab = await engine.connect(session);
  const account = engine.account('alice');
  let finish: () => void = () => undefined;
  const submitted = new Promise<void>((resolve) => (finish = resolve));
  account.onStop = () => submitted;
  let isStopped = false;
  const stopping = engine.engine.stop().then(() => (isStopped = true));
  assert.equal(await tab.closed, CLOSE.goingAway);
  await assert.rejects(fetch(engine.url('healthz')));
  assert.equal(isStopped, false);
  finish();
  await stopping;
  assert.equal(account.isStopped, true);
  await engine.stop();
});

test('a submission that never ends does not keep the process', async () => {
  const { clock, engine } = await setUp();
  const session = await engine.signOn('alice');
  const socket = await engine.connect(session);
  engine.account('alice').onStop = () => new Promise(() => undefined);
  const stopping = engine.engine.stop();
  await socket.closed;
  clock.advance(DRAIN_MS);
  await stopping;
  await engine.stop();
});

test('a socket that sends too fast is read more slowly, and every frame is answered', async () => {
  const { clock, engine } = await setUp({ settings: { rateLimits: { framesPerSecond: 10 } } });
  const session = await engine.signOn('alice');
  const tab = await engine.connect(session);
  // More than a burst; each must come in a packet of its own, because what was read already is not read again.
  const answered: Promise<unknown>[] = [];
  for (let at = 0; at < 49; at++) await tab.call('submit.warm', {});
  for (let at = 0; at < 5; at++) {
    answered.push(tab.call('submit.warm', {}));
    await fetch(engine.url('healthz'));
  }
  const account = engine.account('alice');
  assert.equal(account.asked.length, 50);
  for (let at = 0; at < 5; at++) {
    clock.advance(1000);
    await fetch(engine.url('healthz'));
  }
  await Promise.all(answered);
  assert.equal(account.asked.length, 54);
  await engine.stop();
});

function sessionIdOf(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
