/** The list of chats: filtered, searched, sorted. */
import type { Chat, ChatState } from '../state.ts';
import type { ChatView } from '../view.ts';
import { type DraftTexts, selectChat } from './chat-view.ts';

export interface ChatListQuery {
  readonly filter: 'all' | 'unread' | 'groups' | 'requests';
  readonly search: string;
}

export interface ChatListSelection {
  readonly chats: readonly ChatView[];
  /** Chats with unread lines, requests not counted. */
  readonly unreadCount: number;
  readonly requestCount: number;
}

/**
 * A chat shows once it has a line or the user wanted it. Blocked ones show only when searched for; requests only
 * under their own filter.
 */
export function selectChatList(state: ChatState, query: ChatListQuery, drafts: DraftTexts): ChatListSelection {
  const search = query.search.trim().toLocaleLowerCase();
  const chats: ChatView[] = [];
  let unreadCount = 0;
  let requestCount = 0;
  for (const chat of state.chats.values()) {
    if (chat.rows.length === 0 && !chat.record.wanted) continue;
    const view = selectChat(state, chat, drafts);
    if (isOpenRequest(view)) requestCount += 1;
    else if (view.unreadCount > 0 && !view.blocked) unreadCount += 1;
    if (search === '' ? passesFilter(view, query.filter) : matches(chat, view, search)) chats.push(view);
  }
  return { chats: chats.sort(compareChats), unreadCount, requestCount };
}

function isOpenRequest(view: ChatView): boolean {
  return view.request && !view.blocked;
}

export function passesFilter(view: ChatView, filter: ChatListQuery['filter']): boolean {
  if (view.blocked) return false;
  switch (filter) {
    case 'all':
      return !view.request;
    case 'unread':
      return !view.request && view.unreadCount > 0;
    case 'groups':
      return !view.request && view.kind === 'group';
    case 'requests':
      return view.request;
    default:
      return filter satisfies never;
  }
}

/** Provisional lines are not searchable (design §4.3). */
function matches(chat: Chat, view: ChatView, search: string): boolean {
  const has = (text: string) => text.toLocaleLowerCase().includes(search);
  if (has(view.title) || view.people.some((person) => has(person.name) || has(person.address))) return true;
  return chat.rows.some(
    ({ message, copies, outbox }) =>
      (copies.length > 0 || outbox !== undefined) &&
      message.kind === 'text' &&
      (has(message.text) || has(message.subject)),
  );
}

/** Pinned first, then the newest line first. */
export function compareChats(one: ChatView, other: ChatView): number {
  if (one.pinned !== other.pinned) return one.pinned ? -1 : 1;
  return other.activeAt - one.activeAt || one.chatId - other.chatId;
}
