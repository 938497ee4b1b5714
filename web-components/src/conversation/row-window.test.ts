import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  around,
  FIRST_ROWS,
  MOST_ROWS,
  MOST_SELECTED_ROWS,
  NEWEST,
  newer,
  older,
  rangeOf,
  type RowRange,
  STEP_ROWS,
  trimmed,
  windowOf,
} from './row-window.ts';

const ids = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `row ${from + at}`);
const thousand = ids(1000);

/** Takes a step of a window again and again. */
function walk(range: RowRange, steps: number, step: (range: RowRange) => RowRange): RowRange {
  return Array.from({ length: steps }).reduce<RowRange>((now) => step(now), range);
}

test('a chat opens with its newest rows', () => {
  assert.deepEqual(rangeOf(thousand, NEWEST), { start: 1000 - FIRST_ROWS, end: 1000 });
  assert.deepEqual(rangeOf(ids(3), NEWEST), { start: 0, end: 3 });
});

test('scrolling up adds a few older rows and keeps following the newest', () => {
  const range = older(rangeOf(thousand, NEWEST));
  assert.deepEqual(range, { start: 1000 - FIRST_ROWS - STEP_ROWS, end: 1000 });
  assert.equal(windowOf(thousand, range).to, undefined);
});

test('the page never holds more than its most, however far one scrolls', () => {
  const range = walk(rangeOf(thousand, NEWEST), 200, (now) => older(now));
  assert.deepEqual(range, { start: 0, end: MOST_ROWS });
});

test('scrolling down again comes back to the newest and follows it', () => {
  const top = walk(rangeOf(thousand, NEWEST), 200, (now) => older(now));
  const range = walk(top, 200, (now) => newer(now, 1000));
  assert.deepEqual(range, { start: 1000 - MOST_ROWS, end: 1000 });
  assert.equal(windowOf(thousand, range).to, undefined);
});

test('while a text is selected its rows stay', () => {
  const range = walk(rangeOf(thousand, NEWEST), 50, (now) => older(now, STEP_ROWS, MOST_SELECTED_ROWS));
  assert.equal(range.end, 1000);
});

test('older rows that are loaded do not move the window', () => {
  const window = windowOf(ids(100, 50), older(rangeOf(ids(100, 50), NEWEST)));
  assert.equal(rangeOf(ids(150), window).start, rangeOf(ids(100, 50), window).start + 50);
});

test('a window around a row has room on both sides', () => {
  const { start, end } = rangeOf(thousand, around(thousand, 'row 500'));
  assert.ok(start < 500 && end > 500);
});

test('a row that went away ends nothing', () => {
  assert.deepEqual(rangeOf(ids(100), { from: 'gone', to: 'gone' }), { start: 100 - FIRST_ROWS, end: 100 });
});

test('a long stay at the newest row gives up the oldest of the page', () => {
  const window = trimmed(thousand, { from: 'row 0', to: undefined });
  assert.deepEqual(rangeOf(thousand, window), { start: 1000 - MOST_ROWS, end: 1000 });
});
