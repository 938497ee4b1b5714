/**
 * One identity, one row; two different bodies under one identity, two rows with a warning (design §4.2).
 *
 * The row that keeps the plain identity as its id is the user's own one, else the one delivered first by
 * INTERNALDATE, which no sender can choose. A later body never takes its place.
 */
import type { CoiMessage } from '@coi-webmail/coi';
import { type CopyRecord, placeKey, type RowRecord } from '../state.ts';
import type { ChatId, RowId } from '../view.ts';
import { contentName, isSameContent } from './message.ts';
import { isOwn, isOwnCopy } from './proof.ts';
import { isOrphan, removeRow, settleRow, variantId, type Work } from './row.ts';

export function rowsOf({ state }: Work, identity: RowId): RowRecord[] {
  return (state.identities.get(identity) ?? []).flatMap((id) => state.rows.get(id) ?? []);
}

/** A row before anything is known of it but its message. */
export function blankRow(id: RowId, message: CoiMessage): RowRecord {
  return {
    id,
    chatId: 0 as ChatId,
    message,
    at: 0,
    own: false,
    proof: 'unproven',
    card: false,
    copies: [],
    laneAt: undefined,
    missing: false,
    collision: false,
    outbox: undefined,
  };
}

export function addCopy(work: Work, identity: RowId, message: CoiMessage, copy: CopyRecord): void {
  const rows = rowsOf(work, identity);
  const same = rows.find((row) => isSameContent(row.message, message));
  const row = same ?? rows.find((candidate) => isReplacedBy(work, candidate, message, copy));
  if (row === undefined) {
    const id = rows.length === 0 ? identity : freeId(work, identity, message);
    settleRow(work, { ...blankRow(id, message), copies: [copy] });
  } else {
    const copies = [...row.copies, copy].sort(compareCopies);
    const says = chiefOf(copies) === copy ? message : row.message;
    settleRow(work, { ...row, message: says, copies, laneAt: undefined, missing: false });
  }
}

/** The row that an outbox line belongs to: the one it made, else one that says the same, else one of the user's. */
export function rowOfOutbox({ state }: Work, rows: readonly RowRecord[], message: CoiMessage): RowRecord | undefined {
  return (
    rows.find((row) => row.outbox !== undefined) ??
    rows.find((row) => isSameContent(row.message, message)) ??
    rows.find((row) => isOwn(row, state.self))
  );
}

/** The mailbox's word replaces what the fast lane or the outbox said before. */
function isReplacedBy({ state }: Work, row: RowRecord, message: CoiMessage, copy: CopyRecord): boolean {
  if (row.copies.length > 0) return false;
  if (row.outbox !== undefined) return isOwnCopy(message, copy, state.self);
  return row.laneAt !== undefined;
}

/** The copy that gives a row its message: of those that were read whole the earliest one, else the earliest. */
export function chiefOf(copies: readonly CopyRecord[]): CopyRecord | undefined {
  return copies.find((copy) => copy.cut !== true) ?? copies[0];
}

/** Copies of a row in the one order that all devices agree on: the earliest first. */
export function compareCopies(one: CopyRecord, other: CopyRecord): number {
  if (one.internalAt !== other.internalAt) return one.internalAt - other.internalAt;
  const [first, second] = [placeKey(one.place), placeKey(other.place)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function freeId({ state }: Work, identity: RowId, message: CoiMessage): RowId {
  const name = contentName(message);
  for (let count = 0; ; count++) {
    const id = variantId(identity, count === 0 ? name : `${name}.${count}`);
    if (!state.rows.has(id)) return id;
  }
}

/** Gives the plain identity to the row that stands, and a warning to all when there are several. */
export function rankRows(work: Work, identity: RowId): void {
  const rows = rowsOf(work, identity);
  if (rows.length < 2) {
    const only = rows[0];
    if (only !== undefined && (only.collision || only.id !== identity)) renameRow(work, only, identity, false);
    return;
  }
  // A row that waits for its copy to turn up elsewhere has no time to be ranked by.
  if (rows.some(isOrphan)) return;
  const first = rows.reduce((best, row) => (standsBefore(work, row, best) ? row : best));
  const holder = work.state.rows.get(identity);
  if (holder !== undefined && holder !== first) {
    renameRow(work, holder, freeId(work, identity, holder.message), true);
  }
  if (first.id !== identity) renameRow(work, first, identity, true);
  for (const row of rowsOf(work, identity)) if (!row.collision) renameRow(work, row, row.id, true);
}

function standsBefore({ state }: Work, one: RowRecord, other: RowRecord): boolean {
  const [oneOwn, otherOwn] = [isOwn(one, state.self), isOwn(other, state.self)];
  if (oneOwn !== otherOwn) return oneOwn;
  const [first, second] = [one, other].map((row) => row.copies[0]?.internalAt ?? Number.POSITIVE_INFINITY);
  if (first !== second) return (first ?? 0) < (second ?? 0);
  return contentName(one.message) < contentName(other.message);
}

function renameRow(work: Work, row: RowRecord, id: RowId, collision: boolean): void {
  // Another row's new name may have moved this one meanwhile.
  const present = work.state.rows.get(row.id) ?? row;
  if (row.id !== id) removeRow(work, present);
  settleRow(work, { ...present, id, collision });
}
