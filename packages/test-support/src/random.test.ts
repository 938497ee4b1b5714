import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshSeed, Random } from './random.ts';

const drawn = (seed: string) => {
  const random = new Random(seed);
  return Array.from({ length: 50 }, () => random.next());
};

test('the same word gives the same numbers', () => {
  assert.deepEqual(drawn('alice'), drawn('alice'));
});

test('words that differ a little give other numbers', () => {
  assert.notDeepEqual(drawn('alice.1'), drawn('alice.2'));
});

test('whole numbers lie between the bounds and reach both', () => {
  const random = new Random('bob');
  const seen = new Set(Array.from({ length: 500 }, () => random.int(3, 7)));
  assert.deepEqual([...seen].sort(), [3, 4, 5, 6, 7]);
});

test('a thousand numbers spread evenly', () => {
  const random = new Random('carol');
  const upper = Array.from({ length: 1000 }, () => random.next()).filter((number) => number >= 0.5).length;
  assert.ok(upper > 430 && upper < 570, `${upper} of 1000 in the upper half`);
});

test('no two fresh seeds are equal', () => {
  assert.equal(new Set(Array.from({ length: 100 }, freshSeed)).size, 100);
});
