/** Everything that can be seen of a state, without what is local to one browser: chat ids, and chats that hold nothing. */
import { compareRows } from '../reduce/order.ts';
import { isVisible } from '../reduce/row.ts';
import { selectChatList } from '../select/chat-list.ts';
import { selectTimeline } from '../select/timeline.ts';
import { firstUnreadOf, selectUnread } from '../select/unread.ts';
import { type ChatState, placeKey } from '../state.ts';
import type { ChatId } from '../view.ts';

const NO_DRAFTS: ReadonlyMap<string, string> = new Map();

/** Views of all chats and timelines, and the records that a store keeps, as one comparable text. */
export function observe(state: ChatState): string {
  const handleOf = (id: ChatId) => state.chats.get(id)?.record.handles.join(' ') ?? '';
  const shown = [...state.chats.values()].filter((chat) => chat.rows.length > 0 || chat.record.wanted);
  const timelines = shown.map((chat) => {
    const view = selectTimeline(state, chat, {
      count: 10_000,
      firstUnread: firstUnreadOf(chat),
      loadingOlder: false,
      drafts: NO_DRAFTS,
      partUrl: (place, part) => `${placeKey(place)}/${part.part}`,
    });
    return { handle: handleOf(chat.record.id), ...view, chat: { ...view.chat, chatId: 0 } };
  });
  const list = selectChatList(state, { filter: 'all', search: '' }, NO_DRAFTS);
  const rows = [...state.rows.values()].sort(compareRows).map((row) => ({
    ...row,
    chatId: handleOf(row.chatId),
    // What servers on the way of one copy added; each copy has been judged by its own.
    message: { ...row.message, delivered: true, authenticationResults: [] },
  }));
  const services = [...state.services.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  return JSON.stringify(
    {
      list: { ...list, chats: list.chats.map((view) => handleOf(view.chatId)).sort() },
      unread: selectUnread(state),
      timelines: timelines.sort((one, other) => (one.handle < other.handle ? -1 : 1)),
      records: shown
        .map(({ record }) => ({ ...record, id: 0 }))
        .sort((a, b) => (`${a.handles}` < `${b.handles}` ? -1 : 1)),
      rows,
      services: services.map((service) => ({
        ...service,
        copies: [...service.copies].map((c) => placeKey(c.place)).sort(),
      })),
    },
    undefined,
    1,
  );
}

/** @returns what is wrong with the indexes; undefined = nothing */
export function brokenIndex(state: ChatState): string | undefined {
  const places = [...state.rows.values()].flatMap((row) =>
    row.copies.map((copy) => `${placeKey(copy.place)} ${row.id}`),
  );
  const indexed = [...state.places].map(([key, id]) => `${key} ${id}`);
  if (places.sort().join('\n') !== indexed.sort().join('\n')) return 'places';
  const listed = [...state.chats.values()].flatMap((chat) => chat.rows);
  if (listed.some((row) => state.rows.get(row.id) !== row)) return 'a listed row is stale';
  if (listed.length !== [...state.rows.values()].filter(isVisible).length) return 'rows without list';
  for (const [id, rowIds] of state.byMessageId)
    for (const row of rowIds) if (!state.rows.has(row)) return `byMessageId ${id}`;
  for (const [id, rowIds] of state.answers) for (const row of rowIds) if (!state.rows.has(row)) return `answers ${id}`;
  for (const chat of state.chats.values()) {
    if (chat.rows.some((row, at) => at > 0 && compareRows(chat.rows[at - 1] as typeof row, row) >= 0)) return 'order';
    if ([...chat.own, ...chat.unread].some((id) => state.rows.get(id)?.chatId !== chat.record.id))
      return 'own or unread';
  }
  return undefined;
}
