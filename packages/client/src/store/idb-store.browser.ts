/** Page of the browser test: runs the contracts over IndexedDB and tells the outcome. */
import { cacheName, openCacheDatabase, vaultName } from './database.ts';
import { idbOpener } from './idb-store.ts';
import { type ContractCase, SEALED_CONTRACT, STORE_CONTRACT } from './store.contract.ts';

interface Outcome {
  readonly name: string;
  readonly error: string | undefined;
}

const DELETION_IS_NOT_BLOCKED: ContractCase = {
  name: 'an open store lets go when another context deletes it',
  async run(opener, hash) {
    let isClosed = false;
    await opener.open(hash, new Uint8Array(32).fill(7), () => {
      isClosed = true;
    });
    await opener.wipe(hash);
    if (!isClosed) throw new Error('was not told');
  },
};

const KEYS_TELL_NOTHING: ContractCase = {
  name: 'a run that was changed on disk is dropped, the rest opens',
  async run(opener, hash) {
    const share = new Uint8Array(32).fill(7);
    await STORE_CONTRACT.find(({ name }) => name.startsWith('what was committed'))?.run(opener, hash);
    const database = await openCacheDatabase(hash, 1, () => undefined);
    const [key] = await database.getAllKeys('runs');
    if (key === undefined || !key.every((part) => typeof part === 'number')) throw new Error('keys are not numbers');
    await database.put('runs', new Uint8Array(64).fill(1), key);
    database.close();
    const stores = await opener.open(hash, share, () => undefined);
    await stores.cache.head();
    const contents = await stores.cache.load();
    if (contents.rows.length !== 0 || contents.progress.size !== 0) throw new Error('was not dropped');
    if (stores.storage !== 'durable') throw new Error(`storage is ${stores.storage}`);
    stores.cache.close();
    stores.vault.close();
  },
};

async function runAll(): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const cases = [...STORE_CONTRACT, ...SEALED_CONTRACT, DELETION_IS_NOT_BLOCKED, KEYS_TELL_NOTHING];
  for (const [at, { name, run }] of cases.entries()) {
    const hash = at.toString(16).padStart(16, '0');
    try {
      await run(idbOpener, hash);
      outcomes.push({ name, error: undefined });
    } catch (error) {
      outcomes.push({ name, error: String(error) });
    }
  }
  const names = (await indexedDB.databases()).map(({ name }) => name);
  for (const name of [cacheName('0000000000000001'), vaultName('0000000000000001')]) {
    if (!names.includes(name)) outcomes.push({ name: `database ${name} exists`, error: names.join() });
  }
  return outcomes;
}

(globalThis as unknown as { runAll: typeof runAll }).runAll = runAll;
