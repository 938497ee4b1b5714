/**
 * One account being live in the worker. Composition only: opens the store, connects, holds the account lock, and
 * hands events to those who know what to do with them.
 *
 * Order of a start: head of the store (first paint) | socket in parallel -> account lock -> whole store -> sync.
 */
import { CoiError, fromBase64, isCoiError } from '@coi-webmail/base';
import {
  type ChatState,
  emptyState,
  isRequest,
  LANE_WAIT_MS,
  marksOf,
  restoreState,
  roomOf,
  type RowId,
} from '@coi-webmail/chat';
import { type CoiMessage, type ContactAddress, identityOf, parseContactAddress } from '@coi-webmail/coi';
import type { AnyEvent, EventData, Method, Params, Result } from '@coi-webmail/protocol';
import type { AccountLock } from './account-lock.ts';
import type { Overview, SessionInfo, Settings } from './api.ts';
import { Connection, type ConnectionListener } from './connection/connection.ts';
import { Drafts } from './drafts.ts';
import type { Environment } from './environment.ts';
import { type AccountFacts, documentOf, factsOf } from './facts.ts';
import type { Feed, Topic } from './feed.ts';
import { Ledger } from './ledger.ts';
import { Marks } from './marks.ts';
import { Outbox } from './outbox/outbox.ts';
import { ReadState } from './read-state.ts';
import type { CacheHead, Stores } from './store/store.ts';
import { LenientVault } from './store/lenient-vault.ts';
import { decodeFetched, loadHtmlReader } from './sync/decode.ts';
import { Sync } from './sync/sync.ts';

export interface SessionListener {
  /** The session ended at the engine: a fresh proof of the host is needed. */
  onSignedOut(): void;
  onExpiresAt(expiresAt: number): void;
  /** Lines that wait for a connection changed: pages keep their bytes for the moment they close. */
  onQueueChanged(): void;
}

/** What exists once the whole store was read. */
export interface Live {
  readonly state: ChatState;
  readonly ledger: Ledger;
  readonly drafts: Drafts;
  readonly marks: Marks;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly readState: ReadState;
}

const DEFAULT_UNKNOWN_WAIT_MS = 60_000;

export class Session {
  readonly accountHash: string;
  readonly engineUrl: string;
  readonly env: Environment;
  readonly #feed: Feed;
  readonly #listener: SessionListener;
  readonly #lock: AccountLock;
  #info: SessionInfo;
  #connection: Connection | undefined;
  #stores: Stores | undefined;
  #head: CacheHead | undefined;
  #live: Live | undefined;
  #facts: AccountFacts;
  #hello: Result<'hello'> | undefined;
  #phase: 'opening' | 'locked' | 'open' | 'version' | 'signed-out' = 'opening';
  #mail: Overview['mail'] = 'connecting';
  #storage: Overview['storage'] = 'durable';
  #syncProgress: number | undefined;
  #serverOffsetMs = 0;
  #isEnded = false;
  #hasStarted = false;
  readonly #early: AnyEvent[] = [];
  readonly #whenLive: PromiseWithResolvers<Live> = Promise.withResolvers();

  constructor(env: Environment, engineUrl: string, info: SessionInfo, feed: Feed, listener: SessionListener) {
    this.env = env;
    this.engineUrl = engineUrl;
    this.accountHash = info.accountHash;
    this.#info = info;
    this.#feed = feed;
    this.#listener = listener;
    this.#facts = factsOf(undefined, info.address);
    this.#lock = env.lock(info.accountHash);
    this.#whenLive.promise.catch(() => undefined);
  }

  /** Resolves when the state is loaded and this worker is the account's writer; rejects when the session ends first. */
  get live(): Promise<Live> {
    return this.#whenLive.promise;
  }

  get liveNow(): Live | undefined {
    return this.#live;
  }

  get head(): CacheHead | undefined {
    return this.#head;
  }

  get stores(): Stores | undefined {
    return this.#stores;
  }

  get facts(): AccountFacts {
    return this.#facts;
  }

  get info(): SessionInfo {
    return this.#info;
  }

  get self(): ContactAddress {
    return parseContactAddress(this.#facts.address) ?? (this.#facts.address as ContactAddress);
  }

  /** It has ended by itself, for example because another worker took over: a new page starts a new one. */
  get isOver(): boolean {
    return this.#isEnded;
  }

  serverNow(): number {
    return this.env.clock.now() + this.#serverOffsetMs;
  }

  start(): void {
    this.#connect();
    void this.#open();
  }

  /** A fresh proof for the same account. */
  renew(info: SessionInfo): void {
    const isDown = this.#phase === 'signed-out' || this.#connection === undefined;
    const hadToken = this.#info.token;
    this.#info = info;
    this.#listener.onExpiresAt(info.expiresAt);
    if (this.#isEnded || !(isDown || hadToken !== info.token)) return;
    this.#phase = this.#live === undefined ? 'opening' : 'open';
    this.#connection?.stop();
    this.#connect();
    this.#changed('overview');
  }

  async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#connection === undefined) throw new CoiError('engine-unreachable', `No connection for ${method}`);
    return this.#connection.call(method, params);
  }

  get mode(): 'active' | 'none' | null | undefined {
    return this.#facts.mode;
  }

  get isConsented(): boolean {
    return this.#facts.mode === 'active' || this.#facts.mode === 'none';
  }

  get isOnline(): boolean {
    return this.#connection?.isUp === true;
  }

  #connect(): void {
    const { engineUrl, accountHash } = this;
    const target = { engineUrl, accountHash, token: this.#info.token };
    const connection = new Connection(this.env, target, this.#connectionListener());
    connection.status.subscribe(() => this.#changed('overview'));
    this.#connection = connection;
    connection.start();
  }

  #connectionListener(): ConnectionListener {
    return {
      onHello: (hello) => this.#greeted(hello),
      onHelloError: (code) => {
        this.#mail = code === 'auth-failed' ? 'auth-failed' : code === 'imap-unavailable' ? 'unavailable' : this.#mail;
        this.#changed('overview');
      },
      onEvent: (event) => this.#take(event),
      onDown: () => {
        this.#hello = undefined;
        this.#live?.sync.stop();
        this.#changed('overview');
      },
      onSignedOut: () => {
        this.#connection = undefined;
        this.#listener.onSignedOut();
      },
      onVersion: () => this.#becomeOutdated(),
    };
  }

  async #open(): Promise<void> {
    const share = fromBase64(this.#info.storageShare);
    if (share === undefined) return this.#fail(new CoiError('store-locked', 'Session has no usable account share'));
    const held = this.#lock.acquire(() => this.#becomeOutdated());
    try {
      await this.#openStores(share);
      await held;
      await this.#load();
    } catch (error) {
      this.#fail(error);
    }
    return undefined;
  }

  async #openStores(share: Uint8Array<ArrayBuffer>): Promise<void> {
    const { stores } = this.env;
    const onClosed = () => this.#becomeOutdated();
    let opened: Stores;
    try {
      opened = await stores.open(this.accountHash, share, onClosed);
    } catch (error) {
      if (!isCoiError(error, 'store-locked')) throw error;
      // The engine vouches for this account and share: what another secret sealed cannot be read by anyone again.
      await stores.wipe(this.accountHash);
      opened = await stores.open(this.accountHash, share, onClosed);
    }
    if (this.#isEnded) {
      opened.cache.close();
      opened.vault.close();
      throw new CoiError('store-locked', 'Session ended');
    }
    this.#stores = opened;
    this.#storage = opened.storage;
    this.#head = await opened.cache.head();
    // The hello may have come first: it knows better.
    const stored = factsOf(this.#head.facts, this.#info.address);
    this.#facts = this.#hello === undefined ? stored : { ...this.#facts, marks: stored.marks };
    if (this.#phase === 'opening' && this.#facts.mode !== undefined) this.#phase = 'open';
    this.#feed.changedAll();
  }

  async #load(): Promise<void> {
    const stores = this.#stores;
    if (stores === undefined || this.#isEnded) return;
    // Another worker may have written until it let go of the lock.
    const head = await stores.cache.head();
    const [contents, documents] = [await stores.cache.load(), await stores.vault.load()];
    if (this.#isEnded) return;
    const vault = new LenientVault(stores.vault, () => this.#storageLost('full'));
    const drafts = new Drafts(vault, documents);
    const marks = new Marks(
      {
        vault,
        call: (method, params) => this.call(method, params),
        mayWrite: () => this.isConsented,
        onChanged: (current, synced) => this.#marksChanged(current, synced),
      },
      this.#facts.marks,
      documents,
    );
    const state = restoreState({
      self: [this.self],
      chats: head.list.map((entry) => entry.record),
      // The vault knows better how own lines stand.
      rows: contents.rows.map((row) => (row.outbox === undefined ? row : { ...row, outbox: undefined })),
      services: contents.services,
      marks: marks.current,
    });
    const live = this.#compose(state, { cache: stores.cache, vault }, drafts, marks, contents.progress);
    await live.outbox.restore(documents);
    if (this.#isEnded) return;
    this.#live = live;
    if (this.#phase === 'opening') this.#phase = 'open';
    this.#whenLive.resolve(live);
    this.#feed.changedAll();
    this.#goLive();
    const hasLane = contents.rows.some((row) => row.laneAt !== undefined);
    if (hasLane) void live.ledger.apply([{ kind: 'time-passed', now: this.serverNow() }]);
  }

  #compose(
    state: ChatState,
    stores: Pick<Stores, 'cache' | 'vault'>,
    drafts: Drafts,
    marks: Marks,
    progress: ConstructorParameters<typeof Sync>[1],
  ): Live {
    const call = <M extends Method>(method: M, params: Params<M>) => this.call(method, params);
    const { clock } = this.env;
    const random = () => this.env.random();
    const ledger = new Ledger(state, stores.cache, drafts.texts, {
      onChanged: (chats) => this.#changed('chats', 'overview', ...chats),
      onStorageLost: (reason) => this.#storageLost(reason),
    });
    const readState = new ReadState({ ledger, clock, call, mayWrite: () => this.isConsented });
    const outbox = new Outbox({
      ledger,
      vault: stores.vault,
      clock,
      random,
      call,
      now: () => this.serverNow(),
      canSend: () => this.isOnline && this.isConsented && this.#live !== undefined,
      unknownWaitMs: () => this.#facts.limits?.unknownWaitMs ?? DEFAULT_UNKNOWN_WAIT_MS,
      onQueueChanged: () => {
        this.#changed('overview');
        this.#listener.onQueueChanged();
      },
    });
    const sync = new Sync(
      {
        ledger,
        clock,
        random,
        call,
        authservId: () => this.#facts.authservId,
        mayDecide: () => this.isConsented,
        onProgress: (share) => {
          if (share === this.#syncProgress) return;
          this.#syncProgress = share;
          this.#changed('overview', 'chats');
        },
        onApplied: () => {
          void outbox.noteCopies();
          void readState.follow();
        },
      },
      progress,
    );
    return { state, ledger, drafts, marks, outbox, sync, readState };
  }

  #greeted(hello: Result<'hello'>): void {
    this.#hello = hello;
    this.#serverOffsetMs = hello.serverAt - this.env.clock.now();
    this.#early.length = 0;
    this.#mail = mailOf(hello.account.state);
    const { account, mode, limits } = hello;
    this.#facts = { ...this.#facts, address: account.address, authservId: account.authservId, mode, limits };
    if (this.#phase === 'opening' && this.#stores !== undefined) this.#phase = 'open';
    this.#listener.onExpiresAt(hello.expiresAt);
    this.#changed('overview');
    this.#goLive();
  }

  /** Both are there: the state, and an engine that said hello. */
  #goLive(): void {
    const [live, hello] = [this.#live, this.#hello];
    if (live === undefined || hello === undefined || this.#isEnded) return;
    void this.#saveFacts();
    // A state that was not there yet has missed what was resumed for another one.
    live.sync.start(hello.mailboxes, hello.resumed && this.#hasStarted);
    this.#hasStarted = true;
    for (const event of this.#early.splice(0)) this.#take(event);
    live.outbox.resume();
    void live.readState.resume();
    void live.marks.sync();
    // Ahead of need: when it is needed the network may be away. A failure is tried again then.
    loadHtmlReader().catch(() => undefined);
  }

  #saveFacts(): Promise<void> {
    return this.#live?.ledger.apply([], { facts: documentOf(this.#facts) }) ?? Promise.resolve();
  }

  #take(event: AnyEvent): void {
    const live = this.#live;
    if (live === undefined) {
      this.#early.push(event);
      return;
    }
    switch (event.event) {
      case 'lane.message':
        void this.#seeLane(live, event.data);
        return;
      case 'submit.settled':
        void live.outbox.settle(event.data.messageId);
        return;
      case 'account.state':
        this.#mail = mailOf(event.data.state);
        this.#changed('overview');
        return;
      case 'mode.changed':
        this.#modeChanged(event.data.mode);
        return;
      case 'storage.changed':
        if (event.data.kind === 'chats') void live.marks.sync();
        return;
      case 'session.expires':
        this.#listener.onExpiresAt(event.data.expiresAt);
        return;
      default:
        live.sync.handle(event);
    }
  }

  #modeChanged(mode: 'active' | 'none' | null): void {
    const before = this.#facts.mode;
    this.#facts = { ...this.#facts, mode };
    void this.#saveFacts();
    this.#changed('overview');
    if (before !== null || mode === null) return;
    this.#live?.sync.replan();
    this.#live?.outbox.resume();
    void this.#live?.marks.sync();
  }

  #storageLost(reason: 'full' | 'memory'): void {
    this.#storage = reason;
    this.#changed('overview');
  }

  /** The user's consent, or another mode. */
  async setMode(mode: 'active' | 'none'): Promise<void> {
    await this.call('mode.set', { mode });
    this.#modeChanged(mode);
  }

  async setSettings(settings: Partial<Settings>): Promise<void> {
    this.#facts = { ...this.#facts, settings: { ...this.#facts.settings, ...settings } };
    this.#changed('overview');
    await this.#saveFacts();
  }

  /** Fast lane: shown at once, but only from people whom the user accepted (design §4.3). */
  async #seeLane(live: Live, data: EventData<'lane.message'>): Promise<void> {
    const message = await decodeFetched(data.bytes);
    if (message.from?.address !== data.from || message.messageId !== data.messageId) return;
    if (!acceptsLane(live.state, message)) return;
    const identity = identityOf(message, data.bytes) as RowId;
    await live.ledger.apply([{ kind: 'lane-seen', identity, message, acceptedAt: data.acceptedAt }]);
    this.env.clock.after(LANE_WAIT_MS + 500, () => {
      void live.ledger.apply([{ kind: 'time-passed', now: this.serverNow() }]);
    });
    void live.outbox.noteCopies();
  }

  async #marksChanged(
    current: ReadonlyMap<string, { readonly accepted?: boolean | undefined }>,
    synced: AccountFacts['marks'],
  ): Promise<void> {
    this.#facts = { ...this.#facts, marks: synced };
    const facts = documentOf(this.#facts);
    await this.#live?.ledger.apply([{ kind: 'marks-changed', marks: current }], { facts });
  }

  overview(unreadChats: number, requestCount: number): Overview {
    const status = this.#connection?.status.get() ?? { phase: 'connecting' as const, retryAt: undefined };
    const { limits } = this.#facts;
    return {
      phase: this.#overviewPhase(),
      connection: status.phase,
      retryAt: status.retryAt,
      mail: this.#mail,
      address: this.#facts.address,
      mode: this.#facts.mode ?? undefined,
      syncProgress: this.#syncProgress,
      unreadChats,
      requestCount,
      queuedCount: this.#live?.outbox.queuedCount ?? 0,
      limits:
        limits === undefined
          ? undefined
          : { maxMessageBytes: limits.maxMessageBytes, maxRecipients: limits.maxRecipients },
      storage: this.#storage,
      settings: this.#facts.settings,
    };
  }

  #overviewPhase(): Overview['phase'] {
    if (this.#phase !== 'open') return this.#phase;
    if (this.#facts.mode === undefined) return 'opening';
    return this.#facts.mode === null ? 'consent' : 'ready';
  }

  #changed(...topics: readonly Topic[]): void {
    if (!this.#isEnded) this.#feed.changed(new Set(topics));
  }

  /** Another worker took over, or client and engine do not fit: only a reload helps. */
  #becomeOutdated(): void {
    if (this.#isEnded) return;
    this.#phase = 'version';
    this.#changed('overview');
    this.#close();
  }

  #fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#phase = isCoiError(error, 'store-locked') ? 'locked' : 'version';
    this.#changed('overview');
    this.#close();
  }

  /** The host has no session: everything is locked, nothing is deleted. */
  becomeSignedOut(): void {
    this.#phase = 'signed-out';
    this.end();
  }

  end(): void {
    this.#close();
    this.#head = undefined;
    this.#live = undefined;
  }

  #close(): void {
    this.#isEnded = true;
    this.#connection?.stop();
    this.#connection = undefined;
    this.#live?.sync.stop();
    this.#live?.outbox.stop();
    this.#live?.ledger.close();
    this.#stores?.cache.close();
    this.#stores?.vault.close();
    this.#lock.release();
    this.#whenLive.reject(new CoiError('auth-expired', 'Session ended'));
  }
}

function mailOf(state: Result<'hello'>['account']['state']): Overview['mail'] {
  return state === 'imap-unavailable' ? 'unavailable' : state;
}

/** Only into a chat that the user accepted, from a sender who is not blocked. */
function acceptsLane(state: ChatState, message: CoiMessage): boolean {
  const from = message.from?.address;
  if (from === undefined || state.self.has(from)) return false;
  const chatOf = (handle: string) => state.chats.get(state.handles.get(handle) ?? (0 as never));
  const sender = chatOf(`address:${from}`);
  if (sender !== undefined && marksOf(state, sender).blocked === true) return false;
  const chat = chatOf(roomOf(message, state.self).handle);
  return chat !== undefined && !isRequest(state, chat) && marksOf(state, chat).blocked !== true;
}

/** For views before the state is there. */
export function emptyStateOf(session: Session): ChatState {
  return emptyState([session.self]);
}
