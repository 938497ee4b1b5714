import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecipientsView, RowView } from '@coi-webmail/chat';
import { bob, carol, row } from '../gallery/people.ts';
import { deliveryNews, goesOutAt, undoableRow } from './delivery-news.ts';

const own = (rest: Partial<RowView>): RowView => row({ own: true, ...rest });
const refused = (...who: readonly (typeof bob)[]): RecipientsView => ({
  total: 3,
  done: 3,
  refused: who.map((person) => ({ person, reason: 'recipient-unknown', detail: '550 5.1.1' })),
});

test('a line that was accepted or read has no news', () => {
  assert.equal(deliveryNews(own({ delivery: 'sent' })), undefined);
  assert.equal(deliveryNews(own({ delivery: 'read' })), undefined);
  assert.equal(deliveryNews(own({ delivery: 'sending' })), undefined);
});

test('a line that is held is another thing than one that waits', () => {
  assert.equal(deliveryNews(own({ delivery: 'queued', heldUntil: 1 })), 'held');
  assert.equal(deliveryNews(own({ delivery: 'queued', deliveryReason: 'offline' })), 'waits');
});

test('a line that goes out in batches tells how far it came, until all are answered for', () => {
  const recipients = { total: 300, done: 120, refused: [] };
  assert.equal(deliveryNews(own({ delivery: 'sending', recipients })), 'progress');
  assert.equal(deliveryNews(own({ delivery: 'sent', recipients: { ...recipients, done: 300 } })), undefined);
});

test('who was refused is named whatever became of the others', () => {
  for (const delivery of ['sent', 'read', 'failed', 'sending'] as const)
    assert.equal(deliveryNews(own({ delivery, recipients: refused(carol) })), 'partly', delivery);
});

test('a line that all refused has failed', () => {
  const line = own({ delivery: 'failed', deliveryReason: 'recipient-unknown', recipients: refused(bob, carol, bob) });
  assert.equal(deliveryNews(line), 'failed');
});

test('a bounce, an old line and an unknown outcome each ask for something else', () => {
  assert.equal(deliveryNews(own({ delivery: 'failed', deliveryReason: 'bounced' })), 'came-back');
  assert.equal(deliveryNews(own({ delivery: 'failed', deliveryReason: 'too-old' })), 'too-old');
  assert.equal(deliveryNews(own({ delivery: 'unknown' })), 'unknown');
  assert.equal(deliveryNews(own({ delivery: 'sent', deliveryReason: 'delayed' })), 'slow');
});

test('of bob’s lines only one that never came as mail has news', () => {
  assert.equal(deliveryNews(row({ provisional: 'missing' })), 'missing');
  assert.equal(deliveryNews(row({ provisional: 'lane' })), undefined);
});

test('undo takes back the newest line that is held, and no other', () => {
  const held = own({ delivery: 'queued', heldUntil: 1, cancelable: true });
  const later = own({ delivery: 'queued', cancelable: true });
  assert.equal(undoableRow([own({ delivery: 'sent' }), held, later, row()]), held);
  assert.equal(undoableRow([{ ...held, cancelable: false }, later]), undefined);
});

test('the count stays right where a clock is wrong by minutes', () => {
  assert.equal(goesOutAt(13_000, 10_000, 5000), 13_000);
  assert.equal(goesOutAt(310_000, 10_000, 5000), 15_000);
  assert.equal(goesOutAt(4_000, 10_000, 5000), 15_000);
});
