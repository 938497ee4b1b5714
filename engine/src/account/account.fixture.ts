/**
 * For live tests: accounts on the real mail servers of the stack, each with a Store and a Hub of its own unless
 * they share one, and a client that remembers its events.
 */
import { readFile } from 'node:fs/promises';
import { after } from 'node:test';
import { silentLogger, systemClock } from '@coi-webmail/base';
import {
  attachStack,
  type AttachedStack,
  chosenServer,
  ImapLine,
  lacks,
  type Pool,
  type Stack,
  startStack,
  type User,
} from '@coi-webmail/e2e/stack';
import type { EventData, EventName } from '@coi-webmail/protocol';
import { LocalHub } from '../hub/local-hub.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { createAccount } from './account.ts';
import type { AccountDeps, AccountService, Issuer, UnnumberedEvent } from './service.ts';

/** What a test that failed left open would keep its file from ending. */
const open = new Set<() => Promise<void>>();
after(async () => {
  for (const close of open) await close().catch(() => undefined);
});

/** What a person consents to where it makes no difference to the test. */
export const MODE = lacks(chosenServer()).includes('MOVE') ? 'none' : 'active';

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
    hub: newHub(),
    log: silentLogger,
    budget: { use: (_account, _size, task) => task(), usedBytes: 0 },
    defaultMode: null,
    unknownWaitMs: 60_000,
    maxMessageBytes: 10_000_000,
    ...options.deps,
  });
  const events = new Events(account);
  account.setSocketCount(options.sockets ?? 1);
  open.add(() => account.stop());
  return {
    user,
    account,
    events,
    imap: async () => {
      const imap = await ImapLine.login(live.stack.info.ports.imap, user);
      open.add(() => imap.logout());
      return imap;
    },
    stop: () => account.stop(),
  };
}

export function newHub(): LocalHub {
  return new LocalHub({ clock: systemClock, log: silentLogger });
}

export async function issuerOf({ stack }: LiveStack): Promise<Issuer> {
  const { ports, host, servername, caFile, domain } = stack.info;
  const ca = await readFile(caFile, 'utf8');
  const server = (port: number) => ({ host, port, servername, ca, tls: 'starttls' as const });
  return { name: 'test', domains: [domain], imap: server(ports.imap), smtp: server(ports.submission) };
}

/** More than the ten seconds between two looks at mailboxes that are not pushed. */
const NEXT_EVENT_MS = 15_000;

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

  /** Resolves with the first matching event, past or future. @throws Error after some seconds */
  async next<E extends EventName>(
    name: E,
    matches: (data: EventData<E>) => boolean = () => true,
  ): Promise<EventData<E>> {
    const late = AbortSignal.timeout(NEXT_EVENT_MS);
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
