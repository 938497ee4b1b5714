import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BenchResult } from './result.ts';
import { metric } from './result.ts';
import { summaryTable, withSummary } from './summary.ts';

const machine = { cpu: 'cpu', cores: 2, memoryGb: 8, node: 'v24', load: [0], commit: 'abc' };
const result = (at: string, value: number): BenchResult => ({
  name: 'latency',
  at,
  machine,
  metrics: [metric({ name: 'same-engine', values: [value, value] }, { name: 'accept', values: [10] })],
});

test('of two runs of one bench the later one is in the summary, with its budget and what it is compared with', () => {
  const table = summaryTable([result('2026-02-01', 20), result('2026-01-01', 99)]);
  assert.match(
    table,
    /\| send → shown, same engine \| 30 \/ 75 \| 20\.0 ms ✓ \| 20\.0 ms \| accept 10\.0 ms \(2\.00 ×\) \| 2 \|/,
  );
  assert.doesNotMatch(table, /99/);
});

test('the summary replaces what stood between its marks, and nothing else', () => {
  assert.equal(
    withSummary('a\n<!-- bench -->\nold\n<!-- /bench -->\nb', 'new'),
    'a\n<!-- bench -->\nnew\n<!-- /bench -->\nb',
  );
  assert.throws(() => withSummary('no marks', 'new'), /lacks/);
});
