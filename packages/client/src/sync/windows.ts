/**
 * Windows of a backlog, newest first. While one is read and stored, the next one of the same mailbox is on its way, so
 * that engine and worker work at the same time.
 */
import type { Fetched, Fetcher, WindowAnswer } from './fetcher.ts';
import { type Pending, windowSize } from './plan.ts';

interface Asked {
  /** The backlog that it belongs to; another one means: the mailbox was planned anew. */
  readonly pending: Pending['pending'];
  readonly uids: readonly number[];
  readonly answer: Promise<WindowAnswer>;
}

export class Windows {
  readonly #fetcher: Fetcher;
  readonly #ahead = new Map<string, Asked>();
  /** UIDs that come before all others. */
  readonly #preferred = new Map<string, number[]>();
  #isFirst = true;

  constructor(fetcher: Fetcher) {
    this.#fetcher = fetcher;
  }

  /** Nothing was fetched yet. */
  get isFirst(): boolean {
    return this.#isFirst;
  }

  /** What was asked on another connection is not waited for. */
  clear(): void {
    this.#ahead.clear();
    this.#preferred.clear();
  }

  /** Before the first window: in a mailbox that was filled from others, the newest lines lie anywhere. */
  async preferNewest(mailbox: string, pending: Pending['pending']): Promise<void> {
    const size = windowSize(true);
    if (!this.#isFirst || pending.size <= size) return;
    this.#prefer(mailbox, (await this.#fetcher.order(mailbox, 'arrival')).slice(0, size));
  }

  /** The last line of each conversation: with them the list of chats is right. */
  async #preferThreads(mailbox: string, isCurrent: () => boolean): Promise<void> {
    const heads = await this.#fetcher.order(mailbox, 'thread');
    if (isCurrent()) this.#prefer(mailbox, heads);
  }

  /** Those that are not in the backlog are left out. */
  #prefer(mailbox: string, uids: readonly number[]): void {
    this.#preferred.set(mailbox, [...new Set([...(this.#preferred.get(mailbox) ?? []), ...uids])]);
  }

  /** Takes what it fetched out of the backlog. @param isCurrent the mailbox still has this backlog */
  async next(mailbox: string, progress: Pending, isCurrent: () => boolean): Promise<Fetched['events']> {
    const { pending, cursor } = progress;
    const { uidValidity } = cursor;
    const { uids, answer } = this.#takeAhead(mailbox, progress) ?? this.#ask(mailbox, progress, []);
    // On its way while the first screen is read and drawn.
    if (this.#isFirst && pending.size > uids.length) void this.#preferThreads(mailbox, isCurrent);
    const window = await answer;
    this.#isFirst = false;
    if (!isCurrent()) return [];
    if (pending.size > uids.length) this.#ahead.set(mailbox, this.#ask(mailbox, progress, uids));
    const { events, rest } = await this.#fetcher.read(mailbox, uidValidity, window);
    if (!isCurrent()) return [];
    const left = new Set(rest);
    for (const uid of uids) if (!left.has(uid)) pending.delete(uid);
    return events;
  }

  #takeAhead(mailbox: string, { pending }: Pending): Asked | undefined {
    const ahead = this.#ahead.get(mailbox);
    this.#ahead.delete(mailbox);
    return ahead?.pending === pending && ahead.uids.some((uid) => pending.has(uid)) ? ahead : undefined;
  }

  /** @param but UIDs that are on their way */
  #ask(mailbox: string, { pending, cursor }: Pending, but: readonly number[]): Asked {
    const asked = new Set(but);
    const size = windowSize(this.#isFirst);
    const isLeft = (uid: number) => pending.has(uid) && !asked.has(uid);
    const preferred = this.#preferred.get(mailbox)?.filter(isLeft) ?? [];
    const next = preferred.length > 0 ? preferred : pending.newest(size + asked.size).filter(isLeft);
    const uids = next.slice(0, size);
    this.#preferred.set(mailbox, preferred.slice(size));
    const answer = this.#fetcher.ask(mailbox, cursor.uidValidity, uids);
    // Whoever takes it hears of its failure.
    answer.catch(() => undefined);
    return { pending, uids, answer };
  }
}
