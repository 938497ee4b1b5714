import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTable, searchTable } from './table.ts';

const english = await loadTable('en');
const german = await loadTable('de-AT');

test('both languages hold the same emoji in the same order', () => {
  assert.deepEqual(
    english.flat().map(({ emoji }) => emoji),
    german.flat().map(({ emoji }) => emoji),
  );
  assert.ok(english.flat().length > 1800);
});

test('a word finds its emoji, in German too', () => {
  assert.ok(searchTable(english, 'thumbs').some(({ emoji }) => emoji === '👍️' || emoji === '👍'));
  assert.ok(searchTable(german, 'daumen').some(({ emoji }) => emoji === '👍️' || emoji === '👍'));
});

test('each word must be found', () => assert.deepEqual(searchTable(english, 'cat xyzzy'), []));

test('what is named so comes before what is tagged so', () =>
  assert.equal(searchTable(english, 'rocket')[0]?.emoji, '🚀'));

test('nothing typed finds nothing', () => assert.deepEqual(searchTable(english, '  '), []));
