/** Answers of live queries: from the state when it is there, else from the head of the store. */
import {
  type ChatId,
  type ChatListQuery,
  type ChatView,
  compareChats,
  passesFilter,
  type Place,
  restoreState,
  type RowId,
  selectChatList,
  selectTimeline,
  selectUnread,
  type TimelineView,
} from '@coi-webmail/chat';
import type { AttachmentPart } from '@coi-webmail/coi';
import type { ChatListView, Overview } from './api.ts';
import { NOT_YET } from './feed.ts';
import type { Session } from './session.ts';

const NO_CHATS: ChatListView = { chats: [], unreadCount: 0, requestCount: 0, loading: true };

export function overviewOf(session: Session): Overview {
  const state = session.liveNow?.state;
  if (state !== undefined) {
    const { unreadChats, requestCount } = selectUnread(state);
    return session.overview(unreadChats, requestCount);
  }
  const views = session.head?.list.map((entry) => entry.view) ?? [];
  const unread = views.filter((view) => view.unreadCount > 0 && !view.request && !view.blocked && !view.muted);
  return session.overview(unread.length, views.filter((view) => view.request && !view.blocked).length);
}

export function chatListOf(session: Session, query: ChatListQuery): ChatListView {
  const { liveNow: live, head } = session;
  if (live !== undefined) {
    const selection = selectChatList(live.state, query, live.drafts.texts);
    return { ...selection, loading: selection.chats.length === 0 && live.sync.isBackfilling };
  }
  if (head === undefined) return NO_CHATS;
  const search = query.search.trim().toLocaleLowerCase();
  const shown = head.list
    .filter(({ record, view }) => record.wanted || view.last !== undefined)
    .map((entry) => entry.view);
  const chats = shown.filter((view) => (search === '' ? passesFilter(view, query.filter) : matches(view, search)));
  return {
    chats: chats.sort(compareChats),
    unreadCount: shown.filter((view) => view.unreadCount > 0 && !view.request && !view.blocked).length,
    requestCount: shown.filter((view) => view.request && !view.blocked).length,
    loading: shown.length === 0,
  };
}

function matches(view: ChatView, search: string): boolean {
  const texts = [view.title, ...view.people.flatMap((person) => [person.name, person.address])];
  return texts.some((text) => text.toLocaleLowerCase().includes(search));
}

export interface TimelineRequest {
  readonly chatId: ChatId;
  readonly count: number;
  readonly firstUnread: RowId | undefined;
}

/** Before the state is there a chat that the store does not know is no answer: it may still come. */
export function timelineOf(
  session: Session,
  request: TimelineRequest,
): TimelineView | undefined | Promise<TimelineView | typeof NOT_YET> {
  const { liveNow: live } = session;
  if (live === undefined) return timelineFromStore(session, request);
  const chat = live.state.chats.get(request.chatId);
  if (chat === undefined) return undefined;
  return selectTimeline(live.state, chat, {
    count: request.count,
    firstUnread: request.firstUnread,
    loadingOlder: live.sync.isBackfilling || live.history.isLoading(request.chatId),
    drafts: live.drafts.texts,
    partUrl: (place, part) => partUrl(session.accountHash, place, part),
  });
}

async function timelineFromStore(session: Session, request: TimelineRequest): Promise<TimelineView | typeof NOT_YET> {
  const { head, stores } = session;
  const entry = head?.list.find(({ record }) => record.id === request.chatId);
  if (entry === undefined || stores === undefined) return NOT_YET;
  const rows = await stores.cache.newest(request.chatId, request.count);
  const marks = new Map(Object.entries(session.facts.marks));
  const state = restoreState({ self: [session.self], chats: [entry.record], rows, services: [], marks });
  const chat = state.chats.get(request.chatId);
  if (chat === undefined) return NOT_YET;
  const timeline = selectTimeline(state, chat, {
    count: request.count,
    firstUnread: request.firstUnread,
    loadingOlder: true,
    drafts: new Map(),
    partUrl: (place, part) => partUrl(session.accountHash, place, part),
  });
  return { ...timeline, chat: entry.view };
}

function partUrl(accountHash: string, place: Place, part: AttachmentPart): string {
  const query = new URLSearchParams({
    mailbox: place.mailbox,
    uidValidity: place.uidValidity,
    uid: String(place.uid),
    part: part.part,
    name: part.name,
    type: part.type,
  });
  return `a/${accountHash}/part?${query}`;
}
