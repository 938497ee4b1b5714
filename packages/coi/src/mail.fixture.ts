/** For the tests of this package: the mails of test-data, repeatable randomness. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../test-data/', import.meta.url);

export function mailNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => name.slice(0, -'.eml'.length))
    .sort();
}

/** Bytes over an array of their own, as browsers have them. */
export function mailBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.eml`, FOLDER)));
}

/** mulberry32: the same numbers in each run. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
