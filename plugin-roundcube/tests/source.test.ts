import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { checkSyntax, PLUGIN_FOLDER } from './php.fixture.ts';

async function files(ending: RegExp): Promise<readonly string[]> {
  const all = await readdir(PLUGIN_FOLDER, { recursive: true });
  return all.filter((name) => ending.test(name) && !/^(js|dist|node_modules)\//.test(name));
}

test('every PHP file is PHP that this version understands', async () => {
  const sources = await files(/\.(php|inc|dist)$/);
  assert.ok(sources.length > 15);
  await Promise.all(sources.map((name) => checkSyntax(join(PLUGIN_FOLDER, name))));
});

test('every language has every label', async () => {
  const labels = async (name: string) => {
    const text = await readFile(join(PLUGIN_FOLDER, 'localization', name), 'utf8');
    return [...text.matchAll(/^\$(?:labels|messages)\['(\w+)'\]/gm)].map(([, label]) => label).sort();
  };
  const english = await labels('en_US.inc');
  assert.ok(english.length > 10);
  assert.deepEqual(await labels('de_DE.inc'), english);
});

test('each class has a file of its name', async () => {
  for (const name of await files(/^lib\/coi_\w+\.php$/)) {
    const text = await readFile(join(PLUGIN_FOLDER, name), 'utf8');
    assert.match(text, new RegExp(`^(final )?class ${name.slice('lib/'.length, -'.php'.length)}\\b`, 'm'));
  }
});
