/** Facts from the mailbox: copies come, go, move and change flags. */
import type { CopyFacts, CopyRole, Place } from '../event.ts';
import type { CoiMessage } from '@coi-webmail/coi';
import { type CopyRecord, placeKey } from '../state.ts';
import type { RowId } from '../view.ts';
import { addCopy, compareCopies } from './identity.ts';
import { isRequest } from './marks.ts';
import { isCut, isHtmlUnread, isSameContent } from './message.ts';
import { authOf } from './proof.ts';
import { identityOfRow, isOrphan, removeRow, settleRow, type Work } from './row.ts';
import { addServiceCopy, removeService, touchAnswered, writeService } from './service.ts';

export function seeCopy(work: Work, identity: RowId, message: CoiMessage, facts: CopyFacts): void {
  const copy: CopyRecord = {
    place: facts.place,
    role: facts.role,
    flags: facts.flags,
    internalAt: facts.internalAt,
    sizeBytes: facts.sizeBytes,
    digest: facts.digest,
    delivered: message.delivered,
    auth: authOf(message, facts.authservId),
    ...(isCut(message) ? { cut: true as const } : {}),
    ...(facts.envelopeProven === undefined ? {} : { envelopeProven: facts.envelopeProven }),
  };
  const key = placeKey(facts.place);
  if (changeCopy(work, key, () => copy)) return completeRow(work, key, message);
  if (message.kind === 'service') addServiceCopy(work, identity, message, copy);
  else addCopy(work, identity, message, copy);
  touchAnswered(work, message);
}

/** The same copy told again, and now it says more. */
function completeRow(work: Work, key: string, message: CoiMessage): void {
  const row = work.state.rows.get(work.state.places.get(key) ?? ('' as RowId));
  if (row === undefined || !isSameContent(row.message, message)) return;
  const isMore = isCut(row.message) && !isCut(message);
  if (isMore || (isHtmlUnread(row.message) && !isHtmlUnread(message))) settleRow(work, { ...row, message });
}

/**
 * Rewrites (or, by undefined, drops) the copy at a place.
 * @returns false when nothing is known of that place
 */
function changeCopy(work: Work, key: string, change: (copy: CopyRecord) => CopyRecord | undefined): boolean {
  const { state } = work;
  const edit = (copies: readonly CopyRecord[]) =>
    copies.flatMap((copy) => (placeKey(copy.place) === key ? (change(copy) ?? []) : copy)).sort(compareCopies);
  const row = state.rows.get(state.places.get(key) ?? ('' as RowId));
  if (row !== undefined) {
    const copies = edit(row.copies);
    if (!isSame(copies, row.copies)) settleRow(work, { ...row, copies });
    return true;
  }
  const service = state.services.get(state.servicePlaces.get(key) ?? ('' as RowId));
  if (service === undefined) return false;
  const copies = edit(service.copies);
  if (!isSame(copies, service.copies)) writeService(work, { ...service, copies });
  return true;
}

function isSame(one: readonly CopyRecord[], other: readonly CopyRecord[]): boolean {
  return one.length === other.length && one.every((copy, at) => JSON.stringify(copy) === JSON.stringify(other[at]));
}

export function dropCopies(work: Work, mailbox: string, uidValidity: string, uids: readonly number[]): void {
  for (const uid of uids) changeCopy(work, placeKey({ mailbox, uidValidity, uid }), () => undefined);
}

export function moveCopy(work: Work, from: Place, to: Place, role: CopyRole): void {
  const target = placeKey(to);
  const known = work.state.places.has(target) || work.state.servicePlaces.has(target);
  changeCopy(work, placeKey(from), (copy) => (known ? undefined : { ...copy, place: to, role }));
}

export function changeFlags(
  work: Work,
  mailbox: string,
  uidValidity: string,
  changes: readonly { readonly uid: number; readonly flags: readonly string[] }[],
): void {
  for (const { uid, flags } of changes) {
    changeCopy(work, placeKey({ mailbox, uidValidity, uid }), (copy) => ({ ...copy, flags }));
  }
}

export function resetMailbox(work: Work, mailbox: string): void {
  const { rows, services } = work.state;
  const places = [...rows.values(), ...services.values()]
    .flatMap((record) => record.copies.map((copy) => copy.place))
    .filter((place) => place.mailbox === mailbox);
  for (const place of places) changeCopy(work, placeKey(place), () => undefined);
}

/** Rows and services without any copy leave now. */
function endLearning({ state, touched }: Work): void {
  if (!state.isLearning) return;
  state.isLearning = false;
  for (const chat of state.chats.values()) if (isRequest(state, chat)) touched.chat(chat.record.id);
}

export function completePass(work: Work): void {
  endLearning(work);
  for (const row of work.state.rows.values()) {
    if (isOrphan(row)) removeRow(work, row);
    // The other body under its identity may have left while nobody looked.
    else if (row.collision || row.id !== identityOfRow(row.id)) work.unranked.add(identityOfRow(row.id));
  }
  for (const service of work.state.services.values()) {
    if (service.copies.length === 0) removeService(work, service);
  }
}
