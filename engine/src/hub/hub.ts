/**
 * Fan-out and leases between accounts and processes. In-process by default. Bodies pass through, they are
 * never kept.
 */

/** One line that the SMTP server accepted, for a local recipient (design §4.3, 1). */
export interface LaneMessage {
  readonly messageId: string;
  readonly from: string;
  readonly acceptedAt: number;
  readonly bytes: Uint8Array;
}

/** Evidence that a Message-ID reached a mailbox, for a sender whose submit ended unknown. */
export interface Evidence {
  readonly messageId: string;
  readonly from: string;
  /** Whose mailbox has it. */
  readonly by?: string | undefined;
}

export interface HubListener {
  lane(message: LaneMessage): void;
  evidence(evidence: Evidence): void;
  /** Whoever has this message tells its sender. */
  sought?(evidence: Evidence): void;
}

/** What a task under a lease may ask from time to time. */
export interface Lease {
  /** False when the lease could not be renewed: somebody else may do the same meanwhile. */
  readonly isHeld: boolean;
}

export interface Hub {
  /** A live account receives under its vouched address only. Returns the unsubscribe function. */
  listen(address: string, listener: HubListener): () => void;
  /** Hands the bytes to each live recipient; unknown addresses are ignored silently. */
  sendLane(recipients: readonly string[], message: LaneMessage): void;
  sendEvidence(evidence: Evidence): void;
  /**
   * Asks recipients whether a message reached them: those who are live, and those who come until it is called off. The
   * answer is evidence, or nothing. Returns the function that calls it off.
   */
  seekEvidence(recipients: readonly string[], evidence: Evidence): () => void;
  /** Runs `task` if nobody else holds the lease; else returns undefined at once. Renewed while it runs. */
  withLease<T>(name: string, task: (lease: Lease) => Promise<T>): Promise<T | undefined>;
  close(): Promise<void>;
}
