/** Lines before the mailbox has them: ours in the outbox, theirs on the fast lane (design §4.3, §4.4). */
import type { CoiMessage } from '@coi-webmail/coi';
import type { OutboxLine } from '../event.ts';
import type { RowId } from '../view.ts';
import { blankRow, rankRows, rowOfOutbox, rowsOf } from './identity.ts';
import { isOrphan, removeRow, settleRow, type Work } from './row.ts';

/** After this long without a copy a lane line is "not in your mailbox". */
export const LANE_WAIT_MS = 20_000;

export function seeLane(work: Work, identity: RowId, message: CoiMessage, acceptedAt: number): void {
  if (message.kind === 'service') return;
  // Any copy wins, also one in Junk.
  if (rowsOf(work, identity).length > 0) return;
  settleRow(work, { ...blankRow(identity, message), laneAt: acceptedAt });
}

export function passTime(work: Work, now: number): void {
  for (const row of work.state.rows.values()) {
    if (row.laneAt === undefined || row.missing || row.copies.length > 0) continue;
    if (now - row.laneAt > LANE_WAIT_MS) settleRow(work, { ...row, missing: true });
  }
}

export function changeOutbox(work: Work, line: OutboxLine): void {
  const { delivery, reason, detail, recipients, heldUntil, cancelable, retriable } = line;
  const outbox = { delivery, reason, detail, recipients, heldUntil, cancelable, retriable };
  const rows = rowsOf(work, line.rowId);
  const row = rowOfOutbox(work, rows, line.message);
  settleRow(work, { ...(row ?? newRow(work, line)), outbox });
  rankRows(work, line.rowId);
}

function newRow({ state }: Work, line: OutboxLine) {
  const taken = state.rows.has(line.rowId);
  return blankRow(taken ? (`${line.rowId}\u001Fown` as RowId) : line.rowId, line.message);
}

export function removeOutbox(work: Work, rowId: RowId): void {
  const row = rowsOf(work, rowId).find((each) => each.outbox !== undefined);
  if (row === undefined) return;
  const left = { ...row, outbox: undefined };
  if (isOrphan(left)) removeRow(work, row);
  else settleRow(work, left);
  rankRows(work, rowId);
}
