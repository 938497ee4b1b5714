/**
 * Where an own line stands, and who of several recipients does not get it: the mailbox's word over the outbox's, what
 * delivery reports say over both, and what a recipient did over what was reported of him.
 *
 * A report counts when it answers our submission (it names the line's ENVID) or was delivered as reports are, from
 * nobody, and is about somebody whom the line went to. All else changes nothing.
 */
import type { ContactAddress, MessageId, ReportedRecipient, ServiceMessage } from '@coi-webmail/coi';
import type { OutboxRecipients } from '../event.ts';
import type { ChatState, CopyRecord, RowRecord, ServiceRecord } from '../state.ts';
import type { Delivery, DeliveryReason } from '../view.ts';
import { hasFlag, PENDING_KEYWORD } from './proof.ts';
import { refusalDetail, refusalReason } from './refusal.ts';

export interface DeliveryState {
  readonly delivery: Delivery;
  readonly reason: DeliveryReason | undefined;
  readonly detail: string | undefined;
}

type Refused = OutboxRecipients['refused'][number];

export function deliveryOf(state: ChatState, row: RowRecord): DeliveryState {
  const fates = fatesOf(state, row);
  const refused = refusedOf(row, fates);
  const left = fates.recipients.filter((address) => !refused.some((each) => each.address === address));
  const [first] = refused;
  if (first !== undefined && left.length === 0) {
    const isOne = refused.every(({ reason }) => reason === first.reason);
    return { delivery: 'failed', reason: isOne ? first.reason : 'bounced', detail: first.detail };
  }
  if (row.outbox?.delivery === 'failed') return row.outbox;
  if (left.length > 0 && left.every((address) => fates.readers.has(address))) return standing('read');
  const isAccepted = row.copies.some((copy) => !hasFlag(copy, PENDING_KEYWORD));
  if (!isAccepted) return row.outbox ?? standing('sending');
  const delayed = left.flatMap((address) => fates.delayed.get(address) ?? [])[0];
  if (delayed === undefined) return standing('sent');
  return { delivery: 'sent', reason: 'delayed', detail: refusalDetail(delayed.status, delayed.smtpCode) };
}

/** Undefined when there is nothing to tell of single recipients. */
export function recipientsOf(state: ChatState, row: RowRecord): OutboxRecipients | undefined {
  const fates = fatesOf(state, row);
  const refused = refusedOf(row, fates);
  const told = row.outbox?.recipients;
  if (refused.length === 0) return told;
  const total = Math.max(told?.total ?? 0, fates.recipients.length);
  return total < 2 ? told : { total, done: told?.done ?? total, refused };
}

interface Fates {
  /** Everyone whom the message names, but for the user, unless it goes to nobody else. */
  readonly recipients: readonly ContactAddress[];
  readonly failed: ReadonlyMap<ContactAddress, ReportedRecipient>;
  readonly delayed: ReadonlyMap<ContactAddress, ReportedRecipient>;
  readonly readers: ReadonlySet<ContactAddress>;
}

function fatesOf(state: ChatState, row: RowRecord): Fates {
  const recipients = recipientsIn(state, row);
  const services = noticesOf(state, row);
  const readers = new Set(
    services.flatMap(({ message }) => (message.service === 'receipt' ? (message.from?.address ?? []) : [])),
  );
  const failed = new Map<ContactAddress, ReportedRecipient>();
  const delayed = new Map<ContactAddress, ReportedRecipient>();
  const over = new Set<ContactAddress>();
  const witnesses = new Set([...readers, ...answerersOf(state, row)]);
  for (const service of services) {
    for (const [address, reported] of reportedIn(service, recipients)) {
      if (witnesses.has(address)) continue;
      if (reported.action === 'delayed') delayed.set(address, reported);
      else over.add(address);
      if (reported.action === 'failed') failed.set(address, reported);
    }
  }
  // Good news may be about one of several ways to him: it ends a delay, but no failure.
  for (const address of over) delayed.delete(address);
  return { recipients, failed, delayed, readers };
}

/** Whom a report is about, of those whom the line went to. */
function reportedIn(
  service: ServiceRecord & { readonly message: ServiceMessage },
  recipients: readonly ContactAddress[],
): readonly (readonly [ContactAddress, ReportedRecipient])[] {
  const { report } = service.message;
  const trust = trustOf(service);
  if (report === undefined || trust === 'none') return [];
  return report.recipients.flatMap((reported) => {
    const named = [reported.original, reported.address].find(
      (address) => address !== undefined && recipients.includes(address),
    );
    if (named !== undefined) return [[named, reported] as const];
    if (trust === 'delivered') return [];
    // It answers our submission, and an alias hides whom it is about.
    const [only] = recipients;
    const stranger = recipients.length === 1 ? only : reported.action === 'failed' ? reported.address : undefined;
    return stranger === undefined ? [] : [[stranger, reported] as const];
  });
}

function trustOf({
  message,
  copies,
}: ServiceRecord & { readonly message: ServiceMessage }): 'proven' | 'delivered' | 'none' {
  if (copies.some(({ envelopeProven }) => envelopeProven === true)) return 'proven';
  const isDelivered = ({ role, delivered, auth }: CopyRecord) =>
    delivered && auth !== 'fail' && role !== 'junk' && role !== 'blocked';
  return message.report?.nullSender === true && copies.some(isDelivered) ? 'delivered' : 'none';
}

/** Refused at once, as the outbox knows, or later, in the order of the message. */
function refusedOf({ outbox }: RowRecord, { recipients, failed }: Fates): readonly Refused[] {
  const atOnce = outbox?.recipients?.refused ?? [];
  const later = [...failed].flatMap(([address, { status, smtpCode }]) =>
    atOnce.some((each) => each.address === address)
      ? []
      : [{ address, reason: refusalReason(status, smtpCode), detail: refusalDetail(status, smtpCode) }],
  );
  const rank = ({ address }: Refused) =>
    (recipients.indexOf(address) + recipients.length + 1) % (recipients.length + 1);
  return [...atOnce, ...later].sort((one, other) => rank(one) - rank(other) || (one.address < other.address ? -1 : 1));
}

function recipientsIn(state: ChatState, { message }: RowRecord): readonly ContactAddress[] {
  const all = [...new Set([...message.to, ...message.cc].map(({ address }) => address))];
  const others = all.filter((address) => !state.self.has(address));
  return others.length > 0 ? others : all;
}

function idsOf({ message }: RowRecord): readonly MessageId[] {
  return [message.messageId, message.rewrittenId].filter((id) => id !== undefined);
}

/** In a fixed order, so that it does not matter which came first. */
function noticesOf(
  state: ChatState,
  row: RowRecord,
): readonly (ServiceRecord & { readonly message: ServiceMessage })[] {
  const ids = new Set(idsOf(row).flatMap((id) => [...(state.notices.get(id) ?? [])]));
  return [...ids].sort().flatMap((id) => {
    const record = state.services.get(id);
    if (record === undefined || record.message.kind !== 'service') return [];
    return [{ ...record, message: record.message }];
  });
}

/** Who answered the line has it. */
function answerersOf(state: ChatState, row: RowRecord): readonly ContactAddress[] {
  const answers = idsOf(row).flatMap((id) => [...(state.answers.get(id) ?? [])]);
  return answers.flatMap((id) => {
    const answer = state.rows.get(id);
    return answer === undefined || answer.own || answer.proof === 'refuted' ? [] : (answer.message.from?.address ?? []);
  });
}

function standing(delivery: Delivery): DeliveryState {
  return { delivery, reason: undefined, detail: undefined };
}
