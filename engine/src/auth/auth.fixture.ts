/** An issuer, a clock that tests own, and tickets as a plugin makes them. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@coi-webmail/base';
import type { TicketClaims } from '@coi-webmail/protocol';
import { EncryptJWT } from 'jose';
import type { SignOnIssuer } from '../config.ts';

export const NOW = 1_700_000_000_000;

/** Timers fire when time is moved over them. */
export class TestClock implements Clock {
  #now: number;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  constructor(now = NOW) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}

export function makeIssuer(changes: Partial<SignOnIssuer> = {}): SignOnIssuer {
  const server = { host: '127.0.0.1', port: 10143, tls: 'none' } as const;
  return {
    name: 'webmail',
    domains: ['a.test'],
    imap: server,
    smtp: { ...server, port: 10587 },
    ticketSecret: new Uint8Array(randomBytes(32)),
    imapNames: ['127.0.0.1:10143'],
    ...changes,
  };
}

export function claimsOf(issuer: SignOnIssuer, name: string, nowAt: number): TicketClaims {
  const now = Math.floor(nowAt / 1000);
  return {
    iss: issuer.name,
    aud: 'coi-engine',
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    login: name,
    address: `${name}@a.test`,
    secret: `${name}-password`,
    auth: 'password',
    imap: { host: issuer.imap.host, port: issuer.imap.port },
  };
}

export interface TicketOptions {
  readonly nowAt?: number;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `null`: no key id in the header. */
  readonly kid?: string | null;
  readonly secret?: Uint8Array;
}

/** A good ticket, but for what the options say. */
export function makeTicket(issuer: SignOnIssuer, name: string, options: TicketOptions = {}): Promise<string> {
  const kid = options.kid === undefined ? issuer.name : options.kid;
  return new EncryptJWT({ ...claimsOf(issuer, name, options.nowAt ?? NOW), ...options.claims })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ...(kid === null ? {} : { kid }) })
    .encrypt(options.secret ?? issuer.ticketSecret ?? new Uint8Array());
}
