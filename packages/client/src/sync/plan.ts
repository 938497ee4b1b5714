/** What to do with the answer of `mailbox.sync`. Pure. */
import type { ChatEvent, RowRecord } from '@coi-webmail/chat';
import { type Cursor, MAX_UIDS, MAX_WINDOW_MESSAGES, type Result } from '@coi-webmail/protocol';
import type { MailboxProgress } from '../store/store.ts';
import { UidSet } from './uid-set.ts';

export type SyncAnswer = Result<'mailbox.sync'>;

/** Where sync of one mailbox stands. */
export interface Pending {
  readonly cursor: Cursor;
  /** UIDs below the cursor that are not fetched yet. */
  readonly pending: UidSet;
}

/** UIDs of copies that we know in one mailbox, under one UIDVALIDITY. */
export interface KnownUids {
  has(uid: number): boolean;
  /** Costs a look at every row. */
  all(): Iterable<number>;
}

/** More UIDs than these are not tried one by one. */
const LONG_GAP = 10_000;

export interface MailboxPlan extends Pending {
  /** Facts that need no fetching. */
  readonly events: readonly ChatEvent[];
}

/** @param before undefined on the first sync */
export function planMailbox(
  mailbox: string,
  answer: SyncAnswer,
  known: KnownUids,
  before: Pending | undefined,
): MailboxPlan {
  const { cursor, reset } = answer;
  const { uidValidity } = cursor;
  const events: ChatEvent[] = [];
  if (reset) events.push({ kind: 'mailbox-reset', mailbox });
  const fresh = new Set(answer.fresh);
  const gone = [
    ...(answer.vanished ?? (reset ? [] : missing(() => known.all(), answer.present))),
    ...came(before, cursor, known).filter((uid) => !fresh.has(uid)),
  ];
  if (!reset && gone.length > 0) events.push({ kind: 'copies-gone', mailbox, uidValidity, uids: gone });
  if (answer.flags.length > 0) events.push({ kind: 'flags-changed', mailbox, uidValidity, changes: answer.flags });
  const pending = new UidSet(reset ? [] : (before?.pending.toRanges() ?? []));
  // Also those that came by an event: nobody told of their flags since.
  for (const uid of fresh) pending.add(uid);
  for (const uid of gone) pending.delete(uid);
  // What vanished before it was fetched.
  if (!reset) for (const uid of missing(() => pending.newest(pending.size), answer.present)) pending.delete(uid);
  return { events, cursor, pending };
}

/** Copies above the cursor that came by events: the server's word on changes is about those below. */
function came(before: Pending | undefined, { uidValidity, uidNext }: Cursor, known: KnownUids): readonly number[] {
  if (before === undefined || before.cursor.uidValidity !== uidValidity) return [];
  const from = before.cursor.uidNext;
  const uids =
    uidNext - from > LONG_GAP ? [...known.all()] : Array.from({ length: uidNext - from }, (_, at) => from + at);
  return uids.filter((uid) => uid >= from && uid < uidNext && known.has(uid));
}

/** A list as long as the wire allows says nothing of what is older than its first. */
function missing(known: () => Iterable<number>, present: readonly number[] | null): readonly number[] {
  if (present === null) return [];
  const there = new Set(present);
  const floor = present.length < MAX_UIDS ? 0 : (present[0] ?? 0);
  return [...known()].filter((uid) => uid >= floor && !there.has(uid));
}

/**
 * What an earlier worker left. A new one reads what that one could not, because its reader of HTML was gone: once.
 */
export function resumed(
  progress: ReadonlyMap<string, MailboxProgress>,
  rows: Iterable<RowRecord>,
): Map<string, Pending> {
  const all = new Map(
    [...progress].map(([mailbox, { cursor, pending }]) => [mailbox, { cursor, pending: new UidSet(pending) }]),
  );
  for (const { message, copies } of rows) {
    if (message.kind !== 'text' || message.htmlUnread !== true) continue;
    for (const { place } of copies) {
      const one = all.get(place.mailbox);
      if (one?.cursor.uidValidity === place.uidValidity) one.pending.add(place.uid);
    }
  }
  return all;
}

export function progressOf(all: ReadonlyMap<string, Pending>): Map<string, MailboxProgress> {
  return new Map([...all].map(([mailbox, { cursor, pending }]) => [mailbox, { cursor, pending: pending.toRanges() }]));
}

/** The next window, newest first; small at the very start, so that the first screen comes soon. */
export function windowSize(isFirst: boolean): number {
  return isFirst ? MAX_WINDOW_MESSAGES / 2 : MAX_WINDOW_MESSAGES;
}
