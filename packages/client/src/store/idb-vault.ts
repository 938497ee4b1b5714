/** The vault in IndexedDB: sealed documents under a random data key, written strictly. */
import { KeyedLock } from '@coi-webmail/base';
import type { IDBPDatabase } from 'idb';
import { storeError, type VaultSchema } from './database.ts';
import { deriveSealer, makeBrowserKey, makeDataKey, openDataKey, type Sealer } from './seal.ts';
import type { VaultStore } from './store.ts';

interface Entry {
  readonly key: string;
  readonly document: unknown;
}

export class IdbVault implements VaultStore {
  readonly #database: IDBPDatabase<VaultSchema>;
  readonly #sealer: Sealer;
  readonly #numberOf = new Map<string, number>();
  /** Sealing takes its time: without turns a deletion would overtake the write before it. */
  readonly #turns = new KeyedLock();
  #seq = 0;

  private constructor(database: IDBPDatabase<VaultSchema>, sealer: Sealer) {
    this.#database = database;
    this.#sealer = sealer;
  }

  /** @throws CoiError `store-locked` when the share does not open it; nothing is overwritten then */
  static async open(database: IDBPDatabase<VaultSchema>, share: Uint8Array<ArrayBuffer>): Promise<IdbVault> {
    const known = await database.get('meta', 'key');
    const wrapped = await database.get('meta', 'data-key');
    if (known instanceof CryptoKey && wrapped instanceof Uint8Array) {
      const wrapper = await deriveSealer(known, share, 'coi-vault-v1');
      return new IdbVault(database, await openDataKey(wrapper, 'meta/data-key', wrapped));
    }
    const key = await makeBrowserKey();
    const made = await makeDataKey(await deriveSealer(key, share, 'coi-vault-v1'), 'meta/data-key');
    const transaction = database.transaction('meta', 'readwrite', { durability: 'strict' });
    await Promise.all([
      transaction.store.put(key, 'key'),
      transaction.store.put(made.wrapped, 'data-key'),
      transaction.done,
    ]);
    return new IdbVault(database, made.sealer);
  }

  async load(): Promise<ReadonlyMap<string, unknown>> {
    const [numbers, values] = await Promise.all([
      this.#database.getAllKeys('records'),
      this.#database.getAll('records'),
    ]);
    const documents = new Map<string, unknown>();
    for (const [at, number] of numbers.entries()) {
      this.#seq = Math.max(this.#seq, number);
      const entry = (await this.#sealer.open(`records/${number}`, values[at] as Uint8Array)) as Entry;
      documents.set(entry.key, entry.document);
      this.#numberOf.set(entry.key, number);
    }
    return documents;
  }

  put(key: string, document: unknown): Promise<void> {
    return this.#turns.run(key, () => this.#put(key, document));
  }

  delete(key: string): Promise<void> {
    return this.#turns.run(key, () => this.#delete(key));
  }

  async #put(key: string, document: unknown): Promise<void> {
    const number = this.#numberOf.get(key) ?? ++this.#seq;
    this.#numberOf.set(key, number);
    const sealed = await this.#sealer.seal(`records/${number}`, { key, document } satisfies Entry);
    try {
      const transaction = this.#database.transaction('records', 'readwrite', { durability: 'strict' });
      const written = transaction.store.put(sealed, number);
      transaction.commit();
      await Promise.all([written, transaction.done]);
    } catch (error) {
      throw storeError(error);
    }
  }

  async #delete(key: string): Promise<void> {
    const number = this.#numberOf.get(key);
    if (number === undefined) return;
    this.#numberOf.delete(key);
    try {
      await this.#database.delete('records', number);
    } catch (error) {
      throw storeError(error);
    }
  }

  close(): void {
    this.#database.close();
  }
}
