/** Stores without a disk: for Node, private windows and full disks. Values are copied, as a disk would. */
import { CoiError } from '@coi-webmail/base';
import type { ChatId, RowId, RowRecord, ServiceRecord } from '@coi-webmail/chat';
import { compareRows } from '@coi-webmail/chat';
import type { ShelfBlock } from '../shelf/shelf.ts';
import type {
  CacheBatch,
  CacheContents,
  CacheHead,
  CacheStore,
  FactsDocument,
  ListEntry,
  MailboxProgress,
  StoreOpener,
  Stores,
  VaultStore,
} from './store.ts';

export class MemoryCache implements CacheStore {
  readonly #rows = new Map<RowId, RowRecord>();
  readonly #services = new Map<RowId, ServiceRecord>();
  readonly #list = new Map<ChatId, ListEntry>();
  #progress: ReadonlyMap<string, MailboxProgress> = new Map();
  #facts: FactsDocument | undefined;
  readonly #shelf = new Map<number, ShelfBlock>();

  async head(): Promise<CacheHead> {
    return structuredClone({ list: [...this.#list.values()], facts: this.#facts });
  }

  async newest(chatId: ChatId, count: number): Promise<readonly RowRecord[]> {
    const rows = [...this.#rows.values()].filter((row) => row.chatId === chatId);
    return structuredClone(rows.sort(compareRows).slice(-count));
  }

  async load(): Promise<CacheContents> {
    return structuredClone({
      rows: [...this.#rows.values()],
      services: [...this.#services.values()],
      progress: this.#progress,
      shelf: this.#shelf,
    });
  }

  async commit(batch: CacheBatch, rows: ReadonlyMap<RowId, RowRecord>): Promise<void> {
    for (const id of batch.removedRows) this.#rows.delete(id);
    for (const id of batch.rows) {
      const row = rows.get(id);
      if (row !== undefined) this.#rows.set(id, structuredClone(row));
    }
    for (const entry of batch.list) this.#list.set(entry.record.id, structuredClone(entry));
    for (const id of batch.removedServices) this.#services.delete(id);
    for (const record of batch.services) this.#services.set(record.id, structuredClone(record));
    if (batch.progress !== undefined) this.#progress = structuredClone(batch.progress);
    for (const [number, block] of batch.shelf) {
      if (block === undefined) this.#shelf.delete(number);
      else this.#shelf.set(number, structuredClone(block));
    }
    if (batch.facts !== undefined) this.#facts = structuredClone(batch.facts);
  }

  close(): void {
    // Memory needs no closing; see `closable`.
  }
}

export class MemoryVault implements VaultStore {
  readonly #documents = new Map<string, unknown>();

  constructor(documents: ReadonlyMap<string, unknown> = new Map()) {
    for (const [key, document] of documents) this.#documents.set(key, structuredClone(document));
  }

  async load(): Promise<ReadonlyMap<string, unknown>> {
    return structuredClone(this.#documents);
  }

  async put(key: string, document: unknown): Promise<void> {
    this.#documents.set(key, structuredClone(document));
  }

  async delete(key: string): Promise<void> {
    this.#documents.delete(key);
  }

  close(): void {
    // As for the cache.
  }
}

/** Keeps the contents of each account as long as the opener lives, so that a session can end and start again. */
export function memoryOpener(storage: Stores['storage'] = 'memory'): StoreOpener {
  const accounts = new Map<string, Pick<Stores, 'cache' | 'vault'>>();
  return {
    async open(accountHash) {
      let contents = accounts.get(accountHash);
      if (contents === undefined) {
        contents = { cache: new MemoryCache(), vault: new MemoryVault() };
        accounts.set(accountHash, contents);
      }
      return { cache: closable(contents.cache), vault: closable(contents.vault), storage, lockedItems: 0 };
    },
    async wipe(accountHash) {
      accounts.delete(accountHash);
    },
  };
}

/** One opening of a store: after `close` it refuses, as a database does, while other openings go on. */
function closable<Store extends CacheStore | VaultStore>(store: Store): Store {
  let isClosed = false;
  return new Proxy(store, {
    get(target, name) {
      if (name === 'close') return () => void (isClosed = true);
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        if (isClosed) throw new CoiError('internal', 'Store is closed');
        return Reflect.apply(method, target, args) as unknown;
      };
    },
  });
}
