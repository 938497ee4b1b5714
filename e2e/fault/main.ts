/**
 * `npm run faults -- --schedules N [--seed S] [--server dovecot|cyrus|dovecot-bare] [--jobs J] [--steps a,b]`
 *
 * Plays N schedules of people and faults on real servers, J at a time. A fresh seed each run, printed; a schedule that
 * fails prints its own, which plays the same schedule again: `--seed S --schedules 1`. The last line is JSON.
 */
import { parseArgs } from 'node:util';
import { freshSeed, isStep, type Step } from '@coi-webmail/test-support';
import { parseImapServer } from '../stack/imap-server.ts';
import { runFaults } from './run.ts';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '20' },
    seed: { type: 'string' },
    server: { type: 'string', default: 'dovecot' },
    jobs: { type: 'string', default: '8' },
    steps: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

const sum = await runFaults({
  schedules: Number(values.schedules),
  seed: values.seed ?? freshSeed(),
  server: parseImapServer(values.server),
  jobs: Number(values.jobs),
  among: values.steps?.split(',').filter((name): name is Step => isStep(name)),
  isVerbose: values.verbose,
  say: (words) => console.log(words),
});
console.log(JSON.stringify(sum));
process.exit(sum.broken + sum.lost + sum.doubled + sum.smtpDuplicates + sum.reordered + sum.altered > 0 ? 1 : 0);
