/**
 * What survives the worker: a cache that the mailbox can fill again, and a vault that it cannot.
 *
 * What the worker has in memory, the cache has on disk: it is its shadow. Older lines are the mailbox's (`shelf/`). `commit` takes what one
 * reduction touched and reads the rows from the state's map, so a store keeps a directory only. Callers call `head`,
 * then `load`, then `commit`, and await each before the next.
 */
import type { ChatId, ChatRecord, ChatView, RowId, RowRecord, ServiceRecord } from '@coi-webmail/chat';
import type { Cursor } from '@coi-webmail/protocol';
import type { ShelfBlocks } from '../shelf/shelf.ts';
import type { UidRange } from '../sync/uid-set.ts';

/** Where sync of one mailbox stands: the cursor, and what lies below it but is not fetched yet. */
export interface MailboxProgress {
  readonly cursor: Cursor;
  /** UIDs still to fetch, as ranges. */
  readonly pending: readonly UidRange[];
}

/** A chat's record and its last view, so that the list can be painted before the rows are read. */
export interface ListEntry {
  readonly record: ChatRecord;
  readonly view: ChatView;
}

/** Small facts of the account, one sealed document: see `session-facts.ts`. */
export type FactsDocument = Readonly<Record<string, unknown>>;

export interface CacheHead {
  readonly list: readonly ListEntry[];
  readonly facts: FactsDocument | undefined;
}

export interface CacheContents {
  readonly rows: readonly RowRecord[];
  readonly services: readonly ServiceRecord[];
  readonly progress: ReadonlyMap<string, MailboxProgress>;
  readonly shelf: ShelfBlocks;
}

/** One transaction: all of it or nothing. */
export interface CacheBatch {
  /** Rows written or moved between chats; read from the map given to `commit`. */
  readonly rows: ReadonlySet<RowId>;
  readonly removedRows: ReadonlySet<RowId>;
  readonly list: readonly ListEntry[];
  readonly services: readonly ServiceRecord[];
  readonly removedServices: ReadonlySet<RowId>;
  /** All mailboxes, or undefined when no cursor moved. */
  readonly progress: ReadonlyMap<string, MailboxProgress> | undefined;
  readonly facts: FactsDocument | undefined;
  /** What changed of what is out of memory. */
  readonly shelf: ShelfBlocks;
}

export interface CacheStore {
  /** Enough for a first paint. */
  head(): Promise<CacheHead>;
  /** The newest rows of one chat, at least `count` if there are as many; ascending by time. */
  newest(chatId: ChatId, count: number): Promise<readonly RowRecord[]>;
  /** Everything. A run that does not open is dropped, and all progress with it. */
  load(): Promise<CacheContents>;
  /** Durability: relaxed. @throws CoiError `quota-exceeded`, `internal` */
  commit(batch: CacheBatch, rows: ReadonlyMap<RowId, RowRecord>): Promise<void>;
  close(): void;
}

export interface VaultStore {
  /** All documents. */
  load(): Promise<ReadonlyMap<string, unknown>>;
  /** Durability: strict. Resolves when it would survive the worker. @throws CoiError `quota-exceeded`, `internal` */
  put(key: string, document: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  close(): void;
}

export interface Stores {
  readonly cache: CacheStore;
  readonly vault: VaultStore;
  /** `memory`: nothing survives the worker, because storage is refused; `full`: because the disk is full. */
  readonly storage: 'durable' | 'memory' | 'full';
  /** Documents of this account in vaults that the share does not open: they wait for the share they were sealed with. */
  readonly lockedItems: number;
}

export interface StoreOpener {
  /**
   * Another share than before opens nothing and harms nothing: a new pair of databases is made beside the old one.
   *
   * @param share the account share, from the engine; opens what was sealed under it
   * @param onClosed the browser or another context closed the databases
   */
  open(accountHash: string, share: Uint8Array<ArrayBuffer>, onClosed: () => void): Promise<Stores>;
  /** Deletes all databases of the account, also what no share opens. */
  wipe(accountHash: string): Promise<void>;
}
