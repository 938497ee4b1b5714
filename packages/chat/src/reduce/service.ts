/**
 * Bounces and receipts: no rows, but they count for rows, also for ones that come later.
 *
 * A forged one can only touch a line whose Message-ID it names, and those are not guessable.
 */
import type { CoiMessage, ServiceMessage } from '@coi-webmail/coi';
import { type ChatState, type CopyRecord, placeKey, type RowRecord, type ServiceRecord } from '../state.ts';
import type { Delivery, DeliveryReason, RowId } from '../view.ts';
import { participantsOf } from './message.ts';
import { hasFlag, PENDING_KEYWORD } from './proof.ts';
import { addTo, removeFrom, type Work } from './row.ts';

export function addServiceCopy(work: Work, identity: RowId, message: ServiceMessage, copy: CopyRecord): void {
  const known = work.state.services.get(identity);
  writeService(work, {
    id: identity,
    message: known?.message ?? message,
    copies: [...(known?.copies ?? []).filter((other) => placeKey(other.place) !== placeKey(copy.place)), copy],
    about: known?.about ?? message.about,
  });
}

export function writeService({ state, touched }: Work, record: ServiceRecord): void {
  for (const copy of state.services.get(record.id)?.copies ?? []) state.servicePlaces.delete(placeKey(copy.place));
  indexService(state, record);
  state.changedServices.add(record.id);
  touchAbout({ state, touched }, record);
}

export function indexService(state: ChatState, record: ServiceRecord): void {
  state.services.set(record.id, record);
  for (const copy of record.copies) state.servicePlaces.set(placeKey(copy.place), record.id);
  for (const id of record.about) addTo(state.notices, id, record.id);
}

export function removeService({ state, touched }: Work, record: ServiceRecord): void {
  state.services.delete(record.id);
  for (const copy of record.copies) state.servicePlaces.delete(placeKey(copy.place));
  for (const id of record.about) removeFrom(state.notices, id, record.id);
  state.changedServices.add(record.id);
  touchAbout({ state, touched }, record);
}

function touchAbout({ state, touched }: Pick<Work, 'state' | 'touched'>, record: ServiceRecord): void {
  for (const messageId of record.about) {
    for (const rowId of state.byMessageId.get(messageId) ?? []) {
      const row = state.rows.get(rowId);
      if (row?.own === true) touched.row(row.chatId, rowId);
    }
  }
}

export interface DeliveryState {
  readonly delivery: Delivery;
  readonly reason: DeliveryReason | undefined;
  readonly detail: string | undefined;
}

/** Where an own line stands: the mailbox's word over the outbox's, a bounce over both. */
export function deliveryOf(state: ChatState, row: RowRecord): DeliveryState {
  const services = [...(row.message.messageId === undefined ? [] : (state.notices.get(row.message.messageId) ?? []))]
    .sort()
    .flatMap((id) => state.services.get(id)?.message ?? []) as readonly CoiMessage[];
  const notices = services.filter((message) => message.kind === 'service');
  const bounce = notices.find((notice) => notice.service === 'bounce');
  if (bounce !== undefined) return { delivery: 'failed', reason: 'bounced', detail: bounce.status };
  if (row.outbox?.delivery === 'failed') return row.outbox;
  if (isReadByAll(state, row, notices)) return { delivery: 'read', reason: undefined, detail: undefined };
  const accepted = row.copies.some((copy) => !hasFlag(copy, PENDING_KEYWORD));
  if (!accepted) return row.outbox ?? { delivery: 'sending', reason: undefined, detail: undefined };
  const delay = notices.find((notice) => notice.service === 'delay');
  return { delivery: 'sent', reason: delay === undefined ? undefined : 'delayed', detail: delay?.status };
}

function isReadByAll(state: ChatState, row: RowRecord, notices: readonly ServiceMessage[]): boolean {
  const readers = new Set(
    notices.flatMap((notice) => (notice.service === 'receipt' ? (notice.from?.address ?? []) : [])),
  );
  if (readers.size === 0) return false;
  return [...participantsOf(row.message, state.self).keys()].every((address) => readers.has(address));
}
