/**
 * The three live queries of a page: overview, list, open timeline. Holds their newest values and says when one
 * changed. A query that was replaced may still answer: such answers are dropped.
 */
import type { ChatId, TimelineView } from '@coi-webmail/chat';
import type { ChatApi, ChatFilter, ChatListView, Overview, WatchId } from '@coi-webmail/client';

/** Rows of a timeline at first, and how many more each time. */
const FIRST_ROWS = 60;
const MORE_ROWS = 100;

export interface ListQuery {
  readonly filter: ChatFilter;
  readonly search: string;
}

/** One replaceable subscription. */
class Watch {
  #run = 0;
  #id: Promise<WatchId | undefined> = Promise.resolve(undefined);
  readonly #api: ChatApi;
  readonly #failed: (error: unknown) => void;

  constructor(api: ChatApi, failed: (error: unknown) => void) {
    this.#api = api;
    this.#failed = failed;
  }

  get id(): Promise<WatchId | undefined> {
    return this.#id;
  }

  /** Ends the query before it and starts this one. `live()` tells whether it still is the newest. */
  replace(start: ((live: () => boolean) => Promise<WatchId>) | undefined): void {
    this.#run += 1;
    const run = this.#run;
    const before = this.#id;
    void before.then((id) => (id === undefined ? undefined : this.#api.unwatch(id))).catch(this.#failed);
    this.#id = (start?.(() => run === this.#run) ?? Promise.resolve(undefined)).catch((error: unknown) => {
      this.#failed(error);
      return undefined;
    });
  }
}

export class ChatFeed {
  overview: Overview | undefined;
  chats: ChatListView | undefined;
  /** Undefined = not there yet, null = the chat is gone. */
  timeline: TimelineView | undefined | null;
  readonly #api: ChatApi;
  readonly #changed: (what: 'overview' | 'chats' | 'timeline') => void;
  readonly #overviewWatch: Watch;
  readonly #chatsWatch: Watch;
  readonly #timelineWatch: Watch;

  constructor(
    api: ChatApi,
    changed: (what: 'overview' | 'chats' | 'timeline') => void,
    failed: (error: unknown) => void,
  ) {
    this.#api = api;
    this.#changed = changed;
    this.#overviewWatch = new Watch(api, failed);
    this.#chatsWatch = new Watch(api, failed);
    this.#timelineWatch = new Watch(api, failed);
  }

  start(query: ListQuery): void {
    this.#overviewWatch.replace((live) =>
      this.#api.watchOverview((overview) => {
        if (!live()) return;
        this.overview = overview;
        this.#changed('overview');
      }),
    );
    this.list(query);
  }

  list({ filter, search }: ListQuery): void {
    this.#chatsWatch.replace((live) =>
      this.#api.watchChats({ filter, search }, (chats) => {
        if (!live()) return;
        this.chats = chats;
        this.#changed('chats');
      }),
    );
  }

  /** @param count rows that were loaded before the page was left */
  open(chatId: ChatId | undefined, count = 0): void {
    this.timeline = undefined;
    if (chatId === undefined) this.#timelineWatch.replace(undefined);
    else this.#watch(chatId, count);
  }

  /** Back to few rows: each new line costs as much as all rows of its window. The old ones stay until those come. */
  shrink(): void {
    const chatId = this.timeline?.chat.chatId;
    if (chatId !== undefined) this.#watch(chatId, 0);
  }

  #watch(chatId: ChatId, count: number): void {
    this.#timelineWatch.replace((live) =>
      this.#api.watchTimeline({ chatId, count: Math.max(FIRST_ROWS, count) }, (timeline) => {
        if (!live()) return;
        this.timeline = timeline ?? null;
        this.#changed('timeline');
      }),
    );
  }

  /** Older rows of the open timeline. */
  async older(): Promise<void> {
    const id = await this.#timelineWatch.id;
    if (id === undefined) return;
    await this.#api.growTimeline(id, MORE_ROWS);
  }

  stop(): void {
    this.#overviewWatch.replace(undefined);
    this.#chatsWatch.replace(undefined);
    this.#timelineWatch.replace(undefined);
  }
}
