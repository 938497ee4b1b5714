/** Opens the stores in IndexedDB, and stays usable where the browser or the disk refuses. */
import { type CoiError, isCoiError } from '@coi-webmail/base';
import { deleteDatabases, openCacheDatabase, openVaultDatabase, storeError } from './database.ts';
import { IdbCache } from './idb-cache.ts';
import { IdbVault } from './idb-vault.ts';
import { MemoryCache, MemoryVault } from './memory-store.ts';
import type { StoreOpener, Stores } from './store.ts';

export const idbOpener: StoreOpener = {
  async open(accountHash, share, onClosed) {
    try {
      return await openDurable(accountHash, share, onClosed);
    } catch (error) {
      const failure: CoiError = storeError(error);
      if (isCoiError(failure, 'store-locked')) throw failure;
      const storage = isCoiError(failure, 'quota-exceeded') ? 'full' : 'memory';
      return { cache: new MemoryCache(), vault: new MemoryVault(), storage };
    }
  },
  wipe: deleteDatabases,
};

async function openDurable(accountHash: string, share: Uint8Array<ArrayBuffer>, onClosed: () => void): Promise<Stores> {
  const cacheDatabase = await openCacheDatabase(accountHash, onClosed);
  try {
    const vaultDatabase = await openVaultDatabase(accountHash, onClosed);
    try {
      // The cache first: a wrong share must not make a new vault.
      const cache = await IdbCache.open(cacheDatabase, share);
      return { cache, vault: await IdbVault.open(vaultDatabase, share), storage: 'durable' };
    } catch (error) {
      vaultDatabase.close();
      throw error;
    }
  } catch (error) {
    cacheDatabase.close();
    throw error;
  }
}
