import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatId } from '@coi-webmail/chat';
import { formatPlace, parsePlace } from './place-memory.ts';

const place = {
  chatId: 4_000_000_000 as ChatId,
  scroll: { at: 1_700_000_000_000, offset: -12, count: 160 },
  putOff: true,
};

test('a place comes back as it was', () => {
  assert.deepEqual(parsePlace(formatPlace(place, 'alice'), 'alice'), place);
  const start = { chatId: undefined, scroll: undefined, putOff: false };
  assert.deepEqual(parsePlace(formatPlace(start, 'alice'), 'alice'), start);
});

test('the next user of a tab starts afresh', () => {
  assert.equal(parsePlace(formatPlace(place, 'alice'), 'bob').putOff, false);
  assert.equal(parsePlace(formatPlace(place, 'alice'), 'bob').chatId, undefined);
});

test('nothing but numbers is written', () => assert.match(formatPlace(place, 'alice'), /^\[[\d,-]+\]$/u));

test('what we did not write is nowhere', () => {
  for (const text of [null, '', '{}', '["bob"]', '[1,', '[null,null,"x"]']) {
    assert.deepEqual(parsePlace(text, 'alice'), { chatId: undefined, scroll: undefined, putOff: false });
  }
});
