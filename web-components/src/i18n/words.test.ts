import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { templates } from './de.ts';

const source = await readFile(new URL('words.ts', import.meta.url), 'utf8');

/** Every `msg(…, { id })` of a file: its id and how many values its text holds. */
function messagesOf(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const call of text.split(/\bmsg\(/u).slice(1)) {
    const end = /\{\s*id: '([^']+)'/u.exec(call);
    if (end?.[1] === undefined) continue;
    const id = end[1];
    assert.ok(!found.has(id), `${id} is used twice`);
    found.set(id, call.slice(0, end.index).split('${').length - 1);
  }
  return found;
}

const english = messagesOf(source);

function valuesIn(template: unknown): number {
  if (typeof template === 'string') return 0;
  return new Set((template as { readonly values: readonly unknown[] }).values).size;
}

test('every English sentence has a German one, and none is left over', () => {
  assert.ok(english.size > 150);
  assert.deepEqual(Object.keys(templates).sort(), [...english.keys()].sort());
});

test('a German sentence names as many values as the English one', () => {
  for (const [id, template] of Object.entries(templates)) assert.equal(valuesIn(template), english.get(id), id);
});

test('no element has a sentence of its own', async () => {
  const { glob } = await import('node:fs/promises');
  for await (const file of glob('**/*.ts', { cwd: new URL('..', import.meta.url) })) {
    if (file.startsWith('i18n/')) continue;
    const text = await readFile(new URL(`../${file}`, import.meta.url), 'utf8');
    assert.ok(!/from '@lit\/localize'/u.test(text) || file === 'element/coi-element.ts', file);
  }
});
