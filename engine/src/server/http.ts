/** The HTTP side: routes of packages/protocol/src/http.ts, origins, CORS, errors. What routes do is in route/. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CoiError } from '@coi-webmail/base';
import { COMMON_HEADERS, sendError, sendJson, sendNothing, statusOf } from './answer.ts';
import type { EngineContext } from './context.ts';
import type { Caller } from './origin.ts';
import { getApp } from './route/app.ts';
import { postFile } from './route/file.ts';
import { getPart, getRaw } from './route/part.ts';
import { deleteSession, getSession } from './route/session.ts';
import { postSession } from './route/sign-on.ts';
import { postSubmit } from './route/submit.ts';
import { failureFields, isDefect } from './failure.ts';

const ACCOUNT_PATH = /^\/a\/([0-9a-f]{16})\/([a-z]+)$/;
const APP_PATH = /^\/app(?:\/(.*))?$/;
const PREFLIGHT_SECONDS = 600;

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

export function createHttpHandler(context: EngineContext): HttpHandler {
  return (request, response) => {
    for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
    answer(context, request, response).catch((error: unknown) => {
      if (isDefect(error)) context.log.error('http-failed', failureFields(error));
      else context.log.info('http-refused', { ...failureFields(error), status: statusOf(error) });
      sendError(response, error);
      // What is left of a refused body is not worth reading.
      if (!request.complete) response.once('finish', () => request.destroy());
    });
  };
}

async function answer(context: EngineContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = parseUrl(request.url);
  const path = pathBelow(context.config.basePath, url);
  if (request.method === 'GET' && path === '/healthz') return health(context, response);
  const app = request.method === 'GET' || request.method === 'HEAD' ? APP_PATH.exec(path) : null;
  if (app !== null) {
    // A link from anywhere may lead to the page.
    if (app[1] !== undefined) return getApp(context.config.appFolder, app[1], response);
    response.writeHead(308, { Location: `${context.config.basePath}/app/` });
    response.end();
    return undefined;
  }
  const caller = context.origins.callerOf(request);
  if (caller.kind === 'allowed') allowOrigin(response, caller.origin);
  if (request.method === 'OPTIONS') return preflight(response, caller);
  if (context.isDraining())
    throw new CoiError('engine-unreachable', 'The engine is about to stop', { retryAfterMs: 1000 });
  return route(context, request, response, { path, url, caller });
}

interface Place {
  readonly path: string;
  readonly url: URL;
  readonly caller: Caller;
}

async function route(
  context: EngineContext,
  request: IncomingMessage,
  response: ServerResponse,
  { path, url, caller }: Place,
): Promise<void> {
  const method = request.method ?? '';
  if (method === 'POST' && path === '/session') return postSession(context, request, response, caller);
  if (method === 'POST' && path === '/file') return postFile(context, request, response);
  const [, hash = '', name = ''] = ACCOUNT_PATH.exec(path) ?? [];
  switch (`${method} ${name}`) {
    case 'GET session':
      return getSession(context, request, response, hash);
    case 'DELETE session':
      return deleteSession(context, request, response, hash);
    case 'GET part':
      return getPart(context, request, response, hash, url.searchParams);
    case 'GET raw':
      return getRaw(context, request, response, hash, url.searchParams);
    case 'POST submit':
      return postSubmit(context, request, response, hash);
    default:
      throw new CoiError('message-not-found', 'There is nothing at this address');
  }
}

export function parseUrl(text: string | undefined): URL {
  const url = URL.parse(text ?? '/', 'http://engine');
  // `//host/path` would be another host.
  if (url === null || url.host !== 'engine') throw new CoiError('invalid-request', 'The address cannot be read');
  return url;
}

/** @throws CoiError `message-not-found` outside the base path */
export function pathBelow(basePath: string, { pathname }: URL): string {
  if (!pathname.startsWith(`${basePath}/`)) throw new CoiError('message-not-found', 'There is nothing at this address');
  return pathname.slice(basePath.length);
}

async function health({ store, isDraining }: EngineContext, response: ServerResponse): Promise<void> {
  try {
    await store.getValue('healthz');
    if (!isDraining()) return sendJson(response, 200, { status: 'ok' });
  } catch {
    return sendJson(response, 503, { status: 'store-unavailable' });
  }
  return sendJson(response, 503, { status: 'draining' });
}

/** Tokens travel in a header, cookies never cross origins: so no Allow-Credentials. */
function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', 'Accept-Ranges, Content-Range, Content-Disposition, Retry-After');
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  response.setHeader('Vary', 'Origin');
}

function preflight(response: ServerResponse, caller: Caller): void {
  if (caller.kind === 'allowed') {
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST, DELETE');
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Range');
    response.setHeader('Access-Control-Max-Age', PREFLIGHT_SECONDS);
  }
  sendNothing(response);
}
