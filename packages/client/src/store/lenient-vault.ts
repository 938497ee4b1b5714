/** A vault that goes on in memory when the disk is full: lines still go out, the page says that nothing survives. */
import { isCoiError } from '@coi-webmail/base';
import type { VaultStore } from './store.ts';

export class LenientVault implements VaultStore {
  readonly #vault: VaultStore;
  readonly #onFull: () => void;

  constructor(vault: VaultStore, onFull: () => void) {
    this.#vault = vault;
    this.#onFull = onFull;
  }

  load(): Promise<ReadonlyMap<string, unknown>> {
    return this.#vault.load();
  }

  async put(key: string, document: unknown): Promise<void> {
    try {
      await this.#vault.put(key, document);
    } catch (error) {
      if (!isCoiError(error, 'quota-exceeded')) throw error;
      this.#onFull();
    }
  }

  delete(key: string): Promise<void> {
    return this.#vault.delete(key);
  }

  close(): void {
    this.#vault.close();
  }
}
