import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { type Bundle, buildAll } from './build.ts';
import { bundledPackages, NOTICE_FILE } from './notice.ts';
import { closedBytes, openBytes, workerBytes, workerFirstBytes } from './size.ts';

/**
 * design.md §5, gzip. The design's 50 kB hold for what the worker loads before the first paint; all that it loads at
 * every start is over them, and must not grow further.
 */
const BUDGET_BYTES = { closed: 15_000, open: 90_000, workerFirst: 50_000, worker: 67_000 };

let bundles: readonly Bundle[] = [];

before(async () => {
  bundles = await buildAll();
});

const find = (folder: string) => {
  const found = bundles.find((bundle) => bundle.folder.endsWith(folder));
  assert.ok(found, `no bundle in ${folder}`);
  return found;
};

function holds(name: string, bytes: number, budget: number): void {
  assert.ok(bytes < budget, `${name} is ${bytes} bytes, the budget is ${budget}`);
}

test('Roundcube pages load little while the panel is closed', () => {
  holds('the closed panel', closedBytes(find('plugin-roundcube/js')), BUDGET_BYTES.closed);
});

test('the open panel stays within its budget in both hosts', () => {
  for (const folder of ['plugin-roundcube/js', 'build/app']) {
    holds(folder, openBytes(find(folder)), BUDGET_BYTES.open);
  }
});

test('the worker paints first within its budget, and does not grow beyond what it is', () => {
  const app = find('build/app');
  holds('the first paint of the worker', workerFirstBytes(app), BUDGET_BYTES.workerFirst);
  holds('the worker', workerBytes(app), BUDGET_BYTES.worker);
  assert.ok(workerBytes(app) > workerFirstBytes(app), 'the state behind the first paint is counted');
});

test('NOTICE names every package in the bundles', () => {
  const notice = readFileSync(NOTICE_FILE, 'utf8');
  const missing = bundledPackages(bundles).filter((name) => !notice.includes(`  ${name} `));
  assert.deepEqual(missing, [], 'run: node packages/tooling/src/notice.ts');
});
