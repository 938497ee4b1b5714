/**
 * Bundles the gallery in memory and serves it on loopback, for the element tests and for looking at it:
 * `node web-components/src/gallery/serve.fixture.ts [port]`. Strict CSP, so that inline styles and scripts show at once.
 */
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const FOLDER = new URL('./', import.meta.url);
/** Roundcube's own font, where the webmail is installed. */
const FONTS = '/usr/share/roundcube/skins/elastic/fonts/';
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'";
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  woff2: 'font/woff2',
};

export interface Gallery {
  readonly url: string;
  stop(): Promise<void>;
}

async function bundle(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: { gallery: fileURLToPath(new URL('gallery.ts', FOLDER)) },
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
    logLevel: 'warning',
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}

function send(response: ServerResponse, name: string, content: Uint8Array | string): void {
  const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': CSP, 'Cache-Control': 'no-store' });
  response.end(content);
}

/** @param port 0 = any free one */
export async function serveGallery(port = 0): Promise<Gallery> {
  const scripts = await bundle();
  const pages = new Map<string, string>();
  for (const name of ['gallery.html', 'gallery.css']) pages.set(name, await readFile(new URL(name, FOLDER), 'utf8'));
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const name = path === '/' ? 'gallery.html' : basename(path);
    const content = scripts.get(name) ?? pages.get(name);
    if (content !== undefined) send(response, name, content);
    else if (path.startsWith('/font/') && existsSync(FONTS + name)) createReadStream(FONTS + name).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const gallery = await serveGallery(Number(process.argv[2] ?? 0));
  process.stdout.write(`${gallery.url}\n`);
}
