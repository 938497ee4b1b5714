/** Drafts per chat, in the vault: what was typed survives reloads. */
import type { ChatId } from '@coi-webmail/chat';
import type { Draft } from './api.ts';
import type { VaultStore } from './store/store.ts';

const PREFIX = 'draft:';
const NO_DRAFT: Draft = { text: '', replyTo: undefined };

export class Drafts {
  readonly #vault: VaultStore;
  readonly #drafts = new Map<ChatId, Draft>();
  /** For selectors; the same map for ever. */
  readonly texts = new Map<ChatId, string>();

  constructor(vault: VaultStore, documents: ReadonlyMap<string, unknown>) {
    this.#vault = vault;
    for (const [key, document] of documents) {
      if (key.startsWith(PREFIX)) this.#keep(Number(key.slice(PREFIX.length)) as ChatId, document as Draft);
    }
  }

  get(chatId: ChatId): Draft {
    return this.#drafts.get(chatId) ?? NO_DRAFT;
  }

  async set(chatId: ChatId, draft: Draft): Promise<void> {
    const before = this.get(chatId);
    if (before.text === draft.text && before.replyTo === draft.replyTo) return;
    this.#keep(chatId, draft);
    if (isEmpty(draft)) await this.#vault.delete(PREFIX + chatId);
    else await this.#vault.put(PREFIX + chatId, draft);
  }

  #keep(chatId: ChatId, draft: Draft): void {
    if (isEmpty(draft)) {
      this.#drafts.delete(chatId);
      this.texts.delete(chatId);
    } else {
      this.#drafts.set(chatId, draft);
      this.texts.set(chatId, draft.text);
    }
  }
}

function isEmpty(draft: Draft): boolean {
  return draft.text === '' && draft.replyTo === undefined;
}
