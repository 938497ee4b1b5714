import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, CoiError, type ErrorCode, silentLogger } from '@coi-webmail/base';
import { type ConnectionState, type Live, Supervisor } from './supervisor.ts';

/** Time that moves when told to. */
class HandClock implements Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get waiting(): number {
    return this.#timers.length;
  }

  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
  }
}

class FakeLive implements Live {
  readonly closed: Promise<void>;
  close: () => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.close = resolve;
    });
  }
}

function setUp(outcomes: (ErrorCode | 'ok')[]) {
  const clock = new HandClock();
  const states: ConnectionState['state'][] = [];
  const lives: FakeLive[] = [];
  let attempts = 0;
  const supervisor = new Supervisor<FakeLive>({
    connect: async () => {
      const outcome = outcomes[attempts] ?? 'ok';
      attempts += 1;
      if (outcome !== 'ok') throw new CoiError(outcome, 'No');
      const live = new FakeLive();
      lives.push(live);
      return live;
    },
    onLive: async () => undefined,
    onState: ({ state }) => states.push(state),
    clock,
    log: silentLogger,
  });
  return { clock, states, lives, supervisor, attempts: () => attempts };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a server that is away is tried again, later and later', async () => {
  const { clock, supervisor, attempts } = setUp(['imap-unavailable', 'imap-unavailable', 'imap-unavailable', 'ok']);
  supervisor.start();
  const delays: number[] = [];
  for (let retry = 0; retry < 3; retry += 1) {
    await settled();
    const { state } = supervisor;
    assert.equal(state.state, 'imap-unavailable');
    const delay = (state as { readonly retryAt: number }).retryAt - clock.now();
    delays.push(delay);
    clock.pass(delay);
  }
  await settled();
  assert.equal(supervisor.state.state, 'online');
  assert.equal(attempts(), 4);
  assert.ok(delays.every((delay, index) => delay >= 125 * 2 ** index && delay <= 250 * 2 ** index));
});

for (const code of ['auth-failed', 'auth-expired'] as const) {
  test(`after ${code} nothing is tried until somebody restarts`, async () => {
    const { clock, supervisor, attempts } = setUp([code, 'ok']);
    await assert.rejects(supervisor.ready());
    clock.pass(3_600_000);
    supervisor.start();
    supervisor.hurry();
    await assert.rejects(supervisor.ready());
    assert.deepEqual([attempts(), clock.waiting, supervisor.state.state], [1, 0, 'auth-failed']);
    supervisor.restart();
    await supervisor.ready();
    assert.equal(attempts(), 2);
  });
}

test('a lost connection is replaced by a new one, never taken up again', async () => {
  const { clock, supervisor, lives, states } = setUp([]);
  const first = await supervisor.ready();
  first.close();
  await settled();
  clock.pass(250);
  const second = await supervisor.ready();
  assert.notEqual(first, second);
  assert.equal(lives.length, 2);
  assert.deepEqual(states, ['connecting', 'online', 'imap-unavailable', 'connecting', 'online']);
});

test('stopping ends the connection and the waiting', async () => {
  const { clock, supervisor, attempts } = setUp(['imap-unavailable']);
  supervisor.start();
  await settled();
  supervisor.stop();
  clock.pass(3_600_000);
  await settled();
  assert.deepEqual([attempts(), clock.waiting], [1, 0]);
});
