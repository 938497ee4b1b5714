import assert from 'node:assert/strict';
import { test } from 'node:test';
import { around, FIRST_ROWS, MOST_ROWS, NEWEST, newer, older, rangeOf, STEP_ROWS, trimmed } from './row-window.ts';

const ids = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `row ${from + at}`);

test('a chat opens with its newest rows', () => {
  assert.deepEqual(rangeOf(ids(1000), NEWEST), { start: 1000 - FIRST_ROWS, end: 1000 });
  assert.deepEqual(rangeOf(ids(3), NEWEST), { start: 0, end: 3 });
});

test('scrolling up adds older rows and keeps following the newest', () => {
  const window = older(ids(1000), NEWEST);
  assert.deepEqual(rangeOf(ids(1000), window), { start: 1000 - FIRST_ROWS - STEP_ROWS, end: 1000 });
  assert.equal(window.to, undefined);
});

test('the page never holds more than its most, however far one scrolls', () => {
  let window = NEWEST;
  for (let step = 0; step < 50; step += 1) window = older(ids(1000), window);
  const range = rangeOf(ids(1000), window);
  assert.equal(range.start, 0);
  assert.equal(range.end, MOST_ROWS);
});

test('scrolling down again comes back to the newest and follows it', () => {
  let window = NEWEST;
  for (let step = 0; step < 50; step += 1) window = older(ids(1000), window);
  for (let step = 0; step < 50; step += 1) window = newer(ids(1000), window);
  assert.equal(window.to, undefined);
  assert.equal(rangeOf(ids(1000), window).end, 1000);
});

test('older rows that are loaded do not move the window', () => {
  const window = older(ids(100, 50), NEWEST);
  assert.equal(rangeOf(ids(150), window).start, rangeOf(ids(100, 50), window).start + 50);
});

test('a window around a row has room on both sides', () => {
  const { start, end } = rangeOf(ids(1000), around(ids(1000), 'row 500'));
  assert.ok(start < 500 && end > 500);
});

test('a row that went away ends nothing', () => {
  assert.deepEqual(rangeOf(ids(100), { from: 'gone', to: 'gone' }), { start: 100 - FIRST_ROWS, end: 100 });
});

test('a long stay at the newest row gives up the oldest of the page', () => {
  const window = trimmed(ids(1000), { from: 'row 0', to: undefined });
  assert.deepEqual(rangeOf(ids(1000), window), { start: 1000 - MOST_ROWS, end: 1000 });
});
