/**
 * What the screen shows: plain values made by `select/`, carried over Comlink, drawn by web-components.
 * Nothing in here is interpreted again above this package.
 */
import type { Brand } from '@coi-webmail/base';

/** Opaque and local to this browser: a random 32-bit number, never derived from a handle (design §4.8). */
export type ChatId = Brand<number, 'ChatId'>;

/** Identity of a timeline row: (Message-ID, From, signer) of design §4.2, as one opaque string. */
export type RowId = Brand<string, 'RowId'>;

/** Where an own line stands. `unknown` = no reply after the final dot (design §4.4, 5). */
export type Delivery = 'queued' | 'sending' | 'sent' | 'read' | 'failed' | 'unknown';

/** Why a line failed or waits, as a code that the UI puts into words. */
export type DeliveryReason =
  | 'offline'
  | 'engine-unreachable'
  | 'mail-server-down'
  | 'recipient-unknown'
  | 'recipient-full'
  | 'refused'
  | 'too-large'
  | 'limit-reached'
  | 'sender-refused'
  | 'signed-out'
  | 'bounced'
  | 'delayed'
  | 'too-old'
  | 'unknown-outcome';

/** How far a line with several recipients came. */
export interface RecipientsView {
  readonly total: number;
  /** Recipients that the mail server answered for, while the line goes out in several transactions. */
  readonly done: number;
  readonly refused: readonly RefusedRecipient[];
}

/** Who does not get a line that others got: refused at once, or bounced later. */
export interface RefusedRecipient {
  readonly person: PersonView;
  readonly reason: DeliveryReason;
  /** SMTP code and status, for example `550 5.1.1`. */
  readonly detail: string | undefined;
}

export interface PersonView {
  /** Lower-case address. */
  readonly address: string;
  /** Display name, or the address when there is none. */
  readonly name: string;
  /** Own name: show "You". */
  readonly self: boolean;
  /** 1..8: which avatar colour, derived from the address. */
  readonly color: number;
  /** One or two letters. */
  readonly initials: string;
  /** `chat`: has sent a Chat-Version mail. `legacy`: only ever used ordinary mail. */
  readonly dialect: 'chat' | 'legacy';
}

export interface ChatView {
  readonly chatId: ChatId;
  readonly kind: 'direct' | 'group';
  readonly title: string;
  /** Everyone but the user. */
  readonly people: readonly PersonView[];
  readonly color: number;
  readonly initials: string;
  readonly last: LastLine | undefined;
  readonly unreadCount: number;
  /** The draft's first line; '' = none. */
  readonly draft: string;
  /** The sender is neither written to before nor accepted: waits for Accept (design §4.3, features 2.16). */
  readonly request: boolean;
  readonly blocked: boolean;
  readonly muted: boolean;
  readonly pinned: boolean;
  readonly archived: boolean;
  /** Sort key, epoch ms. */
  readonly activeAt: number;
}

/** Second line of a list row. */
export interface LastLine {
  readonly kind: 'text' | 'attachment' | 'mail' | 'unreadable';
  /** At most 140 characters, one line. For `attachment` its file name. */
  readonly text: string;
  readonly own: boolean;
  /** First name of the sender, in groups. */
  readonly sender: string;
  readonly at: number;
  readonly delivery: Delivery | undefined;
}

export interface AttachmentView {
  readonly part: string;
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  /** Relative to the engine's base URL; undefined while the line is provisional. */
  readonly url: string | undefined;
}

export interface RowView {
  readonly rowId: RowId;
  readonly at: number;
  readonly own: boolean;
  readonly sender: PersonView;
  /** False: "sender not proven" (design §4.1 Own, Proof). Always true for own lines. */
  readonly proven: boolean;
  readonly kind: 'text' | 'mail' | 'unreadable';
  /** Subject, for `mail` cards and for a first mail that has one. */
  readonly subject: string;
  readonly text: string;
  /** 1-3 emoji and nothing else. */
  readonly emojiOnly: boolean;
  readonly quote: QuoteView | undefined;
  /** Something was folded away; ask `fullText`. */
  readonly folded: boolean;
  readonly attachments: readonly AttachmentView[];
  /** The text is without its HTML, whose reader could not be loaded; `fullText` tries again. Absent = read. */
  readonly htmlUnread?: true | undefined;
  readonly unreadableReason: 'encrypted' | 'empty' | 'malformed' | 'too-deep' | undefined;
  readonly delivery: Delivery | undefined;
  readonly deliveryReason: DeliveryReason | undefined;
  /** SMTP code and the like for the details view; no sentence of a server. */
  readonly deliveryDetail: string | undefined;
  /** Undefined when there is nothing to tell beyond `delivery`. */
  readonly recipients: RecipientsView | undefined;
  /** The line waits until then before it goes out and can be undone; epoch ms of this machine's clock. */
  readonly heldUntil: number | undefined;
  /** `discard` may still succeed. */
  readonly cancelable: boolean;
  /** Failed, or went out and was refused for some: can be tried again for those who do not have it. */
  readonly retriable: boolean;
  /** `lane`: seen on the fast lane, mail copy awaited. `missing`: no copy after 20 s. */
  readonly provisional: 'lane' | 'missing' | undefined;
  /** Two different bodies under one identity. */
  readonly collision: boolean;
  readonly unread: boolean;
  /** Where the original lies, for "open original mail". */
  readonly place: { readonly mailbox: string; readonly uid: number } | undefined;
  /** RFC 5322 msg-id, for replies. */
  readonly messageId: string | undefined;
}

export interface QuoteView {
  readonly text: string;
  readonly author: string;
  readonly rowId: RowId | undefined;
}

/** A window of one chat, oldest first. */
export interface TimelineView {
  readonly chat: ChatView;
  readonly rows: readonly RowView[];
  /** There are older rows in the store. */
  readonly hasOlder: boolean;
  /** Older mail is still being fetched from the server. */
  readonly loadingOlder: boolean;
  /** First row of the unread block as it was when the chat was opened. */
  readonly firstUnread: RowId | undefined;
}
