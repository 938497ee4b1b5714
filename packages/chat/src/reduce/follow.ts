/**
 * What follows from the rows that are there: members and name of a group, names and dialect of people. A row that
 * leaves or changes takes back what it told, so that history does not matter and a cold start says the same.
 */
import type { ContactAddress } from '@coi-webmail/coi';
import type { Chat, ChatState, PersonFacts, RowRecord } from '../state.ts';
import type { ChatId } from '../view.ts';
import { isFromSelf, participantsOf } from './message.ts';

/** What one event left to be worked out again when it is folded. */
export class Stale {
  readonly groups = new Set<ChatId>();
  readonly people = new Set<ContactAddress>();
  /** Facts of people before the event. */
  readonly before = new Map<ContactAddress, PersonFacts | undefined>();
}

/** What a row tells of one person. */
interface Told {
  readonly address: ContactAddress;
  readonly name: string;
  readonly at: number;
  readonly chat: boolean;
}

function toldBy(state: ChatState, row: RowRecord): readonly Told[] {
  const { from, to, cc, chatVersion } = row.message;
  const sender =
    from === undefined || row.proof === 'refuted'
      ? []
      : [{ ...from, at: row.at, chat: chatVersion !== undefined && !isFromSelf(row.message, state.self) }];
  // What a third person calls somebody counts only until they say it themselves.
  return [...sender, ...[...to, ...cc].map((person) => ({ ...person, at: Number.NEGATIVE_INFINITY, chat: false }))];
}

/** The row tells what it told before. */
export function tellsTheSame(one: RowRecord, other: RowRecord): boolean {
  return (
    one.message === other.message &&
    one.at === other.at &&
    one.chatId === other.chatId &&
    one.card === other.card &&
    (one.proof === 'refuted') === (other.proof === 'refuted')
  );
}

/** A row is listed. */
export function learnFrom(state: ChatState, row: RowRecord, stale: Stale | undefined): void {
  if (row.message.groupId !== undefined) stale?.groups.add(row.chatId);
  for (const told of toldBy(state, row)) {
    const known = state.people.get(told.address);
    const facts = learned(known, told);
    if (facts === known) continue;
    if (stale !== undefined && !stale.before.has(told.address)) stale.before.set(told.address, known);
    state.people.set(told.address, facts);
  }
}

/** A row is listed no more. */
export function unlearnFrom(state: ChatState, row: RowRecord, stale: Stale): void {
  if (row.message.groupId !== undefined) stale.groups.add(row.chatId);
  for (const told of toldBy(state, row)) {
    const known = state.people.get(told.address);
    // Only who told what counts can take it back.
    if (known === undefined || (!told.chat && (known.nameAt !== told.at || known.name !== told.name))) continue;
    if (!stale.before.has(told.address)) stale.before.set(told.address, known);
    stale.people.add(told.address);
  }
}

/** The newest name counts, of two at one time the first by letter. Returns `known` itself when nothing is new. */
function learned(known: PersonFacts | undefined, told: Told): PersonFacts {
  if (known === undefined) return { name: told.name, nameAt: nameTime(told), chat: told.chat };
  const isNewer =
    told.name !== '' &&
    (known.name === '' || told.at > known.nameAt || (told.at === known.nameAt && told.name < known.name));
  if (!isNewer && (known.chat || !told.chat)) return known;
  return {
    name: isNewer ? told.name : known.name,
    nameAt: isNewer ? told.at : known.nameAt,
    chat: told.chat || known.chat,
  };
}

function nameTime({ name, at }: Told): number {
  return name === '' ? Number.NEGATIVE_INFINITY : at;
}

/** Works out again what the event left stale. @returns chats that may look different */
export function refollow(state: ChatState, stale: Stale): Set<ChatId> {
  const changed = new Set<ChatId>();
  for (const id of stale.groups) {
    const chat = state.chats.get(id);
    if (chat !== undefined && followGroup(state, chat)) changed.add(id);
  }
  relearn(state, stale.people);
  for (const [address, before] of stale.before) {
    const after = state.people.get(address);
    if (before?.name === after?.name && before?.chat === after?.chat) continue;
    for (const chat of state.chats.values()) if (shows(chat, address)) changed.add(chat.record.id);
  }
  return changed;
}

function shows(chat: Chat, address: ContactAddress): boolean {
  return chat.record.people.includes(address) || chat.rows.at(-1)?.message.from?.address === address;
}

/** One pass over all rows, for any number of people. */
function relearn(state: ChatState, people: ReadonlySet<ContactAddress>): void {
  if (people.size === 0) return;
  // Lines that are out of memory may have told of them.
  if ([...state.chats.values()].some((chat) => chat.shelved !== undefined)) return;
  for (const address of people) state.people.delete(address);
  for (const chat of state.chats.values()) {
    for (const row of chat.rows) {
      for (const told of toldBy(state, row)) {
        if (people.has(told.address)) state.people.set(told.address, learned(state.people.get(told.address), told));
      }
    }
  }
}

/**
 * Members and name of a group follow its newest rows.
 *
 * @returns whether they changed
 */
export function followGroup(state: ChatState, chat: Chat): boolean {
  const newest = chat.rows.findLast(isGroupLine);
  const named = chat.rows.findLast((row) => isGroupLine(row) && (row.message.groupName ?? '') !== '');
  const name = named?.message.groupName;
  const before = chat.name?.text;
  // A line that is out of memory may have told it.
  if (named === undefined && chat.shelved !== undefined) return false;
  chat.name = name === undefined || named === undefined ? undefined : { text: name, at: named.at };
  if (newest === undefined) return before !== name;
  const people = [...participantsOf(newest.message, state.self).keys()].sort();
  if (people.join() === chat.record.people.join()) return before !== name;
  chat.record = { ...chat.record, people };
  return true;
}

function isGroupLine(row: RowRecord): boolean {
  return row.message.groupId !== undefined && !row.card;
}
