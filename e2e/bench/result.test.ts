import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metric, percentile } from './result.ts';

test('a percentile is one of the measured values', () => {
  const values = [5, 1, 4, 2, 3];
  assert.equal(percentile(values, 0.5), 3);
  assert.equal(percentile(values, 0.95), 5);
  assert.equal(percentile([7], 0.5), 7);
  assert.throws(() => percentile([], 0.5));
});

test('a metric is compared with the median of its baseline', () => {
  const { p50, ratio, baseline } = metric({ name: 'list', values: [30, 30, 90] }, { name: 'stock', values: [20] });
  assert.deepEqual({ p50, ratio, baseline }, { p50: 30, ratio: 1.5, baseline: { name: 'stock', p50: 20 } });
});

test('a budget is met by median and 95th percentile, or by the ratio to its baseline', () => {
  assert.equal(metric({ name: 'same-engine', values: [20, 70] }).met, true);
  assert.equal(metric({ name: 'same-engine', values: [20, 20, 80] }).met, false);
  assert.equal(metric({ name: 'catch-up', values: [7_000], unit: 'lines/s' }).met, false);
  assert.equal(metric({ name: 'list-active', values: [100] }, { name: 'stock', values: [90] }).met, false);
  assert.equal(metric({ name: 'nobody-knows', values: [1] }).met, undefined);
});
