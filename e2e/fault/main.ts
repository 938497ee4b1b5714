/**
 * `npm run faults -- --schedules N [--seed S] [--server dovecot|cyrus|dovecot-bare] [--jobs J] [--steps a,b]`
 *
 * Plays N schedules of people and faults on real servers, J at a time. A fresh seed each run, printed; a schedule that
 * fails prints its own, which plays the same schedule again: `--seed S --schedules 1`. The last line is JSON.
 *
 * `npm run faults -- --mutants [--only WORD]` takes the product's guards away, one at a time, and fails when a run does
 * not notice.
 */
import { parseArgs } from 'node:util';
import { freshSeed, isGood, isStep, type Step } from '@coi-webmail/test-support';
import { parseImapServer } from '../stack/imap-server.ts';
import { runMutants } from './mutant-run.ts';
import { runFaults, withStack } from './run.ts';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '20' },
    seed: { type: 'string' },
    server: { type: 'string', default: 'dovecot' },
    jobs: { type: 'string', default: '8' },
    steps: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
  },
});

const say = (words: string) => console.log(words);
const server = parseImapServer(values.server);
const jobs = Number(values.jobs);
const seed = values.seed ?? freshSeed();

/** @returns true when all is well */
async function main(): Promise<boolean> {
  if (values.mutants) return withStack(server, (stack) => runMutants(stack, { jobs, seed, only: values.only, say }));
  const among = values.steps?.split(',').filter((name): name is Step => isStep(name));
  const schedules = Number(values.schedules);
  const sum = await withStack(server, (stack) =>
    runFaults({ schedules, seed, jobs, among, isVerbose: values.verbose, say }, stack),
  );
  console.log(JSON.stringify(sum));
  return isGood(sum);
}

process.exit((await main()) ? 0 : 1);
