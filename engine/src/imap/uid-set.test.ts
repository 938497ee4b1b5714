import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMailboxName } from './mailbox-name.ts';
import { chunkUids, formatUidSet } from './uid-set.ts';

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
