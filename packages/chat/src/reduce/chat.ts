/**
 * Which chat a message belongs to. Chats are found by handles (`group:<id>`, `address:<a>`, `people:<a>,<b>`);
 * their ids are local and opaque (design §4.8).
 */
import type { CoiMessage, ContactAddress } from '@coi-webmail/coi';
import type { Chat, ChatRecord, ChatState, RowRecord } from '../state.ts';
import type { ChatId } from '../view.ts';
import { bareSubject, isFromSelf, parentOf, participantsOf } from './message.ts';
import { claimantsOf, MAX_GENERATIONS } from './order.ts';

/** More recipients than this make an ordinary mail a card, not a line. */
const MANY_PEOPLE = 20;
/** Stands for a sender whom the mail does not name. */
const NOBODY = 'unknown@invalid' as ContactAddress;

export interface Env {
  /** A random id that no chat has. */
  newChatId(): ChatId;
}

export interface Room {
  readonly handle: string;
  readonly kind: ChatRecord['kind'];
  readonly people: readonly ContactAddress[];
}

export function roomOfPeople(addresses: readonly ContactAddress[]): Room {
  const people = [...new Set(addresses)].sort();
  const first = people[0];
  if (people.length === 1 && first !== undefined) return { handle: `address:${first}`, kind: 'direct', people };
  return { handle: `people:${people.join(',')}`, kind: 'group', people };
}

export function roomOf(message: CoiMessage, self: ReadonlySet<string>): Room {
  const people = [...participantsOf(message, self).keys()].sort();
  if (message.groupId !== undefined) return { handle: `group:${message.groupId}`, kind: 'group', people };
  const recipients = [...message.to, ...message.cc];
  if (people.length === 0) return roomOfPeople([message.from?.address ?? NOBODY]);
  const toAlias =
    message.from !== undefined &&
    !isFromSelf(message, self) &&
    recipients.length === 1 &&
    !recipients.some((person) => self.has(person.address));
  // Delivered to us though the one recipient is an address that we do not know as ours: an alias.
  if (toAlias && message.from !== undefined) return roomOfPeople([message.from.address]);
  return roomOfPeople(people);
}

export function ensureChat(state: ChatState, room: Room, env: Env): Chat {
  const known = state.handles.get(room.handle);
  const chat = known === undefined ? undefined : state.chats.get(known);
  return (
    chat ??
    addChat(state, { id: env.newChatId(), kind: room.kind, handles: [room.handle], people: room.people, wanted: false })
  );
}

export function addChat(state: ChatState, record: ChatRecord): Chat {
  const chat: Chat = { record, rows: [], unread: new Set(), own: new Set(), name: undefined };
  state.chats.set(record.id, chat);
  for (const handle of record.handles) state.handles.set(handle, record.id);
  return chat;
}

/** The chat of a row, and whether it shows there as a card. */
export function placeOf(
  state: ChatState,
  row: Pick<RowRecord, 'id' | 'message'>,
  env: Env,
): { readonly chatId: ChatId; readonly card: boolean } {
  const parent = answeredRow(state, row);
  if (parent !== undefined && isCard(state, row.message, parent)) return { chatId: parent.chatId, card: true };
  const chat = ensureChat(state, roomOf(row.message, state.self), env);
  return {
    chatId: chat.record.id,
    card: participantsOf(row.message, state.self).size > MANY_PEOPLE && isMail(row.message),
  };
}

/**
 * The row that a message answers. Anybody can send a mail under a known id: it counts only where the writer takes part
 * in its conversation, and not where the answers go round in a circle.
 */
function answeredRow(state: ChatState, row: Pick<RowRecord, 'id' | 'message'>): RowRecord | undefined {
  const found = parentIn(state, row);
  if (found === undefined || found.card) return undefined;
  let ancestor: RowRecord | undefined = found;
  for (let generation = 0; ancestor !== undefined && generation < MAX_GENERATIONS; generation++) {
    if (ancestor.id === row.id) return undefined;
    ancestor = parentIn(state, ancestor);
  }
  return found;
}

function parentIn(state: ChatState, row: Pick<RowRecord, 'id' | 'message'>): RowRecord | undefined {
  let found: RowRecord | undefined;
  for (const candidate of claimantsOf(state, parentOf(row.message))) {
    if (candidate.id === row.id || !takesPart(state, row.message, candidate)) continue;
    if (found === undefined || candidate.id < found.id) found = candidate;
  }
  return found;
}

function takesPart(state: ChatState, message: CoiMessage, parent: RowRecord): boolean {
  const members = participantsOf(parent.message, state.self);
  if (!isFromSelf(message, state.self)) return message.from !== undefined && members.has(message.from.address);
  return members.size === 0 || [...participantsOf(message, state.self).keys()].some((address) => members.has(address));
}

function isMail(message: CoiMessage): boolean {
  return message.chatVersion === undefined;
}

/** A reply to a line that brings in outsiders with a new subject or attachments, or has many recipients. */
function isCard(state: ChatState, message: CoiMessage, parent: RowRecord): boolean {
  if (!isMail(message) || message.groupId !== undefined) return false;
  const members = participantsOf(parent.message, state.self);
  const people = participantsOf(message, state.self);
  if (people.size > MANY_PEOPLE) return true;
  if (![...people.keys()].some((address) => !members.has(address))) return false;
  const files = message.kind === 'text' && message.attachments.length > 0;
  return files || bareSubject(message.subject) !== bareSubject(parent.message.subject);
}
