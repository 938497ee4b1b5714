/** GET and DELETE a/HASH/session: who is signed on, and signing out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson, sendNothing } from '../answer.ts';
import type { EngineContext } from '../context.ts';
import { formatNoCookie, sessionValueOf } from '../cookie.ts';
import { requireSession } from '../require-session.ts';
import { endSession, signedOn } from './sign-on.ts';

export async function getSession(
  context: EngineContext,
  request: IncomingMessage,
  response: ServerResponse,
  hash: string,
): Promise<void> {
  sendJson(response, 200, signedOn(context, await requireSession(context, request, hash)));
}

/** Idempotent: a session that has ended already is a success. */
export async function deleteSession(
  context: EngineContext,
  request: IncomingMessage,
  response: ServerResponse,
  hash: string,
): Promise<void> {
  const value = sessionValueOf(request, hash);
  const session = value === undefined ? undefined : await context.sessions.open(value);
  if (session?.identity.hash === hash) {
    await endSession(context, session);
    context.log.info('signed-off');
  }
  response.setHeader('Set-Cookie', formatNoCookie(context.config.basePath, hash));
  sendNothing(response);
}
