/** Collects what one reduction touches and turns it into Changes. */
import type { Change } from '../event.ts';
import type { ChatId, RowId } from '../view.ts';

export class Touched {
  readonly #chats = new Map<ChatId, { readonly rows: Set<RowId>; readonly removed: Set<RowId>; chat: boolean }>();

  #of(chatId: ChatId) {
    let entry = this.#chats.get(chatId);
    if (entry === undefined) this.#chats.set(chatId, (entry = { rows: new Set(), removed: new Set(), chat: false }));
    return entry;
  }

  /** The row was written, or what is shown of it may differ. */
  row(chatId: ChatId, rowId: RowId): void {
    const entry = this.#of(chatId);
    entry.rows.add(rowId);
    entry.removed.delete(rowId);
    entry.chat = true;
  }

  removed(chatId: ChatId, rowId: RowId): void {
    const entry = this.#of(chatId);
    entry.rows.delete(rowId);
    entry.removed.add(rowId);
    entry.chat = true;
  }

  chat(chatId: ChatId): void {
    this.#of(chatId).chat = true;
  }

  /** Removals come first: a row that moved to another chat is removed from the one, then written in the other. */
  changes(): Change[] {
    const entries = [...this.#chats];
    return [
      ...entries.flatMap(([chatId, { removed }]) =>
        removed.size === 0 ? [] : { chatId, rowIds: [], removed: [...removed], chat: true },
      ),
      ...entries.flatMap(([chatId, { rows, removed, chat }]) =>
        rows.size === 0 && removed.size > 0 ? [] : { chatId, rowIds: [...rows], removed: [], chat },
      ),
    ];
  }
}
