/** The session that a request to an account's path must carry. */
import type { IncomingMessage } from 'node:http';
import { CoiError } from '@coi-webmail/base';
import type { Session } from '../auth/session.ts';
import type { EngineContext } from './context.ts';
import { sessionValueOf } from './cookie.ts';

/** @throws CoiError `auth-expired` without a live session, `permission-denied` for another account's */
export async function requireSession(context: EngineContext, request: IncomingMessage, hash: string): Promise<Session> {
  const value = sessionValueOf(request, hash);
  const session = value === undefined ? undefined : await context.sessions.open(value);
  if (session === undefined) throw new CoiError('auth-expired', 'The session has ended; sign on again');
  if (session.identity.hash !== hash) throw new CoiError('permission-denied', 'The session belongs to another account');
  return session;
}
