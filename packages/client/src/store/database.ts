/** Opening, watching and deleting IndexedDB databases, and its errors in our words. */
import { CoiError } from '@coi-webmail/base';
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';

/**
 * Stores of the cache. All keys are opaque numbers and times; all values but the key are sealed.
 * `runs` [chat, last time, seq] -> rows; `list` number -> up to ten chats; `services` number -> one service;
 * `shelf` number -> where lines lie that are not here; `meta` name -> browser key, check word, progress, facts.
 */
export interface CacheSchema extends DBSchema {
  runs: { key: [number, number, number]; value: Uint8Array };
  list: { key: number; value: Uint8Array };
  services: { key: number; value: Uint8Array };
  shelf: { key: number; value: Uint8Array };
  meta: { key: string; value: Uint8Array | CryptoKey };
}

/** Stores of the vault: `records` number -> one document; `meta` name -> browser key, wrapped data key. */
export interface VaultSchema extends DBSchema {
  records: { key: number; value: Uint8Array };
  meta: { key: string; value: Uint8Array | CryptoKey };
}

/** One step per version, append only. */
const CACHE_MIGRATIONS: readonly ((database: IDBPDatabase<CacheSchema>) => void)[] = [
  (database) => {
    database.createObjectStore('runs');
    database.createObjectStore('list');
    database.createObjectStore('services');
    database.createObjectStore('meta');
  },
  (database) => {
    database.createObjectStore('shelf');
  },
];

const VAULT_MIGRATIONS: readonly ((database: IDBPDatabase<VaultSchema>) => void)[] = [
  (database) => {
    database.createObjectStore('records');
    database.createObjectStore('meta');
  },
];

/**
 * One account has one pair of databases, and a further one for each storage secret that the engine had meanwhile and
 * under which something lies that only this browser has.
 *
 * @param pair 1 = the first
 */
export const cacheName = (accountHash: string, pair = 1): string => nameOf('coi-cache', accountHash, pair);
export const vaultName = (accountHash: string, pair = 1): string => nameOf('coi-vault', accountHash, pair);

function nameOf(prefix: string, accountHash: string, pair: number): string {
  return pair === 1 ? `${prefix}-${accountHash}` : `${prefix}-${accountHash}-${pair}`;
}

export async function openCacheDatabase(
  accountHash: string,
  pair: number,
  onClosed: () => void,
): Promise<IDBPDatabase<CacheSchema>> {
  return openMigrated<CacheSchema>(cacheName(accountHash, pair), CACHE_MIGRATIONS, onClosed);
}

export async function openVaultDatabase(
  accountHash: string,
  pair: number,
  onClosed: () => void,
): Promise<IDBPDatabase<VaultSchema>> {
  return openMigrated<VaultSchema>(vaultName(accountHash, pair), VAULT_MIGRATIONS, onClosed);
}

/** Waits this long for another context to let go of an older version, then gives up. */
const BLOCKED_WAIT_MS = 5000;

async function openMigrated<S extends DBSchema>(
  name: string,
  migrations: readonly ((database: IDBPDatabase<S>) => void)[],
  onClosed: () => void,
): Promise<IDBPDatabase<S>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const gaveUp = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new CoiError('timeout', 'Another window keeps an older database open'));
    timer = setTimeout(giveUp, BLOCKED_WAIT_MS);
  });
  const opened = openDB<S>(name, migrations.length, {
    upgrade(database, from) {
      for (const step of migrations.slice(from)) step(database);
    },
    blocking(_current, _blocked, event) {
      // A newer version or a deletion waits for us: let go at once (design §4.4).
      (event.target as IDBDatabase).close();
      onClosed();
    },
    terminated: onClosed,
  });
  try {
    return await Promise.race([opened, gaveUp]);
  } catch (error) {
    void opened.then(
      (late) => late.close(),
      () => undefined,
    );
    throw storeError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** @param pairs those to delete; missing ones do no harm */
export async function deleteDatabases(accountHash: string, pairs: readonly number[]): Promise<void> {
  const names = pairs.flatMap((pair) => [cacheName(accountHash, pair), vaultName(accountHash, pair)]);
  await Promise.all(names.map((name) => deleteDB(name))).catch((error: unknown) => {
    throw storeError(error);
  });
}

export function storeError(error: unknown): CoiError {
  if (error instanceof CoiError) return error;
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    return new CoiError('quota-exceeded', 'Browser storage is full', { cause: error });
  }
  return new CoiError('internal', 'Browser storage failed', { cause: error });
}
