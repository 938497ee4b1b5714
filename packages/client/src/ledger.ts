/**
 * The one writer: folds events into the state, stores what they touched in one transaction with the cursors, and
 * publishes after the commit.
 *
 * While one commit runs, later events are folded and wait together for the next: rows on disk may then be newer
 * than the cursor beside them, which is harmless, since facts may be told twice.
 */
import { isCoiError } from '@coi-webmail/base';
import {
  type Change,
  type ChatEvent,
  type ChatId,
  type ChatState,
  type DraftTexts,
  reduce,
  type RowId,
  type RowRecord,
  selectChat,
} from '@coi-webmail/chat';
import type { CacheBatch, CacheStore, FactsDocument, MailboxProgress } from './store/store.ts';

export interface AlsoStored {
  readonly progress?: ReadonlyMap<string, MailboxProgress>;
  readonly facts?: FactsDocument;
}

export interface LedgerListener {
  /** Committed: these chats may look different. */
  onChanged(chats: ReadonlySet<ChatId>): void;
  /** The disk refuses: from now on nothing is written. */
  onStorageLost(reason: 'full' | 'memory'): void;
}

class Batch {
  readonly rows = new Set<RowId>();
  readonly removedRows = new Set<RowId>();
  readonly chats = new Set<ChatId>();
  progress: ReadonlyMap<string, MailboxProgress> | undefined;
  facts: FactsDocument | undefined;
  readonly done: PromiseWithResolvers<void> = Promise.withResolvers();

  add(changes: readonly Change[], also: AlsoStored): void {
    for (const change of changes) {
      this.chats.add(change.chatId);
      for (const id of change.removed) {
        this.rows.delete(id);
        this.removedRows.add(id);
      }
      for (const id of change.rowIds) {
        this.removedRows.delete(id);
        this.rows.add(id);
      }
    }
    this.progress = also.progress ?? this.progress;
    this.facts = also.facts ?? this.facts;
  }
}

export class Ledger {
  readonly state: ChatState;
  readonly #cache: CacheStore;
  readonly #listener: LedgerListener;
  readonly #drafts: DraftTexts;
  #waiting: Batch | undefined;
  #isWriting = false;
  #isClosed = false;
  #isDiskLost = false;

  constructor(state: ChatState, cache: CacheStore, drafts: DraftTexts, listener: LedgerListener) {
    this.state = state;
    this.#cache = cache;
    this.#drafts = drafts;
    this.#listener = listener;
  }

  /** Folds at once; resolves after the commit. Never rejects: a disk that refuses is reported, not thrown. */
  apply(events: readonly ChatEvent[], also: AlsoStored = {}): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const batch = (this.#waiting ??= new Batch());
    const newChatId = () => this.#newChatId();
    for (const event of events) batch.add(reduce(this.state, event, { newChatId }), {});
    batch.add([], also);
    void this.#write();
    return batch.done.promise;
  }

  /** What is shown of this chat differs for a reason outside the fold, such as a draft. */
  touch(chatId: ChatId): Promise<void> {
    return this.#applyChange({ chatId, rowIds: [], removed: [], chat: true });
  }

  #applyChange(change: Change): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const batch = (this.#waiting ??= new Batch());
    batch.add([change], {});
    void this.#write();
    return batch.done.promise;
  }

  /** Nothing is written any more; running commits end by themselves. */
  close(): void {
    this.#isClosed = true;
  }

  newChatId(): ChatId {
    return this.#newChatId();
  }

  #newChatId(): ChatId {
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
      if (!this.#isClosed) this.#listener.onChanged(batch.chats);
      batch.done.resolve();
    }
    this.#isWriting = false;
  }

  async #commit(batch: Batch): Promise<void> {
    const services = [...this.state.changedServices];
    this.state.changedServices.clear();
    if (this.#isDiskLost) return;
    const kept = new Set<RowId>();
    const dropped = new Set(batch.removedRows);
    for (const id of batch.rows) {
      const row = this.state.rows.get(id);
      if (row !== undefined && isCached(row)) kept.add(id);
      else dropped.add(id);
    }
    const written: CacheBatch = {
      rows: kept,
      removedRows: dropped,
      list: [...batch.chats].flatMap((chatId) => {
        const chat = this.state.chats.get(chatId);
        return chat === undefined ? [] : { record: chat.record, view: selectChat(this.state, chat, this.#drafts) };
      }),
      services: services.flatMap((id) => this.state.services.get(id) ?? []),
      removedServices: new Set(services.filter((id) => !this.state.services.has(id))),
      progress: batch.progress,
      facts: batch.facts,
    };
    try {
      await this.#cache.commit(written, this.state.rows);
    } catch (error) {
      if (this.#isClosed) return;
      // A later batch without this one would leave a hole below its cursor.
      this.#isDiskLost = true;
      this.#listener.onStorageLost(isCoiError(error, 'quota-exceeded') ? 'full' : 'memory');
    }
  }
}

/** Lines that only the outbox holds are the vault's. */
function isCached(row: RowRecord): boolean {
  return row.copies.length > 0 || row.laneAt !== undefined;
}
