import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageId } from './message.ts';
import { quoteLines, referencesFor, replySubject } from './references.ts';

const id = (name: string) => `${name}@example.com` as MessageId;

test('the first message of a chat answers nothing', () => {
  assert.deepEqual(referencesFor(undefined), { inReplyTo: undefined, references: [] });
});

test('between chat programs References holds the first and the last id', () => {
  const parent = { messageId: id('d'), references: [id('a'), id('b'), id('c')] };
  assert.deepEqual(referencesFor(parent), { inReplyTo: id('d'), references: [id('a'), id('d')] });
  assert.deepEqual(referencesFor({ messageId: id('a'), references: [] }).references, [id('a')]);
  assert.deepEqual(referencesFor({ messageId: id('a'), references: [id('a')] }).references, [id('a')]);
});

test('ordinary mail programs get ten ids, the first of the chat and the latest nine', () => {
  const references = Array.from({ length: 30 }, (_, at) => id(String(at)));
  const answer = referencesFor({ messageId: id('last'), references }, true).references;
  assert.deepEqual(answer, [id('0'), ...references.slice(22), id('last')]);
});

test('a subject is answered once', () => {
  for (const subject of ['Lunch', 'Re: Lunch', 'AW: RE: Lunch', 'Re[2]: Lunch', 'SV: Antw: Lunch']) {
    assert.equal(replySubject(subject), 'Re: Lunch');
  }
  assert.equal(replySubject('  '), '');
  assert.equal(replySubject('Remember: milk'), 'Re: Remember: milk');
});

test('a quote is short', () => {
  assert.equal(quoteLines('one\ntwo\n'), 'one\ntwo');
  assert.equal(quoteLines('1\n2\n3\n4\n5\n6\n7'), '1\n2\n3\n4\n5\n6…');
  assert.equal([...quoteLines('😀'.repeat(1000))].length, 401);
});
