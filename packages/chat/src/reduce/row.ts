/** The one place that writes rows and keeps every index true. */
import type { CoiMessage, MessageId } from '@coi-webmail/coi';
import { type Chat, type ChatState, placeKey, type RowRecord } from '../state.ts';
import type { RowId } from '../view.ts';
import { type Env, placeOf } from './chat.ts';
import { learnFrom, type Stale, tellsTheSame, unlearnFrom } from './follow.ts';
import { idsOf, parentOf } from './message.ts';
import { baseTimeOf, MAX_CLAIMANTS, MAX_GENERATIONS, orderTimeOf, positionOf } from './order.ts';
import { hasFlag, isOwn, PENDING_KEYWORD, proofOf } from './proof.ts';
import type { Touched } from './touch.ts';

export interface Work {
  readonly state: ChatState;
  readonly env: Env;
  readonly touched: Touched;
  readonly stale: Stale;
  /** Identities whose rows may have to be ranked again. */
  readonly unranked: Set<RowId>;
}

/** Copies in Junk and Blocked, and those of lines that were taken back, count for no timeline. */
export function isVisible(row: RowRecord): boolean {
  if (row.outbox !== undefined) return true;
  if (row.copies.length === 0) return true;
  return row.copies.some((copy) => copy.role !== 'junk' && copy.role !== 'blocked' && !isTakenBack(copy));
}

/** The pending copy of a cancelled line, where the server lets us remove no single message (no UIDPLUS). */
function isTakenBack(copy: RowRecord['copies'][number]): boolean {
  return hasFlag(copy, PENDING_KEYWORD) && hasFlag(copy, '\\Deleted');
}

/** Nothing holds the row any more: it leaves when a pass over all mailboxes ends. */
export function isOrphan(row: RowRecord): boolean {
  return row.copies.length === 0 && row.laneAt === undefined && row.outbox === undefined;
}

/**
 * A store keeps the row: all but lines that only the outbox holds, which are the vault's. A row that waits for its copy
 * to turn up elsewhere is kept too, since others may stand behind it.
 */
export function isStored(row: RowRecord): boolean {
  return row.copies.length > 0 || row.laneAt !== undefined || row.outbox === undefined;
}

export function isUnread(row: RowRecord): boolean {
  return !row.own && !row.copies.some((copy) => hasFlag(copy, '\\Seen'));
}

/** Works out everything that follows from message, copies, lane and outbox, and writes the row. */
export function settleRow(work: Work, row: RowRecord): void {
  const before = work.state.rows.get(row.id);
  const written = derive(work, row);
  writeRow(work, written);
  const isNews =
    before === undefined ||
    before.message !== written.message ||
    before.chatId !== written.chatId ||
    before.card !== written.card ||
    baseTimeOf(before) !== baseTimeOf(written);
  if (isNews) settleAnswers(work, written.message);
}

function derive({ state, env }: Work, row: RowRecord): RowRecord {
  const place = placeOf(state, row, env);
  const placed: RowRecord = { ...row, ...place, own: isOwn(row, state.self), proof: proofOf(row, state.self) };
  return { ...placed, at: orderTimeOf(state, placed) };
}

/**
 * Lines that answer a changed row may have to move: in time, or into its chat.
 *
 * An id is visited again only with more generations left to look at, or after a line moved to another chat, which an id
 * may cause so often and no more: a circle of answers comes to rest.
 */
function settleAnswers(work: Work, message: CoiMessage): void {
  const { state } = work;
  const visited = new Map<MessageId, number>();
  const moves = new Map<MessageId, number>();
  const waiting: [MessageId, number][] = [];
  const follow = (ids: readonly MessageId[], generations: number) => {
    for (const id of ids) {
      if (generations <= (visited.get(id) ?? 0)) continue;
      visited.set(id, generations);
      waiting.push([id, generations]);
    }
  };
  follow(idsOf(message), MAX_GENERATIONS);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [messageId, generations] = next;
    if ((state.byMessageId.get(messageId)?.size ?? 0) > MAX_CLAIMANTS + 1) continue;
    for (const id of state.answers.get(messageId) ?? []) {
      const answer = state.rows.get(id);
      if (answer === undefined) continue;
      const again = derive(work, answer);
      const isMoved = again.chatId !== answer.chatId || again.card !== answer.card;
      if (isMoved || again.at !== answer.at) writeRow(work, again);
      const moved = moves.get(messageId) ?? 0;
      const isAnew = isMoved && moved < MAX_GENERATIONS;
      if (isAnew) {
        moves.set(messageId, moved + 1);
        visited.clear();
      }
      follow(idsOf(again.message), isAnew ? MAX_GENERATIONS : generations - 1);
    }
  }
}

export function writeRow({ state, touched, stale, unranked }: Work, row: RowRecord): void {
  const before = state.rows.get(row.id);
  if (before !== undefined) {
    unlist(state, before);
    if (isVisible(before) && !(isVisible(row) && tellsTheSame(before, row))) unlearnFrom(state, before, stale);
    for (const copy of before.copies) state.places.delete(placeKey(copy.place));
    if (before.message !== row.message) unindexMessage(state, before);
    if (before.chatId !== row.chatId) touched.removed(before.chatId, before.id);
  }
  indexRow(state, row, stale);
  if ((state.identities.get(identityOfRow(row.id))?.length ?? 0) > 1) unranked.add(identityOfRow(row.id));
  touched.row(row.chatId, row.id);
}

/**
 * Puts a row that is right already into every index.
 *
 * @param stale undefined while a state is restored
 */
export function indexRow(state: ChatState, row: RowRecord, stale?: Stale): void {
  state.rows.set(row.id, row);
  for (const copy of row.copies) state.places.set(placeKey(copy.place), row.id);
  for (const id of idsOf(row.message)) addTo(state.byMessageId, id, row.id);
  const parent = parentOf(row.message);
  if (parent !== undefined) addTo(state.answers, parent, row.id);
  const group = state.identities.get(identityOfRow(row.id)) ?? [];
  if (!group.includes(row.id)) state.identities.set(identityOfRow(row.id), [...group, row.id]);
  const chat = state.chats.get(row.chatId);
  if (chat === undefined || !isVisible(row)) return;
  list(chat, row);
  learnFrom(state, row, stale);
}

function unindexMessage(state: ChatState, row: RowRecord): void {
  for (const id of idsOf(row.message)) removeFrom(state.byMessageId, id, row.id);
  const parent = parentOf(row.message);
  if (parent !== undefined) removeFrom(state.answers, parent, row.id);
}

function list(chat: Chat, row: RowRecord): void {
  chat.rows.splice(positionOf(chat.rows, row), 0, row);
  if (row.own) chat.own.add(row.id);
  if (isUnread(row)) chat.unread.add(row.id);
}

function unlist(state: ChatState, row: RowRecord): void {
  const chat = state.chats.get(row.chatId);
  if (chat === undefined) return;
  const at = positionOf(chat.rows, row);
  if (chat.rows[at]?.id === row.id) chat.rows.splice(at, 1);
  chat.own.delete(row.id);
  chat.unread.delete(row.id);
}

/** Nothing holds the row any more: what it told of people goes, and lines that answer it may move. */
export function removeRow(work: Work, row: RowRecord): void {
  if (isVisible(row)) unlearnFrom(work.state, row, work.stale);
  const left = unindexRow(work, row);
  if (left > 0) work.unranked.add(identityOfRow(row.id));
  settleAnswers(work, row.message);
}

/** The row leaves memory while its mails stay: what it told stands, and so do the lines that answer it. */
export function forgetRow(work: Work, row: RowRecord): void {
  unindexRow(work, row);
}

/** @returns how many rows its identity still has */
function unindexRow({ state, touched }: Work, row: RowRecord): number {
  unlist(state, row);
  for (const copy of row.copies) state.places.delete(placeKey(copy.place));
  state.rows.delete(row.id);
  unindexMessage(state, row);
  const identity = identityOfRow(row.id);
  const left = (state.identities.get(identity) ?? []).filter((id) => id !== row.id);
  if (left.length === 0) state.identities.delete(identity);
  else state.identities.set(identity, left);
  touched.removed(row.chatId, row.id);
  return left.length;
}

const VARIANT_MARK = '\u001F';

/** Row ids of further bodies under one identity carry a name of their content behind the identity. */
export function variantId(identity: RowId, name: string): RowId {
  return `${identity}${VARIANT_MARK}${name}` as RowId;
}

export function identityOfRow(id: RowId): RowId {
  const at = id.indexOf(VARIANT_MARK);
  return at < 0 ? id : (id.slice(0, at) as RowId);
}

export function addTo<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const set = index.get(key);
  if (set === undefined) index.set(key, new Set([value]));
  else set.add(value);
}

export function removeFrom<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const set = index.get(key);
  set?.delete(value);
  if (set?.size === 0) index.delete(key);
}
