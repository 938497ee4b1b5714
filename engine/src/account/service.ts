/**
 * The seam between the two halves of the engine: `server/` (sockets, sessions, HTTP) above, `account/` with
 * `imap/` and `smtp/` below.
 *
 * One AccountService per signed-on account and process, shared by all its sockets. The server half answers
 * `hello` from `describe()`, numbers the events, keeps the log for resume, and validates every frame; the
 * account half sees only checked values.
 */
import type { Logger } from '@coi-webmail/base';
import type { AnyEvent, EventData, EventName, FileAnswer, Method, Params, Result } from '@coi-webmail/protocol';
import type { DeliveryDesk } from '../delivery/desk.ts';
import type { Hub } from '../hub/hub.ts';
import type { Places } from './nearby.ts';
import type { Store } from '../store/store.ts';

/** An event before the server half numbered it. */
export type UnnumberedEvent = {
  readonly [E in EventName]: { readonly event: E; readonly data: EventData<E> };
}[EventName];

export type NumberedEvent = AnyEvent;

/** How to reach one mail server. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: 'tls' | 'starttls' | 'none';
  /** Name that the certificate must carry; default `host`. */
  readonly servername?: string | undefined;
  /** PEM of the CAs to trust instead of the system's. */
  readonly ca?: string | undefined;
}

/** Who may sign on and where their mail lies: one entry of the configuration. */
export interface Issuer {
  readonly name: string;
  /** Mail domains that this issuer alone vouches for, lower-case. */
  readonly domains: readonly string[];
  readonly imap: MailServer;
  readonly smtp: MailServer;
  readonly authservId?: string | undefined;
}

export interface Credentials {
  readonly login: string;
  readonly secret: string;
  readonly auth: 'password' | 'oauthbearer' | 'xoauth2';
}

/** A signed-on account. `hash` names it on the wire, in the Store and in the Hub; no address goes there. */
export interface AccountIdentity {
  readonly hash: string;
  /** The vouched address, lower-case. */
  readonly address: string;
  readonly issuer: Issuer;
}

export interface AccountDeps {
  readonly store: Store;
  readonly hub: Hub;
  /** Absent = no mail server sends delivery events. */
  readonly delivery?: DeliveryDesk | undefined;
  /** How many accounts may look for mail often at a time; absent = this account has its own. */
  readonly places?: Places | undefined;
  /** Without a request for so long the watch connection is given up, where delivery events can be relied upon. */
  readonly parkAfterMs?: number | undefined;
  readonly log: Logger;
  readonly budget: ByteBudget;
  /** Admin's policy: consent given for everyone, or null = ask the user. */
  readonly defaultMode: 'active' | 'none' | null;
  readonly unknownWaitMs: number;
  readonly maxMessageBytes: number;
}

/** Process-wide memory limit; over it work waits, fairly per account (design §4.6). */
export interface ByteBudget {
  /** Waits for room, runs the task, gives the room back. @throws CoiError `overloaded` after a minute */
  use<T>(account: string, sizeBytes: number, task: () => Promise<T>): Promise<T>;
  readonly usedBytes: number;
}

/** What `hello` tells, but for stream, seq, resumed, storageShare and expiresAt. */
export type AccountDescription = Pick<Result<'hello'>, 'account' | 'mode' | 'mailboxes' | 'limits'>;

/** A part ready to be served; `stream` is decoded content. */
export interface PartContent {
  readonly type: string;
  /** Octets when known. */
  readonly sizeBytes?: number | undefined;
  readonly stream: AsyncIterable<Uint8Array>;
}

export interface PartRequest {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly uid: number;
  /** IMAP section number, or 'raw' for the whole message. */
  readonly part: string;
}

export interface AccountService {
  readonly identity: AccountIdentity;
  /**
   * Connects if needed and describes the account.
   * @throws CoiError `auth-failed`, `imap-unavailable`, `tls-untrusted`
   */
  describe(): Promise<AccountDescription>;
  /** All methods but `hello`. @throws CoiError */
  call<M extends Exclude<Method, 'hello'>>(method: M, params: Params<M>): Promise<Result<M>>;
  part(request: PartRequest): Promise<PartContent>;
  /** Files what lies unfiled; resolves by the deadline, `done: false` when work remains (it goes on). */
  file(deadlineMs: number): Promise<FileAnswer>;
  /** Called for each event, in order. Returns the unsubscribe function. */
  subscribe(listener: (event: UnnumberedEvent) => void): () => void;
  /** A fresh host proof: a new secret (OAuth tokens, changed password), or the same one, which may be tried again. */
  renew(credentials: Credentials): void;
  /** The address of the browser, told to the mail server by IMAP ID with each new connection. Never logged. */
  seenFrom(clientIp: string): void;
  /** Number of live sockets; 0 lets the service close its command connection and, after a grace, itself. */
  setSocketCount(count: number): void;
  /** Ends connections after running submits finished. Idempotent. */
  stop(): Promise<void>;
}

/** Made by `account/account.ts`. */
export type CreateAccount = (identity: AccountIdentity, credentials: Credentials, deps: AccountDeps) => AccountService;

/**
 * Checks a login against the issuer's IMAP server by a real LOGIN; used for password sign-on. `clientIp` as in
 * {@link AccountService.seenFrom}.
 * @throws CoiError `auth-failed`, `imap-unavailable`, `tls-untrusted`
 */
export type VerifyLogin = (issuer: Issuer, credentials: Credentials, clientIp?: string) => Promise<void>;
