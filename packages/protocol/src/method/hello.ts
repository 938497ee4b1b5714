/** First request on every socket: version, account, resume point. Anything else before it closes the socket. */
import * as v from 'valibot';
import { decimal, epochMs, filingMode, mailboxPath, mailboxRole, uid } from '../value.ts';

export const mailboxState = v.object({
  path: mailboxPath,
  role: mailboxRole,
  uidValidity: decimal,
  uidNext: uid,
  highestModSeq: decimal,
  /** EXISTS. */
  messageCount: v.number(),
});
export type MailboxState = v.InferOutput<typeof mailboxState>;

/** `limited` by the smallest of browser, proxy, engine, SMTP and quota limits (design §4.4). */
export const accountLimits = v.object({
  maxMessageBytes: v.number(),
  maxRecipients: v.number(),
  /** How long a client waits for evidence about a submit without reply (design §4.4, 5). */
  unknownWaitMs: v.number(),
});

export const accountStates = ['online', 'connecting', 'imap-unavailable', 'auth-failed', 'over-quota'] as const;

export const hello = {
  params: v.object({
    protocol: v.pipe(v.number(), v.integer()),
    /** 16 hex digits, from the session answer; a mismatch closes the socket with 4003. */
    accountHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
    resume: v.optional(v.object({ stream: v.string(), seq: v.number() })),
  }),
  result: v.object({
    /** Names the engine's event log of this account; a new one means: sync from the cursors. */
    stream: v.string(),
    seq: v.number(),
    /** All events after `resume.seq` follow this answer. False: sync from the cursors. */
    resumed: v.boolean(),
    serverAt: epochMs,
    /** Base64 of 32 bytes: the account share that opens the local store (design §4.8). Never persisted. */
    storageShare: v.string(),
    account: v.object({
      /** The address that the issuer vouches for. */
      address: v.string(),
      state: v.picklist(accountStates),
      /** authserv-id whose Authentication-Results count (RFC 8601). */
      authservId: v.optional(v.string()),
      /** PERMANENTFLAGS has `\*`: `$Chat`, `$CoiOwn`, `$CoiPending` can be set. */
      keywords: v.boolean(),
    }),
    /** Null until the user (or the admin's policy) consented; nothing in the mailbox is touched before. */
    mode: v.nullable(filingMode),
    mailboxes: v.array(mailboxState),
    limits: accountLimits,
    /** Epoch ms at which the session ends unless the host proves itself again. */
    expiresAt: epochMs,
  }),
};
