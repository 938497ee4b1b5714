import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UidSet } from './uid-set.ts';

test('UIDs lie in ranges, whatever order they come in', () => {
  const set = new UidSet([5, [1, 3], 4, [10, 12], [11, 20]]);
  assert.deepEqual(set.toRanges(), [
    [1, 5],
    [10, 20],
  ]);
  assert.equal(set.size, 16);
  assert.deepEqual(set.newest(13), [20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 5, 4]);
  assert.deepEqual(new UidSet().newest(3), []);
});

test('a set of ranges behaves as a set of numbers', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const [set, numbers] = [new UidSet(), new Set<number>()];
  for (let step = 0; step < 20_000; step++) {
    const uid = 1 + random(300);
    if (random(2) === 0) {
      set.add(uid);
      numbers.add(uid);
    } else {
      set.delete(uid);
      numbers.delete(uid);
    }
    if (step % 500 !== 0) continue;
    const expected = [...numbers].sort((one, other) => other - one);
    assert.deepEqual(set.newest(1000), expected);
    assert.equal(set.size, numbers.size);
    assert.deepEqual(new UidSet(set.toRanges()).newest(1000), expected);
    for (let each = 0; each <= 301; each++) assert.equal(set.has(each), numbers.has(each));
  }
});
