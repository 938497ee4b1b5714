import assert from 'node:assert/strict';
import { test } from 'node:test';
import { row } from '../gallery/people.ts';
import { sameData } from './same-data.ts';

test('a row that came through the door once more is the same', () => {
  const one = row({
    attachments: [{ part: '2', name: 'a.pdf', type: 'application/pdf', sizeBytes: 1, url: undefined }],
  });
  assert.ok(sameData(one, structuredClone(one)));
});

test('a row with another mark, another file or another sender is not', () => {
  const one = row({ own: true, attachments: [] });
  assert.ok(!sameData(one, { ...one, delivery: 'sent' }));
  assert.ok(!sameData(one, { ...one, attachments: [{ part: '2' }] }));
  assert.ok(!sameData(one, { ...one, sender: { ...one.sender, name: 'Alicia' } }));
});

test('nothing, an empty list and an empty object are three things', () => {
  assert.ok(!sameData(undefined, null));
  assert.ok(!sameData([], {}));
  assert.ok(!sameData({ a: undefined }, {}));
  assert.ok(!sameData({ a: undefined }, { b: undefined }));
});
