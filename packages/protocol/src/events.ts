/**
 * Every push of the wire: name -> data. Events have a sequence number per stream; a client that lost some
 * resumes with `hello`, and one that cannot resume syncs from its cursors.
 */
import * as v from 'valibot';
import { accountStates, mailboxState } from './method/hello.ts';
import {
  address,
  bytes,
  decimal,
  epochMs,
  fetchedMessage,
  filingMode,
  flagChange,
  mailboxPath,
  messageId,
  messageRef,
  uid,
  undecidedMail,
} from './value.ts';

export const EVENTS = {
  /** New chat mail, before it is filed. */
  'message.arrived': v.object({ mailbox: mailboxPath, uidValidity: decimal, message: fetchedMessage }),
  /** One copy changed its place (UID MOVE with COPYUID, ours). */
  'message.moved': v.object({ from: messageRef, to: messageRef }),
  'message.flags': v.object({ mailbox: mailboxPath, uidValidity: decimal, changes: v.array(flagChange) }),
  'message.expunged': v.object({ mailbox: mailboxPath, uidValidity: decimal, uids: v.array(uid) }),
  /** New mail that only a client can classify; answer with `mailbox.decide`. */
  'mail.undecided': v.object({ mailbox: mailboxPath, uidValidity: decimal, mails: v.array(undecidedMail) }),
  /** Something happened that the engine does not describe in detail: sync this mailbox from the cursor. */
  'mailbox.changed': v.object({ mailbox: mailboxPath }),
  /** Mailboxes appeared, vanished or got another UIDVALIDITY; the full list. */
  'mailboxes.changed': v.object({ mailboxes: v.array(mailboxState) }),
  /**
   * Fast lane (design §4.3, 1): the very bytes that the SMTP server accepted from another account of this
   * engine. Provisional until the IMAP copy arrives.
   */
  'lane.message': v.object({ messageId, from: address, acceptedAt: epochMs, bytes }),
  /** Evidence about a submit whose outcome was unknown: it did arrive. */
  'submit.settled': v.object({ messageId, state: v.literal('sent') }),
  /** A line with many recipients goes out in several transactions. */
  'submit.progress': v.object({ messageId, doneCount: v.number(), recipientCount: v.number() }),
  'account.state': v.object({ state: v.picklist(accountStates), retryAt: v.optional(epochMs) }),
  /** `keywords` as in `hello`, where it is false before consent. Absent: it could not be found out. */
  'mode.changed': v.object({ mode: v.nullable(filingMode), keywords: v.optional(v.boolean()) }),
  'storage.changed': v.object({ kind: v.string(), revision: v.string() }),
  /** The host has to prove itself again before this time. */
  'session.expires': v.object({ expiresAt: epochMs }),
} as const;

export type EventName = keyof typeof EVENTS;
export type EventData<E extends EventName> = v.InferOutput<(typeof EVENTS)[E]>;
/** Any event as a discriminated union on `event`. */
export type AnyEvent = {
  [E in EventName]: { readonly event: E; readonly seq: number; readonly data: EventData<E> };
}[EventName];
