/** The user's word about chats: wanted, accepted, blocked, muted, pinned, archived. */
import type { ContactAddress } from '@coi-webmail/coi';
import type { ChatMarks } from '../event.ts';
import type { Chat, ChatState } from '../state.ts';
import type { ChatId } from '../view.ts';
import { addChat, roomOfPeople } from './chat.ts';
import type { Work } from './row.ts';

export function wantChat({ state, touched }: Work, chatId: ChatId, people: readonly ContactAddress[]): void {
  const room = roomOfPeople(people);
  const known = state.chats.get(state.handles.get(room.handle) ?? chatId);
  const chat =
    known ?? addChat(state, { id: chatId, kind: room.kind, handles: [room.handle], people: room.people, wanted: true });
  if (!chat.record.wanted) chat.record = { ...chat.record, wanted: true };
  touched.chat(chat.record.id);
}

export function changeMarks({ state, touched }: Work, marks: ReadonlyMap<string, ChatMarks>): void {
  const before = new Map(
    [...state.chats.values()].map((chat) => [chat.record.id, JSON.stringify(marksOf(state, chat))]),
  );
  state.marks = marks;
  for (const chat of state.chats.values()) {
    if (before.get(chat.record.id) !== JSON.stringify(marksOf(state, chat))) touched.chat(chat.record.id);
  }
}

/** Marks of all handles of a chat together. */
export function marksOf(state: ChatState, chat: Chat): ChatMarks {
  const marks: ChatMarks[] = chat.record.handles.flatMap((handle) => state.marks.get(handle) ?? []);
  return Object.assign({}, ...marks) as ChatMarks;
}

/** Waits for Accept: nobody here wrote to them or said yes. */
export function isRequest(state: ChatState, chat: Chat): boolean {
  return (
    chat.own.size + (chat.shelved?.own ?? 0) === 0 && !chat.record.wanted && marksOf(state, chat).accepted !== true
  );
}

/** Shown as one: not while old lines are still to come, or friends would be taken for strangers. */
export function isShownAsRequest(state: ChatState, chat: Chat): boolean {
  return !state.isLearning && isRequest(state, chat);
}

/** Also of lines that are out of memory. */
export function unreadCountOf(chat: Chat): number {
  return chat.unread.size + (chat.shelved?.unread ?? 0);
}
