/**
 * `npm run faults -- --schedules N [--seed S] [--server dovecot|cyrus|dovecot-bare] [--browser chromium|firefox|none] [--jobs J] [--steps a,b] [--force a,b]`
 *
 * Plays N schedules of people and faults on real servers, J at a time. A fresh seed each run, printed; a schedule that
 * fails prints its own, which plays the same schedule again: `--seed S --schedules 1`. The last line is JSON.
 *
 * `npm run faults -- --mutants [--only WORD]` takes the product's guards away, one at a time, and fails when a run does
 * not notice.
 */
import { parseArgs } from 'node:util';
import { freshSeed, isForce, isGood, isStep, type Step } from '@coi-webmail/test-support';
import { buildAll } from '@coi-webmail/tooling';
import { parseImapServer } from '../stack/imap-server.ts';
import { runMutants } from './mutant-run.ts';
import { parseBrowser } from './browsers.ts';
import { runFaults, withStack } from './run.ts';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '20' },
    seed: { type: 'string' },
    server: { type: 'string', default: 'dovecot' },
    browser: { type: 'string', default: 'none' },
    jobs: { type: 'string' },
    steps: { type: 'string' },
    force: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
  },
});

const say = (words: string) => console.log(words);
const server = parseImapServer(values.server);
const browser = parseBrowser(values.browser);
const jobs = Number(values.jobs ?? (browser === 'none' ? 8 : 3));
const seed = values.seed ?? freshSeed();

/** @returns true when all is well */
async function main(): Promise<boolean> {
  if (values.mutants) return withStack(server, (stack) => runMutants(stack, { jobs, seed, only: values.only, say }));
  const among = values.steps?.split(',').filter((name): name is Step => isStep(name));
  if (browser !== 'none') await buildAll();
  const forces = values.force?.split(',').filter(isForce);
  const schedules = Number(values.schedules);
  const sum = await withStack(server, (stack) =>
    runFaults({ schedules, seed, jobs, among, forces, browser, isVerbose: values.verbose, say }, stack),
  );
  console.log(JSON.stringify(sum));
  return isGood(sum);
}

process.exit((await main()) ? 0 : 1);
