import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { violations } from './dependency-rule.ts';
import { ROOT } from './root.ts';
import { readSources } from './source.ts';

function runTool(name: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin', name), args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(status, 0, `${stdout}\n${stderr}`.slice(-6_000));
}

test('every file is formatted', () => {
  runTool('biome', 'format', '.');
});

test('every type holds', () => {
  runTool('tsc', '-b');
});

test('the linter finds nothing', () => {
  runTool('oxlint', '--quiet');
});

test('nobody imports what the dependency rule forbids', () => {
  assert.deepEqual(violations(readSources()), []);
});
