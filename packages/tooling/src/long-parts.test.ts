import assert from 'node:assert/strict';
import test from 'node:test';
import { LONG_PARTS, longParts } from './long-parts.ts';

const DAY_MS = 24 * 3_600_000;

test('each day has one part, and all have their turn', () => {
  const days = [0, 1, 2, 3].map((day) => longParts(undefined, day * DAY_MS + 5000));
  assert.ok(days.every((parts) => parts.length === 1));
  assert.deepEqual(days.slice(0, 3).flat(), LONG_PARTS);
  assert.deepEqual(days[3], days[0]);
});

test('whoever names parts gets those', () => {
  assert.deepEqual(longParts('all', 0), LONG_PARTS);
  assert.deepEqual(longParts('none', 0), []);
  assert.deepEqual(longParts('cyrus,pages', 0), ['cyrus', 'pages']);
  assert.throws(() => longParts('cyrsu', 0), /parts are pages, cyrus/);
});
