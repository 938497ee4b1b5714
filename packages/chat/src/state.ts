/**
 * The state that `reduce` folds events into, and the records that a store keeps of it.
 *
 * The worker is the single writer; `reduce` changes the state in place and says what it touched.
 * A state restored from all its records equals the state that made them.
 */
import type { CoiMessage, ContactAddress, MessageId } from '@coi-webmail/coi';
import type { ChatMarks, CopyRole, OutboxLine, Place } from './event.ts';
import type { ChatId, RowId } from './view.ts';

/** One copy of a message. */
export interface CopyRecord {
  readonly place: Place;
  readonly role: CopyRole;
  readonly flags: readonly string[];
  readonly internalAt: number;
  readonly sizeBytes: number;
  readonly digest: string;
  /** This copy carries `Received` or `Return-Path`. */
  readonly delivered: boolean;
  /** What the configured authserv-id says about the From domain. */
  readonly auth: 'pass' | 'none' | 'fail';
  /** As in CopyFacts. */
  readonly envelopeProven?: true | undefined;
  /** What was read of this copy ends inside its text. Absent = read whole. */
  readonly cut?: true | undefined;
}

/** One row of a timeline as the store keeps it. Plain JSON. */
export interface RowRecord {
  readonly id: RowId;
  readonly chatId: ChatId;
  readonly message: CoiMessage;
  /** Order key, epoch ms (design §4.2 "Order"); with `id` it sorts the timeline. */
  readonly at: number;
  readonly own: boolean;
  /** `refuted`: the mail server says that From is not the sender. */
  readonly proof: 'own' | 'authenticated' | 'unproven' | 'refuted';
  /** Shown as a card of an ordinary mail (design §4.1, "Not transitive"). */
  readonly card: boolean;
  readonly copies: readonly CopyRecord[];
  readonly laneAt: number | undefined;
  readonly missing: boolean;
  readonly collision: boolean;
  readonly outbox: OutboxRecord | undefined;
}

/** How the outbox sees an own line. Never stored with the row: the vault knows better. */
export type OutboxRecord = Pick<
  OutboxLine,
  'delivery' | 'reason' | 'detail' | 'recipients' | 'heldUntil' | 'cancelable' | 'retriable'
>;

/** A chat as the store keeps it: what cannot be derived from its rows. */
export interface ChatRecord {
  readonly id: ChatId;
  readonly kind: 'direct' | 'group';
  /** Names the chat outside this browser; the first one is the chief handle. */
  readonly handles: readonly string[];
  readonly people: readonly ContactAddress[];
  /** Wanted by the user before any line exists. */
  readonly wanted: boolean;
}

/** A message that is no row but still counts: a bounce or receipt about rows that may come later. */
export interface ServiceRecord {
  readonly id: RowId;
  readonly message: CoiMessage;
  readonly copies: readonly CopyRecord[];
  readonly about: readonly MessageId[];
}

/** A chat in memory: its record and what follows from its rows. */
export interface Chat {
  record: ChatRecord;
  /** Visible rows, ascending by (at, id). */
  readonly rows: RowRecord[];
  readonly unread: Set<RowId>;
  /** Visible rows of the user. */
  readonly own: Set<RowId>;
  /** `Chat-Group-Name` of the newest row that has one. */
  name: { readonly text: string; readonly at: number } | undefined;
  /** Older rows that are out of memory; absent = none. */
  shelved?: Shelved | undefined;
}

/** Rows that only the mailbox holds: they are fetched again when somebody scrolls to them. */
export interface Shelved {
  readonly count: number;
  readonly unread: number;
  readonly own: number;
}

/** What mails told about a person. */
export interface PersonFacts {
  readonly name: string;
  readonly nameAt: number;
  /** Has sent a mail with Chat-Version. */
  readonly chat: boolean;
}

/** Everything that `reduce` keeps. Only `reduce` and `restoreState` write it. */
export interface ChatState {
  readonly self: ReadonlySet<string>;
  readonly chats: Map<ChatId, Chat>;
  /** handle -> chat. */
  readonly handles: Map<string, ChatId>;
  readonly rows: Map<RowId, RowRecord>;
  /** identity -> rows; more than one = a collision. */
  readonly identities: Map<RowId, RowId[]>;
  readonly byMessageId: Map<MessageId, Set<RowId>>;
  /** Message-ID -> rows that answer it. */
  readonly answers: Map<MessageId, Set<RowId>>;
  /** `placeKey` -> row. */
  readonly places: Map<string, RowId>;
  readonly services: Map<RowId, ServiceRecord>;
  /** Message-ID -> bounces and receipts about it. */
  readonly notices: Map<MessageId, Set<RowId>>;
  readonly servicePlaces: Map<string, RowId>;
  /** Services that changed since the store last saved them; the store empties it after its commit. */
  readonly changedServices: Set<RowId>;
  readonly people: Map<ContactAddress, PersonFacts>;
  marks: ReadonlyMap<string, ChatMarks>;
  /** Old lines are still to come. */
  isLearning: boolean;
}

/** @param self the account's addresses, lower-case */
export function emptyState(self: Iterable<string>): ChatState {
  return {
    self: new Set(self),
    chats: new Map(),
    handles: new Map(),
    rows: new Map(),
    identities: new Map(),
    byMessageId: new Map(),
    answers: new Map(),
    places: new Map(),
    services: new Map(),
    notices: new Map(),
    servicePlaces: new Map(),
    changedServices: new Set(),
    people: new Map(),
    marks: new Map(),
    isLearning: false,
  };
}

/** Names a place in maps and stores. */
export function placeKey(place: Place): string {
  return `${place.uidValidity}:${place.uid}:${place.mailbox}`;
}
