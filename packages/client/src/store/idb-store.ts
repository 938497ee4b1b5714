/**
 * Opens the stores in IndexedDB, and stays usable where the browser or the disk refuses.
 *
 * A vault that the share does not open is never deleted unasked: drafts and unsent lines lie there, and an admin who
 * puts the old storage secret back opens it again.
 */
import { CoiError, isCoiError } from '@coi-webmail/base';
import { deleteDatabases, openCacheDatabase, openVaultDatabase, storeError, vaultName } from './database.ts';
import { IdbCache } from './idb-cache.ts';
import { IdbVault } from './idb-vault.ts';
import type { StoreOpener, Stores } from './store.ts';

/** More secrets than this one engine never had. */
const MAX_PAIRS = 8;
const PAIRS = Array.from({ length: MAX_PAIRS }, (_, at) => at + 1);

export const idbOpener: StoreOpener = {
  async open(accountHash, share, onClosed) {
    try {
      return await openDurable(accountHash, share, onClosed);
    } catch (error) {
      const failure: CoiError = storeError(error);
      const { MemoryCache, MemoryVault } = await import('./memory-store.ts');
      const storage = isCoiError(failure, 'quota-exceeded') ? 'full' : 'memory';
      return { cache: new MemoryCache(), vault: new MemoryVault(), storage, lockedItems: 0 };
    }
  },
  wipe: (accountHash) => deleteDatabases(accountHash, PAIRS),
};

async function openDurable(accountHash: string, share: Uint8Array<ArrayBuffer>, onClosed: () => void): Promise<Stores> {
  let lockedItems = 0;
  for (const pair of PAIRS) {
    let vault = await openVault(accountHash, pair, share, onClosed);
    if (vault === 0) {
      // Nothing is lost with it.
      await deleteDatabases(accountHash, [pair]);
      vault = await openVault(accountHash, pair, share, onClosed);
    }
    if (typeof vault === 'number') {
      lockedItems += vault;
      continue;
    }
    try {
      const cache = await IdbCache.open(await openCacheDatabase(accountHash, pair, onClosed), share);
      lockedItems += await countBehind(accountHash, pair);
      return { cache, vault, storage: 'durable', lockedItems };
    } catch (error) {
      vault.close();
      throw error;
    }
  }
  throw new CoiError('internal', 'Account has too many vaults that do not open');
}

/** @returns the number of its documents when the share does not open it */
async function openVault(
  accountHash: string,
  pair: number,
  share: Uint8Array<ArrayBuffer>,
  onClosed: () => void,
): Promise<IdbVault | number> {
  const database = await openVaultDatabase(accountHash, pair, onClosed);
  try {
    return await IdbVault.open(database, share);
  } catch (error) {
    const count = isCoiError(error, 'store-locked') ? await database.count('records') : undefined;
    database.close();
    if (count === undefined) throw error;
    return count;
  }
}

/** Documents in vaults of later secrets, when an earlier one holds again. */
async function countBehind(accountHash: string, pair: number): Promise<number> {
  const names = new Set((await indexedDB.databases()).map(({ name }) => name));
  let count = 0;
  for (const later of PAIRS.slice(pair)) {
    if (!names.has(vaultName(accountHash, later))) continue;
    const database = await openVaultDatabase(accountHash, later, () => undefined);
    count += await database.count('records');
    database.close();
  }
  return count;
}
