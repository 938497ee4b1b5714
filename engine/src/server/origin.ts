/**
 * Which page a browser request comes from, and whether that page may make it. Requests that are no browser's (a
 * plugin's, server to server) carry neither Origin nor Sec-Fetch-Site.
 */
import type { IncomingMessage } from 'node:http';
import { CoiError } from '@coi-webmail/base';
import type { ProxyTrust } from '../auth/client-ip.ts';

/** `server`: no browser. `same`: a page of this very host. `allowed`: a configured page on another origin. */
export type Caller =
  | { readonly kind: 'server' }
  | { readonly kind: 'same' }
  | { readonly kind: 'allowed'; readonly origin: string };

export class OriginPolicy {
  readonly #publicOrigins: ReadonlySet<string>;
  readonly #trust: ProxyTrust;

  constructor(publicOrigins: readonly string[], trust: ProxyTrust) {
    this.#publicOrigins = new Set(publicOrigins);
    this.#trust = trust;
  }

  /** @throws CoiError `permission-denied` for a page that has no business here */
  callerOf(request: IncomingMessage): Caller {
    const { origin, host } = request.headers;
    const site = request.headers['sec-fetch-site'];
    if (origin !== undefined) {
      if (origin === `${this.#trust.scheme(request)}://${host}`) return { kind: 'same' };
      if (this.#publicOrigins.has(origin)) return { kind: 'allowed', origin };
      throw foreign();
    }
    if (site === undefined) return { kind: 'server' };
    // Pictures and downloads of our own page carry no Origin; so does an address typed by hand.
    if (site === 'same-origin' || site === 'none') return { kind: 'same' };
    throw foreign();
  }
}

function foreign(): CoiError {
  return new CoiError('permission-denied', 'This page may not use the engine; see publicOrigins');
}
