import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGroupId, makeGroupId } from './group-id.ts';
import type { MessageId } from './message.ts';
import {
  deriveMessageId,
  formatMessageId,
  groupIdOf,
  isChatId,
  makeMessageId,
  parseMessageId,
  parseMessageIds,
  timeOfMessageId,
} from './message-id.ts';

const random = new Uint8Array(16).fill(200);

const lists = [
  { name: 'ids with and without space between', value: '<a@b> <c@d><e@f>', ids: ['a@b', 'c@d', 'e@f'] },
  { name: 'white space inside an id', value: '<chat$a1@exam ple.com>', ids: ['chat$a1@example.com'] },
  {
    name: 'a missing closing bracket',
    value: '<chat$S2571BC.287888@sample.com',
    ids: ['chat$S2571BC.287888@sample.com'],
  },
  { name: 'words around the id', value: 'Message of "Tue, 24 Nov" <a@b> garbage', ids: ['a@b'] },
  { name: 'ids without brackets', value: 'a@b, c@d; nonsense', ids: ['a@b', 'c@d'] },
  { name: 'two ids in one pair of brackets', value: '<a@b c@d>', ids: ['a@b', 'c@d'] },
  { name: 'an id without @', value: '<1234>', ids: ['1234'] },
  { name: 'nothing', value: '<> ', ids: [] },
];

for (const { name, value, ids } of lists) {
  test(`References with ${name} are read`, () => assert.deepEqual(parseMessageIds(value), ids));
}

test('of a thousand references the first and the last ones are kept', () => {
  const ids = parseMessageIds(Array.from({ length: 1000 }, (_, at) => `<${at}@b>`).join(' '));
  assert.equal(ids.length, 200);
  assert.deepEqual([ids[0], ids.at(-1)], ['0@b', '999@b']);
});

test('the chat mark is case-sensitive and stands at the start', () => {
  assert.ok(isChatId('chat$1@b'));
  assert.ok(!isChatId('Chat$1@b'));
  assert.ok(!isChatId('x.chat$1@b'));
});

test('our own ids sort by time and counter, and tell both', () => {
  const moments = [
    [1_795_000_000_000, 0],
    [1_795_000_000_000, 1],
    [1_795_000_000_000, 33],
    [1_795_000_000_001, 0],
    [1_995_000_000_000, 0],
  ] as const;
  const ids = moments.map(([now, counter]) => makeMessageId({ now, counter, random, domain: 'example.com' }));
  assert.deepEqual([...ids].sort(), ids);
  assert.deepEqual(
    ids.map((id) => timeOfMessageId(id)),
    moments.map(([at, counter]) => ({ at, counter })),
  );
  assert.match(ids[0] ?? '', /^chat\$[0-9a-z]{11}\.[0-9a-z]{16}@example\.com$/);
});

test('ids of others tell no time', () => {
  for (const id of ['chat$S2571BC.2878&8@sample.com', 'a065597b-0e35@localhost', 'chat$1m7q5cqkv05@example.com']) {
    assert.equal(timeOfMessageId(id as MessageId), undefined);
  }
});

test('a group id travels in the Message-ID', () => {
  const groupId = makeGroupId(new Uint8Array(18).fill(251));
  const id = makeMessageId({ now: 1, counter: 0, random, domain: 'example.com', groupId });
  assert.ok(id.startsWith(`chat$group.${groupId}.`));
  assert.equal(groupIdOf(id), groupId);
  assert.deepEqual(timeOfMessageId(id), { at: 1, counter: 0 });
  assert.equal(groupIdOf('chat$group.4321dcba1234.S2571BC.2878&8@sample.com' as MessageId), '4321dcba1234');
  assert.equal(groupIdOf('chat$group.short.x@sample.com' as MessageId), undefined);
  assert.equal(groupIdOf('chat$4321dcba1234.x@sample.com' as MessageId), undefined);
});

test('group ids fit both COI and Delta Chat', () => {
  const made = makeGroupId(new Uint8Array(18));
  assert.ok(made.length >= 12 && made.length <= 32);
  for (const id of ['4321dcba1234', 'aB-_5678901', made]) assert.ok(isGroupId(id), id);
  for (const id of ['', 'short', 'with.dot.inside', 'with space 12', 'ü'.repeat(12)]) assert.ok(!isGroupId(id), id);
});

test('a group id that is none is never written into an id', () => {
  assert.throws(() => makeMessageId({ now: 1, counter: 0, random, domain: 'example.com', groupId: 'a@b>\r\nBcc: x' }));
});

test('one act on two devices has one id', () => {
  const act = { cause: 'chat$1@b', actor: 'receipt alice@example.com', domain: 'example.com' };
  assert.equal(deriveMessageId(act), deriveMessageId({ ...act }));
  assert.notEqual(deriveMessageId(act), deriveMessageId({ ...act, actor: 'receipt bob@example.com' }));
  assert.ok(isChatId(deriveMessageId(act)));
});

test('an id cannot end its header field', () => {
  assert.equal(formatMessageId('a@b>\r\nBcc: <c@d' as MessageId), '<a@bBcc:c@d>');
  assert.equal(parseMessageId(undefined), undefined);
});
