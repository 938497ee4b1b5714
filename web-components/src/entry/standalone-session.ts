/**
 * Sessions of the standalone page: the engine's `session` requests. What is kept in the browser is the account's
 * hash (to ask for its session after a reload) and whether others use this computer. Never a password.
 */
import type { SessionInfo } from '@coi-webmail/client';

const HASH_KEY = 'coi:account';
const SHARED_KEY = 'coi:shared';
const TIMEOUT_MS = 30_000;

export type SignInFailure = 'wrong' | 'domain' | 'throttled' | 'mail-down' | 'unreachable';

export class SignInError extends Error {
  readonly failure: SignInFailure;

  constructor(failure: SignInFailure) {
    super('Signing in failed');
    this.failure = failure;
  }
}

function failureOf(status: number, code: unknown): SignInFailure {
  if (code === 'auth-failed' || (status === 401 && code === undefined)) return 'wrong';
  if (code === 'permission-denied' || code === 'invalid-request') return 'domain';
  if (code === 'throttled' || status === 429) return 'throttled';
  if (code === 'imap-unavailable' || code === 'smtp-unavailable' || code === 'timeout') return 'mail-down';
  return 'unreachable';
}

/** The answer as far as it has the form of a session. */
function readSession(answer: unknown): SessionInfo | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { accountHash, address, storageShare, expiresAt } = answer as Readonly<Record<string, unknown>>;
  if (typeof accountHash !== 'string' || typeof address !== 'string') return undefined;
  if (typeof storageShare !== 'string' || typeof expiresAt !== 'number') return undefined;
  return { accountHash, address, storageShare, expiresAt };
}

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Without storage the page asks for the password again after a reload.
  }
}

export class StandaloneSession {
  readonly #engineUrl: string;

  /** @param engineUrl absolute, ends in `/` */
  constructor(engineUrl: string) {
    this.#engineUrl = engineUrl;
  }

  get sharedComputer(): boolean {
    return remembered(SHARED_KEY) === '1';
  }

  #url(accountHash: string): string {
    return new URL(`a/${encodeURIComponent(accountHash)}/session`, this.#engineUrl).href;
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, {
        ...init,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new SignInError('unreachable');
    }
  }

  /** @throws SignInError */
  async signIn(address: string, password: string, sharedComputer: boolean): Promise<SessionInfo> {
    const answer = await this.#fetch(new URL('session', this.#engineUrl).href, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ address, password }),
    });
    const body: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) {
      const error = (body as { readonly error?: { readonly code?: unknown } } | undefined)?.error;
      throw new SignInError(failureOf(answer.status, error?.code));
    }
    const session = readSession(body);
    if (session === undefined) throw new SignInError('unreachable');
    remember(HASH_KEY, session.accountHash);
    remember(SHARED_KEY, sharedComputer ? '1' : undefined);
    return session;
  }

  /**
   * The session that this browser has, if it still has one.
   *
   * @returns undefined = signed out
   * @throws SignInError `unreachable`: nobody knows
   */
  async current(): Promise<SessionInfo | undefined> {
    const hash = remembered(HASH_KEY);
    if (hash === null) return undefined;
    const answer = await this.#fetch(this.#url(hash), { method: 'GET' });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404) return undefined;
    if (!answer.ok) throw new SignInError('unreachable');
    return readSession(await answer.json().catch(() => undefined));
  }

  /** Ends the session on the engine, as far as it can be reached, and forgets it here. */
  async end(): Promise<void> {
    const hash = remembered(HASH_KEY);
    remember(HASH_KEY, undefined);
    remember(SHARED_KEY, undefined);
    if (hash !== null) await this.#fetch(this.#url(hash), { method: 'DELETE' }).catch(() => undefined);
  }
}
