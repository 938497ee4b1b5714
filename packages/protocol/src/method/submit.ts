/** Sending one message exactly once (design §4.4). */
import * as v from 'valibot';
import { address, bytes, epochMs, messageId, messageRef } from '../value.ts';

export const rejectedRecipient = v.object({
  address,
  /** SMTP reply code, e.g. 550. */
  smtpCode: v.number(),
  /** RFC 3463 status if the server gave one, e.g. 5.1.1. */
  status: v.optional(v.string()),
});

export const messageSubmit = {
  params: v.object({
    messageId,
    /** Complete RFC 5322 message. One From = the account's vouched address; no Sender, no Bcc. */
    bytes,
    /** Envelope recipients; the envelope sender is the vouched address. */
    recipients: v.pipe(v.array(address), v.minLength(1), v.maxLength(500)),
    /** 0 for the first try; more only after an answer was lost or failed. */
    attempt: v.pipe(v.number(), v.integer(), v.minValue(0)),
    /** The user (or the rule for chat clients) wants a message of unknown outcome sent once more. */
    resend: v.optional(v.boolean()),
    /** Only asks what became of an earlier try: nothing is sent, and a message that nobody knows of is in doubt. */
    query: v.optional(v.boolean()),
    /**
     * ENVID (RFC 3461) of this line: a secret between the account and the mail servers, so that a bounce that names it
     * is no forgery. Sent where the server offers DSN.
     */
    envelopeId: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{16,64}$/))),
    /**
     * Only these of `recipients`: those whom the mail server refused while it took the line for others. The engine
     * sends to nobody whom its claim has as accepted.
     */
    again: v.optional(v.pipe(v.array(address), v.minLength(1), v.maxLength(500))),
  }),
  result: v.object({
    /**
     * `sent`: the SMTP server accepted. `unknown`: no reply after the final dot. `in-flight`: another
     * request for this Message-ID is at work; ask again after `retryAfterMs`.
     */
    state: v.picklist(['sent', 'unknown', 'in-flight']),
    acceptedAt: v.optional(epochMs),
    /** The copy in the chats mailbox, when the server told its UID. */
    copy: v.optional(messageRef),
    /** Recipients refused while others were accepted. All refused = error `recipient-rejected`. */
    rejected: v.array(rejectedRecipient),
    retryAfterMs: v.optional(v.number()),
  }),
};

/**
 * Takes back a line that was not sent: its pending copy goes, and a request that is still under way finds the line
 * cancelled (error `conflict`).
 */
export const submitCancel = {
  params: v.object({
    messageId,
    /** Also a line of unknown outcome: the user gives it up. */
    giveUp: v.optional(v.boolean()),
  }),
  result: v.object({
    /** Only `cancelled` took it back. `sent`, `unknown`: too late. `in-flight`: ask again in a moment. */
    state: v.picklist(['cancelled', 'sent', 'unknown', 'in-flight']),
  }),
};

/** Opens the SMTP session ahead of use; sent on composer focus. Best effort. */
export const submitWarm = { params: v.object({}), result: v.object({}) };
