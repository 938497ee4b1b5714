/** message/delivery-status (RFC 3464): what became of each recipient, as the reporting mail server says it. */
import { parseContactAddress } from './address.ts';
import type { ServiceFacts } from './kind.ts';
import type { ContactAddress, DeliveryReport, MessageId, ReportedRecipient } from './message.ts';
import { parseMessageIds } from './message-id.ts';
import { type HeaderBlock, parseFields } from './mime/header-block.ts';

const MAX_GROUPS = 500;
const ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;

/**
 * `bounce` when one recipient failed, `delay` when one waits, else `delivery` (relayed, delivered: good news that
 * SMTP told us already).
 *
 * @param returned Message-IDs of the returned message or header @param outer header of the report
 */
export function readDeliveryStatus(body: Uint8Array, returned: readonly MessageId[], outer: HeaderBlock): ServiceFacts {
  const groups = fieldGroups(body);
  const named = groups.flatMap((group) => parseMessageIds(group.first('x-original-message-id') ?? '').slice(0, 1));
  const recipients = groups.flatMap((group) => readRecipient(group) ?? []);
  return deliveryFacts(returned.length > 0 ? returned : named, {
    envelopeId: first(groups, (group) => group.first('original-envelope-id')?.trim()),
    nullSender: hasNullSender(outer),
    recipients,
  });
}

/** The service that a report is, with the status of the first recipient that it is about. */
export function deliveryFacts(about: readonly MessageId[], report: DeliveryReport): ServiceFacts {
  const failed = report.recipients.find(({ action }) => action === 'failed');
  const delayed = report.recipients.find(({ action }) => action === 'delayed');
  const service = failed !== undefined ? 'bounce' : delayed !== undefined ? 'delay' : 'delivery';
  return { service, about, status: (failed ?? delayed)?.status, report };
}

/** RFC 5321 4.5.5: what reports a delivery comes from nobody. */
export function hasNullSender(headers: HeaderBlock): boolean {
  return headers.first('return-path')?.replace(/\s/g, '') === '<>';
}

function readRecipient(group: HeaderBlock): ReportedRecipient | undefined {
  if (!group.has('action') && !group.has('status')) return undefined;
  const status = /\d\.\d{1,3}\.\d{1,3}/.exec(group.first('status') ?? '')?.[0];
  const action = actionOf(group.first('action'), status);
  if (action === undefined) return undefined;
  return {
    address: addressOf(group.first('final-recipient')),
    original: addressOf(group.first('original-recipient')),
    action,
    status,
    smtpCode: smtpCodeOf(group.first('diagnostic-code')),
  };
}

function actionOf(written: string | undefined, status: string | undefined): ReportedRecipient['action'] | undefined {
  if (written === undefined) return status?.startsWith('5') === true ? 'failed' : undefined;
  const word = written.trim().toLowerCase();
  return ACTIONS.find((action) => word.startsWith(action));
}

/** `rfc822;bob@example.com`; other types are names of other worlds. */
function addressOf(value: string | undefined): ContactAddress | undefined {
  const [, type, text = ''] = /^([^;]*);(.*)$/.exec(value ?? '') ?? [];
  if (type === undefined || !/^\s*(?:rfc822|utf-8)\s*$/i.test(type)) return undefined;
  return parseContactAddress(text.trim().replace(/^<(.*)>$/, '$1'));
}

/** `smtp; 550 5.1.1 …`, also continued as `550-5.1.1`. */
function smtpCodeOf(value: string | undefined): number | undefined {
  const code = /^\s*smtp\s*;[^0-9]{0,40}([245]\d\d)(?=[\s-]|$)/i.exec(value ?? '')?.[1];
  return code === undefined ? undefined : Number(code);
}

function first<T, V>(items: readonly T[], read: (item: T) => V | undefined): V | undefined {
  for (const item of items) {
    const value = read(item);
    if (value !== undefined) return value;
  }
  return undefined;
}

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
