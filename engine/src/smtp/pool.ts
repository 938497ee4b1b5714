/**
 * SMTP sessions of one account: one for lines, kept open so that the next line waits for no handshake, and one
 * for large messages, which would hold lines up. Each closes after a minute without use.
 */
import { type Clock, CoiError, isCoiError, KeyedLock, toErrorData } from '@coi-webmail/base';
import type { Credentials, MailServer } from '../account/service.ts';
import { SmtpSession } from './connection.ts';
import { NO_LIMITS, type SmtpLimits } from './limits.ts';
import type { Outcome, Submission } from './outcome.ts';

const IDLE_CLOSE_MS = 60_000;
/** Larger messages take ways of their own. */
export const LARGE_BYTES = 256 * 1024;

type Lane = 'line' | 'large';

export class SmtpPool {
  readonly #server: MailServer;
  readonly #credentials: () => Credentials;
  readonly #clock: Clock;
  readonly #lock = new KeyedLock();
  readonly #sessions = new Map<Lane, { readonly session: SmtpSession; readonly cancelIdle: () => void }>();
  #maxBytes: number | undefined;
  #limits: SmtpLimits = NO_LIMITS;
  /** Recipients per transaction, learned from a refusal. */
  #learnedRecipients: number | undefined;
  /** Credentials that the server refused: not tried again. */
  #refused: Credentials | undefined;

  constructor(server: MailServer, credentials: () => Credentials, clock: Clock) {
    this.#server = server;
    this.#credentials = credentials;
    this.#clock = clock;
  }

  /** SIZE limit as last heard. */
  get maxBytes(): number | undefined {
    return this.#maxBytes;
  }

  /** Limits of one transaction, as last heard or learned. */
  get limits(): SmtpLimits {
    const told = this.#limits.recipients;
    const learned = this.#learnedRecipients;
    const recipients = learned === undefined ? told : Math.min(learned, told ?? learned);
    return { ...this.#limits, recipients };
  }

  /** The server called more recipients than these too many. */
  learnRecipientLimit(count: number): void {
    this.#learnedRecipients = Math.max(1, count);
  }

  /** Opens the session for lines. @throws CoiError as {@link SmtpSession.open} */
  async warm(): Promise<void> {
    await this.#lock.run('line', async () => {
      const { session } = await this.#take('line');
      this.#keep('line', session);
    });
  }

  /** Lines leave in call order. Never throws. */
  submit(submission: Submission): Promise<Outcome> {
    const lane = submission.bytes.length > LARGE_BYTES ? 'large' : 'line';
    return this.#lock.run(lane, () => this.#submit(lane, submission));
  }

  /** Ends idle sessions; running submissions finish first. */
  async close(): Promise<void> {
    await Promise.all((['line', 'large'] as const).map((lane) => this.#lock.run(lane, async () => this.#drop(lane))));
  }

  async #submit(lane: Lane, submission: Submission): Promise<Outcome> {
    for (;;) {
      let taken: { readonly session: SmtpSession; readonly isFresh: boolean };
      try {
        taken = await this.#take(lane);
      } catch (cause) {
        const { code, message, details } = toErrorData(cause);
        return {
          state: 'failed',
          error: new CoiError(code, message, { cause, details }),
          sessionLost: false,
          rejected: [],
        };
      }
      const outcome = await taken.session.submit(submission);
      if (taken.session.isOpen && taken.session.isSpent) taken.session.quit();
      if (taken.session.isOpen) this.#keep(lane, taken.session);
      // A kept session may have died unseen; the server never saw the message then.
      if (outcome.state === 'failed' && outcome.sessionLost && !taken.isFresh) continue;
      return outcome;
    }
  }

  async #take(lane: Lane): Promise<{ readonly session: SmtpSession; readonly isFresh: boolean }> {
    const kept = this.#sessions.get(lane);
    this.#sessions.delete(lane);
    kept?.cancelIdle();
    if (kept?.session.isOpen === true) return { session: kept.session, isFresh: false };
    const credentials = this.#credentials();
    if (credentials === this.#refused) throw new CoiError('auth-failed', 'The submission server refused the sign-on');
    const session = await SmtpSession.open(this.#server, credentials).catch((error: unknown) => {
      if (isCoiError(error, 'auth-failed')) this.#refused = credentials;
      throw error;
    });
    this.#maxBytes = session.maxBytes;
    this.#limits = session.limits;
    return { session, isFresh: true };
  }

  #keep(lane: Lane, session: SmtpSession): void {
    const cancelIdle = this.#clock.after(IDLE_CLOSE_MS, () => this.#drop(lane));
    this.#sessions.set(lane, { session, cancelIdle });
  }

  #drop(lane: Lane): void {
    const kept = this.#sessions.get(lane);
    this.#sessions.delete(lane);
    kept?.cancelIdle();
    if (kept?.session.isOpen === true) kept.session.quit();
  }
}
