/** For live tests: a person who signs on at a real engine by password and chats without a browser. */
import type { ChatId, RowView, TimelineView } from '@coi-webmail/chat';
import { chosenServer, lacks, type User } from '@coi-webmail/e2e/stack';
import { check, signedOn } from '@coi-webmail/protocol';
import type { ChatListView, Overview, SessionInfo } from './api.ts';
import { createHeadlessClient, type HeadlessClient } from './headless.ts';
import { memoryOpener } from './store/memory-store.ts';
import type { StoreOpener } from './store/store.ts';

/** Without MOVE there is no other. */
const MODE = lacks(chosenServer()).includes('MOVE') ? 'none' : 'active';

export interface SignedOnPerson {
  readonly session: SessionInfo;
  readonly cookie: string;
}

/** As the standalone page does it. */
export async function signOnByPassword(engineUrl: string, user: User): Promise<SignedOnPerson> {
  const response = await fetch(new URL('session', engineUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(engineUrl).origin },
    body: JSON.stringify({ address: user.address, password: user.password }),
  });
  if (!response.ok) throw new Error(`Sign-on failed with ${response.status}: ${await response.text()}`);
  const session = check(signedOn, await response.json(), 'answer to the sign-on');
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { session, cookie };
}

/** The newest value of a live query, and waiting for one that fits. */
class Watched<T> {
  value: T | undefined;
  readonly #waiting = new Set<() => void>();

  readonly set = (value: T): void => {
    this.value = value;
    for (const look of this.#waiting) look();
  };

  until<V extends T>(fits: (value: T) => value is V, what: string, timeoutMs?: number): Promise<V>;
  until(fits: (value: T) => boolean, what: string, timeoutMs?: number): Promise<T>;
  until(fits: (value: T) => boolean, what: string, timeoutMs = 15_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        act();
      };
      const look = () => {
        const { value } = this;
        if (value !== undefined && fits(value)) end(() => resolve(value));
      };
      const give = () => end(() => reject(new Error(`Waited too long until ${what}: ${JSON.stringify(this.value)}`)));
      const timer = setTimeout(give, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }
}

export class Person {
  readonly address: string;
  readonly user: User;
  readonly overview = new Watched<Overview>();
  readonly list = new Watched<ChatListView>();
  readonly requests = new Watched<ChatListView>();
  readonly #engineUrl: () => string;
  readonly #stores: StoreOpener;
  readonly #timelines = new Map<ChatId, Watched<TimelineView>>();
  #client: HeadlessClient | undefined;

  constructor(user: User, engineUrl: () => string, stores: StoreOpener = memoryOpener()) {
    this.user = user;
    this.address = user.address;
    this.#engineUrl = engineUrl;
    this.#stores = stores;
  }

  get client(): HeadlessClient {
    if (this.#client === undefined) throw new Error(`${this.address} has not signed on`);
    return this.#client;
  }

  get isOn(): boolean {
    return this.#client !== undefined;
  }

  async signOn(): Promise<void> {
    const { session, cookie } = await signOnByPassword(this.#engineUrl(), this.user);
    this.#client = await createHeadlessClient({ engineUrl: this.#engineUrl, cookie, session, stores: this.#stores });
    await this.client.watchOverview(this.overview.set);
    await this.client.watchChats({ filter: 'all', search: '' }, this.list.set);
    await this.client.watchChats({ filter: 'requests', search: '' }, this.requests.set);
    await this.overview.until(({ phase }) => phase === 'consent' || phase === 'ready', 'signed on');
  }

  async consent(mode: 'active' | 'none' = MODE): Promise<void> {
    await this.client.setMode(mode);
    await this.overview.until(({ phase }) => phase === 'ready', 'consented');
  }

  /** The first sync is over. */
  async synced(): Promise<void> {
    await this.overview.until(
      ({ connection, syncProgress }) => connection === 'online' && syncProgress === undefined,
      'synced',
    );
  }

  leave(): void {
    this.client.close();
    this.#client = undefined;
    this.#timelines.clear();
  }

  async timeline(chatId: ChatId): Promise<Watched<TimelineView>> {
    let watched = this.#timelines.get(chatId);
    if (watched === undefined) {
      watched = new Watched<TimelineView>();
      this.#timelines.set(chatId, watched);
      const { set } = watched;
      await this.client.watchTimeline({ chatId, count: 1000 }, (view) => {
        if (view !== undefined) set(view);
      });
    }
    return watched;
  }

  /** Waits until the chat shows such a row. */
  async row(chatId: ChatId, fits: (row: RowView) => boolean, what: string): Promise<RowView> {
    const timeline = await this.timeline(chatId);
    const view = await timeline.until(({ rows }) => rows.some(fits), `${this.address} sees ${what}`);
    return view.rows.find(fits) as RowView;
  }

  async texts(chatId: ChatId): Promise<readonly string[]> {
    return ((await this.timeline(chatId)).value?.rows ?? []).map((row) => row.text);
  }
}
