/** When an account gives its watch connection up, with a clock of our own. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeClock } from './fake-clock.fixture.ts';
import { LOOK_EVERY_MS, LOOK_MS, PARK_AFTER_MS, Parking, WAKE_WITHIN_MS } from './parking.ts';

function account(options: { mayPark?: () => boolean } = {}) {
  const clock = new FakeClock();
  const acts: [string, number][] = [];
  const parking = new Parking({
    clock,
    mayPark: options.mayPark ?? (() => true),
    park: () => acts.push(['park', clock.now()]),
    wake: () => acts.push(['wake', clock.now()]),
    random: () => 0.5,
  });
  return { clock, parking, acts };
}

test('an account that nobody uses is parked, and not before', async () => {
  const { clock, parking, acts } = account();
  parking.touch();
  await clock.pass(PARK_AFTER_MS - 1_000);
  parking.touch();
  await clock.pass(PARK_AFTER_MS - 1_000);
  assert.deepEqual(acts, []);
  await clock.pass(1_000);
  assert.deepEqual(acts, [['park', 2 * PARK_AFTER_MS - 1_000]]);
  assert.equal(parking.isParked, true);
});

test('a parked account is looked at from time to time, and parked again', async () => {
  const { clock, parking, acts } = account();
  parking.touch();
  await clock.pass(PARK_AFTER_MS + LOOK_EVERY_MS);
  assert.deepEqual(
    acts.map(([what]) => what),
    ['park', 'wake'],
  );
  assert.equal(parking.isParked, true, 'the connection is not there yet');
  parking.left();
  assert.equal(parking.isParked, false);
  await clock.pass(LOOK_MS);
  assert.deepEqual(acts.at(-1), ['park', PARK_AFTER_MS + LOOK_EVERY_MS + LOOK_MS]);
});

test('who is used during a look stays', async () => {
  const { clock, parking, acts } = account();
  parking.touch();
  await clock.pass(PARK_AFTER_MS + LOOK_EVERY_MS);
  parking.left();
  parking.touch();
  await clock.pass(PARK_AFTER_MS - 1_000);
  assert.equal(acts.length, 2);
});

test('when events are missing a parked account wakes up within a moment', async () => {
  const { clock, parking, acts } = account();
  parking.distrust();
  parking.touch();
  await clock.pass(PARK_AFTER_MS);
  parking.distrust();
  await clock.pass(WAKE_WITHIN_MS);
  assert.deepEqual(acts.at(-1), ['wake', PARK_AFTER_MS + WAKE_WITHIN_MS / 2]);
});

test('without events to rely upon nobody is parked until there are', async () => {
  let mayPark = false;
  const { clock, parking, acts } = account({ mayPark: () => mayPark });
  parking.touch();
  await clock.pass(3 * PARK_AFTER_MS);
  assert.deepEqual(acts, []);
  mayPark = true;
  await clock.pass(PARK_AFTER_MS);
  assert.equal(acts.length, 1);
});

test('a stopped account does nothing any more', async () => {
  const { clock, parking, acts } = account();
  parking.touch();
  parking.stop();
  await clock.pass(10 * PARK_AFTER_MS);
  assert.deepEqual(acts, []);
});
