/**
 * What one mail says, once its bytes are understood: the contract between `decode` and everybody above.
 *
 * A CoiMessage is a plain value. It knows nothing of mailboxes, flags or trust: those come beside it
 * (`CopyFacts` in packages/chat).
 */
import type { Brand } from '@coi-webmail/base';

/** RFC 5322 msg-id without angle brackets, white space removed, case kept. */
export type MessageId = Brand<string, 'MessageId'>;

/** A bare address, `local@domain`, lower-cased, at most 254 octets. */
export type ContactAddress = Brand<string, 'ContactAddress'>;

/** An address with the display name its writer gave it ('' = none). */
export interface Mailbox {
  readonly address: ContactAddress;
  readonly name: string;
}

/** A part that can be fetched by number (`2.1`, RFC 3501 section numbers). */
export interface AttachmentPart {
  readonly part: string;
  /** File name as a person may see it: no path, no control characters; '' = none. */
  readonly name: string;
  /** Lower-case media type, `application/octet-stream` when unknown. */
  readonly type: string;
  /** Decoded size in octets, estimated when only a prefix was read. */
  readonly sizeBytes: number;
  /** `Content-Disposition: inline`. */
  readonly inline: boolean;
}

/** The header facts that all kinds share. */
export interface MessageHead {
  /** Absent when the mail has none: such a mail is identified by a digest, see `identityOf`. */
  readonly messageId: MessageId | undefined;
  /** The Message-ID that a server gave the mail instead of `messageId`; answers and reports may name it. Absent = none. */
  readonly rewrittenId?: MessageId | undefined;
  /** Sole From address; undefined when missing, malformed or more than one. */
  readonly from: Mailbox | undefined;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  /** `Date` in epoch milliseconds; undefined when missing or unreadable. */
  readonly dateAt: number | undefined;
  readonly subject: string;
  readonly inReplyTo: MessageId | undefined;
  readonly references: readonly MessageId[];
  /** Value of `Chat-Version` before the first `;`; undefined = no chat client wrote this. */
  readonly chatVersion: string | undefined;
  /** `chat$group.<id>.…` of Message-ID or References, or `Chat-Group-ID`. */
  readonly groupId: string | undefined;
  /** `Chat-Group-Name`. */
  readonly groupName: string | undefined;
  /** The mail carries `Received` or `Return-Path`: it was delivered, not appended (design §4.1 "Own"). */
  readonly delivered: boolean;
  /** `Auto-Submitted` other than `no`. */
  readonly automatic: boolean;
  /** Values of Authentication-Results in order, topmost first; the reader checks the authserv-id. */
  readonly authenticationResults: readonly string[];
}

/** Something a person typed. Also ordinary mail, with quotes and signature folded away. */
export interface TextMessage extends MessageHead {
  readonly kind: 'text';
  /** What was newly written, LF line ends, no trailing blank lines; '' for a bare attachment. */
  readonly text: string;
  /** The quoted lines that a quoted reply leads with, without `> `; undefined when it quotes nothing. */
  readonly quote: string | undefined;
  /** Everything, when `text` had something folded away (quotes, signature); else undefined. */
  readonly fullText: string | undefined;
  /** The text came from HTML: the original says more than we show. */
  readonly fromHtml: boolean;
  readonly attachments: readonly AttachmentPart[];
  /** The prefix ended inside the text. */
  readonly truncated: boolean;
  /** The prefix ended before the last part: of the attachments the last may be partly, and more not at all, listed. */
  readonly partsCut?: true | undefined;
  /** The charset was unknown: letters may be wrong. Absent = known. */
  readonly charsetGuessed?: true | undefined;
  /** HTML is left out because its reader could not be loaded; comes with `truncated`. Absent = read. */
  readonly htmlUnread?: true | undefined;
}

/** A receipt, bounce, or COI content of a kind that this version does not show. Never a bubble. */
export interface ServiceMessage extends MessageHead {
  readonly kind: 'service';
  /** `receipt`, `bounce`, `delay`, or the `Chat-Content` value, lower-case. */
  readonly service: string;
  /** Message-IDs of ours that it names (Original-Message-ID, returned headers). */
  readonly about: readonly MessageId[];
  /** For a bounce: RFC 3464 Status of the first failed recipient, e.g. `5.1.1`. */
  readonly status: string | undefined;
  /** What a bounce or delay tells beside `about` and `status`. Absent = no delivery report, or read by an earlier version. */
  readonly report?: DeliveryReport | undefined;
}

/** A delivery status notification (RFC 3464), or a bounce in words that we know how to read. */
export interface DeliveryReport {
  /** Original-Envelope-Id: the ENVID that the submission gave, xtext decoded. */
  readonly envelopeId: string | undefined;
  /** Return-Path is `<>`, as RFC 5321 4.5.5 wants it: nobody can bounce the bounce. */
  readonly nullSender: boolean;
  /** At most 500. */
  readonly recipients: readonly ReportedRecipient[];
}

export interface ReportedRecipient {
  /** Final-Recipient; an alias or forwarding may have led there. */
  readonly address: ContactAddress | undefined;
  /** Original-Recipient: whom the submission named. */
  readonly original: ContactAddress | undefined;
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** RFC 3463, e.g. `5.1.1`. */
  readonly status: string | undefined;
  /** Reply code in Diagnostic-Code, when that is SMTP's. */
  readonly smtpCode: number | undefined;
}

/** Could not be understood; shown as a mail card with the reason. Never thrown. */
export interface UnreadableMessage extends MessageHead {
  readonly kind: 'unreadable';
  readonly reason: 'encrypted' | 'empty' | 'malformed' | 'too-deep';
}

export type CoiMessage = TextMessage | ServiceMessage | UnreadableMessage;
