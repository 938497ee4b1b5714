/**
 * One browser's disk for a headless client: what was committed survives, and a worker that dies writes nothing more,
 * whether it died just before or just after a commit.
 */
import type { StoreOpener, Stores } from '@coi-webmail/client/headless';
import type { Director, Person, Random, Step } from '@coi-webmail/test-support';

export interface BrowserStoreOptions {
  /** In memory. */
  readonly disk: StoreOpener;
  readonly who: Person;
  readonly random: Random;
  readonly director: () => Director | undefined;
  /** The worker has to die now. */
  readonly onKill: () => void;
}

/** The disk as one worker sees it. */
export class WorkerStore implements StoreOpener {
  readonly #options: BrowserStoreOptions;
  #isDead = false;
  #isClosed = false;

  constructor(options: BrowserStoreOptions) {
    this.#options = options;
  }

  kill(): void {
    this.#isDead = true;
  }

  async open(accountHash: string, share: Uint8Array<ArrayBuffer>, onClosed: () => void): Promise<Stores> {
    const { disk } = this.#options;
    const stores = await this.#alive(() => disk.open(accountHash, share, onClosed));
    const { cache, vault } = stores;
    return {
      ...stores,
      cache: {
        head: () => this.#alive(() => cache.head()),
        newest: (chatId, count) => this.#alive(() => cache.newest(chatId, count)),
        load: () => this.#alive(() => cache.load()),
        commit: (batch, rows) => this.#write('idb-commit', () => cache.commit(batch, rows)),
        close: () => this.#close(),
      },
      vault: {
        load: () => this.#alive(() => vault.load()),
        put: (key, document) => this.#write('vault-put', () => vault.put(key, document)),
        delete: (key) => this.#write('vault-put', () => vault.delete(key)),
        close: () => this.#close(),
      },
    };
  }

  wipe(accountHash: string): Promise<void> {
    return this.#alive(() => this.#options.disk.wipe(accountHash));
  }

  async #write(step: Step, act: () => Promise<void>): Promise<void> {
    const { director, who, random, onKill } = this.#options;
    if (this.#isDead) return never();
    if (director()?.at({ step, who }) === undefined) return this.#alive(act);
    if (random.chance(0.5)) await act();
    onKill();
    return never();
  }

  #close(): void {
    this.#isClosed = true;
  }

  /** @throws Error when the worker closed its databases itself */
  async #alive<T>(act: () => Promise<T>): Promise<T> {
    if (this.#isDead) return never();
    if (this.#isClosed) throw new Error('The database is closed');
    const result = await act();
    return this.#isDead ? never() : result;
  }
}

/** Nobody is there any more to hear of it. */
function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
