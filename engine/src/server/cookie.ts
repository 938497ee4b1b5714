/** The session cookie: one per account, named by its hash and sent to that account's own path only. */
import type { IncomingMessage } from 'node:http';
import type { Session } from '../auth/session.ts';

export interface SessionCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly maxAgeSeconds: number;
}

function cookieName(hash: string): string {
  return `coi_session_${hash}`;
}

function cookiePath(basePath: string, hash: string): string {
  return `${basePath}/a/${hash}/`;
}

export function sessionCookie({ identity, value, expiresAt }: Session, basePath: string, nowAt: number): SessionCookie {
  const { hash } = identity;
  const maxAgeSeconds = Math.max(1, Math.ceil((expiresAt - nowAt) / 1000));
  return { name: cookieName(hash), value, path: cookiePath(basePath, hash), maxAgeSeconds };
}

/** Value of a Set-Cookie header. */
export function formatCookie({ name, value, path, maxAgeSeconds }: SessionCookie, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : '';
  return `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

export function formatNoCookie(basePath: string, hash: string): string {
  return `${cookieName(hash)}=; Path=${cookiePath(basePath, hash)}; Max-Age=0; HttpOnly; SameSite=Strict`;
}

/** What the request holds for the account: a token (another origin, or a plugin), else the cookie. */
export function sessionValueOf(request: IncomingMessage, hash: string): string | undefined {
  const bearer = /^Bearer ([A-Za-z0-9_-]+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const wanted = `${cookieName(hash)}=`;
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const trimmed = pair.trim();
    if (trimmed.startsWith(wanted)) return trimmed.slice(wanted.length);
  }
  return undefined;
}
