/**
 * The one writer: folds events into the state, stores what they touched in one transaction with the cursors, and
 * publishes after the commit. What leaves memory (`shelf/`) leaves in the same transaction.
 *
 * While one commit runs, later events are folded and wait together for the next: rows on disk may then be newer
 * than the cursor beside them, which is harmless, since facts may be told twice. What a full disk refused goes with the
 * next commit, so that no cursor runs ahead of its rows.
 */
import { type Clock, isCoiError } from '@coi-webmail/base';
import {
  type Change,
  type ChatEvent,
  type ChatId,
  type ChatState,
  type DraftTexts,
  isStored,
  type Place,
  placeKey,
  reduce,
  type RowId,
  selectChat,
} from '@coi-webmail/chat';
import type { Keeper } from './shelf/keeper.ts';
import type { ShelfBlock } from './shelf/shelf.ts';
import type { CacheBatch, CacheStore, FactsDocument, MailboxProgress } from './store/store.ts';

export interface AlsoStored {
  readonly progress?: ReadonlyMap<string, MailboxProgress>;
  readonly facts?: FactsDocument;
}

export interface LedgerDeps {
  readonly state: ChatState;
  readonly cache: CacheStore;
  readonly drafts: DraftTexts;
  readonly keeper: Keeper;
  readonly clock: Clock;
  /** Committed: these chats may look different. */
  onChanged(chats: ReadonlySet<ChatId>): void;
  /** The disk refuses: nothing new survives the worker until it takes writes again. */
  onStorageLost(reason: 'full' | 'memory'): void;
  onStorageBack(): void;
}

/** A full disk is tried again this often. */
const FULL_RETRY_MS = 60_000;

class Batch {
  readonly rows = new Set<RowId>();
  readonly removedRows = new Set<RowId>();
  readonly services = new Set<RowId>();
  readonly chats = new Set<ChatId>();
  progress: ReadonlyMap<string, MailboxProgress> | undefined;
  facts: FactsDocument | undefined;
  readonly shelf = new Map<number, ShelfBlock | undefined>();
  readonly done: PromiseWithResolvers<void> = Promise.withResolvers();

  add(changes: readonly Change[]): void {
    for (const change of changes) {
      this.chats.add(change.chatId);
      for (const id of change.removed) this.removed(id);
      for (const id of change.rowIds) this.written(id);
    }
  }

  written(id: RowId): void {
    this.removedRows.delete(id);
    this.rows.add(id);
  }

  removed(id: RowId): void {
    this.rows.delete(id);
    this.removedRows.add(id);
  }

  /** What an earlier one could not write. What is newer here stands. */
  inherit(earlier: Batch): void {
    for (const id of earlier.rows) if (!this.removedRows.has(id)) this.rows.add(id);
    for (const id of earlier.removedRows) if (!this.rows.has(id)) this.removedRows.add(id);
    for (const id of earlier.services) this.services.add(id);
    for (const id of earlier.chats) this.chats.add(id);
    this.progress ??= earlier.progress;
    this.facts ??= earlier.facts;
    for (const [number, block] of earlier.shelf) if (!this.shelf.has(number)) this.shelf.set(number, block);
  }
}

export class Ledger {
  readonly state: ChatState;
  readonly #deps: LedgerDeps;
  #waiting: Batch | undefined;
  /** What the disk refused. */
  #unwritten: Batch | undefined;
  #isWriting = false;
  #isClosed = false;
  #cancelRetry: () => void = () => undefined;

  constructor(deps: LedgerDeps) {
    this.state = deps.state;
    this.#deps = deps;
  }

  /** Folds at once; resolves after the commit. Never rejects: a disk that refuses is reported, not thrown. */
  apply(events: readonly ChatEvent[], also: AlsoStored = {}): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const batch = (this.#waiting ??= new Batch());
    const { keeper } = this.#deps;
    const touched = new Set<ChatId>();
    for (const event of events) {
      keeper.see(event);
      for (const chatId of this.#fold(batch, event)) touched.add(chatId);
    }
    const leaving = keeper.tidy(touched);
    if (leaving !== undefined) this.#fold(batch, leaving);
    for (const [number, block] of keeper.takeBlocks() ?? []) batch.shelf.set(number, block);
    batch.progress = also.progress ?? batch.progress;
    batch.facts = also.facts ?? batch.facts;
    void this.#write();
    return batch.done.promise;
  }

  /** @returns the chats that it touched */
  #fold(batch: Batch, event: ChatEvent): readonly ChatId[] {
    const changes = reduce(this.state, event, { newChatId: () => this.newChatId() });
    batch.add(changes);
    return changes.map(({ chatId }) => chatId);
  }

  /** What is shown of this chat differs for a reason outside the fold, such as a draft. */
  touch(chatId: ChatId): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const batch = (this.#waiting ??= new Batch());
    batch.chats.add(chatId);
    void this.#write();
    return batch.done.promise;
  }

  /** A copy lies there, in memory or out of it. */
  knows(place: Place): boolean {
    const key = placeKey(place);
    return this.state.places.has(key) || this.state.servicePlaces.has(key) || this.#deps.keeper.knows(place);
  }

  /** UIDs of all copies in one mailbox. Looks at every row. */
  uidsIn(mailbox: string, uidValidity: string): ReadonlySet<number> {
    const uids = new Set<number>(this.#deps.keeper.shelf.uidsIn(mailbox, uidValidity));
    for (const records of [this.state.rows.values(), this.state.services.values()]) {
      for (const { copies } of records) {
        for (const { place } of copies) {
          if (place.mailbox === mailbox && place.uidValidity === uidValidity) uids.add(place.uid);
        }
      }
    }
    return uids;
  }

  /** Nothing is written any more; running commits end by themselves. */
  close(): void {
    this.#isClosed = true;
    this.#cancelRetry();
  }

  newChatId(): ChatId {
    for (;;) {
      const id = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) as ChatId;
      if (id !== 0 && !this.state.chats.has(id)) return id;
    }
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    for (let batch = this.#waiting; batch !== undefined; batch = this.#waiting) {
      this.#waiting = undefined;
      if (!this.#isClosed) await this.#commit(batch);
      if (!this.#isClosed) this.#deps.onChanged(batch.chats);
      batch.done.resolve();
    }
    this.#isWriting = false;
  }

  async #commit(batch: Batch): Promise<void> {
    for (const id of this.state.changedServices) batch.services.add(id);
    this.state.changedServices.clear();
    if (this.#unwritten !== undefined) batch.inherit(this.#unwritten);
    try {
      await this.#deps.cache.commit(this.#written(batch), this.state.rows);
      if (this.#unwritten !== undefined) this.#deps.onStorageBack();
      this.#unwritten = undefined;
    } catch (error) {
      if (!this.#isClosed) this.#keepUnwritten(batch, error);
    }
  }

  #written(batch: Batch): CacheBatch {
    const { rows, services } = this.state;
    const kept = new Set<RowId>();
    const dropped = new Set(batch.removedRows);
    for (const id of batch.rows) {
      const row = rows.get(id);
      if (row !== undefined && isStored(row)) kept.add(id);
      else dropped.add(id);
    }
    return {
      rows: kept,
      removedRows: dropped,
      list: [...batch.chats].flatMap((chatId) => {
        const chat = this.state.chats.get(chatId);
        return chat === undefined ? [] : { record: chat.record, view: selectChat(this.state, chat, this.#deps.drafts) };
      }),
      services: [...batch.services].flatMap((id) => services.get(id) ?? []),
      removedServices: new Set([...batch.services].filter((id) => !services.has(id))),
      progress: batch.progress,
      facts: batch.facts,
      shelf: batch.shelf,
    };
  }

  /** Chats go on from memory. A full disk gets room by what is old, and is tried again. */
  #keepUnwritten(batch: Batch, error: unknown): void {
    this.#unwritten = batch;
    const isFull = isCoiError(error, 'quota-exceeded');
    this.#deps.onStorageLost(isFull ? 'full' : 'memory');
    this.#cancelRetry();
    if (isFull && this.#deps.keeper.shrink()) queueMicrotask(() => void this.apply([]));
    else this.#cancelRetry = this.#deps.clock.after(FULL_RETRY_MS, () => void this.apply([]));
  }
}
