/** One SMTP transaction as the rest of the engine sees it: what goes in, what became of it. */
import type { CoiError } from '@coi-webmail/base';

export interface Submission {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly bytes: Uint8Array;
  /** ENVID (RFC 3461); sent where the server offers DSN. */
  readonly envelopeId?: string | undefined;
  /**
   * Awaited before the first byte of the message goes out, once the server said whom it takes; a rejection cancels the
   * transaction.
   */
  readonly beforeData: (envelope: Envelope) => Promise<void>;
}

export interface Envelope {
  readonly accepted: readonly string[];
  readonly rejected: readonly Rejection[];
}

/** The server's word on one recipient. */
export interface Rejection {
  readonly address: string;
  readonly smtpCode: number;
  /** RFC 3463, if the server gave one. */
  readonly status: string | undefined;
  /** `too-many`: it takes this recipient in another transaction. `deferred`: it may do so later. */
  readonly kind: 'refused' | 'deferred' | 'too-many';
}

export type Outcome =
  /** The server took it, for all recipients but these. */
  | { readonly state: 'accepted'; readonly rejected: readonly Rejection[] }
  /** The final dot was sent, no reply came: nobody can tell, but for these recipients. */
  | { readonly state: 'unknown'; readonly rejected: readonly Rejection[] }
  /**
   * The server did not take it. `rejected`: who was refused by name; the error is about everybody else, or sums them up
   * when there is nobody else. `sessionLost`: not even asked, the connection was gone.
   */
  | {
      readonly state: 'failed';
      readonly error: CoiError;
      readonly sessionLost: boolean;
      readonly rejected: readonly Rejection[];
    };
