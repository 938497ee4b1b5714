/** A row in words: what a screen reader says of it, and what a notice of new lines says. */
import type { RowView } from '@coi-webmail/chat';
import { formatTime } from '../i18n/format.ts';
import { words } from '../i18n/words.ts';

const LONGEST_SUMMARY = 300;

export function unreadableTitle({ unreadableReason }: RowView): string {
  return unreadableReason === 'empty' ? words.emptyTitle() : words.unreadableTitle();
}

export function rowText(row: RowView): string {
  if (row.kind === 'unreadable') return unreadableTitle(row);
  if (row.htmlUnread === true && row.text === '') return words.htmlUnread();
  const files = row.attachments.map(({ name }) => name || words.attachment()).join(', ');
  const text = [row.kind === 'mail' ? row.subject || words.noSubject() : '', row.text, files]
    .filter((part) => part !== '')
    .join(', ');
  return text.length > LONGEST_SUMMARY ? `${text.slice(0, LONGEST_SUMMARY)}…` : text;
}

export function rowMark(row: RowView): string {
  if (!row.own) return row.unread ? words.unread() : row.proven ? '' : words.notProven();
  if (row.delivery === 'queued' && row.heldUntil !== undefined) return words.held();
  return row.delivery === undefined ? '' : words[row.delivery]();
}

/** “Bob, 14:05, See you at six, read” */
export function rowSummary(row: RowView): string {
  const sender = row.own ? words.you() : row.sender.name;
  return words.summary(sender, formatTime(row.at), rowText(row), rowMark(row)).replace(/, $/u, '');
}
