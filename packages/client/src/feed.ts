/**
 * Live queries: each watch gets its present value at once and again after each change, coalesced.
 *
 * A lone change is published in the same turn; under a stream of changes at most one value per FRAME_MS goes out.
 */
import type { Clock } from '@coi-webmail/base';
import type { ChatId } from '@coi-webmail/chat';
import type { WatchId } from './api.ts';

/** What a watch depends on. `chats`: the list; a number: one chat. */
export type Topic = 'overview' | 'chats' | ChatId;

interface Watch {
  readonly topics: () => readonly Topic[];
  /** May be asynchronous before the state is loaded. */
  readonly compute: () => unknown;
  readonly listener: (value: never) => unknown;
  /** JSON of what was sent last: equal values are not sent again. */
  last: string | undefined;
  isDirty: boolean;
}

const FRAME_MS = 16;
/** A watch that has no value yet: nothing is sent. */
export const NOT_YET: unique symbol = Symbol('not yet');

export class Feed {
  readonly #clock: Clock;
  readonly #watches = new Map<WatchId, Watch>();
  #nextId = 1;
  #isScheduled = false;
  #flushedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(topics: () => readonly Topic[], compute: () => unknown, listener: (value: never) => unknown): WatchId {
    const id = this.#nextId++;
    const watch: Watch = { topics, compute, listener, last: undefined, isDirty: false };
    this.#watches.set(id, watch);
    void this.#publish(id, watch);
    return id;
  }

  unwatch(id: WatchId): void {
    this.#watches.delete(id);
  }

  /** The query of a watch changed. */
  refresh(id: WatchId): void {
    const watch = this.#watches.get(id);
    if (watch !== undefined) this.#mark([watch]);
  }

  changed(topics: ReadonlySet<Topic>): void {
    this.#mark([...this.#watches.values()].filter((watch) => watch.topics().some((topic) => topics.has(topic))));
  }

  /** Everything may differ: another account, or the state was loaded. */
  changedAll(): void {
    this.#mark([...this.#watches.values()]);
  }

  #mark(watches: readonly Watch[]): void {
    for (const watch of watches) watch.isDirty = true;
    if (watches.length === 0 || this.#isScheduled) return;
    this.#isScheduled = true;
    const wait = this.#flushedAt + FRAME_MS - this.#clock.now();
    if (wait <= 0) queueMicrotask(() => this.#flush());
    else this.#clock.after(Math.min(wait, FRAME_MS), () => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    this.#flushedAt = this.#clock.now();
    for (const [id, watch] of this.#watches) if (watch.isDirty) void this.#publish(id, watch);
  }

  async #publish(id: WatchId, watch: Watch): Promise<void> {
    watch.isDirty = false;
    try {
      const computed = watch.compute();
      const value = computed instanceof Promise ? ((await computed) as unknown) : computed;
      // Changed meanwhile: a newer value follows.
      if (value === NOT_YET || watch.isDirty || this.#watches.get(id) !== watch) return;
      const json = JSON.stringify(value) ?? 'undefined';
      if (json === watch.last) return;
      watch.last = json;
      await watch.listener(value as never);
    } catch {
      // A tab that just left, or a chat that just went: its watch ends with its lock.
    }
  }
}
