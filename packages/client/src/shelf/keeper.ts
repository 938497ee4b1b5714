/** Keeps memory and disk bounded: tells the shelf what the fold gets, and the fold what leaves for the shelf. */
import type { ChatEvent, ChatId, ChatState, Place, RowRecord } from '@coi-webmail/chat';
import { Shelf, type ShelfBlocks } from './shelf.ts';
import {
  belowFloor,
  charsOf,
  HELD_LIMITS,
  type HeldLimits,
  overLimits,
  type TidyContext,
  withServices,
} from './tidy.ts';

/** A text of so many letters counts as a change more. */
const LONG_CHARS = 10_000;
/** Counting all letters takes its time: done after so many changes. */
const COUNT_EVERY = 500;
/** A disk that has no room for a quarter of it is full of other things. */
const MAX_SHRINKS = 2;
const LEAST_ROWS = 200;

export class Keeper {
  readonly shelf: Shelf;
  readonly #context: TidyContext;
  #limits: HeldLimits;
  #sinceCount = COUNT_EVERY;
  #shrinks = 0;

  constructor(
    state: ChatState,
    blocks: ShelfBlocks,
    isOpen: (chatId: ChatId) => boolean,
    limits: HeldLimits = HELD_LIMITS,
  ) {
    this.shelf = new Shelf(blocks);
    this.#limits = limits;
    this.#context = { state, shelf: this.shelf, isOpen };
  }

  /** Before the fold gets it. */
  see(event: ChatEvent): void {
    this.shelf.see(event);
    this.#sinceCount += event.kind === 'copy-seen' ? 1 + charsOf(event.message) / LONG_CHARS : 1;
  }

  knows(place: Place): boolean {
    return this.shelf.has(place);
  }

  /** The disk holds no more than there is: the older half leaves. @returns false when there is little to gain */
  shrink(): boolean {
    const rows = Math.floor(this.#context.state.rows.size / 2);
    if (rows < LEAST_ROWS || this.#shrinks === MAX_SHRINKS) return false;
    this.#shrinks += 1;
    this.#limits = { rows, chars: this.#limits.chars / 2 };
    this.#sinceCount = COUNT_EVERY;
    return true;
  }

  /** After a fold. @param touched chats that it touched */
  tidy(touched: Iterable<ChatId>): ChatEvent | undefined {
    const { state } = this.#context;
    const rows = new Set<RowRecord>(belowFloor(this.#context, touched));
    if (this.#sinceCount >= COUNT_EVERY) {
      this.#sinceCount = 0;
      for (const row of overLimits(this.#context, this.#limits)) rows.add(row);
    }
    const leaving = withServices(state, [...rows]);
    for (const [row, services] of leaving) this.shelf.put(row, services);
    const shelved = this.shelf.takeChanged();
    if (shelved.size === 0) return undefined;
    return {
      kind: 'rows-shelved',
      rows: [...leaving.keys()].map(({ id }) => id),
      services: [...leaving.values()].flat().map(({ id }) => id),
      shelved,
    };
  }

  takeBlocks(): ShelfBlocks | undefined {
    return this.shelf.takeBlocks();
  }
}
