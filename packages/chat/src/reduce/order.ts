/**
 * Order of a timeline (design §4.2): the same on every device, whatever arrives first.
 *
 * A row's base time is its Date, clamped by INTERNALDATE and refined by the millisecond counter of our ids.
 * Its order key is at least the base of each line that it answers, plus a step for each generation; looking
 * at the bases of MAX_GENERATIONS ancestors only keeps this finite where a hostile mail answers itself.
 */
import { type MessageId, timeOfMessageId } from '@coi-webmail/coi';
import type { ChatState, RowRecord } from '../state.ts';
import { parentOf } from './message.ts';

/**
 * More than clocks of mail servers and engines are apart. The copies of one line have different INTERNALDATEs, so a
 * clamped line may sort differently on two devices; hence ten minutes, not one.
 */
export const CLAMP_MS = 10 * 60_000;
const FAR_MS = 24 * 3_600_000;
const SECOND_MS = 1000;
/** One part in 1024 of a millisecond: exact in a double for the next centuries. */
const STEP_MS = 1 / 1024;
export const MAX_GENERATIONS = 8;
/** Nobody but somebody who attacks sends more mails under one Message-ID. */
export const MAX_CLAIMANTS = 16;

/** The time that the row itself claims, as far as the server's time allows. */
export function baseTimeOf(row: RowRecord): number {
  const serverAt = row.copies.length > 0 ? earliest(row) : row.laneAt;
  const date = row.message.dateAt;
  if (date === undefined) return serverAt ?? 0;
  if (serverAt !== undefined) {
    if (Math.abs(date - serverAt) > FAR_MS) return serverAt;
    if (date > serverAt + CLAMP_MS) return serverAt + CLAMP_MS;
  }
  return refined(row, date);
}

function earliest(row: RowRecord): number {
  let at = Number.POSITIVE_INFINITY;
  for (const copy of row.copies) at = Math.min(at, copy.internalAt);
  return at;
}

/** Date has seconds only; our ids have milliseconds and a counter, which count within that second. */
function refined(row: RowRecord, date: number): number {
  const time = row.message.messageId === undefined ? undefined : timeOfMessageId(row.message.messageId);
  if (time === undefined) return date;
  const second = Math.floor(date / SECOND_MS);
  if (Math.floor(time.at / SECOND_MS) !== second) return date;
  return time.at + Math.min(time.counter, 1023) * STEP_MS;
}

/** The order key: never before the lines that it answers in the same chat. */
export function orderTimeOf(state: ChatState, row: RowRecord): number {
  let at = baseTimeOf(row);
  let line: RowRecord | undefined = row;
  const seen = new Set([row.id]);
  for (let generation = 1; generation <= MAX_GENERATIONS; generation++) {
    line = parentRow(state, line);
    if (line === undefined || seen.has(line.id)) break;
    seen.add(line.id);
    at = Math.max(at, baseTimeOf(line) + generation * STEP_MS);
  }
  return at;
}

/**
 * The row of the same chat that this one answers; of several under one Message-ID the earliest, so that a mail which
 * copies the id later pushes nothing down.
 */
export function parentRow(state: ChatState, row: RowRecord): RowRecord | undefined {
  let found: RowRecord | undefined;
  for (const candidate of claimantsOf(state, parentOf(row.message))) {
    if (candidate.id === row.id || candidate.chatId !== row.chatId) continue;
    if (found === undefined || isEarlier(candidate, found)) found = candidate;
  }
  return found;
}

/** Rows that have this Message-ID. One that very many claim names none of them. */
export function claimantsOf(state: ChatState, messageId: MessageId | undefined): readonly RowRecord[] {
  const ids = messageId === undefined ? undefined : state.byMessageId.get(messageId);
  if (ids === undefined || ids.size > MAX_CLAIMANTS) return [];
  return [...ids].flatMap((id) => state.rows.get(id) ?? []);
}

function isEarlier(one: RowRecord, other: RowRecord): boolean {
  const [first, second] = [baseTimeOf(one), baseTimeOf(other)];
  return first === second ? one.id < other.id : first < second;
}

export function compareRows(one: RowRecord, other: RowRecord): number {
  return one.at - other.at || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

/** Where the row stands, or would stand, in an ascending list. */
export function positionOf(rows: readonly RowRecord[], row: RowRecord): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareRows(rows[middle] as RowRecord, row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
