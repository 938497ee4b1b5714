import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Coverage } from './coverage.ts';
import { Random } from './random.ts';
import { linesOf, makeSchedule } from './schedule.ts';
import { STEP_NAMES, STEPS } from './step.ts';
import { nameOf } from './words.ts';

test('a seed gives one schedule, whenever it is asked', () => {
  assert.deepEqual(makeSchedule('k3v9:idle,upgrade'), makeSchedule('k3v9:idle,upgrade'));
  assert.notDeepEqual(makeSchedule('k3v9:idle').acts, makeSchedule('k3va:idle').acts);
});

test('every schedule has at least five lines, each with a name of its own, and the faults that its seed names', () => {
  for (let number = 0; number < 200; number += 1) {
    const step = STEP_NAMES[number % STEP_NAMES.length] ?? 'idle';
    const schedule = makeSchedule(`s${number}:${step}`);
    const names = linesOf(schedule).map(({ text }) => nameOf(text));
    assert.ok(names.length >= 5);
    assert.equal(new Set(names).size, names.length);
    const isThere = schedule.acts.some((act) => act.kind === 'arm' && act.fault.step === step);
    assert.ok(isThere || STEPS[step].cause === 'act', `${step} is not in schedule ${number}`);
  }
});

test('a setup is as its seed wants it', () => {
  const { setup } = makeSchedule('k3v9:idle:two-engines,no-keywords,none');
  assert.deepEqual([setup.engines, setup.keywords, setup.mode], [2, false, 'none']);
});

test('a seed with an unknown step is refused', () => {
  assert.throws(() => makeSchedule('k3v9:nowhere'), /no step "nowhere"/);
});

test('steps that were not cut yet come first', () => {
  const coverage = new Coverage();
  const random = new Random('carol');
  const seen = new Set<string>();
  for (let round = 0; round < STEP_NAMES.length; round += 1) for (const step of coverage.choose(random)) seen.add(step);
  assert.equal(seen.size, STEP_NAMES.length);
});
