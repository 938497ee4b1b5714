/** Counts over all chats for badges. Muted chats, requests and blocked people do not call. */
import { isShownAsRequest, marksOf, unreadCountOf } from '../reduce/marks.ts';
import type { Chat, ChatState } from '../state.ts';
import type { RowId } from '../view.ts';

export interface UnreadCounts {
  readonly unreadChats: number;
  readonly requestCount: number;
}

export function selectUnread(state: ChatState): UnreadCounts {
  let unreadChats = 0;
  let requestCount = 0;
  for (const chat of state.chats.values()) {
    if (chat.rows.length === 0) continue;
    const marks = marksOf(state, chat);
    if (marks.blocked === true) continue;
    if (isShownAsRequest(state, chat)) requestCount += 1;
    else if (unreadCountOf(chat) > 0 && marks.muted !== true) unreadChats += 1;
  }
  return { unreadChats, requestCount };
}

/** The oldest unread row: where the "new messages" line goes. */
export function firstUnreadOf(chat: Chat): RowId | undefined {
  if (chat.unread.size === 0) return undefined;
  return chat.rows.find((row) => chat.unread.has(row.id))?.id;
}
