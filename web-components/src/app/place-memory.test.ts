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
  assert.deepEqual(parsePlace(formatPlace(place)), place);
  const start = { chatId: undefined, scroll: undefined, putOff: false };
  assert.deepEqual(parsePlace(formatPlace(start)), start);
});

test('nothing but numbers is written', () => assert.match(formatPlace(place), /^\[[\d,-]+\]$/u));

test('what we did not write is nowhere', () => {
  for (const text of [null, '', '{}', '["bob"]', '[1,', '[null,null,"x"]']) {
    assert.deepEqual(parsePlace(text), { chatId: undefined, scroll: undefined, putOff: false });
  }
});
