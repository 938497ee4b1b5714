/** Steers the choice of faults: steps that were cut least come first. Schedules that still run count as well. */
import { type Strike, countCuts } from './fault.ts';
import type { Random } from './random.ts';
import { STEP_NAMES, type Step } from './step.ts';

/** An armed fault does not always strike, and not always as a cut. */
const EXPECTED = 0.6;

export class Coverage {
  readonly #cuts = new Map<Step, number>(STEP_NAMES.map((step) => [step, 0]));
  readonly #expected = new Map<Step, number>(STEP_NAMES.map((step) => [step, 0]));
  readonly #among: readonly Step[];

  /** @param among the steps to choose from; default all */
  constructor(among: readonly Step[] = STEP_NAMES) {
    this.#among = among;
  }

  /** Chooses steps for a schedule that is about to run. */
  choose(random: Random): readonly Step[] {
    const count = random.int(2, 4);
    const weight = (step: Step) => (this.#cuts.get(step) ?? 0) + (this.#expected.get(step) ?? 0) + random.next();
    const weighed = this.#among.map((step) => ({ step, weight: weight(step) }));
    const chosen = weighed
      .sort((one, other) => one.weight - other.weight)
      .slice(0, count)
      .map(({ step }) => step);
    this.#add(this.#expected, chosen, EXPECTED);
    return chosen;
  }

  /** A schedule for which these were chosen is over. */
  done(chosen: readonly Step[], strikes: readonly Strike[]): void {
    this.#add(this.#expected, chosen, -EXPECTED);
    for (const [step, count] of Object.entries(countCuts(strikes))) {
      this.#cuts.set(step as Step, (this.#cuts.get(step as Step) ?? 0) + count);
    }
  }

  #add(to: Map<Step, number>, steps: readonly Step[], amount: number): void {
    for (const step of steps) to.set(step, (to.get(step) ?? 0) + amount);
  }
}
