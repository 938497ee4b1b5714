/**
 * The live accounts of this process: one service per account, shared by its sockets and requests, made when first
 * needed and stopped some time after nobody needs it any more.
 */
import { type Clock, isCoiError, type Logger } from '@coi-webmail/base';
import type { AccountDeps, AccountIdentity, AccountService, CreateAccount, Credentials } from '../account/service.ts';
import { EventLog } from './event-log.ts';

/** Long enough for a page load, a lunch-break reconnect and the webmail's next request to file. */
export const ACCOUNT_GRACE_MS = 10 * 60_000;

/** What opens an account: a session, or a ticket that was just redeemed. */
export interface Opening {
  readonly identity: AccountIdentity;
  readonly credentials: Credentials;
  readonly provenAt: number;
  /** Address of the browser, if this is a request of one. */
  readonly clientIp?: string;
}

export interface LiveAccount {
  readonly service: AccountService;
  readonly log: EventLog;
  /** Sockets that said hello. */
  readonly socketCount: number;
}

interface Entry extends LiveAccount {
  socketCount: number;
  credentials: Credentials;
  provenAt: number;
  cancelStop: (() => void) | undefined;
}

export interface RegistryOptions {
  readonly createAccount: CreateAccount;
  readonly deps: AccountDeps;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Registry {
  readonly #options: RegistryOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #stopping = new Set<Promise<void>>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** The account's service, with the newest proven credentials. Restarts the grace. */
  acquire({ identity, credentials, provenAt, clientIp }: Opening): LiveAccount {
    const entry = this.#entries.get(identity.hash) ?? this.#create({ identity, credentials, provenAt });
    if (clientIp !== undefined) entry.service.seenFrom(clientIp);
    if (provenAt > entry.provenAt) {
      entry.provenAt = provenAt;
      entry.service.renew(credentials);
    }
    this.#restartGrace(entry);
    return entry;
  }

  /** Counts a socket. The returned function takes it back; it may be called more than once. */
  addSocket(account: LiveAccount): () => void {
    const entry = this.#entries.get(account.service.identity.hash);
    if (entry !== account) return () => undefined;
    this.#count(entry, 1);
    let isCounted = true;
    return () => {
      if (isCounted) this.#count(entry, -1);
      isCounted = false;
    };
  }

  socketCount(hash: string): number {
    return this.#entries.get(hash)?.socketCount ?? 0;
  }

  /** A session of the account ended: without other sockets its secret is not kept a moment longer. */
  sessionEnded(hash: string): void {
    const entry = this.#entries.get(hash);
    if (entry !== undefined && entry.socketCount === 0) this.#stop(entry);
  }

  /** Resolves when every running submission has finished. */
  async stopAll(): Promise<void> {
    for (const entry of this.#entries.values()) this.#stop(entry);
    await Promise.all(this.#stopping);
  }

  #create(opening: Opening): Entry {
    const { createAccount, deps, clock } = this.#options;
    const { identity, credentials, provenAt } = opening;
    const service = createAccount(identity, credentials, deps);
    const log = new EventLog(clock);
    service.subscribe((event) => log.append(event));
    const entry: Entry = { service, log, socketCount: 0, credentials, provenAt, cancelStop: undefined };
    this.#entries.set(identity.hash, entry);
    return entry;
  }

  #count(entry: Entry, change: 1 | -1): void {
    entry.socketCount += change;
    entry.service.setSocketCount(entry.socketCount);
    this.#restartGrace(entry);
  }

  #restartGrace(entry: Entry): void {
    entry.cancelStop?.();
    entry.cancelStop = undefined;
    if (entry.socketCount > 0 || this.#entries.get(entry.service.identity.hash) !== entry) return;
    entry.cancelStop = this.#options.clock.after(ACCOUNT_GRACE_MS, () => this.#stop(entry));
  }

  #stop(entry: Entry): void {
    entry.cancelStop?.();
    const { hash } = entry.service.identity;
    if (this.#entries.get(hash) !== entry) return;
    this.#entries.delete(hash);
    const stopped = this.#stopService(entry.service).finally(() => this.#stopping.delete(stopped));
    this.#stopping.add(stopped);
  }

  async #stopService(service: AccountService): Promise<void> {
    try {
      await service.stop();
    } catch (error) {
      this.#options.log.warn('account-stop-failed', { code: isCoiError(error) ? error.code : 'internal' });
    }
  }
}
