import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type BrowserContext, chromium } from 'playwright-core';
import { PLANTED } from './store.contract.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
let folder = '';
let server: Server;
let context: BrowserContext;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coi-store-'));
  const page = fileURLToPath(new URL('idb-store.browser.ts', import.meta.url));
  const bundle = await build({ entryPoints: [page], bundle: true, format: 'iife', target: 'es2022', write: false });
  server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    // The page's own script holds the planted text too.
    response.setHeader('cache-control', 'no-store');
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? bundle.outputFiles[0]?.contents : '<!doctype html><script src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context = await launch();
});

after(async () => {
  await context.close();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

function launch(): Promise<BrowserContext> {
  // A profile on disk: contexts off the record write no files at all.
  return chromium.launchPersistentContext(folder, { executablePath: '/usr/bin/chromium', args: FLAGS });
}

test('IndexedDB keeps the contract of stores, and nothing in the clear', { timeout: 60_000 }, async (context_) => {
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const outcomes = await page.evaluate('runAll()');
  for (const { name, error } of outcomes as readonly { name: string; error: string | undefined }[]) {
    await context_.test(`IndexedDB: ${name}`, () => assert.equal(error, undefined));
  }
  await page.evaluate((text) => {
    localStorage.setItem('control', `${text}-control`);
  }, PLANTED);
  await context.close();
  await context_.test('a search of the profile finds no planted text, but finds the control', async () => {
    const found = await filesWith(folder, PLANTED);
    const control = await filesWith(folder, `${PLANTED}-control`);
    assert.ok(control.length > 0);
    assert.deepEqual(
      found.filter((file) => !control.includes(file)),
      [],
    );
  });
});

/** Chromium writes strings as Latin-1 or UTF-16. */
async function filesWith(root: string, text: string): Promise<readonly string[]> {
  const wanted = [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (wanted.some((needle) => bytes.includes(needle))) found.push(path);
  }
  return found;
}
