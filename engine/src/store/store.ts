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

/**
 * `new`: the caller holds the claim and must settle it. `earlier`: somebody tried before and sent nothing, but may have
 * left a copy.
 */
export type ClaimAnswer =
  | { readonly state: 'new'; readonly earlier?: { readonly copy: string | undefined } }
  | { readonly state: 'in-flight'; readonly sinceAt: number }
  | { readonly state: 'accepted'; readonly acceptedAt: number; readonly copy: string | undefined }
  | { readonly state: 'unknown'; readonly sinceAt: number; readonly copy: string | undefined };

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
   * Marks that the SMTP transaction of a claim is about to send its data; from here on an owner's death means `unknown`.
   * @returns false when the claim is not the caller's any more: it must not send
   */
  progressClaim(key: string, nowAt: number, copy: string | undefined): Promise<boolean>;
  settleClaim(
    key: string,
    state: 'accepted' | 'unknown' | 'released',
    nowAt: number,
    copy: string | undefined,
  ): Promise<void>;
  /** Reclaims an `unknown` one for a wanted resend; false when it is no longer unknown. */
  reclaimUnknown(key: string, nowAt: number): Promise<boolean>;
  /** Small JSON values of the engine per account (server probes). */
  getValue(key: string): Promise<string | undefined>;
  putValue(key: string, value: string): Promise<void>;
  /** Drops what expired. */
  sweep(nowAt: number): Promise<void>;
  close(): Promise<void>;
}
