/**
 * Which rows leave memory. The newest stay: of each chat some, of all together as many as fit; those of open chats stay
 * however many were scrolled to. A chat's rows leave from its oldest on, so that what is shown has no holes.
 */
import type { Chat, ChatId, ChatState, RowId, RowRecord, ServiceRecord } from '@coi-webmail/chat';
import type { CoiMessage } from '@coi-webmail/coi';
import type { Shelf } from './shelf.ts';

export interface HeldLimits {
  readonly rows: number;
  /** Letters of all texts together: memory and disk per row are bounded, but for these. */
  readonly chars: number;
}

/** Enough for 20,000 mails to be at hand, and for some tens of megabytes. */
export const HELD_LIMITS: HeldLimits = { rows: 25_000, chars: 30_000_000 };
/** So much over the limit, it is worth the work. */
const SLACK = 1.08;
/** Of each chat, so that opening it needs no fetching. */
const KEEP_PER_CHAT = 60;
/** Of each chat, when there are very many: what its list row shows. */
const KEEP_AT_LEAST = 1;

export interface TidyContext {
  readonly state: ChatState;
  readonly shelf: Shelf;
  isOpen(chatId: ChatId): boolean;
}

/** Rows that came in below what the chat has in memory: they go to the others that are out of it. */
export function belowFloor({ state, shelf, isOpen }: TidyContext, chats: Iterable<ChatId>): readonly RowRecord[] {
  const rows: RowRecord[] = [];
  for (const chatId of chats) {
    const floor = isOpen(chatId) ? undefined : shelf.floorOf(chatId);
    const chat = state.chats.get(chatId);
    if (floor === undefined || chat === undefined) continue;
    for (const row of chat.rows.slice(0, -KEEP_AT_LEAST)) {
      if (row.at > floor) break;
      if (canLeave(state, row)) rows.push(row);
    }
  }
  return rows;
}

/** @returns the oldest rows, as many as have to leave for the limits */
export function overLimits(context: TidyContext, limits: HeldLimits): readonly RowRecord[] {
  const { state } = context;
  let rows = state.rows.size;
  let chars = 0;
  for (const row of state.rows.values()) chars += charsOf(row.message);
  if (rows <= limits.rows * SLACK && chars <= limits.chars * SLACK) return [];
  const leaving: RowRecord[] = [];
  for (const keep of [KEEP_PER_CHAT, KEEP_AT_LEAST]) {
    const gone = new Set(leaving);
    const candidates = [...state.chats.values()]
      .flatMap((chat) => beyond(context, chat, keep))
      .filter((row) => !gone.has(row))
      .sort((one, other) => one.at - other.at);
    for (const row of candidates) {
      if (rows <= limits.rows && chars <= limits.chars) return leaving;
      leaving.push(row);
      rows -= 1;
      chars -= charsOf(row.message);
    }
  }
  return leaving;
}

function beyond({ state, isOpen }: TidyContext, chat: Chat, keep: number): readonly RowRecord[] {
  if (isOpen(chat.record.id)) return [];
  return chat.rows.slice(0, -keep).filter((row) => canLeave(state, row));
}

/**
 * A row leaves only when the mailbox has all of it, and when nothing in memory leans on it: an ordinary mail that shows
 * as a card because it answers this row, or a line whose place in time follows from it.
 */
function canLeave(state: ChatState, row: RowRecord): boolean {
  if (row.copies.length === 0 || row.outbox !== undefined || row.collision) return false;
  const { messageId } = row.message;
  if (messageId === undefined) return true;
  for (const id of state.answers.get(messageId) ?? []) {
    const answer = state.rows.get(id);
    if (answer?.card === true || (answer !== undefined && answer.at - row.at < 1)) return false;
  }
  return true;
}

export function charsOf(message: CoiMessage): number {
  if (message.kind !== 'text') return 0;
  return message.text.length + (message.fullText?.length ?? 0) + (message.quote?.length ?? 0);
}

/** Each row with receipts and bounces that are about nothing else. */
export function withServices(
  state: ChatState,
  rows: readonly RowRecord[],
): ReadonlyMap<RowRecord, readonly ServiceRecord[]> {
  const leaving = new Set(rows.map((row) => row.id));
  const taken = new Set<RowId>();
  const isOver = (service: ServiceRecord) =>
    service.about.every((about) => [...(state.byMessageId.get(about) ?? [])].every((id) => leaving.has(id)));
  return new Map(
    rows.map((row) => {
      const { messageId } = row.message;
      const ids = messageId === undefined ? [] : (state.notices.get(messageId) ?? []);
      const services = [...ids].flatMap((id) => {
        const service = state.services.get(id);
        if (service === undefined || taken.has(id) || service.copies.length === 0 || !isOver(service)) return [];
        taken.add(id);
        return service;
      });
      return [row, services];
    }),
  );
}
