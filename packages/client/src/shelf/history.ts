/** Brings lines back into memory that somebody scrolls to. */
import type { ChatId, ChatState } from '@coi-webmail/chat';
import type { Sync } from '../sync/sync.ts';
import type { Shelf } from './shelf.ts';

export interface HistoryDeps {
  readonly state: ChatState;
  readonly shelf: Shelf;
  readonly sync: Pick<Sync, 'fetchNow'>;
  /** Whether older lines are on their way changed for this chat. */
  onChanged(chatId: ChatId): void;
}

/** At least so many, so that scrolling on does not fetch line by line. */
const AT_LEAST = 60;
/** Receipts lie among the lines: what comes may be less than what was asked for. */
const MAX_ROUNDS = 5;

export class History {
  readonly #deps: HistoryDeps;
  readonly #loading = new Set<ChatId>();

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  isLoading(chatId: ChatId): boolean {
    return this.#loading.has(chatId);
  }

  /** Fetches until the chat has `count` rows in memory, or all it has. Offline it fetches nothing. */
  async fill(chatId: ChatId, count: number): Promise<void> {
    const { state, shelf, sync } = this.#deps;
    const missing = () => count - (state.chats.get(chatId)?.rows.length ?? 0);
    if (this.#loading.has(chatId) || missing() <= 0 || shelf.floorOf(chatId) === undefined) return;
    this.#loading.add(chatId);
    this.#deps.onChanged(chatId);
    try {
      for (let round = 0; round < MAX_ROUNDS && missing() > 0; round++) {
        const before = missing();
        const places = shelf.newest(chatId, Math.max(before, AT_LEAST));
        await Promise.all(places.map(({ mailbox, uidValidity, uids }) => sync.fetchNow(mailbox, uidValidity, uids)));
        if (missing() === before) break;
      }
    } finally {
      this.#loading.delete(chatId);
      this.#deps.onChanged(chatId);
    }
  }
}
