/** The process as an admin starts it; no mail server is needed for that. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'coi-main-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function start(config: unknown): ChildProcess & { output: { out: string; error: string } } {
  const file = join(folder, 'engine.json');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--config', file]);
  const output = { out: '', error: '' };
  child.stdout.on('data', (chunk) => (output.out += String(chunk)));
  child.stderr.on('data', (chunk) => (output.error += String(chunk)));
  return Object.assign(child, { output });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const mail = { host: '127.0.0.1', port: 10143, tls: 'none' };
const issuer = { name: 'webmail', domains: ['a.test'], imap: mail, smtp: mail };

test('the engine says where it listens, and ends with 0 on SIGTERM', async () => {
  const port = await freePort();
  const child = start({ listen: { port }, issuers: [issuer] });
  while (!child.output.out.includes('\n')) await once(child.stdout ?? child, 'data');
  assert.deepEqual(JSON.parse(child.output.out), { listening: { host: '127.0.0.1', port, basePath: '/coi' } });
  assert.equal((await fetch(`http://127.0.0.1:${port}/coi/healthz`)).status, 200);

  const second = start({ listen: { port }, issuers: [issuer] });
  const [taken] = (await once(second, 'exit')) as [number];
  assert.deepEqual([taken, second.output.error.split('\n')[0]?.includes('Setting listen')], [78, true]);

  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 0);
  assert.match(child.output.error, /"event":"stopped"/);
});

test('a configuration that cannot be used ends the engine with one sentence', async () => {
  const child = start({ issuers: [{ ...issuer, domains: [] }] });
  const [code] = (await once(child, 'exit')) as [number];
  assert.deepEqual([code, child.output.error], [78, 'Setting issuers[0].domains must name at least one domain\n']);
});
