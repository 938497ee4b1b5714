/** Proves the runner: without any one guard of the product it has to find something wrong. */
import type { Sum } from '@coi-webmail/test-support';
import { type Mutant, MUTANTS } from './mutants.ts';
import { type FaultStack, runFaults } from './run.ts';

export interface MutantRunOptions {
  readonly jobs: number;
  readonly seed: string;
  /** Only mutants whose name contains it. */
  readonly only: string;
  say(words: string): void;
}

/** So many schedules have to be enough. */
const MAX_SCHEDULES = 60;

function shownBy({ shows }: Mutant, sum: Sum): number {
  return shows.reduce((total, counter) => total + sum[counter], 0);
}

/** @returns true when every mutant was found; the last line that it says is JSON */
export async function runMutants(stack: FaultStack, { jobs, seed, only, say }: MutantRunOptions): Promise<boolean> {
  const found: Record<string, { readonly schedules: number; readonly found: boolean }> = {};
  for (const mutant of MUTANTS.filter(({ name }) => name.includes(only))) {
    const { name, means, mutations, steps, forces } = mutant;
    say(`\n${name}: ${means}`);
    const sum = await runFaults(
      {
        schedules: MAX_SCHEDULES,
        seed: `${seed}${Object.keys(found).length}`,
        jobs,
        among: steps,
        forces,
        mutations,
        isEnough: (soFar) => shownBy(mutant, soFar) > 0,
        say: (words) => say(words.split('\n').slice(0, 3).join('\n').slice(0, 400)),
      },
      stack,
    );
    found[name] = { schedules: sum.schedules, found: shownBy(mutant, sum) > 0 };
    say(`${name}: ${found[name].found ? 'found' : 'NOT FOUND'} after ${sum.schedules} schedules`);
  }
  say(JSON.stringify(found));
  return Object.values(found).every((one) => one.found);
}
