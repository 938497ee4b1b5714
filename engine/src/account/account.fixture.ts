/**
 * For live tests: accounts on the real mail servers of the stack, with a Store and a Hub in memory that do what
 * their contracts say, and a client that remembers its events.
 */
import { readFile } from 'node:fs/promises';
import { CoiError, silentLogger } from '@coi-webmail/base';
import {
  attachStack,
  type AttachedStack,
  ImapLine,
  type Pool,
  type Stack,
  startStack,
  type User,
} from '@coi-webmail/e2e/stack';
import type { EventData, EventName } from '@coi-webmail/protocol';
import type { Hub, HubListener } from '../hub/hub.ts';
import type { ClaimAnswer, Store } from '../store/store.ts';
import { createAccount } from './account.ts';
import type { AccountDeps, AccountService, Issuer, UnnumberedEvent } from './service.ts';

export interface LiveStack {
  readonly stack: AttachedStack | Stack;
  stop(): Promise<void>;
}

/** The stack of this test run, or one of our own. */
export async function liveStack(): Promise<LiveStack> {
  if ((process.env['COI_STACK'] ?? '') !== '') return { stack: attachStack(), stop: async () => undefined };
  const stack = await startStack({ engine: false, webmail: false });
  return { stack, stop: () => stack.stop() };
}

export interface Person {
  readonly user: User;
  readonly account: AccountService;
  readonly events: Events;
  /** Looks into the mailbox from outside. */
  imap(): Promise<ImapLine>;
  stop(): Promise<void>;
}

export interface PersonOptions {
  readonly pool?: Pool;
  readonly user?: User;
  readonly deps?: Partial<AccountDeps>;
  /** Sockets at start; default 1. */
  readonly sockets?: number;
  readonly issuer?: Partial<Issuer>;
}

export async function person(live: LiveStack, options: PersonOptions = {}): Promise<Person> {
  const user = options.user ?? (await live.stack.freshUser(options.pool));
  const issuer = { ...(await issuerOf(live)), ...options.issuer };
  const identity = { hash: Buffer.from(user.address).toString('hex').slice(0, 16), address: user.address, issuer };
  const credentials = { login: user.address, secret: user.password, auth: 'password' as const };
  const account = createAccount(identity, credentials, {
    store: new MemoryStore(),
    hub: new MemoryHub(),
    log: silentLogger,
    budget: { use: (_account, _size, task) => task(), usedBytes: 0 },
    defaultMode: null,
    unknownWaitMs: 60_000,
    maxMessageBytes: 10_000_000,
    ...options.deps,
  });
  const events = new Events(account);
  account.setSocketCount(options.sockets ?? 1);
  return {
    user,
    account,
    events,
    imap: () => ImapLine.login(live.stack.info.ports.imap, user),
    stop: () => account.stop(),
  };
}

export async function issuerOf({ stack }: LiveStack): Promise<Issuer> {
  const { ports, host, servername, caFile, domain } = stack.info;
  const ca = await readFile(caFile, 'utf8');
  const server = (port: number) => ({ host, port, servername, ca, tls: 'starttls' as const });
  return { name: 'test', domains: [domain], imap: server(ports.imap), smtp: server(ports.submission) };
}

/** Events in order; tests wait for the one they need. */
export class Events {
  readonly all: UnnumberedEvent[] = [];
  #wake = new Set<() => void>();

  constructor(account: AccountService) {
    account.subscribe((event) => {
      this.all.push(event);
      for (const wake of this.#wake) wake();
    });
  }

  of<E extends EventName>(name: E): EventData<E>[] {
    return this.all.flatMap((entry) => (entry.event === name ? [entry.data as EventData<E>] : []));
  }

  /** Resolves with the first matching event, past or future. @throws Error after ten seconds */
  async next<E extends EventName>(
    name: E,
    matches: (data: EventData<E>) => boolean = () => true,
  ): Promise<EventData<E>> {
    const late = AbortSignal.timeout(10_000);
    for (;;) {
      const found = this.of(name).find(matches);
      if (found !== undefined) return found;
      await new Promise<void>((resolve, reject) => {
        const fail = () => reject(new Error(`No ${name} came; there were ${this.all.map((e) => e.event).join(', ')}`));
        if (late.aborted) fail();
        late.addEventListener('abort', fail, { once: true });
        this.#wake.add(resolve);
      });
    }
  }
}

/** Headers and text of a mail; `headers` come first and may replace the usual ones. */
export function mail(headers: Readonly<Record<string, string>>, text = 'Hello'): Uint8Array {
  const all = { Subject: 'Hello', 'MIME-Version': '1.0', 'Content-Type': 'text/plain; charset=utf-8', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}\r\n`);
}

let counter = 0;
/** A new chat Message-ID without angle brackets. */
export function chatId(domain = 'example.test'): string {
  counter += 1;
  return `chat$${Date.now().toString(36)}.${process.pid}.${counter}@${domain}`;
}

interface Claim {
  state: 'in-flight' | 'accepted' | 'unknown';
  at: number;
  hasData: boolean;
  copy: string | undefined;
}

/** Claims and values as store.ts says; sessions are none of an account's business. */
export class MemoryStore implements Store {
  readonly #claims = new Map<string, Claim>();
  readonly #values = new Map<string, string>();

  async claim(key: string, nowAt: number, staleMs: number): Promise<ClaimAnswer> {
    const claim = this.#claims.get(key);
    if (claim === undefined || (claim.state === 'in-flight' && !claim.hasData && nowAt - claim.at > staleMs)) {
      this.#claims.set(key, { state: 'in-flight', at: nowAt, hasData: false, copy: undefined });
      return { state: 'new' };
    }
    if (claim.state === 'in-flight' && nowAt - claim.at > staleMs) claim.state = 'unknown';
    const { state, at, copy } = claim;
    if (state === 'in-flight') return { state, sinceAt: at };
    return state === 'accepted' ? { state, acceptedAt: at, copy } : { state, sinceAt: at, copy };
  }

  async progressClaim(key: string, nowAt: number, copy: string | undefined): Promise<void> {
    this.#claims.set(key, { state: 'in-flight', at: nowAt, hasData: true, copy });
  }

  async settleClaim(
    key: string,
    state: 'accepted' | 'unknown' | 'released',
    nowAt: number,
    copy: string | undefined,
  ): Promise<void> {
    if (state === 'released') this.#claims.delete(key);
    else this.#claims.set(key, { state, at: nowAt, hasData: true, copy });
  }

  async reclaimUnknown(key: string, nowAt: number): Promise<boolean> {
    const claim = this.#claims.get(key);
    if (claim?.state !== 'unknown') return false;
    this.#claims.set(key, { ...claim, state: 'in-flight', at: nowAt, hasData: false });
    return true;
  }

  async getValue(key: string): Promise<string | undefined> {
    return this.#values.get(key);
  }

  async putValue(key: string, value: string): Promise<void> {
    this.#values.set(key, value);
  }

  async putSession(): Promise<void> {
    throw new CoiError('invariant', 'An account has no business with sessions');
  }
  async getSession(): Promise<undefined> {
    return undefined;
  }
  async prolongSession(): Promise<void> {}
  async deleteSession(): Promise<void> {}
  async useTicketId(): Promise<boolean> {
    return true;
  }
  async sweep(): Promise<void> {}
  async close(): Promise<void> {}
}

export class MemoryHub implements Hub {
  readonly #listeners = new Map<string, Set<HubListener>>();
  readonly #leases = new Set<string>();

  listen(address: string, listener: HubListener): () => void {
    const listeners = this.#listeners.get(address) ?? new Set();
    this.#listeners.set(address, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  sendLane(recipients: readonly string[], message: Parameters<HubListener['lane']>[0]): void {
    for (const recipient of recipients) for (const { lane } of this.#listeners.get(recipient) ?? []) lane(message);
  }

  sendEvidence(evidence: Parameters<HubListener['evidence']>[0]): void {
    for (const listener of this.#listeners.get(evidence.from) ?? []) listener.evidence(evidence);
  }

  async withLease<T>(name: string, task: () => Promise<T>): Promise<T | undefined> {
    if (this.#leases.has(name)) return undefined;
    this.#leases.add(name);
    try {
      return await task();
    } finally {
      this.#leases.delete(name);
    }
  }

  async close(): Promise<void> {}
}
