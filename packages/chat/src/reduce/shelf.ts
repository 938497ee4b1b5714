/** Rows that leave memory while their mails stay: the chat remembers how many it has out of memory. */
import type { Shelved } from '../state.ts';
import type { ChatId, RowId } from '../view.ts';
import { forgetRow, type Work } from './row.ts';
import { removeService } from './service.ts';

export function shelveRows(
  work: Work,
  rows: readonly RowId[],
  services: readonly RowId[],
  shelved: ReadonlyMap<ChatId, Shelved>,
): void {
  const { state, touched } = work;
  for (const id of rows) {
    const row = state.rows.get(id);
    if (row !== undefined) forgetRow(work, row);
  }
  for (const id of services) {
    const service = state.services.get(id);
    if (service !== undefined) removeService(work, service);
  }
  for (const [chatId, counts] of shelved) {
    const chat = state.chats.get(chatId);
    if (chat === undefined) continue;
    chat.shelved = counts.count === 0 ? undefined : counts;
    touched.chat(chatId);
  }
}
