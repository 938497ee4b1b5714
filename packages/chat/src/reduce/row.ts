/** The one place that writes rows and keeps every index true. */
import type { MessageId } from '@coi-webmail/coi';
import { type Chat, type ChatState, placeKey, type RowRecord } from '../state.ts';
import type { RowId } from '../view.ts';
import { type Env, followPeople, followRow, placeOf } from './chat.ts';
import { parentOf } from './message.ts';
import { MAX_GENERATIONS, orderTimeOf, positionOf } from './order.ts';
import { hasFlag, isOwn, proofOf } from './proof.ts';
import type { Touched } from './touch.ts';

export interface Work {
  readonly state: ChatState;
  readonly env: Env;
  readonly touched: Touched;
}

/** Copies in Junk and Blocked count for no timeline. */
export function isVisible(row: RowRecord): boolean {
  if (row.outbox !== undefined) return true;
  if (row.copies.length === 0) return true;
  return row.copies.some((copy) => copy.role !== 'junk' && copy.role !== 'blocked');
}

/** Nothing holds the row any more: it leaves when a pass over all mailboxes ends. */
export function isOrphan(row: RowRecord): boolean {
  return row.copies.length === 0 && row.laneAt === undefined && row.outbox === undefined;
}

export function isUnread(row: RowRecord): boolean {
  return !row.own && !row.copies.some((copy) => hasFlag(copy, '\\Seen'));
}

/** Works out everything that follows from message, copies, lane and outbox, and writes the row. */
export function settleRow(work: Work, row: RowRecord): void {
  const before = work.state.rows.get(row.id);
  const written = derive(work, row);
  writeRow(work, written);
  if (before === undefined || before.at !== written.at || before.chatId !== written.chatId) {
    settleAnswers(work, written.message.messageId, MAX_GENERATIONS);
  }
}

function derive({ state, env }: Work, row: RowRecord): RowRecord {
  const place = placeOf(state, row, env);
  const placed: RowRecord = { ...row, ...place, own: isOwn(row, state.self), proof: proofOf(row, state.self) };
  return { ...placed, at: orderTimeOf(state, placed) };
}

/** Lines that answer a changed row may have to move: in time, or into its chat. */
function settleAnswers(work: Work, messageId: MessageId | undefined, generations: number): void {
  if (messageId === undefined || generations === 0) return;
  for (const id of work.state.answers.get(messageId) ?? []) {
    const answer = work.state.rows.get(id);
    if (answer === undefined) continue;
    const again = derive(work, answer);
    if (again.at !== answer.at || again.chatId !== answer.chatId || again.card !== answer.card) writeRow(work, again);
    if (again.message.messageId !== messageId) settleAnswers(work, again.message.messageId, generations - 1);
  }
}

export function writeRow({ state, touched }: Work, row: RowRecord): void {
  const before = state.rows.get(row.id);
  if (before !== undefined) {
    unlist(state, before);
    for (const copy of before.copies) state.places.delete(placeKey(copy.place));
    if (before.chatId !== row.chatId) touched.removed(before.chatId, before.id);
  }
  indexRow(state, row);
  touched.row(row.chatId, row.id);
}

/** Puts a row that is right already into every index. */
export function indexRow(state: ChatState, row: RowRecord): void {
  state.rows.set(row.id, row);
  for (const copy of row.copies) state.places.set(placeKey(copy.place), row.id);
  const { messageId } = row.message;
  if (messageId !== undefined) addTo(state.byMessageId, messageId, row.id);
  const parent = parentOf(row.message);
  if (parent !== undefined) addTo(state.answers, parent, row.id);
  const group = state.identities.get(identityOfRow(row.id)) ?? [];
  if (!group.includes(row.id)) state.identities.set(identityOfRow(row.id), [...group, row.id]);
  const chat = state.chats.get(row.chatId);
  if (chat !== undefined && isVisible(row)) list(state, chat, row);
}

function list(state: ChatState, chat: Chat, row: RowRecord): void {
  chat.rows.splice(positionOf(chat.rows, row), 0, row);
  if (row.own) chat.own.add(row.id);
  if (isUnread(row)) chat.unread.add(row.id);
  followRow(state, chat, row);
  followPeople(state, row);
}

function unlist(state: ChatState, row: RowRecord): void {
  const chat = state.chats.get(row.chatId);
  if (chat === undefined) return;
  const at = positionOf(chat.rows, row);
  if (chat.rows[at]?.id === row.id) chat.rows.splice(at, 1);
  chat.own.delete(row.id);
  chat.unread.delete(row.id);
}

export function removeRow(work: Work, row: RowRecord): void {
  const { state, touched } = work;
  unlist(state, row);
  for (const copy of row.copies) state.places.delete(placeKey(copy.place));
  state.rows.delete(row.id);
  const { messageId } = row.message;
  if (messageId !== undefined) removeFrom(state.byMessageId, messageId, row.id);
  const parent = parentOf(row.message);
  if (parent !== undefined) removeFrom(state.answers, parent, row.id);
  const identity = identityOfRow(row.id);
  const left = (state.identities.get(identity) ?? []).filter((id) => id !== row.id);
  if (left.length === 0) state.identities.delete(identity);
  else state.identities.set(identity, left);
  touched.removed(row.chatId, row.id);
  if (messageId !== undefined) settleAnswers(work, messageId, MAX_GENERATIONS);
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
