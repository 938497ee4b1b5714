/** What to do with the answer of `mailbox.sync`. Pure. */
import type { ChatEvent, RowRecord } from '@coi-webmail/chat';
import { MAX_WINDOW_MESSAGES, type Result } from '@coi-webmail/protocol';
import type { MailboxProgress } from '../store/store.ts';

export type SyncAnswer = Result<'mailbox.sync'>;

export interface MailboxPlan {
  /** Facts that need no fetching. */
  readonly events: readonly ChatEvent[];
  readonly progress: MailboxProgress;
}

/**
 * @param known UIDs of copies in this mailbox, under the answer's UIDVALIDITY
 * @param before undefined on the first sync
 */
export function planMailbox(
  mailbox: string,
  answer: SyncAnswer,
  known: ReadonlySet<number>,
  before: MailboxProgress | undefined,
): MailboxPlan {
  const { uidValidity } = answer.cursor;
  const events: ChatEvent[] = [];
  if (answer.reset) events.push({ kind: 'mailbox-reset', mailbox });
  const gone = answer.vanished ?? missing(known, answer.present);
  if (!answer.reset && gone.length > 0) events.push({ kind: 'copies-gone', mailbox, uidValidity, uids: gone });
  if (answer.flags.length > 0) events.push({ kind: 'flags-changed', mailbox, uidValidity, changes: answer.flags });
  const pending = new Set(answer.reset ? [] : (before?.pending ?? []));
  for (const uid of answer.fresh) if (answer.reset || !known.has(uid)) pending.add(uid);
  for (const uid of gone) pending.delete(uid);
  return { events, progress: { cursor: answer.cursor, pending: [...pending] } };
}

/** A new worker reads what an earlier one could not, because its reader of HTML was gone: once. */
export function withUnread(
  progress: ReadonlyMap<string, MailboxProgress>,
  rows: Iterable<RowRecord>,
): Map<string, MailboxProgress> {
  const all = new Map(progress);
  for (const { message, copies } of rows) {
    if (message.kind !== 'text' || message.htmlUnread !== true) continue;
    for (const { place } of copies) {
      const one = all.get(place.mailbox);
      if (one?.cursor.uidValidity !== place.uidValidity || one.pending.includes(place.uid)) continue;
      all.set(place.mailbox, { ...one, pending: [...one.pending, place.uid] });
    }
  }
  return all;
}

function missing(known: ReadonlySet<number>, present: readonly number[] | null): readonly number[] {
  if (present === null) return [];
  const there = new Set(present);
  return [...known].filter((uid) => !there.has(uid));
}

/** The next window, newest first; small at the very start, so that the first screen comes soon. */
export function nextWindow(pending: readonly number[], isFirst: boolean): readonly number[] {
  const size = isFirst ? MAX_WINDOW_MESSAGES / 4 : MAX_WINDOW_MESSAGES;
  return [...pending].sort((one, other) => other - one).slice(0, size);
}

/** The mailbox whose window comes next: the one with most left, so that all get done at about the same time. */
export function nextMailbox(progress: ReadonlyMap<string, MailboxProgress>): string | undefined {
  let best: string | undefined;
  let most = 0;
  for (const [mailbox, { pending }] of progress) {
    if (pending.length <= most) continue;
    most = pending.length;
    best = mailbox;
  }
  return best;
}
