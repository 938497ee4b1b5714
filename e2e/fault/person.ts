/**
 * A person at a headless browser. The disk stays when the worker dies; whoever opens the page again finds what was
 * durable, and types again what the page never acknowledged and does not show.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ChatId, RowView, TimelineView } from '@coi-webmail/chat';
import type { ChatListView, Overview, SessionInfo } from '@coi-webmail/client';
import type { HeadlessClient, StoreOpener } from '@coi-webmail/client/headless';
import { nameOf, type Person as Who, type Screen } from '@coi-webmail/test-support';
import type { User } from '../stack/users.ts';
import { WorkerStore } from './browser-store.ts';
import { areSettled, Changes, type Chatter, type ChatterOptions, Reopening, screenOf, wordsOf } from './chatter.ts';

export type ClientModule = typeof import('@coi-webmail/client/headless');

/** One worker of the browser, from its start to its death. */
interface Life {
  readonly store: WorkerStore;
  readonly client: HeadlessClient;
  readonly timelines: Map<ChatId, TimelineView>;
  overview: Overview | undefined;
  /** All chats, requests too. */
  chats: ReadonlyMap<'all' | 'requests', ChatListView>;
  release(): void;
  isDead: boolean;
}

const SIGN_ON_TRIES = 40;
const SIGN_ON_PAUSE_MS = 250;
const ALL_ROWS = 1_000;
/** A page that takes no line by then is left for the newer one. */
const TYPING_MS = 1_500;

export class Person implements Chatter {
  readonly who: Who;
  readonly user: User;
  readonly #options: ChatterOptions;
  readonly #client: ClientModule;
  readonly #disk: StoreOpener;
  readonly #changes = new Changes();
  readonly #unsaid: string[] = [];
  readonly #reopening = new Reopening(() => (this.#isGone || this.isUp ? undefined : this.open()));
  #signedOn: { readonly session: SessionInfo; readonly cookie: string } | undefined;
  #life: Life | undefined;
  #isGone = false;

  constructor(options: ChatterOptions, client: ClientModule) {
    this.who = options.who;
    this.user = options.user;
    this.#options = options;
    this.#client = client;
    this.#disk = client.memoryOpener();
  }

  get isUp(): boolean {
    return this.#life !== undefined;
  }

  get isOnline(): boolean {
    return this.overview?.connection === 'online';
  }

  get overview(): Overview | undefined {
    return this.#life?.overview;
  }

  async open(): Promise<void> {
    const signedOn = (this.#signedOn ??= await this.#signOn());
    const life = await this.#begin(signedOn);
    this.#life = life;
    await this.#whenLive(life);
    await this.#sayAgain(life);
  }

  async upgrade(text: string): Promise<void> {
    await this.up();
    const older = this.#life;
    if (older === undefined || this.#signedOn === undefined) return this.say(text);
    this.#unsaid.push(text);
    const newer = await this.#begin(this.#signedOn);
    const taking = this.#whenLive(newer);
    await pause(this.#options.random.int(20, 200));
    await Promise.race([this.#hand(older, text), pause(TYPING_MS)]);
    // Whatever a fault did meanwhile: of the two only the newer one goes on.
    const isKilled = this.#life !== older;
    if (!isKilled) this.#life = newer;
    await taking;
    older.store.kill();
    if (!older.isDead) this.#bury(older);
    if (isKilled) this.#bury(newer);
    else await this.#sayAgain(newer);
    return undefined;
  }

  /** The state is there, and the worker is the account's writer. */
  async #whenLive(life: Life): Promise<void> {
    const starting = life.client.startChat([this.#options.other.address]).catch(() => undefined);
    await Promise.race([starting, this.#death(life)]);
  }

  kill(): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    life.store.kill();
    this.#options.unplug();
    this.#bury(life);
    this.#tell();
  }

  openAgain(afterMs: number): Promise<void> {
    return this.#reopening.after(afterMs);
  }

  async up(): Promise<void> {
    await this.#reopening.end();
    if (!this.isUp && !this.#isGone) await this.openAgain(0);
  }

  async leave(): Promise<void> {
    const life = this.#life;
    if (life === undefined || this.#signedOn === undefined) return;
    const { cookie } = this.#signedOn;
    const parcels = await new Promise<readonly Parcel[]>((resolve) => {
      void (life.client as unknown as PageDoor).watchQueued(resolve);
    });
    const origin = new URL(this.#options.engineUrl()).origin;
    const sending = parcels.map(({ url, body }) => {
      const headers = { 'content-type': 'application/octet-stream', cookie, origin };
      return fetch(url, { method: 'POST', body, headers }).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      );
    });
    this.kill();
    await Promise.all(sending);
  }

  async consent(mode: 'active' | 'none'): Promise<void> {
    await this.until(() => this.overview?.phase === 'consent' || this.overview?.phase === 'ready', 'is asked');
    await this.#life?.client.setMode(mode);
    await this.until(() => this.overview?.phase === 'ready' && this.overview.syncProgress === undefined, 'is ready');
  }

  async say(text: string): Promise<void> {
    await this.up();
    this.#unsaid.push(text);
    const life = this.#life;
    if (life !== undefined) await this.#hand(life, text);
  }

  async read(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    for (const [chatId, { rows }] of life.timelines) {
      const unread = rows.filter((row) => row.unread).map(({ rowId }) => rowId);
      if (unread.length > 0) await Promise.race([life.client.markRead(chatId, unread), this.#death(life)]);
    }
  }

  async accept(): Promise<void> {
    for (const chat of this.#life?.chats.get('requests')?.chats ?? []) await this.#life?.client.acceptChat(chat.chatId);
  }

  rows(): readonly RowView[] {
    return [...(this.#life?.timelines.values() ?? [])].flatMap(({ rows }) => rows);
  }

  screen(): Screen {
    return screenOf(this.who, this.#options.browser, this.rows());
  }

  isSettled(names: ReadonlySet<string>): boolean {
    return this.#unsaid.length === 0 && this.isOnline && areSettled(this.rows(), names);
  }

  state(): string {
    const { phase, connection, mail, queuedCount, syncProgress } = this.overview ?? {};
    const stands = `${phase} ${connection} mail ${mail} queued ${queuedCount} sync ${syncProgress}`;
    return `${this.who} (${this.#options.browser}): ${stands}; unsaid ${this.#unsaid.length}; ${wordsOf(this.rows())}`;
  }

  until(holds: () => boolean, what: string, timeoutMs?: number): Promise<void> {
    return this.#changes.until(holds, () => `Waited too long until ${this.who} ${what}: ${this.state()}`, timeoutMs);
  }

  async close(): Promise<void> {
    this.#isGone = true;
    const life = this.#life;
    this.#life = undefined;
    if (life !== undefined) this.#bury(life);
  }

  async #signOn(): Promise<{ readonly session: SessionInfo; readonly cookie: string }> {
    const { user, engineUrl } = this.#options;
    for (let tries = 1; ; tries += 1) {
      const url = engineUrl();
      const answer = await fetch(new URL('session', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: new URL(url).origin },
        body: JSON.stringify({ address: user.address, password: user.password }),
      }).catch(() => undefined);
      if (answer?.ok === true) {
        const session = (await answer.json()) as SessionInfo;
        return { session, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
      }
      if (tries === SIGN_ON_TRIES) throw new Error(`${this.who} cannot sign on: ${await answer?.text()}`);
      await pause(SIGN_ON_PAUSE_MS);
    }
  }

  async #begin(signedOn: { readonly session: SessionInfo; readonly cookie: string }): Promise<Life> {
    const module = this.#client;
    const { engineUrl, skewMs, who, random, director, browser } = this.#options;
    const store = new WorkerStore({
      disk: this.#disk,
      who,
      random,
      director,
      onKill: () => {
        this.kill();
        void this.openAgain(0);
      },
    });
    const clock = {
      now: () => Date.now() + skewMs,
      after: (ms: number, callback: () => void) => {
        const timer = setTimeout(() => {
          if (!life.isDead) callback();
        }, ms);
        return () => clearTimeout(timer);
      },
    };
    const locks: { release(): void }[] = [];
    const life = {
      store,
      timelines: new Map<ChatId, TimelineView>(),
      overview: undefined,
      chats: new Map(),
      isDead: false,
      release: () => {
        for (const lock of locks) lock.release();
      },
    } as unknown as { -readonly [Key in keyof Life]: Life[Key] };
    life.client = await module.createHeadlessClient({
      engineUrl,
      cookie: signedOn.cookie,
      session: signedOn.session,
      stores: store,
      clock,
      lock: (hash) => {
        const lock = new module.WebLock(`${hash}.${browser}`, clock);
        locks.push(lock);
        return lock;
      },
      signOn: async () => {
        this.#signedOn = await this.#signOn();
        return this.#signedOn.session;
      },
    });
    await life.client.watchOverview((overview) => {
      life.overview = overview;
      this.#tell();
    });
    for (const filter of ['all', 'requests'] as const) {
      await life.client.watchChats({ filter, search: '' }, (view) => {
        life.chats = new Map(life.chats).set(filter, view);
        this.#watchTimelines(life, view);
      });
    }
    return life;
  }

  /** The chats with the other person: one, when all is well. */
  #watchTimelines(life: Life, { chats }: ChatListView): void {
    for (const { chatId, people } of chats) {
      if (life.timelines.has(chatId) || !people.some(({ address }) => address === this.#options.other.address))
        continue;
      life.timelines.set(chatId, { rows: [] } as unknown as TimelineView);
      void life.client.watchTimeline({ chatId, count: ALL_ROWS }, (view) => {
        if (view === undefined) life.timelines.delete(chatId);
        else life.timelines.set(chatId, view);
        this.#tell();
      });
    }
    this.#tell();
  }

  async #hand(life: Life, text: string): Promise<void> {
    const handing = (async () => {
      const chatId = await life.client.startChat([this.#options.other.address]);
      await life.client.send({ chatId, text });
      if (life.isDead) return;
      const at = this.#unsaid.indexOf(text);
      if (at !== -1) this.#unsaid.splice(at, 1);
      this.#tell();
    })();
    await Promise.race([handing.catch(() => undefined), this.#death(life)]);
  }

  /** What no page acknowledged and none shows is typed again, in the same order. */
  async #sayAgain(life: Life): Promise<void> {
    if (this.#unsaid.length === 0) return;
    const chatId = await Promise.race([life.client.startChat([this.#options.other.address]), this.#death(life)]);
    if (chatId === undefined) return;
    // The first answer of this watch comes from all that is durable.
    const view = await Promise.race([firstView(life.client, chatId), this.#death(life)]);
    const shown = new Set(view?.rows.map((row) => nameOf(row.text)));
    for (const text of this.#unsaid.slice()) {
      if (life.isDead) return;
      if (shown.has(nameOf(text))) this.#unsaid.splice(this.#unsaid.indexOf(text), 1);
      else await this.#hand(life, text);
    }
  }

  #death(life: Life): Promise<undefined> {
    return new Promise((resolve) => {
      const end = this.#changes.listen(() => {
        if (!life.isDead) return;
        queueMicrotask(() => end());
        resolve(undefined);
      });
    });
  }

  #bury(life: Life): void {
    life.isDead = true;
    life.release();
    life.client.close();
    this.#tell();
  }

  #tell(): void {
    this.#changes.tell();
  }
}

function firstView(client: HeadlessClient, chatId: ChatId): Promise<TimelineView | undefined> {
  return new Promise((resolve) => void client.watchTimeline({ chatId, count: ALL_ROWS }, resolve));
}

interface Parcel {
  readonly url: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What a page's door asks of its worker beside ChatApi. */
interface PageDoor {
  watchQueued(listener: (parcels: readonly Parcel[]) => void): Promise<void>;
}
