/** Sums up the verdicts of a run; its JSON is the last line that the runner prints. */
import { countCuts, type Strike } from './fault.ts';
import type { Verdict } from './oracle.ts';
import type { Step } from './step.ts';

export interface Sum {
  schedules: number;
  faults: number;
  lines: number;
  lost: number;
  doubled: number;
  smtpDuplicates: number;
  reordered: number;
  altered: number;
  unknown: number;
  repeated: number;
  misfiled: number;
  /** Schedules that broke off: a judgement could not be made. */
  broken: number;
  cuts: Record<Step, number>;
}

export type Counter = 'lost' | 'doubled' | 'smtpDuplicates' | 'reordered' | 'altered' | 'misfiled';
export const COUNTERS: readonly Counter[] = ['lost', 'doubled', 'smtpDuplicates', 'reordered', 'altered', 'misfiled'];

export class Tally {
  readonly sum: Sum = {
    schedules: 0,
    faults: 0,
    lines: 0,
    lost: 0,
    doubled: 0,
    smtpDuplicates: 0,
    reordered: 0,
    altered: 0,
    unknown: 0,
    repeated: 0,
    misfiled: 0,
    broken: 0,
    cuts: countCuts([]),
  };

  add(verdict: Verdict, strikes: readonly Strike[]): void {
    const { sum } = this;
    sum.schedules += 1;
    sum.faults += strikes.length;
    for (const key of ['lines', 'unknown', 'repeated', ...COUNTERS] as const) sum[key] += verdict[key];
    for (const [step, count] of Object.entries(countCuts(strikes))) sum.cuts[step as Step] += count;
  }

  addBroken(): void {
    this.sum.schedules += 1;
    this.sum.broken += 1;
  }
}

export function isGood(sum: Sum): boolean {
  return sum.broken === 0 && COUNTERS.every((counter) => sum[counter] === 0);
}

export function isBad(verdict: Verdict): boolean {
  return COUNTERS.some((counter) => verdict[counter] > 0);
}
