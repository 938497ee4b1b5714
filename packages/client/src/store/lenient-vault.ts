/**
 * A vault that goes on in memory when the disk is full: lines still go out, the page says that nothing survives. What the
 * disk refused is tried again, with the next write and every minute.
 */
import { type Clock, CoiError, isCoiError } from '@coi-webmail/base';
import type { VaultStore } from './store.ts';

export interface LenientVaultDeps {
  readonly clock: Clock;
  onFull(): void;
  /** Everything is on the disk again. */
  onRoom(): void;
}

const RETRY_MS = 60_000;

export class LenientVault implements VaultStore {
  readonly #vault: VaultStore;
  readonly #deps: LenientVaultDeps;
  readonly #unwritten = new Map<string, unknown>();
  #isClosed = false;
  #cancelRetry: (() => void) | undefined;

  constructor(vault: VaultStore, deps: LenientVaultDeps) {
    this.#vault = vault;
    this.#deps = deps;
  }

  load(): Promise<ReadonlyMap<string, unknown>> {
    return this.#vault.load();
  }

  /** @throws CoiError `internal` after `close`: then nothing was kept */
  async put(key: string, document: unknown): Promise<void> {
    if (this.#isClosed) throw new CoiError('internal', 'Vault is closed');
    this.#unwritten.set(key, document);
    await this.#writeAll(key);
  }

  async delete(key: string): Promise<void> {
    this.#unwritten.delete(key);
    await this.#vault.delete(key);
    if (this.#unwritten.size > 0) await this.#writeAll(undefined);
  }

  /** @param wanted its failure is the caller's, if it is not for lack of room */
  async #writeAll(wanted: string | undefined): Promise<void> {
    const wasFull = this.#cancelRetry !== undefined;
    for (const [key, document] of [...this.#unwritten].sort(([one]) => (one === wanted ? -1 : 0))) {
      if (this.#isClosed) return;
      // Replaced or deleted meanwhile.
      if (this.#unwritten.get(key) !== document) continue;
      try {
        await this.#vault.put(key, document);
        if (this.#unwritten.get(key) === document) this.#unwritten.delete(key);
      } catch (error) {
        if (!isCoiError(error, 'quota-exceeded')) {
          if (key === wanted) throw error;
          continue;
        }
        this.#deps.onFull();
        this.#cancelRetry?.();
        this.#cancelRetry = this.#deps.clock.after(RETRY_MS, () => void this.#writeAll(undefined));
        return;
      }
    }
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    if (wasFull) this.#deps.onRoom();
  }

  /** The vault itself is closed by who opened it. */
  close(): void {
    this.#isClosed = true;
    this.#cancelRetry?.();
  }
}
