/**
 * One identity, one row; two different bodies under one identity, two rows with a warning (design §4.2).
 *
 * The row that keeps the plain identity as its id is the user's own one, else the one delivered first by
 * INTERNALDATE, which no sender can choose. A later body never takes its place.
 */
import type { CoiMessage } from '@coi-webmail/coi';
import type { CopyRecord, RowRecord } from '../state.ts';
import type { ChatId, RowId } from '../view.ts';
import { contentName, isSameContent } from './message.ts';
import { isOwn, isOwnCopy } from './proof.ts';
import { removeRow, settleRow, variantId, type Work } from './row.ts';

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
    const copies = [...row.copies, copy];
    const says = row.copies.length === 0 || isBetter(message, copy, row) ? message : row.message;
    settleRow(work, { ...row, message: says, copies, laneAt: undefined, missing: false });
  }
  rankRows(work, identity);
}

/** The mailbox's word replaces what the fast lane or the outbox said before. */
function isReplacedBy({ state }: Work, row: RowRecord, message: CoiMessage, copy: CopyRecord): boolean {
  if (row.copies.length > 0) return false;
  if (row.outbox !== undefined) return isOwnCopy(message, copy, state.self);
  return row.laneAt !== undefined;
}

/** The message of a row is a complete copy's, and of those the earliest one's. */
function isBetter(message: CoiMessage, copy: CopyRecord, row: RowRecord): boolean {
  const cut = (each: CoiMessage) => each.kind === 'text' && each.truncated;
  if (cut(message) !== cut(row.message)) return !cut(message);
  return row.copies.every((other) => isBefore(copy, other));
}

function isBefore(one: CopyRecord, other: CopyRecord): boolean {
  if (one.internalAt !== other.internalAt) return one.internalAt < other.internalAt;
  if (one.place.mailbox !== other.place.mailbox) return one.place.mailbox < other.place.mailbox;
  return one.place.uid < other.place.uid;
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
  const first = rows.reduce((best, row) => (standsBefore(work, row, best) ? row : best));
  const holder = work.state.rows.get(identity);
  if (holder !== undefined && holder !== first) {
    renameRow(work, holder, freeId(work, identity, holder.message), true);
  }
  if (first.id !== identity) renameRow(work, first, identity, true);
  for (const row of rowsOf(work, identity)) if (!row.collision) settleRow(work, { ...row, collision: true });
}

function standsBefore({ state }: Work, one: RowRecord, other: RowRecord): boolean {
  const [oneOwn, otherOwn] = [isOwn(one, state.self), isOwn(other, state.self)];
  if (oneOwn !== otherOwn) return oneOwn;
  const first = (row: RowRecord) => Math.min(...row.copies.map((copy) => copy.internalAt));
  return (
    first(one) - first(other) < 0 ||
    (first(one) === first(other) && contentName(one.message) < contentName(other.message))
  );
}

function renameRow(work: Work, row: RowRecord, id: RowId, collision: boolean): void {
  if (row.id === id) {
    settleRow(work, { ...row, collision });
    return;
  }
  removeRow(work, row);
  settleRow(work, { ...row, id, collision });
}
