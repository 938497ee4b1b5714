/**
 * The fewest tests that a full run of each stage has: tests that vanish, or are skipped where they ran before, fail the
 * run. Raised by hand with the tests, in test-floor.json: stage, or `stage:server` -> passed tests.
 */
import { readFileSync } from 'node:fs';

export type TestFloor = Readonly<Record<string, number>>;

export function readTestFloor(): TestFloor {
  return JSON.parse(readFileSync(new URL('../test-floor.json', import.meta.url), 'utf8')) as TestFloor;
}

/** @returns what is wrong, or undefined */
export function belowFloor(floor: TestFloor, run: string, passed: number): string | undefined {
  const least = floor[run];
  if (least === undefined) return `packages/tooling/test-floor.json names no number of tests for "${run}"`;
  if (passed >= least) return undefined;
  return `${run}: ${passed} tests passed, but there were ${least}; who removes tests lowers packages/tooling/test-floor.json`;
}
