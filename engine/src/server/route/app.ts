/** GET app/…: the standalone page, as the build left it. */
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { CoiError } from '@coi-webmail/base';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Script from this host only, never inline; styles may be inline (elements set them). Pictures of mail come as blobs.
 */
const APP_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HASHED = /-([A-Z0-9]{8}|[0-9a-f]{8})\.[a-z0-9]+$/;

/**
 * @param path below `app/`, still encoded; empty = the page itself
 * @throws CoiError `message-not-found`
 */
export async function getApp(folder: string, path: string, response: ServerResponse): Promise<void> {
  const file = path === '' ? 'index.html' : decodePath(path);
  const type = TYPES[extname(file)];
  if (type === undefined) throw notThere();
  let content: Uint8Array;
  try {
    content = await readFile(join(folder, file));
  } catch {
    throw notThere();
  }
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': content.length,
    'Content-Security-Policy': APP_POLICY,
    'Cache-Control': HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(content);
}

/** Names of letters, digits, dots, dashes; no hidden file and no way out of the folder. */
function decodePath(path: string): string {
  if (!/^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(path)) throw notThere();
  const file = normalize(path);
  if (file.startsWith('..')) throw notThere();
  return file;
}

function notThere(): CoiError {
  return new CoiError('message-not-found', 'There is no such page; if it should be the chat page, build it first');
}
