/** What there is to say and to do about the way of a line, beyond the mark in its bubble. Pure. */
import type { RowView } from '@coi-webmail/chat';

/**
 * | news | the line |
 * |---|---|
 * | held | waits a few seconds and can be undone |
 * | waits | is queued; can be cancelled while `cancelable` |
 * | progress | goes out in several transactions |
 * | slow | was accepted, and the other server is slow |
 * | partly | reached some; the others are named |
 * | failed | was refused, for a reason |
 * | came-back | was accepted and bounced |
 * | too-old | waited for days and asks before it goes out |
 * | unknown | may not have arrived |
 * | missing | came over the fast lane and never as mail |
 */
export type DeliveryNews =
  | 'held'
  | 'waits'
  | 'progress'
  | 'slow'
  | 'partly'
  | 'failed'
  | 'came-back'
  | 'too-old'
  | 'unknown'
  | 'missing';

export function deliveryNews(row: RowView): DeliveryNews | undefined {
  const { own, delivery, deliveryReason, recipients, heldUntil, provisional } = row;
  if (!own) return provisional === 'missing' ? 'missing' : undefined;
  const refusedCount = recipients?.refused.length ?? 0;
  if (recipients !== undefined && refusedCount > 0 && refusedCount < recipients.total) return 'partly';
  switch (delivery) {
    case 'failed':
      return deliveryReason === 'too-old' ? 'too-old' : deliveryReason === 'bounced' ? 'came-back' : 'failed';
    case 'unknown':
      return 'unknown';
    case 'queued':
    case 'sending':
      if (recipients !== undefined && recipients.done < recipients.total) return 'progress';
      if (delivery === 'queued') return heldUntil === undefined ? 'waits' : 'held';
      return undefined;
    case 'sent':
      return deliveryReason === undefined ? undefined : 'slow';
    default:
      return undefined;
  }
}

/** The newest own line that `discard` can still take back before it goes out. */
export function undoableRow(rows: readonly RowView[]): RowView | undefined {
  return rows.findLast((row) => row.own && row.cancelable && row.heldUntil !== undefined && row.delivery === 'queued');
}

/**
 * When a held line goes out. A clock may be set, or be another one than that of whoever held the line: a time that
 * cannot be right counts from when the line was first seen.
 *
 * @param seenAt epoch ms
 * @param longestMs how long lines are held at most
 */
export function goesOutAt(heldUntil: number, seenAt: number, longestMs: number): number {
  const left = heldUntil - seenAt;
  return left > 0 && left <= longestMs ? heldUntil : seenAt + longestMs;
}
