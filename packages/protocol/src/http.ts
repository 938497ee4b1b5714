/**
 * The engine's HTTP side, relative to its base path (default `/coi`).
 *
 * | request | who | what |
 * |---|---|---|
 * | POST session | plugin (server to server), browser (ticket or password) | SignOn -> SignedOn |
 * | GET a/HASH/session | browser | SignedOn of the cookie, without its value |
 * | DELETE a/HASH/session | plugin or browser | ends the session, closes its sockets |
 * | POST file | plugin | FileRequest -> FileAnswer: file what lies unfiled, within the deadline |
 * | GET a/HASH/socket | browser | WebSocket upgrade |
 * | GET a/HASH/part?mailbox=&uidValidity=&uid=&part=&name=&type= | browser | one MIME part, decoded, as inert download |
 * | GET a/HASH/raw?mailbox=&uidValidity=&uid= | browser | the whole message as inert download |
 * | POST a/HASH/submit | browser, keepalive on pagehide | body = binary frame of a `message.submit` request |
 * | GET healthz | admin | 200 `{"status":"ok"}` or 503 |
 * | GET app/… | browser | the standalone page |
 *
 * HASH is the account hash. The cookie `coi_session_HASH` has Path `BASE/a/HASH/`, HttpOnly, SameSite=Strict.
 * Errors are `{"error": ErrorData}` with a fitting status.
 */
import * as v from 'valibot';
import { decimal, epochMs, filingMode, mailboxPath, uid } from './value.ts';

export const signOn = v.union([
  /** `session`: value of the cookie to prolong; absent = a new session. `token`: answer a token, no cookie. */
  v.object({ ticket: v.string(), session: v.optional(v.string()), token: v.optional(v.boolean()) }),
  v.object({ address: v.string(), password: v.string() }),
]);
export type SignOn = v.InferOutput<typeof signOn>;

export const signedOn = v.object({
  accountHash: v.string(),
  address: v.string(),
  expiresAt: epochMs,
  storageShare: v.string(),
  /** To the plugin only (no Origin header): what it must set as cookie. Browsers get Set-Cookie instead. */
  cookie: v.optional(v.object({ name: v.string(), value: v.string(), path: v.string(), maxAgeSeconds: v.number() })),
  /** Only when a token was asked for. */
  token: v.optional(v.string()),
});
export type SignedOn = v.InferOutput<typeof signedOn>;

export const fileRequest = v.object({
  ticket: v.string(),
  /** The engine answers by then, done or not. */
  deadlineMs: v.pipe(v.number(), v.minValue(1), v.maxValue(5000)),
});

/** Filing mark per mailbox: hosts trust `$Chat` below it and test the header marks above it (design §4.10). */
export const fileAnswer = v.object({
  done: v.boolean(),
  mode: v.nullable(filingMode),
  keywords: v.boolean(),
  marks: v.array(
    v.object({
      mailbox: mailboxPath,
      uidValidity: decimal,
      uid: v.union([uid, v.literal(0)]),
      /** UID set of chat mail at or below the mark that the server lets nobody tag; '' = none. */
      untagged: v.optional(v.string()),
    }),
  ),
});
export type FileAnswer = v.InferOutput<typeof fileAnswer>;

/** Claims of the JWE ticket (A256GCM with `dir`). */
export const ticketClaims = v.object({
  /** Issuer name in the engine's configuration. */
  iss: v.string(),
  aud: v.literal('coi-engine'),
  /** Seconds; at most 60 s ahead. */
  exp: v.number(),
  iat: v.number(),
  jti: v.pipe(v.string(), v.minLength(16), v.maxLength(128)),
  /** IMAP login name. */
  login: v.string(),
  /** The account's address, of one of the issuer's domains. */
  address: v.string(),
  secret: v.string(),
  auth: v.picklist(['password', 'oauthbearer', 'xoauth2']),
  /** IMAP host and port the host is connected to; must be the issuer's. */
  imap: v.object({ host: v.string(), port: v.number() }),
});
export type TicketClaims = v.InferOutput<typeof ticketClaims>;
