/** Sync of one mailbox. In `inbox` and `sent` only chat mail counts; in `chats` everything does. */
import * as v from 'valibot';
import {
  cursor,
  decimal,
  fetchedMessage,
  flagChange,
  mailboxPath,
  MAX_ORDERED,
  MAX_UIDS,
  MAX_WINDOW_MESSAGES,
  uid,
  undecidedMail,
} from '../value.ts';

const uidList = v.pipe(v.array(uid), v.maxLength(MAX_UIDS));

/** What changed since a cursor. Moves nothing and sets no flag. */
export const mailboxSync = {
  params: v.object({ mailbox: mailboxPath, cursor: v.optional(cursor) }),
  result: v.object({
    /** To be stored with what this answer leads to. */
    cursor,
    /** UIDVALIDITY is another one, or there was no cursor: forget all places in this mailbox. */
    reset: v.boolean(),
    /** Chat mail the client has not seen, ascending. */
    fresh: uidList,
    /** Flags of messages that changed since the cursor. */
    flags: v.array(flagChange),
    /** UIDs gone since the cursor (QRESYNC), or null: compare with `present`. */
    vanished: v.nullable(uidList),
    /**
     * Without QRESYNC: all UIDs of chat mail that are there, ascending. A full list (MAX_UIDS) names the newest and says
     * nothing of what is below its first.
     */
    present: v.nullable(uidList),
    /** Mail above the filing mark that only the client can classify; answer with `mailbox.decide`. */
    undecided: v.array(undecidedMail),
  }),
};

/**
 * What a client that knows nothing should read first, so that its list of chats is right soon: `arrival` = the last to
 * arrive, `thread` = the last of each conversation. A hint; empty where the server knows no such order.
 */
export const mailboxOrder = {
  params: v.object({ mailbox: mailboxPath, by: v.picklist(['arrival', 'thread']) }),
  result: v.object({ uidValidity: decimal, uids: v.pipe(v.array(uid), v.maxLength(MAX_ORDERED)) }),
};

/** A window of messages, newest first. The engine stops at MAX_WINDOW_BYTES and names the rest. */
export const messageFetch = {
  params: v.object({
    mailbox: mailboxPath,
    uidValidity: decimal,
    uids: v.pipe(v.array(uid), v.minLength(1), v.maxLength(MAX_WINDOW_MESSAGES)),
  }),
  result: v.object({
    messages: v.array(fetchedMessage),
    /** Asked for, but not in this answer for lack of room. UIDs that no longer exist are in neither list. */
    rest: v.array(uid),
  }),
};

/** The client's word on undecided mail: `chat` is tagged and filed, all up to `upTo` counts as decided. */
export const mailboxDecide = {
  params: v.object({ mailbox: mailboxPath, uidValidity: decimal, chat: v.array(uid), upTo: v.optional(uid) }),
  result: v.object({}),
};

/** Adds and removes flags. Idempotent. */
export const messageFlag = {
  params: v.object({
    mailbox: mailboxPath,
    uidValidity: decimal,
    uids: v.pipe(v.array(uid), v.minLength(1), v.maxLength(1000)),
    add: v.array(v.picklist(['\\Seen', '\\Flagged'])),
    remove: v.array(v.picklist(['\\Seen', '\\Flagged'])),
  }),
  result: v.object({}),
};
