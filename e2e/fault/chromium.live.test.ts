/** Fault schedules in front of real pages, others each time: crashed renderers, newer workers, pages that close. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COUNTERS, freshSeed } from '@coi-webmail/test-support';
import { buildAll } from '@coi-webmail/tooling';
import { chosenServer } from '../stack/chosen-server.ts';
import { runFaults, withStack } from './run.ts';

const SCHEDULES = 25;
const JOBS = 4;
const TIMEOUT_MS = 600_000;

test('nothing is lost, doubled, reordered or altered in real pages', { timeout: TIMEOUT_MS }, async (t) => {
  await buildAll();
  const said: string[] = [];
  const say = (words: string) => {
    said.push(words);
    t.diagnostic(words);
  };
  const options = { schedules: SCHEDULES, seed: freshSeed(), jobs: JOBS, browser: 'chromium', say } as const;
  const sum = await withStack(chosenServer(), (stack) => runFaults(options, stack));
  assert.equal(sum.schedules, SCHEDULES);
  assert.ok(sum.faults >= 2 * SCHEDULES, `only ${sum.faults} faults struck`);
  assert.equal(sum.broken, 0, said.join('\n'));
  for (const counter of COUNTERS) assert.equal(sum[counter], 0, said.join('\n'));
});
