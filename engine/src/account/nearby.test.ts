/** How often an account looks for mail, with a clock of our own. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeClock } from './fake-clock.fixture.ts';
import { CLOSE, NEAR, Nearby, Places } from './nearby.ts';

function lookout(options: { places?: Places; isNeeded?: () => boolean; look?: () => Promise<void> } = {}) {
  const clock = new FakeClock();
  const looks: number[] = [];
  const rests: number[] = [];
  const nearby = new Nearby({
    clock,
    places: options.places ?? new Places(1),
    isNeeded: options.isNeeded ?? (() => true),
    look: async () => {
      looks.push(clock.now());
      await options.look?.();
    },
    rest: async () => void rests.push(clock.now()),
  });
  return { clock, nearby, looks, rests };
}

test('after something happened it looks often, then less often, then leaves it to the server', async () => {
  const { clock, nearby, looks, rests } = lookout();
  await clock.pass(1_000);
  assert.deepEqual(looks, [], 'nothing happened yet');
  nearby.touch();
  await clock.pass(120_000);
  const gaps = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
  const lastClose = gaps.lastIndexOf(CLOSE.everyMs);
  assert.deepEqual(new Set(gaps.slice(0, lastClose + 1)), new Set([CLOSE.everyMs]));
  assert.deepEqual(new Set(gaps.slice(lastClose + 1)), new Set([NEAR.everyMs]));
  assert.ok(Math.abs((looks[lastClose] ?? 0) - 1_000 - CLOSE.forMs) <= CLOSE.everyMs);
  assert.equal(rests.length, 1);
  assert.ok(Math.abs((rests[0] ?? 0) - 1_000 - NEAR.forMs) <= NEAR.everyMs);
});

test('what happens meanwhile lets it go on', async () => {
  const { clock, nearby, looks, rests } = lookout();
  nearby.touch();
  await clock.pass(30_000);
  nearby.touch();
  const before = looks.length;
  await clock.pass(6_000);
  assert.ok(looks.length - before > 70, 'often again');
  assert.equal(rests.length, 0);
  await clock.pass(60_000);
  assert.equal(rests.length, 1);
});

test('one look at a time, however long it takes', async () => {
  let finish: () => void = () => undefined;
  const { clock, nearby, looks } = lookout({ look: () => new Promise<void>((resolve) => (finish = resolve)) });
  nearby.touch();
  nearby.touch();
  await clock.pass(2_000);
  assert.equal(looks.length, 1);
  finish();
  await clock.pass(100);
  assert.equal(looks.length, 2);
});

test('it ends when the last client leaves or the connection breaks, and its place is free again', async () => {
  const places = new Places(1);
  let isThere = true;
  const alice = lookout({ places, isNeeded: () => isThere });
  alice.nearby.touch();
  await alice.clock.pass(200);
  isThere = false;
  const before = alice.looks.length;
  await alice.clock.pass(1_000);
  assert.equal(alice.looks.length, before);

  const bob = lookout({ places, look: () => Promise.reject(new Error('gone')) });
  bob.nearby.touch();
  await bob.clock.pass(1_000);
  assert.equal(bob.looks.length, 1);

  assert.equal(places.take(), true);
});

test('over the limit of a process an account relies on its server', async () => {
  const places = new Places(1);
  const alice = lookout({ places });
  const bob = lookout({ places });
  alice.nearby.touch();
  bob.nearby.touch();
  await bob.clock.pass(1_000);
  assert.equal(bob.looks.length, 0);
  await alice.clock.pass(60_000);
  bob.nearby.touch();
  await bob.clock.pass(1_000);
  assert.ok(bob.looks.length > 10);
});
