/** A small part of `npm run faults`, another one each time. A seed that fails here fails there as well. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COUNTERS, freshSeed } from '@coi-webmail/test-support';
import { chosenServer } from '../stack/chosen-server.ts';
import { runFaults, withStack } from './run.ts';

const SCHEDULES = 20;
const JOBS = 10;
const TIMEOUT_MS = 300_000;

test('nothing is lost, doubled, reordered or altered through faults of all kinds', {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const said: string[] = [];
  const say = (words: string) => {
    said.push(words);
    t.diagnostic(words);
  };
  const options = { schedules: SCHEDULES, seed: freshSeed(), jobs: JOBS, say };
  const sum = await withStack(chosenServer(), (stack) => runFaults(options, stack));
  assert.equal(sum.schedules, SCHEDULES);
  assert.ok(sum.faults >= 2 * SCHEDULES, `only ${sum.faults} faults struck`);
  assert.equal(sum.broken, 0, said.join('\n'));
  for (const counter of COUNTERS) assert.equal(sum[counter], 0, said.join('\n'));
});
