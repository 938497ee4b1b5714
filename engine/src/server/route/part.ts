/** GET a/HASH/part and a/HASH/raw: bytes of mail as inert download. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CoiError } from '@coi-webmail/base';
import { check, messageRef } from '@coi-webmail/protocol';
import type { PartContent, PartRequest } from '../../account/service.ts';
import type { EngineContext } from '../context.ts';
import { inertHeaders } from '../inert.ts';
import { parseRange, sliceStream } from '../range.ts';
import { requireSession } from '../require-session.ts';

export async function getPart(
  context: EngineContext,
  request: IncomingMessage,
  response: ServerResponse,
  hash: string,
  query: URLSearchParams,
): Promise<void> {
  const part = query.get('part') ?? '';
  if (!/^\d{1,4}(\.\d{1,4}){0,20}$/.test(part))
    throw new CoiError('invalid-request', 'The part must be a section number');
  const content = await openPart(context, request, hash, query, part);
  // The client knows the type better where a mail says nothing, and the list of safe types bounds its choice.
  const headers = inertHeaders(query.get('type') ?? content.type, query.get('name') ?? '');
  await serve(content, headers, request, response);
}

export async function getRaw(
  context: EngineContext,
  request: IncomingMessage,
  response: ServerResponse,
  hash: string,
  query: URLSearchParams,
): Promise<void> {
  const content = await openPart(context, request, hash, query, 'raw');
  await serve(content, inertHeaders(content.type, query.get('name') ?? 'message.eml'), request, response);
}

async function openPart(
  context: EngineContext,
  request: IncomingMessage,
  hash: string,
  query: URLSearchParams,
  part: string,
): Promise<PartContent> {
  const session = await requireSession(context, request, hash);
  const place = { mailbox: query.get('mailbox'), uidValidity: query.get('uidValidity'), uid: Number(query.get('uid')) };
  const partRequest: PartRequest = { ...check(messageRef, place, 'address of the part'), part };
  const clientIp = context.trust.clientIp(request);
  return context.registry.acquire({ ...session, clientIp }).service.part(partRequest);
}

async function serve(
  content: PartContent,
  headers: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { sizeBytes, stream } = content;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (sizeBytes === undefined) {
    response.writeHead(200);
    return pump(stream, response);
  }
  response.setHeader('Accept-Ranges', 'bytes');
  const range = parseRange(request.headers.range, sizeBytes);
  if (range === 'unsatisfiable') {
    // A stream that never began cannot be told to end, and would keep its connection.
    for await (const _ of stream) break;
    response.writeHead(416, { 'Content-Range': `bytes */${sizeBytes}` });
    response.end();
    return undefined;
  }
  if (range === undefined) {
    response.writeHead(200, { 'Content-Length': sizeBytes });
    return pump(stream, response);
  }
  const { first, last } = range;
  response.writeHead(206, {
    'Content-Length': last - first + 1,
    'Content-Range': `bytes ${first}-${last}/${sizeBytes}`,
  });
  return pump(sliceStream(stream, range), response);
}

/** At the pace of the reader; one who leaves ends the stream. */
async function pump(stream: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  if (response.closed) left.abort();
  for await (const chunk of stream) {
    if (left.signal.aborted) return;
    if (response.write(chunk)) continue;
    try {
      await once(response, 'drain', { signal: left.signal });
    } catch {
      return;
    }
  }
  response.end();
}
