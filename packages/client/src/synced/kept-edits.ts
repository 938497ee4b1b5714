/** What the user edited in a document and the mailbox does not have yet: kept in the vault until it does. */
import type { VaultStore } from '../store/store.ts';

export class KeptEdits<Edits extends object> {
  readonly #vault: VaultStore;
  readonly #key: string;
  #edits: Edits;

  /** @param documents what the vault held when it was opened */
  constructor(vault: VaultStore, key: string, documents: ReadonlyMap<string, unknown>) {
    this.#vault = vault;
    this.#key = key;
    this.#edits = (documents.get(key) ?? {}) as Edits;
  }

  get all(): Edits {
    return this.#edits;
  }

  /** Undefined = the mailbox has everything. */
  get unwritten(): Edits | undefined {
    return Object.keys(this.#edits).length === 0 ? undefined : this.#edits;
  }

  async replace(edits: Edits): Promise<void> {
    this.#edits = edits;
    await this.#vault.put(this.#key, edits);
  }

  /** The mailbox has these. @returns false when others were made meanwhile, which are still to be written */
  async settle(written: Edits): Promise<boolean> {
    if (written !== this.#edits) return false;
    this.#edits = {} as Edits;
    await this.#vault.delete(this.#key);
    return true;
  }
}
