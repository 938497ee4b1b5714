/**
 * Drafts per chat, in the vault: what was typed survives reloads. Named by the chat's chief handle, because ids of
 * chats go when the cache does, and drafts must not.
 */
import type { Draft } from './api.ts';
import type { VaultStore } from './store/store.ts';

const PREFIX = 'draft:';
const NO_DRAFT: Draft = { text: '', replyTo: undefined };

export class Drafts {
  readonly #vault: VaultStore;
  readonly #drafts = new Map<string, Draft>();
  /** For selectors: chief handle -> text; the same map for ever. */
  readonly texts = new Map<string, string>();

  constructor(vault: VaultStore, documents: ReadonlyMap<string, unknown>) {
    this.#vault = vault;
    for (const [key, document] of documents) {
      if (key.startsWith(PREFIX)) this.#keep(key.slice(PREFIX.length), document as Draft);
    }
  }

  get(handle: string): Draft {
    return this.#drafts.get(handle) ?? NO_DRAFT;
  }

  async set(handle: string, draft: Draft): Promise<void> {
    const before = this.get(handle);
    if (before.text === draft.text && before.replyTo === draft.replyTo) return;
    this.#keep(handle, draft);
    if (isEmpty(draft)) await this.#vault.delete(PREFIX + handle);
    else await this.#vault.put(PREFIX + handle, draft);
  }

  #keep(handle: string, draft: Draft): void {
    if (isEmpty(draft)) {
      this.#drafts.delete(handle);
      this.texts.delete(handle);
    } else {
      this.#drafts.set(handle, draft);
      this.texts.set(handle, draft.text);
    }
  }
}

function isEmpty(draft: Draft): boolean {
  return draft.text === '' && draft.replyTo === undefined;
}
