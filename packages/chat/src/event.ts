/**
 * The only way chat state changes. Events are facts; `reduce` is deterministic and, for facts from the mailbox,
 * order-insensitive: IMAP delivers out of order and devices must agree.
 */
import type { CoiMessage, ContactAddress, MessageId } from '@coi-webmail/coi';
import type { Shelved } from './state.ts';
import type { ChatId, Delivery, DeliveryReason, RowId } from './view.ts';

/** Where one copy of a message lies. `key` forms: see `placeKey`. */
export interface Place {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly uid: number;
}

export type CopyRole = 'inbox' | 'chats' | 'sent' | 'junk' | 'blocked' | 'other';

/** What the server tells of a copy, beside its bytes. */
export interface CopyFacts {
  readonly place: Place;
  readonly role: CopyRole;
  /** IMAP flags and keywords as the server spells them. */
  readonly flags: readonly string[];
  /** INTERNALDATE, epoch ms. */
  readonly internalAt: number;
  readonly sizeBytes: number;
  /** SHA-256 hex of the bytes that were read: two different bodies under one identity. */
  readonly digest: string;
  /** authserv-id whose Authentication-Results prove a sender; undefined = none does. */
  readonly authservId: string | undefined;
  /**
   * A delivery report that names the ENVID which the account gave the line it is about: it answers our submission and
   * is no forgery. The client checks it, because the ENVID is a secret. Absent = not proven.
   */
  readonly envelopeProven?: true | undefined;
}

/** One line of ours before (and until) the mailbox shows it. Kept in the vault. */
export interface OutboxLine {
  readonly rowId: RowId;
  readonly chatId: ChatId;
  readonly messageId: MessageId;
  readonly message: CoiMessage;
  /** Server time as the client stamped it. */
  readonly createdAt: number;
  readonly delivery: Delivery;
  readonly reason: DeliveryReason | undefined;
  /** SMTP code and the like. */
  readonly detail: string | undefined;
  /** As {@link RecipientsView}, by address; undefined = nothing to tell. */
  readonly recipients?: OutboxRecipients | undefined;
  readonly heldUntil?: number | undefined;
  /** Nothing of it may have left yet, or the user may give it up. */
  readonly cancelable?: boolean | undefined;
  /** Those who did not get it can be tried again. */
  readonly retriable?: boolean | undefined;
}

export interface OutboxRecipients {
  readonly total: number;
  readonly done: number;
  readonly refused: readonly {
    readonly address: ContactAddress;
    readonly reason: DeliveryReason;
    readonly detail: string | undefined;
  }[];
}

/** Synced per-chat marks, named by handle (`address:bob@…`, `group:<id>`, `people:a,b`), never by local id. */
export interface ChatMarks {
  readonly accepted?: boolean | undefined;
  readonly blocked?: boolean | undefined;
  readonly muted?: boolean | undefined;
  readonly pinned?: boolean | undefined;
  readonly archived?: boolean | undefined;
}

export type ChatEvent =
  | { readonly kind: 'copy-seen'; readonly identity: RowId; readonly message: CoiMessage; readonly facts: CopyFacts }
  | {
      readonly kind: 'copies-gone';
      readonly mailbox: string;
      readonly uidValidity: string;
      readonly uids: readonly number[];
    }
  | { readonly kind: 'copy-moved'; readonly from: Place; readonly to: Place; readonly role: CopyRole }
  | {
      readonly kind: 'flags-changed';
      readonly mailbox: string;
      readonly uidValidity: string;
      readonly changes: readonly { readonly uid: number; readonly flags: readonly string[] }[];
    }
  /** UIDVALIDITY changed: all places in this mailbox are void. */
  | { readonly kind: 'mailbox-reset'; readonly mailbox: string }
  /** Old lines are still to come: until a pass is completed nobody knows to whom the user wrote before. */
  | { readonly kind: 'backlog-found' }
  /** A pass over all watched mailboxes ended: rows without any copy leave now, not before (design §4.2). */
  | { readonly kind: 'pass-completed' }
  | { readonly kind: 'lane-seen'; readonly identity: RowId; readonly message: CoiMessage; readonly acceptedAt: number }
  /**
   * Rows and services leave memory; their mails stay where they are. `shelved` tells what the chats named there have out
   * of memory then.
   */
  | {
      readonly kind: 'rows-shelved';
      readonly rows: readonly RowId[];
      readonly services: readonly RowId[];
      readonly shelved: ReadonlyMap<ChatId, Shelved>;
    }
  /** Time went by: lane rows older than 20 s without a copy become `missing`. */
  | { readonly kind: 'time-passed'; readonly now: number }
  | { readonly kind: 'outbox-changed'; readonly line: OutboxLine }
  | { readonly kind: 'outbox-removed'; readonly rowId: RowId }
  /** The user asked for a chat with these people; makes it if there is none. */
  | { readonly kind: 'chat-wanted'; readonly chatId: ChatId; readonly people: readonly ContactAddress[] }
  | { readonly kind: 'marks-changed'; readonly marks: ReadonlyMap<string, ChatMarks> };

/** What a reduction touched; the client persists and publishes exactly this. */
export interface Change {
  readonly chatId: ChatId;
  readonly rowIds: readonly RowId[];
  readonly removed: readonly RowId[];
  /** The chat's own view (title, last line, unread) may differ. */
  readonly chat: boolean;
}
