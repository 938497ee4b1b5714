/** Small schemas that many methods share. Sizes are limits against a hostile or broken peer. */
import * as v from 'valibot';

export const MAX_UIDS = 100_000;
/** Most UIDs that `mailbox.order` names. */
export const MAX_ORDERED = 1_000;
export const MAX_WINDOW_MESSAGES = 200;
export const MAX_WINDOW_BYTES = 1_000_000;
/** Bytes of each message that a window carries; the rest is fetched on view. */
export const PREFIX_BYTES = 65_536;

export const uid = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4_294_967_295));
/** UIDVALIDITY and MODSEQ are decimal strings: bigint does not survive JSON. */
export const decimal = v.pipe(v.string(), v.regex(/^\d{1,20}$/));
/** Mailbox name as IMAP shows it, decoded to Unicode. */
export const mailboxPath = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));
/** msg-id without angle brackets. */
export const messageId = v.pipe(v.string(), v.minLength(1), v.maxLength(998));
export const address = v.pipe(v.string(), v.minLength(3), v.maxLength(320));
export const flag = v.pipe(v.string(), v.regex(/^[\\$]?[A-Za-z0-9_.\-$]{1,64}$/));
export const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);
export const epochMs = v.pipe(v.number(), v.finite());

export const MAILBOX_ROLES = ['inbox', 'chats', 'contacts', 'blocked', 'sent', 'drafts', 'junk', 'trash'] as const;
export const mailboxRole = v.picklist(MAILBOX_ROLES);
export type MailboxRole = v.InferOutput<typeof mailboxRole>;

/** Where sync of one mailbox stands. */
export const cursor = v.object({
  uidValidity: decimal,
  /** '0' on servers without CONDSTORE. */
  highestModSeq: decimal,
  uidNext: uid,
});
export type Cursor = v.InferOutput<typeof cursor>;

/** Where one copy of a message lies. */
export const messageRef = v.object({ mailbox: mailboxPath, uidValidity: decimal, uid });
export type MessageRefData = v.InferOutput<typeof messageRef>;

export const flagChange = v.object({ uid, flags: v.array(v.string()), modSeq: decimal });
export type FlagChange = v.InferOutput<typeof flagChange>;

/** One message as a window or a push carries it. */
export const fetchedMessage = v.object({
  uid,
  flags: v.array(v.string()),
  modSeq: decimal,
  /** INTERNALDATE. */
  internalAt: epochMs,
  /** RFC822.SIZE. */
  sizeBytes: v.number(),
  /** The message from its first byte, at most PREFIX_BYTES (encrypted mail: 512 KB). */
  bytes,
  /** `bytes` is all of it. */
  complete: v.boolean(),
});
export type FetchedMessage = v.InferOutput<typeof fetchedMessage>;

/** A mail without an outer chat mark: only a client that knows the ids can say whether it is chat. */
export const undecidedMail = v.object({
  uid,
  messageId: v.optional(messageId),
  /** In-Reply-To, else the last of References. */
  parent: v.optional(messageId),
  /** `multipart/report`: a receipt or bounce; its body names the message it is about. */
  report: v.boolean(),
});
export type UndecidedMail = v.InferOutput<typeof undecidedMail>;

export const FILING_MODES = ['active', 'none'] as const;
export const filingMode = v.picklist(FILING_MODES);
/** `active`: chat mail moves to COI/Chats. `none`: it stays, tagged, and hosts hide it. */
export type FilingMode = v.InferOutput<typeof filingMode>;
