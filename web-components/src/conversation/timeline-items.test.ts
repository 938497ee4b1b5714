import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowId, RowView } from '@coi-webmail/chat';
import { row } from '../gallery/people.ts';
import { timelineItems } from './timeline-items.ts';

const noon = new Date(2026, 10, 20, 12).getTime();
const MINUTE = 60_000;
const line = (id: string, minutes: number, rest: Partial<RowView> = {}): RowView =>
  row({ rowId: id as RowId, at: noon + minutes * MINUTE, ...rest });

test('lines of one person within five minutes are a group', () => {
  const items = timelineItems([line('a', 0), line('b', 4), line('c', 10)], undefined);
  assert.deepEqual(
    items.map(({ first }) => first),
    [true, false, true],
  );
});

test('an own line between two of bob starts new groups', () => {
  const items = timelineItems([line('a', 0), line('b', 1, { own: true }), line('c', 2)], undefined);
  assert.deepEqual(
    items.map(({ first }) => first),
    [true, true, true],
  );
});

test('a line whose sender is not proven never hides in a group', () => {
  const items = timelineItems([line('a', 0), line('b', 1, { proven: false })], undefined);
  assert.equal(items[1]?.first, true);
});

test('midnight starts a day and a group', () => {
  const items = timelineItems([line('a', 11 * 60 + 59), line('b', 12 * 60 + 1)], undefined);
  assert.equal(items[0]?.day, new Date(2026, 10, 20).getTime());
  assert.equal(items[1]?.day, new Date(2026, 10, 21).getTime());
  assert.equal(items[1]?.first, true);
});

test('the line “New” stands above the first unread row and opens a group', () => {
  const items = timelineItems([line('a', 0), line('b', 1), line('c', 2)], 'b' as RowId);
  assert.deepEqual(
    items.map(({ newLine }) => newLine),
    [false, true, false],
  );
  assert.equal(items[1]?.first, true);
});
