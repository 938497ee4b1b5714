/**
 * For tests of what real servers cannot be made to do on command: an engine over in-memory mailboxes that speaks
 * the wire, and a clock that only the test moves.
 */
import { type Clock, CoiError, toErrorData } from '@coi-webmail/base';
import {
  type AnyEvent,
  decodeFrame,
  encodeFrame,
  type Envelope,
  type EventData,
  type EventName,
  type FetchedMessage,
  type MailboxRole,
  type MailboxState,
  type Method,
  type Params,
  type Result,
  type UndecidedMail,
} from '@coi-webmail/protocol';
import { soleLock } from './account-lock.ts';
import { TabApi } from './chat-api.ts';
import type { Environment, SocketLike } from './environment.ts';
import { memoryOpener } from './store/memory-store.ts';
import type { StoreOpener } from './store/store.ts';
import { Tabs } from './tabs.ts';

export const NOON = Date.UTC(2026, 10, 24, 12);

export class TestClock implements Clock {
  #now = NOON;
  readonly #timers = new Set<{ at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Somebody sets the clock; timers run as long as they would have. */
  set(now: number): void {
    const jump = now - this.#now;
    this.#now = now;
    for (const timer of this.#timers) timer.at += jump;
  }

  /** Runs what is due on the way, each with its consequences. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
    await settle();
  }
}

const PROBE = new Uint8Array(1);

/**
 * Lets all that is under way come home: promises, and WebCrypto answers, which come from threads. Each turn queues
 * behind the digests of the turn before.
 */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.all(Array.from({ length: 8 }, () => crypto.subtle.digest('SHA-256', PROBE)));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface StoredMail {
  readonly bytes: Uint8Array;
  flags: readonly string[];
  readonly internalAt: number;
  isChat: boolean;
  readonly undecided: UndecidedMail | undefined;
  modSeq: number;
}

interface TestMailbox {
  readonly role: MailboxRole;
  uidValidity: string;
  uidNext: number;
  readonly mails: Map<number, StoredMail>;
}

export interface MailOptions {
  readonly flags?: readonly string[];
  readonly isChat?: boolean;
  readonly undecided?: Omit<UndecidedMail, 'uid'>;
  readonly internalAt?: number;
}

export type Submitted = Params<'message.submit'>;

export class TestEngine {
  readonly clock: TestClock;
  readonly mailboxes = new Map<string, TestMailbox>();
  readonly calls: { readonly method: Method; readonly params: unknown }[] = [];
  readonly submitted: Submitted[] = [];
  readonly orders: Record<Params<'mailbox.order'>['by'], number[]> = { arrival: [], thread: [] };
  /** Questions about lines that were submitted before; the answers to the next ones, if not that all is sent. */
  readonly queries: Submitted[] = [];
  readonly queryAnswers: Result<'message.submit'>[] = [];
  readonly decided: Params<'mailbox.decide'>[] = [];
  mode: 'active' | 'none' | null = 'active';
  address = 'alice@example.test';
  /** The clock of the engine, when it is not the client's. */
  serverNow = () => this.clock.now();
  /** Documents by kind. */
  readonly storage = new Map<string, { readonly revision: string; readonly document: string | null }>();
  isReachable = true;
  /** Called at each window. */
  onFetch: (params: Params<'message.fetch'>) => void = () => undefined;
  /** Methods that fail once each. */
  readonly failing = new Set<Method>();
  /** The mailbox gets a copy of what is sent. */
  keepsCopies = false;
  /** What the next submits come to; then all are sent. */
  readonly outcomes: (() => Promise<Result<'message.submit'>>)[] = [];
  /** What the next cancels come to; then all succeed. */
  readonly cancels: (() => Promise<Result<'submit.cancel'>>)[] = [];
  #modSeq = 1;
  #seq = 0;
  readonly #sockets = new Set<TestSocket>();
  readonly #log: AnyEvent[] = [];

  constructor(clock: TestClock) {
    this.clock = clock;
    this.#add('INBOX', 'inbox');
    this.#add('COI/Chats', 'chats');
    this.#add('Sent', 'sent');
  }

  #add(path: string, role: MailboxRole): void {
    this.mailboxes.set(path, { role, uidValidity: '1', uidNext: 1, mails: new Map() });
  }

  box(path: string): TestMailbox {
    const mailbox = this.mailboxes.get(path);
    if (mailbox === undefined) throw new Error(`No mailbox ${path}`);
    return mailbox;
  }

  put(path: string, bytes: Uint8Array, options: MailOptions = {}): number {
    const mailbox = this.box(path);
    const uid = mailbox.uidNext++;
    mailbox.mails.set(uid, {
      bytes,
      flags: options.flags ?? [],
      internalAt: options.internalAt ?? this.clock.now(),
      isChat: options.isChat ?? true,
      undecided: options.undecided === undefined ? undefined : { uid, ...options.undecided },
      modSeq: ++this.#modSeq,
    });
    return uid;
  }

  /** A device writes a document; all hear of it. */
  write(kind: string, document: string): { readonly revision: string } {
    const revision = `${this.storage.get(kind)?.revision ?? ''}+`;
    this.storage.set(kind, { revision, document });
    this.push('storage.changed', { kind, revision });
    return { revision };
  }

  /** As `put`, and pushes it. */
  deliver(path: string, bytes: Uint8Array, options: MailOptions = {}): number {
    const uid = this.put(path, bytes, options);
    const { uidValidity, mails } = this.box(path);
    const mail = mails.get(uid) as StoredMail;
    if (mail.isChat) this.push('message.arrived', { mailbox: path, uidValidity, message: fetched(uid, mail) });
    else if (mail.undecided !== undefined)
      this.push('mail.undecided', { mailbox: path, uidValidity, mails: [mail.undecided] });
    return uid;
  }

  /** Another program sets flags; nobody is told. */
  flag(path: string, uid: number, flags: readonly string[]): void {
    const mail = this.box(path).mails.get(uid);
    if (mail === undefined) return;
    mail.flags = flags;
    mail.modSeq = ++this.#modSeq;
  }

  /** All messages get other UIDs. */
  renumber(path: string): void {
    const mailbox = this.box(path);
    const mails = [...mailbox.mails.values()];
    mailbox.mails.clear();
    mailbox.uidValidity = String(Number(mailbox.uidValidity) + 1);
    mailbox.uidNext = 100;
    for (const mail of mails) mailbox.mails.set(mailbox.uidNext++, mail);
  }

  states(): MailboxState[] {
    return [...this.mailboxes].map(([path, { role, uidValidity, uidNext, mails }]) => ({
      path,
      role,
      uidValidity,
      uidNext,
      highestModSeq: String(this.#modSeq),
      messageCount: mails.size,
    }));
  }

  push<E extends EventName>(event: E, data: EventData<E>): void {
    const frame = { event, seq: ++this.#seq, data } as AnyEvent;
    this.#log.push(frame);
    for (const socket of this.#sockets) socket.deliver(frame as Envelope);
  }

  /** All connections break. */
  drop(code = 1006): void {
    for (const socket of this.#sockets) socket.end(code);
    this.#sockets.clear();
  }

  open(): SocketLike {
    const socket = new TestSocket((frame) => void this.#serve(socket, frame));
    queueMicrotask(() => {
      if (this.isReachable) socket.begin();
      else socket.end(1006);
    });
    return socket;
  }

  async #serve(socket: TestSocket, frame: Envelope): Promise<void> {
    if (!('method' in frame)) return;
    const method = frame.method as Method;
    this.calls.push({ method, params: frame.params });
    try {
      if (this.failing.delete(method)) throw new CoiError('imap-unavailable', 'The mail server is away');
      const result = await this.#answer(socket, method, frame.params);
      socket.deliver({ id: frame.id, result });
      if (method === 'hello') this.#replay(socket, frame.params as Params<'hello'>);
    } catch (error) {
      socket.deliver({ id: frame.id, error: toErrorData(error) });
    }
  }

  #replay(socket: TestSocket, { resume }: Params<'hello'>): void {
    for (const event of this.#log) {
      if (resume?.stream === 'stream' && event.seq > resume.seq) socket.deliver(event as Envelope);
    }
  }

  async #answer(socket: TestSocket, method: Method, params: unknown): Promise<unknown> {
    switch (method) {
      case 'hello': {
        this.#sockets.add(socket);
        return this.#hello(params as Params<'hello'>);
      }
      case 'mailbox.sync':
        return this.#sync(params as Params<'mailbox.sync'>);
      case 'mailbox.order':
        return { uidValidity: '1', uids: this.orders[(params as Params<'mailbox.order'>).by] };
      case 'message.fetch':
        this.onFetch(params as Params<'message.fetch'>);
        return this.#fetch(params as Params<'message.fetch'>);
      case 'mailbox.decide': {
        const decision = params as Params<'mailbox.decide'>;
        this.decided.push(decision);
        for (const uid of decision.chat) (this.box(decision.mailbox).mails.get(uid) as StoredMail).isChat = true;
        return {};
      }
      case 'message.flag': {
        const { mailbox, uids, add } = params as Params<'message.flag'>;
        for (const uid of uids) {
          const mail = this.box(mailbox).mails.get(uid);
          if (mail !== undefined) mail.flags = [...new Set([...mail.flags, ...add])];
        }
        return {};
      }
      case 'message.submit':
        return this.#submit(params as Submitted);
      case 'submit.cancel':
        return (await this.cancels.shift()?.()) ?? { state: 'cancelled' };
      case 'storage.get':
        return this.storage.get((params as Params<'storage.get'>).kind) ?? { revision: '', document: null };
      case 'storage.put': {
        const { kind, document, ifRevision } = params as Params<'storage.put'>;
        const revision = this.storage.get(kind)?.revision ?? '';
        if (ifRevision !== revision) throw new CoiError('conflict', 'Another device wrote first');
        return this.write(kind, document);
      }
      case 'mode.set':
        this.mode = (params as Params<'mode.set'>).mode;
        return {};
      default:
        return {};
    }
  }

  #hello({ resume }: Params<'hello'>): Result<'hello'> {
    return {
      stream: 'stream',
      seq: this.#seq,
      resumed: resume?.stream === 'stream',
      serverAt: this.serverNow(),
      storageShare: '',
      account: { address: this.address, state: 'online', keywords: true },
      mode: this.mode,
      mailboxes: this.states(),
      limits: { maxMessageBytes: 1_000_000, maxRecipients: 50, unknownWaitMs: 60_000 },
      expiresAt: this.serverNow() + 3_600_000,
    };
  }

  #sync({ mailbox, cursor }: Params<'mailbox.sync'>): Result<'mailbox.sync'> {
    if (!this.mailboxes.has(mailbox)) throw new CoiError('mailbox-not-found', 'No such mailbox');
    const { uidValidity, uidNext, mails } = this.box(mailbox);
    const reset = cursor === undefined || cursor.uidValidity !== uidValidity;
    const all = [...mails];
    return {
      cursor: { uidValidity, highestModSeq: String(this.#modSeq), uidNext },
      reset,
      fresh: all.filter(([uid, mail]) => mail.isChat && (reset || uid >= cursor.uidNext)).map(([uid]) => uid),
      flags: all
        .filter(([, mail]) => !reset && mail.modSeq > Number(cursor.highestModSeq))
        .map(([uid, mail]) => ({ uid, flags: [...mail.flags], modSeq: String(mail.modSeq) })),
      vanished: null,
      present: all.filter(([, mail]) => mail.isChat).map(([uid]) => uid),
      undecided: all.flatMap(([, mail]) => (mail.isChat || mail.undecided === undefined ? [] : mail.undecided)),
    };
  }

  #fetch({ mailbox, uids }: Params<'message.fetch'>): Result<'message.fetch'> {
    const { mails } = this.box(mailbox);
    const messages = uids.flatMap((uid) => {
      const mail = mails.get(uid);
      return mail === undefined ? [] : fetched(uid, mail);
    });
    return { messages, rest: [] };
  }

  async #submit(params: Submitted): Promise<Result<'message.submit'>> {
    if (params.query === true) {
      this.queries.push(params);
      return this.queryAnswers.shift() ?? { state: 'sent', rejected: [] };
    }
    this.submitted.push({ ...params, bytes: Uint8Array.from(params.bytes) });
    const outcome = this.outcomes.shift();
    const answer: Result<'message.submit'> = outcome === undefined ? { state: 'sent', rejected: [] } : await outcome();
    if (this.keepsCopies && answer.state === 'sent' && params.again === undefined) {
      this.deliver('COI/Chats', Uint8Array.from(params.bytes), { flags: ['$CoiOwn', '\\Seen'] });
    }
    return answer;
  }
}

function fetched(uid: number, mail: StoredMail): FetchedMessage {
  const { bytes, flags, internalAt, modSeq } = mail;
  return { uid, flags: [...flags], modSeq: String(modSeq), internalAt, sizeBytes: bytes.length, bytes, complete: true };
}

class TestSocket implements SocketLike {
  binaryType = '';
  readonly #listeners = new Map<string, (event: { readonly data?: unknown; readonly code?: number }) => void>();
  readonly #onFrame: (frame: Envelope) => void;
  #isOpen = true;

  constructor(onFrame: (frame: Envelope) => void) {
    this.#onFrame = onFrame;
  }

  addEventListener(
    type: string,
    listener: (event: { readonly data?: unknown; readonly code?: number }) => void,
    { signal }: { readonly signal: AbortSignal },
  ): void {
    this.#listeners.set(type, listener);
    signal.addEventListener('abort', () => this.#listeners.delete(type));
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#isOpen) this.#onFrame(decodeFrame(data));
  }

  close(): void {
    this.#isOpen = false;
  }

  begin(): void {
    this.#listeners.get('open')?.({});
  }

  deliver(envelope: Envelope): void {
    if (!this.#isOpen) return;
    const frame = encodeFrame(envelope);
    this.#listeners.get('message')?.({ data: typeof frame === 'string' ? frame : frame.slice().buffer });
  }

  end(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listeners.get('close')?.({ code });
  }
}

export interface TestClient {
  readonly engine: TestEngine;
  readonly clock: TestClock;
  readonly api: TabApi;
  readonly tabs: Tabs;
  readonly stores: StoreOpener;
}

/** Alice, signed on. The same stores again: her worker started anew. */
export async function aliceAt(
  engine: TestEngine,
  stores: StoreOpener = memoryOpener('durable'),
  options: Partial<Environment> = {},
): Promise<TestClient> {
  const { clock } = engine;
  const env: Environment = {
    clock,
    random: () => 0.5,
    openSocket: () => engine.open(),
    fetch: () => Promise.reject(new TypeError('no HTTP here')),
    network: { isOnline: () => true, subscribe: () => () => undefined },
    stores,
    isPersisted: async () => undefined,
    lock: () => soleLock,
    ...options,
  };
  const tabs = new Tabs(env);
  const api = new TabApi(tabs, { whenGone: () => undefined, lifeLock: '' });
  await api.configure({ engineUrl: 'http://engine.test/coi/' });
  const session = {
    accountHash: '0123456789abcdef',
    address: 'alice@example.test',
    storageShare: 'c2hhcmU=',
    expiresAt: clock.now() + 3_600_000,
  };
  await api.attach({ lockName: 'tab', session });
  await settle();
  return { engine, clock, api, tabs, stores };
}
