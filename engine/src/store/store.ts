/**
 * What engine processes share and what outlives one: sealed sessions, used ticket ids, submit claims.
 * Nothing in here can be read without the browser's cookie; no address, no body, no mailbox content.
 *
 * Two implementations pass `store.contract.ts`: memory (tests) and SQLite (default; one file, several processes).
 */

/** Nobody asks about a submit that is older. */
export const CLAIM_KEPT_MS = 7 * 24 * 60 * 60_000;

export interface SessionRecord {
  /** SHA-256 hex of the cookie value. */
  readonly id: string;
  readonly accountHash: string;
  /** {account, secret, …} sealed with the cookie's key (AES-GCM); the Store cannot open it. */
  readonly sealed: Uint8Array;
  readonly expiresAt: number;
}

/** What a claim keeps for its owner, opaque to the Store. A field that is undefined leaves what is known as it is. */
export interface ClaimNote {
  /** Where the pending copy lies. */
  readonly copy?: string | undefined;
  /** What became of each recipient so far. */
  readonly recipients?: string | undefined;
}

/**
 * `new`: the caller holds the claim and must settle it. `earlier`: somebody tried before and left this; nobody's outcome
 * is unknown. `cancelled`: nobody is to send it.
 */
export type ClaimAnswer =
  | { readonly state: 'new'; readonly earlier?: ClaimNote }
  | { readonly state: 'in-flight'; readonly sinceAt: number }
  | { readonly state: 'accepted'; readonly acceptedAt: number; readonly note: ClaimNote }
  | { readonly state: 'unknown'; readonly sinceAt: number; readonly note: ClaimNote }
  | { readonly state: 'cancelled' };

export interface Store {
  putSession(record: SessionRecord): Promise<void>;
  /** Undefined when absent or expired at `nowAt`. */
  getSession(id: string, nowAt: number): Promise<SessionRecord | undefined>;
  prolongSession(id: string, expiresAt: number): Promise<void>;
  deleteSession(id: string): Promise<void>;
  /** True exactly once per id until it expires, over all processes. */
  useTicketId(jti: string, expiresAt: number): Promise<boolean>;
  /**
   * Atomic claim of a submit; `key` is a hash of account and Message-ID. Kept for 7 days.
   * An `in-flight` claim whose owner died (no heartbeat for `staleMs`) is handed out as `unknown`
   * when SMTP had started (`progressClaim`), else as `new`. So is a released one.
   */
  claim(key: string, nowAt: number, staleMs: number): Promise<ClaimAnswer>;
  /** Sign of life of the claim's owner. */
  touchClaim(key: string, nowAt: number): Promise<void>;
  /**
   * Notes how far the work on a claim is. `inDoubt`: data is about to go out, and from here on the owner's death means
   * `unknown`; else it means that the next one goes on from the note.
   * @returns false when the claim is not the caller's any more: it must not send
   */
  progressClaim(key: string, nowAt: number, note: ClaimNote, inDoubt: boolean): Promise<boolean>;
  /** Settles a claim of the caller's; `accepted` also anybody else's, because it is a fact. Nothing undoes `cancelled`. */
  settleClaim(
    key: string,
    state: 'accepted' | 'unknown' | 'released' | 'cancelled',
    nowAt: number,
    note: ClaimNote,
  ): Promise<void>;
  /** Takes a settled claim for more work: a wanted resend, recipients to be tried again. False when it is in another state. */
  reopenClaim(key: string, state: 'accepted' | 'unknown', nowAt: number): Promise<boolean>;
  /** Small JSON values of the engine per account (server probes). */
  getValue(key: string): Promise<string | undefined>;
  putValue(key: string, value: string): Promise<void>;
  /** Drops what expired. */
  sweep(nowAt: number): Promise<void>;
  close(): Promise<void>;
}
