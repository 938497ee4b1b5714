/**
 * Sealed sessions (design §4.5): the browser holds a random key, the Store a record sealed with it; neither alone opens
 * it. Every process of one Store can open every session.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Clock } from '@coi-webmail/base';
import { concatBytes, fromBase64Url, fromUtf8, toBase64Url, utf8 } from '@coi-webmail/base';
import type { AccountIdentity, Credentials, Issuer } from '../account/service.ts';
import type { SessionRecord, Store } from '../store/store.ts';
import { identityOf } from './account.ts';
import type { Proof } from './ticket.ts';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** `host`: lives on proofs of the webmail. `password`: lives as long as the sign-on is good. */
export type SessionKind = 'host' | 'password';

export interface Session {
  readonly id: string;
  /** Value of the cookie, or the token: the key. Only ever in memory here. */
  readonly value: string;
  readonly kind: SessionKind;
  readonly identity: AccountIdentity;
  readonly credentials: Credentials;
  /** When the secret was last proven. */
  readonly provenAt: number;
  readonly expiresAt: number;
}

interface Sealed {
  readonly kind: SessionKind;
  readonly issuer: string;
  readonly address: string;
  readonly login: string;
  readonly secret: string;
  readonly auth: Credentials['auth'];
  readonly provenAt: number;
}

export interface SessionsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly issuers: readonly Issuer[];
  readonly hostTtlMs: number;
  readonly passwordTtlMs: number;
}

export class Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  async create(proof: Proof, kind: SessionKind): Promise<Session> {
    return this.#put(toBase64Url(randomBytes(KEY_BYTES)), proof, kind);
  }

  /** Undefined when there is none, it has ended, or its issuer is no longer configured. */
  async open(value: string): Promise<Session | undefined> {
    const record = await this.record(value);
    return record === undefined ? undefined : this.unseal(value, record);
  }

  /** The record as it lies in the Store, to see whether it changed. */
  async record(value: string): Promise<SessionRecord | undefined> {
    if (!isSessionValue(value)) return undefined;
    return this.#options.store.getSession(sessionId(value), this.#options.clock.now());
  }

  unseal(value: string, record: SessionRecord): Session | undefined {
    const sealed = unseal(value, record);
    const issuer = this.#options.issuers.find(({ name }) => name === sealed?.issuer);
    if (sealed === undefined || issuer === undefined) return undefined;
    const { kind, login, secret, auth, provenAt } = sealed;
    const identity = identityIfVouched(issuer, sealed.address);
    if (identity === undefined || identity.hash !== record.accountHash) return undefined;
    const credentials = { login, secret, auth };
    return { id: record.id, value, kind, identity, credentials, provenAt, expiresAt: record.expiresAt };
  }

  /** A fresh proof of the same account: the session goes on, with the newest secret. */
  async prolong(session: Session, proof: Proof): Promise<Session> {
    return this.#put(session.value, proof, session.kind);
  }

  async end(session: Session): Promise<void> {
    await this.#options.store.deleteSession(session.id);
  }

  async #put(value: string, { identity, credentials }: Proof, kind: SessionKind): Promise<Session> {
    const { store, clock, hostTtlMs, passwordTtlMs } = this.#options;
    const provenAt = clock.now();
    const expiresAt = provenAt + (kind === 'host' ? hostTtlMs : passwordTtlMs);
    const id = sessionId(value);
    const { address, issuer, hash } = identity;
    const sealed = seal(value, id, hash, { kind, issuer: issuer.name, address, ...credentials, provenAt });
    await store.putSession({ id, accountHash: hash, sealed, expiresAt });
    return { id, value, kind, identity, credentials, provenAt, expiresAt };
  }
}

/** base64url of 32 bytes and nothing else: what we hand out. */
export function isSessionValue(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value);
}

export function sessionId(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** The record's id is public to the Store, so the key is another derivation of the same value. */
function sealingKey(value: string): Uint8Array {
  const key = fromBase64Url(value) ?? new Uint8Array();
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), 'coi-webmail session seal', KEY_BYTES));
}

/** iv | ciphertext | tag, bound to record and account. */
function seal(value: string, id: string, accountHash: string, content: Sealed): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(value), iv);
  cipher.setAAD(utf8(`${id}\0${accountHash}`));
  return concatBytes([iv, cipher.update(utf8(JSON.stringify(content))), cipher.final(), cipher.getAuthTag()]);
}

function unseal(value: string, { id, accountHash, sealed }: SessionRecord): Sealed | undefined {
  if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey(value), sealed.subarray(0, IV_BYTES));
    decipher.setAAD(utf8(`${id}\0${accountHash}`));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = concatBytes([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    // Authentic, so it has the shape that seal() gave it.
    return JSON.parse(fromUtf8(text)) as Sealed;
  } catch {
    return undefined;
  }
}

/** Domains may have left the configuration since. */
function identityIfVouched(issuer: Issuer, address: string): AccountIdentity | undefined {
  try {
    return identityOf(issuer, address);
  } catch {
    return undefined;
  }
}
