/**
 * multipart/report (RFC 6522): receipts (RFC 8098), bounces and delays (RFC 3464), Delta Chat's own reports.
 *
 * `about` names messages; whether they are ours is for others to decide.
 */
import type { ServiceFacts } from './kind.ts';
import type { MessageId } from './message.ts';
import { parseMessageIds } from './message-id.ts';
import { type HeaderBlock, parseFields, readHeaders } from './mime/header-block.ts';
import { bodyOf, type MimePart } from './mime/part.ts';

const RECEIPT_TYPE = 'message/disposition-notification';
const STATUS_TYPES = new Set(['message/delivery-status', 'message/global-delivery-status']);
const RETURNED_TYPES = new Set([
  'message/rfc822',
  'message/global',
  'message/rfc822-headers',
  'message/global-headers',
  'text/rfc822-headers',
]);
/** Delta Chat's reports: never a line. */
const DELTA_REPORTS = new Set(['status-update', 'multi-device-sync']);

/** @returns undefined when the message is no report that we know */
export function readReport(root: MimePart): ServiceFacts | undefined {
  if (root.type === RECEIPT_TYPE) return readReceipt(root, []);
  if (root.type !== 'multipart/report') return undefined;
  const kind = root.parameters.get('report-type')?.toLowerCase() ?? '';
  if (DELTA_REPORTS.has(kind)) return { service: kind, about: [], status: undefined };
  const receipt = root.children.find((part) => part.type === RECEIPT_TYPE);
  if (receipt !== undefined) return readReceipt(receipt, root.children);
  const status = root.children.find((part) => STATUS_TYPES.has(part.type));
  if (status !== undefined) return readDeliveryStatus(status, root.children);
  if (kind !== 'disposition-notification' && kind !== 'delivery-status') return undefined;
  // Cut before the part that says more.
  return { service: kind === 'delivery-status' ? 'delivery' : 'receipt', about: [], status: undefined };
}

/** Only `displayed` proves that somebody read; of other dispositions `about` stays empty, so they change nothing. */
function readReceipt(part: MimePart, siblings: readonly MimePart[]): ServiceFacts {
  const headers = readHeaders(bodyOf(part));
  const disposition = headers.first('disposition')?.toLowerCase() ?? '';
  const isRead = /(?:^|;)\s*(?:displayed|read)\b/.test(disposition);
  const original = headers.first('original-message-id');
  const ids = [
    ...(original === undefined ? returnedIds(siblings) : parseMessageIds(original)),
    ...parseMessageIds(headers.first('additional-message-ids') ?? ''),
  ];
  return { service: 'receipt', about: isRead ? [...new Set(ids)] : [], status: undefined };
}

/**
 * `bounce` when one recipient failed, `delay` when one waits, else `delivery` (relayed, delivered: good news that
 * SMTP told us already).
 */
function readDeliveryStatus(part: MimePart, siblings: readonly MimePart[]): ServiceFacts {
  const recipients = fieldGroups(bodyOf(part)).filter((group) => group.has('action') || group.has('status'));
  const byAction = (action: string) =>
    recipients.find((group) => group.first('action')?.trim().toLowerCase().startsWith(action) === true);
  const failed =
    byAction('failed') ?? recipients.find((group) => !group.has('action') && statusOf(group)?.startsWith('5'));
  const delayed = byAction('delayed');
  const about = returnedIds(siblings);
  if (failed !== undefined) return { service: 'bounce', about, status: statusOf(failed) };
  if (delayed !== undefined) return { service: 'delay', about, status: statusOf(delayed) };
  return { service: 'delivery', about, status: undefined };
}

function statusOf(group: HeaderBlock): string | undefined {
  return /\d\.\d{1,3}\.\d{1,3}/.exec(group.first('status') ?? '')?.[0];
}

/** Message-IDs of the returned message or of its header. */
function returnedIds(parts: readonly MimePart[]): readonly MessageId[] {
  const returned = parts.filter((part) => RETURNED_TYPES.has(part.type));
  return returned.flatMap((part) => parseMessageIds(readHeaders(bodyOf(part)).first('message-id') ?? '').slice(0, 1));
}

const MAX_GROUPS = 500;

/** Groups of fields with empty lines between (RFC 3464 2.1). */
function fieldGroups(bytes: Uint8Array): readonly HeaderBlock[] {
  const groups: HeaderBlock[] = [];
  let start = 0;
  let line = 0;
  while (line < bytes.length && groups.length < MAX_GROUPS) {
    const lf = bytes.indexOf(0x0a, line);
    const end = lf === -1 ? bytes.length : lf;
    const isEmpty = end === line || (end === line + 1 && bytes[line] === 0x0d);
    if (isEmpty) {
      groups.push(parseFields(bytes.subarray(start, line)));
      start = end + 1;
    }
    line = end + 1;
  }
  groups.push(parseFields(bytes.subarray(Math.min(start, bytes.length))));
  return groups;
}
