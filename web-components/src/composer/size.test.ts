import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textSize } from './size.ts';

test('a short line shows no counter', () => assert.equal(textSize('See you', 100_000)?.show, false));

test('without a known limit there is none', () => assert.equal(textSize('x'.repeat(1_000_000), undefined), undefined));

test('a line of 100,000 characters passes a limit of a megabyte', () => {
  assert.equal(textSize('x'.repeat(100_000), 1_000_000)?.overBytes, 0);
});

test('a line over the limit says by how much', () => {
  const size = textSize('x'.repeat(100_000), 50_000);
  assert.equal(size?.overBytes, 100_000 - (50_000 - 4096));
  assert.equal(size?.show, true);
});

test('umlauts count as they travel', () => {
  assert.equal(textSize('ü'.repeat(30_000), 50_000)?.bytes, 80_000);
});
