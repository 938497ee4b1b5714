import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMailboxName } from './mailbox-name.ts';
import { chunkUids, formatUidSet, UidSet } from './uid-set.ts';

for (const [uids, set] of [
  [[7], '7'],
  [[3, 1, 2], '1:3'],
  [[5, 1, 2, 2, 9, 10, 11], '1:2,5,9:11'],
] as const) {
  test(`UIDs ${uids.join(' ')} are written ${set}`, () => {
    assert.equal(formatUidSet(uids), set);
  });
}

test('a long list is cut into sets that fit one command', () => {
  const uids = Array.from({ length: 1_201 }, (_, index) => index + 1);
  assert.deepEqual(
    chunkUids(uids).map((chunk) => chunk.length),
    [500, 500, 201],
  );
});

for (const [path, encoded] of [
  ['COI/Chats', 'COI/Chats'],
  ['Entwürfe', 'Entw&APw-rfe'],
  ['Q&A', 'Q&-A'],
  ['日本語', '&ZeVnLIqe-'],
  ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
] as const) {
  test(`the mailbox ${path} is ${encoded} on the wire`, () => {
    assert.equal(encodeMailboxName(path), encoded);
  });
}

test('a set holds what was put in and not taken out, whatever the order', () => {
  // A small generator, seeded, so that a failure shows again.
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const set = new UidSet();
  const plain = new Set<number>();
  for (let round = 0; round < 5_000; round += 1) {
    const uid = 1 + random(60);
    if (random(2) === 0) {
      set.add(uid);
      plain.add(uid);
    } else {
      assert.equal(set.delete(uid), plain.delete(uid));
    }
    const sorted = [...plain].sort((one, other) => one - other);
    assert.deepEqual([...set], sorted);
    assert.deepEqual([set.size, set.lowest, set.highest], [sorted.length, sorted[0], sorted.at(-1)]);
    assert.equal(set.has(uid), plain.has(uid));
    assert.equal(
      set.lowestFrom(uid),
      sorted.find((one) => one >= uid),
    );
    assert.deepEqual(
      [...set.between(20, 40)],
      sorted.filter((one) => one >= 20 && one <= 40),
    );
    assert.deepEqual(set.take(5), sorted.slice(0, 5));
    assert.deepEqual(set.takeHighest(5), sorted.slice(-5));
    const chunks = [...set.chunks(7)];
    assert.deepEqual(
      chunks.flatMap((chunk) => [...chunk]),
      sorted,
    );
    assert.ok(chunks.every(({ size }) => size <= 7));
    assert.deepEqual([...UidSet.parse(String(set), 60)], sorted);
    const other = UidSet.of([3, 4, 50, 51, 99]);
    assert.deepEqual(
      [...set.union(other)],
      [...new Set([...plain, ...other])].sort((one, two) => one - two),
    );
  }
});

test('a set that somebody wrote is read without its nonsense, in any order, and not for ever', () => {
  for (const [text, uids] of [
    ['', []],
    ['7:5,1', [1, 5, 6, 7]],
    ['0,2,x,3:y,4', [2, 4]],
    ['1:3,2:3', [1, 2, 3]],
    ['1,3,5,7,9,11', [1, 3, 5, 7, 9]],
    ['2,1:4294967295', [1, 2, 3, 4]],
  ] as const) {
    assert.deepEqual([...UidSet.parse(text, 5)], uids);
  }
});
