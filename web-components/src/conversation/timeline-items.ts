/**
 * What stands between and around the rows of a timeline: days, the line above what is new, and which rows open a
 * group (one person, one day, within 5 minutes, nothing between).
 */
import type { RowId, RowView } from '@coi-webmail/chat';
import { dayOf } from '../i18n/format.ts';

const GROUP_GAP_MS = 5 * 60_000;

export interface TimelineItem {
  readonly row: RowView;
  /** Local midnight, when a day begins with this row. */
  readonly day: number | undefined;
  /** The line "New" stands above this row. */
  readonly newLine: boolean;
  /** Opens a group: carries name, avatar and the tail's corner. */
  readonly first: boolean;
}

function continues(row: RowView, before: RowView): boolean {
  return (
    row.own === before.own &&
    row.sender.address === before.sender.address &&
    row.proven === before.proven &&
    row.kind === 'text' &&
    before.kind === 'text' &&
    row.at - before.at <= GROUP_GAP_MS &&
    row.at >= before.at
  );
}

export function timelineItems(rows: readonly RowView[], firstUnread: RowId | undefined): readonly TimelineItem[] {
  return rows.map((row, at) => {
    const before = rows[at - 1];
    const newDay = before === undefined || dayOf(before.at) !== dayOf(row.at);
    const newLine = row.rowId === firstUnread;
    const first = newDay || newLine || before === undefined || !continues(row, before);
    return { row, day: newDay ? dayOf(row.at) : undefined, newLine, first };
  });
}
