/** Fault schedules in front of real pages, others each time: crashed renderers, newer workers, pages that close. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COUNTERS, freshSeed } from '@coi-webmail/test-support';
import { buildAll } from '@coi-webmail/tooling';
import { chosenServer } from '../stack/chosen-server.ts';
import { runFaults, withStack } from './run.ts';

const TIMEOUT_MS = 600_000;
/** Minutes of real browsers: when it is their turn (environment variable COI_PAGES, which `npm test` sets). */
const skip = process.env['COI_PAGES'] === '1' ? false : 'another day, or COI_LONG=pages npm test';

const cases = [
  { browser: 'chromium', schedules: 25, jobs: 4 },
  { browser: 'firefox', schedules: 5, jobs: 2 },
] as const;

for (const { browser, schedules, jobs } of cases) {
  test(`nothing is lost, doubled, reordered or altered in ${browser}`, { timeout: TIMEOUT_MS, skip }, async (t) => {
    await buildAll();
    const said: string[] = [];
    const say = (words: string) => {
      said.push(words);
      t.diagnostic(words);
    };
    const options = { schedules, seed: freshSeed(), jobs, browser, say };
    const sum = await withStack(chosenServer(), (stack) => runFaults(options, stack));
    assert.equal(sum.schedules, schedules);
    assert.ok(sum.faults >= 2 * schedules, `only ${sum.faults} faults struck`);
    assert.equal(sum.broken, 0, said.join('\n'));
    for (const counter of COUNTERS) assert.equal(sum[counter], 0, said.join('\n'));
  });
}
