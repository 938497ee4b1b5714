/** Reads request bodies, within limits. */
import type { IncomingMessage } from 'node:http';
import { type Bytes, CoiError, concatBytes, fromUtf8 } from '@coi-webmail/base';

const MAX_JSON_BYTES = 65_536;

/** Announced length. @throws CoiError `invalid-request` without one, `message-too-large` over the limit */
export function bodyLength(request: IncomingMessage, maxBytes: number): number {
  const length = request.headers['content-length'];
  if (length === undefined || !/^\d+$/.test(length)) {
    throw new CoiError('invalid-request', 'A request body needs its Content-Length');
  }
  if (Number(length) > maxBytes) throw tooLarge();
  return Number(length);
}

/** @throws CoiError `message-too-large`, `invalid-request` when the sender gave up */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new CoiError('invalid-request', 'The request ended before its body', { cause });
  }
  if (sizeBytes > maxBytes) throw tooLarge();
  return concatBytes(chunks);
}

/** @throws CoiError `invalid-request`, `message-too-large` */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  // Forms of foreign pages can post text/plain without asking first, but not JSON.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new CoiError('invalid-request', 'The request body must be application/json');
  }
  const body = await readBody(request, MAX_JSON_BYTES);
  try {
    return JSON.parse(fromUtf8(body));
  } catch (cause) {
    throw new CoiError('invalid-request', 'The request body is not JSON', { cause });
  }
}

function tooLarge(): CoiError {
  return new CoiError('message-too-large', 'The request body is larger than this engine takes');
}
