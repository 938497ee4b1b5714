/**
 * Bounces and receipts: no rows, but they count for rows, also for ones that come later. Which of them are believed is
 * delivery.ts's to judge.
 */
import type { CoiMessage, ServiceMessage } from '@coi-webmail/coi';
import { type ChatState, type CopyRecord, placeKey, type ServiceRecord } from '../state.ts';
import type { RowId } from '../view.ts';
import { parentOf } from './message.ts';
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

/** A line that somebody answered, while a report says that he does not have it. */
export function touchAnswered({ state, touched }: Work, message: CoiMessage): void {
  const parent = parentOf(message);
  if (parent === undefined || !state.notices.has(parent)) return;
  for (const rowId of state.byMessageId.get(parent) ?? []) {
    const row = state.rows.get(rowId);
    if (row?.own === true) touched.row(row.chatId, rowId);
  }
}

function touchAbout({ state, touched }: Pick<Work, 'state' | 'touched'>, record: ServiceRecord): void {
  for (const messageId of record.about) {
    for (const rowId of state.byMessageId.get(messageId) ?? []) {
      const row = state.rows.get(rowId);
      if (row?.own === true) touched.row(row.chatId, rowId);
    }
  }
}
