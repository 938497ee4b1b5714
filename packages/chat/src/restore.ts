/** Makes a state from its records, as a store gives them back. */
import { addChat } from './reduce/chat.ts';
import { followGroup } from './reduce/follow.ts';
import { indexRow } from './reduce/row.ts';
import { indexService } from './reduce/service.ts';
import { compareRows } from './reduce/order.ts';
import { type ChatRecord, type ChatState, emptyState, type RowRecord, type ServiceRecord } from './state.ts';
import type { ChatMarks } from './event.ts';

export interface StateRecords {
  readonly self: Iterable<string>;
  readonly chats: Iterable<ChatRecord>;
  readonly rows: Iterable<RowRecord>;
  readonly services: Iterable<ServiceRecord>;
  readonly marks: ReadonlyMap<string, ChatMarks>;
}

/** Rows whose chat has no record are left out: their run outlived a crash that the record did not. */
export function restoreState(records: StateRecords): ChatState {
  const state = emptyState(records.self);
  state.marks = records.marks;
  for (const record of records.chats) addChat(state, record);
  // Ascending, so that each row lands at the end of its list.
  for (const row of [...records.rows].sort(compareRows)) {
    if (state.chats.has(row.chatId)) indexRow(state, row);
  }
  for (const chat of state.chats.values()) followGroup(state, chat);
  for (const service of records.services) indexService(state, service);
  return state;
}
