/**
 * One account being live in the worker. Composition only: opens the store, connects, holds the account lock, and
 * hands events to those who know what to do with them.
 *
 * Order of a start: head of the store (first paint) | socket in parallel -> account lock -> whole store -> sync.
 */
import { CoiError, fromBase64, isCoiError } from '@coi-webmail/base';
import type { ChatId } from '@coi-webmail/chat';
import { type ContactAddress, parseContactAddress } from '@coi-webmail/coi';
import type { AnyEvent, Method, Params, Result } from '@coi-webmail/protocol';
import type { AccountLock } from './account-lock.ts';
import type { Overview, SessionInfo, Settings } from './api.ts';
import { Connection, type ConnectionListener } from './connection/connection.ts';
import type { Environment } from './environment.ts';
import { type AccountFacts, documentOf } from './facts.ts';
import type { Feed, Topic } from './feed.ts';
import type { Live } from './live.ts';
import { clockOffset } from './server-time.ts';
import { Standing } from './standing.ts';
import type { CacheHead, Stores } from './store/store.ts';

export type { Live } from './live.ts';

export interface SessionListener {
  /** The session ended at the engine: a fresh proof of the host is needed. */
  onSignedOut(): void;
  onExpiresAt(expiresAt: number): void;
  /** Lines that wait for a connection changed: pages keep their bytes for the moment they close. */
  onQueueChanged(): void;
  /** Somebody looks at this chat. */
  isOpen(chatId: ChatId): boolean;
}

export class Session {
  readonly accountHash: string;
  readonly engineUrl: string;
  readonly env: Environment;
  readonly #feed: Feed;
  readonly #listener: SessionListener;
  readonly #lock: AccountLock;
  readonly #standing: Standing;
  #info: SessionInfo;
  #connection: Connection | undefined;
  #stores: Stores | undefined;
  #head: CacheHead | undefined;
  #live: Live | undefined;
  #hello: Result<'hello'> | undefined;
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
    this.#standing = new Standing(info.address, () => this.#changed('overview'));
    this.#lock = env.lock(info.accountHash);
    this.#whenLive.promise.catch(() => undefined);
  }

  /** Resolves when the state is loaded and this worker is the account's writer; rejects when the session ends first. */
  get live(): Promise<Live> {
    return this.#isEnded ? Promise.reject(new CoiError('auth-expired', 'Session ended')) : this.#whenLive.promise;
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
    return this.#standing.facts;
  }

  get info(): SessionInfo {
    return this.#info;
  }

  get self(): ContactAddress {
    return parseContactAddress(this.facts.address) ?? (this.facts.address as ContactAddress);
  }

  /** It has ended by itself, for example because another worker took over: a new page starts a new one. */
  get isOver(): boolean {
    return this.#isEnded;
  }

  get isConsented(): boolean {
    return this.#standing.isConsented;
  }

  serverNow(): number {
    return this.env.clock.now() + (this.facts.serverOffsetMs ?? 0);
  }

  overview(unreadChats: number, requestCount: number): Overview {
    const queuedCount = this.#live?.outbox.queuedCount ?? 0;
    return this.#standing.overview(this.#connection?.status.get(), { unreadChats, requestCount, queuedCount });
  }

  start(): void {
    this.#connect();
    void this.#open();
  }

  /** A fresh proof for the same account. */
  renew(info: SessionInfo): void {
    const isDown = this.#standing.phase === 'signed-out' || this.#connection === undefined;
    const hadToken = this.#info.token;
    this.#info = info;
    this.#listener.onExpiresAt(info.expiresAt);
    if (this.#isEnded || !(isDown || hadToken !== info.token)) return;
    this.#connection?.stop();
    this.#connect();
    this.#standing.enter(this.#live === undefined ? 'opening' : 'open');
  }

  async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#connection === undefined) throw new CoiError('engine-unreachable', `No connection for ${method}`);
    return this.#connection.call(method, params);
  }

  /** @param path below the account's URL */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const { token } = this.#info;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return this.env.fetch(new URL(`a/${this.accountHash}/${path}`, this.engineUrl).href, { ...init, headers });
  }

  /** The user's consent, or another mode. */
  async setMode(mode: 'active' | 'none'): Promise<void> {
    await this.call('mode.set', { mode });
    this.#modeChanged(mode);
  }

  async setSettings(settings: Partial<Settings>): Promise<void> {
    const { preferences } = await this.live;
    await preferences.edit(settings);
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
      onHello: (hello, askedAt) => this.#greeted(hello, askedAt),
      onHelloError: (code) => {
        if (code === 'auth-failed' || code === 'imap-unavailable') this.#standing.mailIs(code);
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
    const chunk = import('./live.ts');
    chunk.catch(() => undefined);
    const held = this.#lock.acquire(() => this.#becomeOutdated());
    try {
      const stores = await this.#openStores(share);
      await held;
      await this.#load(stores, share, chunk);
    } catch (error) {
      this.#fail(error);
    }
    return undefined;
  }

  async #openStores(share: Uint8Array<ArrayBuffer>): Promise<Stores> {
    const stores = await this.env.stores.open(this.accountHash, share, () => this.#becomeOutdated());
    if (this.#isEnded) {
      stores.cache.close();
      stores.vault.close();
      throw new CoiError('store-locked', 'Session ended');
    }
    this.#stores = stores;
    this.#standing.storageIs(stores.storage);
    this.#standing.lockedItemsAre(stores.lockedItems);
    this.#head = await stores.cache.head();
    this.#standing.remember(this.#head.facts, this.#hello !== undefined);
    this.#feed.changedAll();
    return stores;
  }

  async #load(
    stores: Stores,
    share: Uint8Array<ArrayBuffer>,
    chunk: Promise<typeof import('./live.ts')>,
  ): Promise<void> {
    if (this.#isEnded) return;
    // Another worker may have written until it let go of the lock.
    const head = await stores.cache.head();
    const [contents, documents] = [await stores.cache.load(), await stores.vault.load()];
    if (this.#isEnded) return;
    const { makeLive } = await chunk;
    if (this.#isEnded) return;
    const live = makeLive(
      {
        env: this.env,
        standing: this.#standing,
        stores,
        self: this.self,
        share,
        call: (method, params) => this.call(method, params),
        now: () => this.serverNow(),
        canSend: () => this.#connection?.isUp === true && this.isConsented && this.#live !== undefined,
        isOpen: (chatId) => this.#listener.isOpen(chatId),
        onChanged: (...topics) => this.#changed(...topics),
        onModeChanged: (mode) => this.#modeChanged(mode),
        onExpiresAt: (expiresAt) => this.#listener.onExpiresAt(expiresAt),
        fetch: (path) => this.fetch(path),
        onQueueChanged: () => {
          this.#changed('overview');
          this.#listener.onQueueChanged();
        },
      },
      { head, contents, documents },
    );
    await live.outbox.restore(documents);
    if (this.#isEnded) return;
    this.#live = live;
    this.#standing.opened();
    this.#whenLive.resolve(live);
    this.#feed.changedAll();
    this.#goLive();
    const hasLane = contents.rows.some((row) => row.laneAt !== undefined);
    if (hasLane) void live.ledger.apply([{ kind: 'time-passed', now: this.serverNow() }]);
  }

  #greeted(hello: Result<'hello'>, askedAt: number): void {
    this.#hello = hello;
    this.#early.length = 0;
    const { account, mode, limits } = hello;
    if (this.#stores !== undefined) this.#standing.opened();
    this.#standing.mailIs(account.state);
    const { serverAt } = hello;
    const span = { askedAt, answeredAt: this.env.clock.now(), serverAt };
    const serverOffsetMs = clockOffset(this.facts.serverOffsetMs, span);
    this.#standing.learn({ address: account.address, authservId: account.authservId, mode, limits, serverOffsetMs });
    this.#listener.onExpiresAt(hello.expiresAt);
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
    live.resume();
  }

  #saveFacts(): Promise<void> {
    return this.#live?.ledger.apply([], { facts: documentOf(this.facts) }) ?? Promise.resolve();
  }

  #take(event: AnyEvent): void {
    const live = this.#live;
    if (live === undefined) {
      this.#early.push(event);
      return;
    }
    live.take(event);
  }

  #modeChanged(mode: 'active' | 'none' | null): void {
    const before = this.facts.mode;
    this.#standing.learn({ mode });
    void this.#saveFacts();
    const live = this.#live;
    if (live === undefined || before !== null || mode === null) return;
    live.sync.replan();
    live.resume();
  }

  #changed(...topics: readonly Topic[]): void {
    if (!this.#isEnded) this.#feed.changed(new Set(topics));
  }

  /** Another worker took over, or client and engine do not fit: only a reload helps. */
  #becomeOutdated(): void {
    if (this.#isEnded) return;
    this.#standing.enter('version');
    this.#close();
  }

  #fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#standing.enter(isCoiError(error, 'store-locked') ? 'locked' : 'version');
    this.#close();
  }

  /** The host has no session: everything is locked, nothing is deleted. */
  becomeSignedOut(): void {
    this.#standing.enter('signed-out');
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
    this.#live?.stop();
    this.#stores?.cache.close();
    this.#stores?.vault.close();
    this.#lock.release();
    this.#whenLive.reject(new CoiError('auth-expired', 'Session ended'));
  }
}
