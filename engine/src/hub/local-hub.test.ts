import assert from 'node:assert/strict';
import test from 'node:test';
import { silentLogger, systemClock } from '@coi-webmail/base';
import { MemoryStore } from '../store/memory-store.ts';
import { FakeClock } from '../account/fake-clock.fixture.ts';
import type { Lease } from './hub.ts';
import { LEASE_MS, LocalHub } from './local-hub.ts';
import type { LeaseStore } from './lease-store.ts';

const hubWith = (leases?: LeaseStore) => new LocalHub({ clock: systemClock, log: silentLogger, leases });
const line = { messageId: 'chat$1@a.test', from: 'alice@a.test', acceptedAt: 1, bytes: new Uint8Array([1]) };

test('a line reaches each live recipient once, whatever the case of the address, and nobody else', () => {
  const hub = hubWith();
  const seen: string[] = [];
  const listen = (name: string) =>
    hub.listen(`${name}@a.test`, { lane: () => seen.push(name), evidence: () => seen.push(`${name} evidence`) });
  listen('bob');
  listen('alice');
  const leaveCarol = listen('carol');
  leaveCarol();
  hub.sendLane(['Bob@A.test', 'bob@a.test', 'carol@a.test', 'nobody@a.test'], line);
  assert.deepEqual(seen, ['bob']);
  hub.sendEvidence({ messageId: 'x', from: 'alice@a.test' });
  assert.deepEqual(seen, ['bob', 'alice evidence']);
});

test('who seeks evidence reaches the recipients and nobody else', () => {
  const hub = hubWith();
  const asked: string[] = [];
  for (const name of ['bob', 'carol', 'dave']) {
    hub.listen(`${name}@a.test`, { lane: () => undefined, evidence: () => undefined, sought: () => asked.push(name) });
  }
  hub.seekEvidence(['Bob@a.test', 'carol@a.test', 'bob@a.test'], { messageId: 'x', from: 'alice@a.test' });
  assert.deepEqual(asked, ['bob', 'carol']);
});

test('who comes later is asked as well, until it is called off', () => {
  const hub = hubWith();
  const asked: string[] = [];
  const join = (name: string) =>
    hub.listen(`${name}@a.test`, { lane: () => undefined, evidence: () => undefined, sought: () => asked.push(name) });
  const callOff = hub.seekEvidence(['Bob@a.test', 'carol@a.test'], { messageId: 'x', from: 'alice@a.test' });
  join('bob');
  join('dave');
  assert.deepEqual(asked, ['bob']);
  callOff();
  join('carol');
  assert.deepEqual(asked, ['bob']);
});

test('a listener that fails does not keep a line from the others', () => {
  const hub = hubWith();
  let reached = 0;
  hub.listen('bob@a.test', {
    lane: () => {
      throw new Error('broken');
    },
    evidence: () => undefined,
  });
  hub.listen('bob@a.test', { lane: () => (reached += 1), evidence: () => undefined });
  hub.sendLane(['bob@a.test'], line);
  assert.equal(reached, 1);
});

for (const [where, second] of [
  ['in one process', (one: LocalHub) => one],
  ['over two processes', (_: LocalHub, leases: LeaseStore) => hubWith(leases)],
] as const) {
  test(`of two tasks under one lease ${where} the later gives way at once, and the lease is free afterwards`, async () => {
    const leases = new MemoryStore();
    const one = hubWith(leases);
    const two = second(one, leases);
    let finish: () => void = () => undefined;
    const first = one.withLease('file:a', () => new Promise<string>((resolve) => (finish = () => resolve('done'))));
    assert.equal(await two.withLease('file:a', async () => 'twice'), undefined);
    assert.equal(await two.withLease('file:b', async () => 'another'), 'another');
    finish();
    assert.equal(await first, 'done');
    assert.equal(await two.withLease('file:a', async () => 'later'), 'later');
  });
}

test('a task that fails gives its lease back', async () => {
  const hub = hubWith(new MemoryStore());
  await assert.rejects(hub.withLease('file:a', () => Promise.reject(new Error('failed'))));
  assert.equal(await hub.withLease('file:a', async () => 'again'), 'again');
});

test('a lease store that cannot be asked counts as a lease not had', async () => {
  const broken = { takeLease: () => Promise.reject(new Error('locked')), dropLease: async () => undefined };
  assert.equal(await hubWith(broken).withLease('file:a', async () => 'ran'), undefined);
});

test('a lease is renewed while its task runs, free soon after its process died, and its loss is seen', async () => {
  const leases = new MemoryStore();
  const clock = new FakeClock();
  const hubOf = (store: LeaseStore) => new LocalHub({ clock, log: silentLogger, leases: store });
  const [one, two] = [hubOf(leases), hubOf(leases)];
  let seen: Lease | undefined;
  let finish: () => void = () => undefined;
  const running = one.withLease('file:a', (lease) => {
    seen = lease;
    return new Promise<void>((resolve) => (finish = resolve));
  });
  for (let second = 0; second < 20; second += 1) {
    await clock.pass(1_000);
    assert.equal(await two.withLease('file:a', async () => 'twice'), undefined);
  }
  assert.equal(seen?.isHeld, true);
  finish();
  await running;

  // A process that holds a lease and says nothing any more.
  await leases.takeLease('file:b', 'dead', clock.now(), clock.now() + LEASE_MS);
  assert.equal(await two.withLease('file:b', async () => 'early'), undefined);
  await clock.pass(LEASE_MS + 1);
  assert.equal(await two.withLease('file:b', async () => 'later'), 'later');

  // A process that was stopped for so long that another took its place.
  let isTaken = false;
  const busy = hubOf({ takeLease: async () => !isTaken, dropLease: async () => undefined });
  const lost = busy.withLease('file:c', async (lease) => {
    isTaken = true;
    await clock.pass(2_000);
    return lease.isHeld;
  });
  assert.equal(await lost, false);
});
