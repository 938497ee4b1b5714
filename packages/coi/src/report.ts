/**
 * multipart/report (RFC 6522): receipts (RFC 8098), Delta Chat's own reports, and what delivery-status.ts reads.
 *
 * `about` names messages; whether they are ours is for others to decide.
 */
import type { ServiceFacts } from './kind.ts';
import type { MessageId } from './message.ts';
import { parseMessageIds } from './message-id.ts';
import { readDeliveryStatus } from './delivery-status.ts';
import { readHeaders } from './mime/header-block.ts';
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
  if (status !== undefined) return readDeliveryStatus(bodyOf(status), returnedIds(root.children), root.headers);
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

/** Message-IDs of the returned message or of its header. */
function returnedIds(parts: readonly MimePart[]): readonly MessageId[] {
  const returned = parts.filter((part) => RETURNED_TYPES.has(part.type));
  return returned.flatMap((part) => parseMessageIds(readHeaders(bodyOf(part)).first('message-id') ?? '').slice(0, 1));
}
