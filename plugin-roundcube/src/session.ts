/**
 * Fresh sessions from Roundcube: the plugin redeems a ticket with the engine and sets the cookie. No secret passes
 * through this page.
 */
import type { Host } from '@coi-webmail/web-components';
import { absolute, type Rcmail } from './rcmail.ts';

type Session = NonNullable<Host['session']>;
const TIMEOUT_MS = 20_000;

/** The engine, or the way to it, is down: not an answer about the user. */
export class SignOnError extends Error {
  readonly code: string;

  constructor(code: string) {
    super('Roundcube could not sign on to chat');
    this.code = code;
  }
}

/** The answer as far as it has the form of a session. */
export function readSession(answer: unknown): Session | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { accountHash, address, storageShare, expiresAt } = answer as Readonly<Record<string, unknown>>;
  if (typeof accountHash !== 'string' || typeof address !== 'string') return undefined;
  if (typeof storageShare !== 'string' || typeof expiresAt !== 'number') return undefined;
  return { accountHash, address, storageShare, expiresAt };
}

/**
 * @returns undefined when Roundcube's own session has ended
 * @throws SignOnError with the engine's code
 */
export async function signOn(rcmail: Rcmail, reason: 'renew' | 'signed-out'): Promise<Session | undefined> {
  const url = absolute(rcmail.url('mail/plugin.coi.session'));
  const answer = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'manual',
    headers: { 'X-Roundcube-Request': rcmail.env.request_token },
    body: new URLSearchParams({ _reason: reason, _remote: '1' }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new SignOnError('offline');
  });
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return readSession(body);
  const code = (body as { readonly error?: { readonly code?: unknown } } | undefined)?.error?.code;
  // A page of an earlier sign-on has another token: its session is over.
  if (answer.status === 401 || answer.status === 403) return undefined;
  throw new SignOnError(typeof code === 'string' ? code : 'engine-unreachable');
}
