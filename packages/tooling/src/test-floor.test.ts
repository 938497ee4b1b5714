import assert from 'node:assert/strict';
import { test } from 'node:test';
import { belowFloor, readTestFloor } from './test-floor.ts';

test('a run with fewer tests than were committed is told, and one without a number', () => {
  assert.equal(belowFloor({ unit: 3 }, 'unit', 3), undefined);
  assert.match(belowFloor({ unit: 3 }, 'unit', 2) ?? '', /unit: 2 tests passed, but there were 3/);
  assert.match(belowFloor({}, 'live:cyrus', 2) ?? '', /names no number/);
});

test('every stage has its number', () => {
  for (const stage of ['check', 'unit', 'live', 'e2e']) assert.ok((readTestFloor()[stage] ?? 0) > 0, stage);
});
