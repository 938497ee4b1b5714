/**
 * One SMTP session over nodemailer's connection: a transaction that knows whether the final dot went out, and what the
 * server said of each recipient.
 *
 * nodemailer keeps some of what we need to itself; its internal names are read here only and covered by `pool.test.ts`.
 */
import { Socket } from 'node:net';
import { CoiError } from '@coi-webmail/base';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Credentials, MailServer } from '../account/service.ts';
import { asFailure, isAboutSender, refusal, rejection, sessionError, type SmtpFailure } from './errors.ts';
import { readLimits, type SmtpLimits } from './limits.ts';
import type { Envelope, Outcome, Rejection, Submission } from './outcome.ts';
import { connectionOptions, openConnection } from './sign-on.ts';
import { Source } from './source.ts';

/** Silence before the final dot. */
const REPLY_TIMEOUT_MS = 30_000;
/** Silence after it: giving up early makes an outcome unknown that was only slow (RFC 5321, 4.5.3.2.6). */
const ACCEPT_TIMEOUT_MS = 300_000;

interface LibraryEnvelope {
  readonly accepted?: readonly string[];
  readonly rejectedErrors?: readonly SmtpFailure[];
  readonly dsn?: { orcpt?: string };
}

export class SmtpSession {
  readonly #connection: SMTPConnection;
  readonly limits: SmtpLimits;
  #isOpen = true;
  #transactionCount = 0;

  private constructor(connection: SMTPConnection) {
    this.#connection = connection;
    this.limits = readLimits((Reflect.get(connection, '_ehloLines') as readonly string[] | undefined) ?? []);
    connection.once('end', () => {
      this.#isOpen = false;
    });
    // Whoever waits for a reply hears of the failure; without a listener it would end the process.
    connection.on('error', () => {
      this.#isOpen = false;
    });
  }

  /** @throws CoiError `auth-failed`, `tls-untrusted`, `smtp-unavailable` */
  static async open(server: MailServer, credentials: Credentials): Promise<SmtpSession> {
    const connection = new SMTPConnection(connectionOptions(server, credentials, REPLY_TIMEOUT_MS));
    try {
      await openConnection(connection, credentials);
    } catch (cause) {
      connection.on('error', () => undefined);
      connection.close();
      throw sessionError(cause);
    }
    connection.removeAllListeners('error');
    return new SmtpSession(connection);
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#connection.destroyed;
  }

  /** The server takes no further transaction in this session. */
  get isSpent(): boolean {
    return this.#transactionCount >= (this.limits.transactions ?? Number.POSITIVE_INFINITY);
  }

  /** SIZE limit of the server in bytes; undefined = none told. */
  get maxBytes(): number | undefined {
    const size: unknown = Reflect.get(this.#connection, '_maxAllowedSize');
    return typeof size === 'number' && size > 0 ? size : undefined;
  }

  /** Never throws. Not to be called while another submission of this session runs. */
  async submit(submission: Submission): Promise<Outcome> {
    this.#transactionCount += 1;
    const source = new Source({
      bytes: submission.bytes,
      beforeData: () => submission.beforeData(this.#envelope()),
      onEnd: () => this.#socketTimeout(ACCEPT_TIMEOUT_MS),
    });
    this.#nameEachRecipient();
    try {
      await this.#send(submission, source);
      this.#socketTimeout(REPLY_TIMEOUT_MS);
      return { state: 'accepted', rejected: this.#envelope().rejected };
    } catch (cause) {
      return this.#failed(cause, source);
    }
  }

  #send({ from, recipients, bytes, envelopeId }: Submission, source: Source): Promise<void> {
    const envelope = {
      from,
      to: [...recipients],
      size: bytes.length,
      use8BitMime: bytes.some((byte) => byte > 0x7f),
      dsn: {
        ret: 'HDRS',
        notify: ['FAILURE', 'DELAY'],
        ...(envelopeId === undefined ? {} : { envid: envelopeId }),
      },
    };
    return new Promise((resolve, reject) => {
      this.#connection.send(envelope, source, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
  }

  /** What the server said of the recipients so far. */
  #envelope(): Envelope {
    const { accepted = [], rejectedErrors = [] } = this.#libraryEnvelope();
    return { accepted, rejected: rejectedErrors.map(rejection) };
  }

  #libraryEnvelope(): LibraryEnvelope {
    return (Reflect.get(this.#connection, '_envelope') as LibraryEnvelope | false | undefined) || {};
  }

  #failed(cause: unknown, source: Source): Outcome {
    const failure = asFailure(cause);
    if (failure.responseCode !== undefined) {
      // A refused message ends its transaction. A refused envelope leaves it open, and the next MAIL would be refused.
      if (source.dotSent) this.#socketTimeout(REPLY_TIMEOUT_MS);
      else this.quit();
      const sessionLost = failure.responseCode === 421 && !source.dotSent;
      return failed(refusal(cause), this.#rejectedBy(failure), sessionLost);
    }
    const { rejected } = this.#envelope();
    this.close();
    if (source.dotSent) return { state: 'unknown', rejected };
    if (source.cancelReason !== undefined) return failed(source.cancelReason, rejected);
    if (failure.code === 'EENVELOPE') return failed(new CoiError('recipient-rejected', 'An address is malformed'));
    if (failure.code === 'EMESSAGE') {
      return failed(new CoiError('message-too-large', 'The message is larger than the submission server takes'));
    }
    const error = new CoiError('smtp-unavailable', 'Lost the submission server before the message was sent', { cause });
    return failed(error, [], true);
  }

  /** After a refused sender the replies to the recipients mean nothing. */
  #rejectedBy(failure: SmtpFailure): readonly Rejection[] {
    return failure.command === 'MAIL FROM' || isAboutSender(failure) ? [] : this.#envelope().rejected;
  }

  close(): void {
    this.#isOpen = false;
    if (this.#connection.destroyed) return;
    this.#connection.close();
  }

  /** Says goodbye; for a session that is idle. */
  quit(): void {
    this.#isOpen = false;
    this.#connection.quit();
  }

  #socketTimeout(ms: number): void {
    const socket: unknown = Reflect.get(this.#connection, '_socket');
    if (socket instanceof Socket) socket.setTimeout(ms);
  }

  /** nodemailer knows one ORCPT per message; RFC 3461 has one per recipient, and so it is set before each RCPT. */
  #nameEachRecipient(): void {
    const sendRcpt = Reflect.get(SMTPConnection.prototype, '_sendRcpt') as (recipient: string, done: unknown) => void;
    Reflect.set(this.#connection, '_sendRcpt', (recipient: string, done: unknown) => {
      const { dsn } = this.#libraryEnvelope();
      if (dsn !== undefined) dsn.orcpt = `rfc822;${recipient}`;
      sendRcpt.call(this.#connection, recipient, done);
    });
  }
}

function failed(error: CoiError, rejected: readonly Rejection[] = [], sessionLost = false): Outcome {
  return { state: 'failed', error, sessionLost, rejected };
}
