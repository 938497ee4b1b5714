/**
 * One SMTP session over nodemailer's connection: verified TLS, sign-on, and a submission that knows whether the
 * final dot went out.
 */
import { CoiError } from '@coi-webmail/base';
import SMTPConnection, { type SMTPConnectionAuth, type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Credentials, MailServer } from '../account/service.ts';
import { asFailure, enhancedStatus, refusal, sessionError, type SmtpFailure } from './errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** Silence before the final dot. */
const REPLY_TIMEOUT_MS = 30_000;
/** Silence after it: giving up early makes an outcome unknown that was only slow (RFC 5321, 4.5.3.2.6). */
const ACCEPT_TIMEOUT_MS = 300_000;
const CHUNK_BYTES = 65_536;
/** RFC 3461, 4.4. */
const MAX_ENVID_LENGTH = 100;

export interface Submission {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly bytes: Uint8Array;
  readonly messageId: string;
  /** Awaited before the first byte of the message goes out; a rejection cancels the submission. */
  readonly beforeData: () => Promise<void>;
}

export interface Rejection {
  readonly address: string;
  readonly smtpCode: number;
  readonly status?: string | undefined;
}

export type Outcome =
  | { readonly state: 'accepted'; readonly rejected: readonly Rejection[] }
  /** The final dot was sent, no reply came: nobody can tell. */
  | { readonly state: 'unknown' }
  /** The server did not take it. `sessionLost`: not even asked, the connection was gone. */
  | { readonly state: 'failed'; readonly error: CoiError; readonly sessionLost: boolean };

export class SmtpSession {
  readonly #connection: SMTPConnection;
  #isOpen = true;

  private constructor(connection: SMTPConnection) {
    this.#connection = connection;
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
    const connection = new SMTPConnection(connectionOptions(server, credentials));
    try {
      await settled((done) => {
        connection.once('error', done);
        connection.connect(done);
      });
      if (credentials.auth !== 'password' || connection.allowsAuth) await signOn(connection, credentials);
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

  /** SIZE limit of the server in bytes; undefined = none told. */
  get maxBytes(): number | undefined {
    const size: unknown = Reflect.get(this.#connection, '_maxAllowedSize');
    return typeof size === 'number' && size > 0 ? size : undefined;
  }

  /** Never throws. Not to be called while another submission of this session runs. */
  async submit(submission: Submission): Promise<Outcome> {
    const source = new Source(submission, () => this.#waitLonger());
    setRecipientDsn(this.#connection);
    const envelope = {
      from: submission.from,
      to: [...submission.recipients],
      size: submission.bytes.length,
      use8BitMime: submission.bytes.some((byte) => byte > 0x7f),
      dsn: {
        ret: 'HDRS',
        notify: ['FAILURE', 'DELAY'],
        ...(submission.messageId.length <= MAX_ENVID_LENGTH ? { envid: submission.messageId } : {}),
      },
    };
    try {
      const answer = await new Promise<{ readonly rejectedErrors?: readonly SmtpFailure[] | undefined }>(
        (resolve, reject) => {
          this.#connection.send(envelope, source, (error, result) => {
            if (error === null || error === undefined) resolve(result ?? {});
            else reject(error);
          });
        },
      );
      this.#socketTimeout(REPLY_TIMEOUT_MS);
      return { state: 'accepted', rejected: (answer.rejectedErrors ?? []).map(rejection) };
    } catch (cause) {
      return this.#failed(cause, source);
    }
  }

  #failed(cause: unknown, source: Source): Outcome {
    const failure = asFailure(cause);
    if (failure.responseCode !== undefined) {
      // A refused message ends its transaction. A refused envelope leaves it open, and the next MAIL would be refused.
      if (source.dotSent) this.#socketTimeout(REPLY_TIMEOUT_MS);
      else this.quit();
      return { state: 'failed', error: refusal(cause), sessionLost: failure.responseCode === 421 && !source.dotSent };
    }
    this.close();
    if (source.dotSent) return { state: 'unknown' };
    if (source.cancelReason !== undefined) {
      return { state: 'failed', error: source.cancelReason, sessionLost: false };
    }
    if (failure.code === 'EENVELOPE') {
      return {
        state: 'failed',
        error: new CoiError('recipient-rejected', 'An address is malformed'),
        sessionLost: false,
      };
    }
    if (failure.code === 'EMESSAGE') {
      const error = new CoiError('message-too-large', 'The message is larger than the submission server takes');
      return { state: 'failed', error, sessionLost: false };
    }
    const error = new CoiError('smtp-unavailable', 'Lost the submission server before the message was sent', { cause });
    return { state: 'failed', error, sessionLost: true };
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

  #waitLonger(): void {
    this.#socketTimeout(ACCEPT_TIMEOUT_MS);
  }

  #socketTimeout(ms: number): void {
    const socket: unknown = Reflect.get(this.#connection, '_socket');
    if (socket instanceof Socket) socket.setTimeout(ms);
  }
}

/**
 * The message as nodemailer reads it, which is after the server said 354. From the moment its end is handed over,
 * the final dot may be on its way.
 */
class Source extends Readable {
  readonly #submission: Submission;
  readonly #onEnd: () => void;
  #at = -1;
  dotSent = false;
  cancelReason: CoiError | undefined;

  constructor(submission: Submission, onEnd: () => void) {
    super({ highWaterMark: CHUNK_BYTES });
    this.#submission = submission;
    this.#onEnd = onEnd;
  }

  override _read(): void {
    if (this.#at === -1) {
      this.#at = 0;
      this.#submission.beforeData().then(
        () => this.#next(),
        (cause: unknown) => {
          this.cancelReason =
            cause instanceof CoiError ? cause : new CoiError('internal', 'Could not prepare the submission', { cause });
          // Not the reason itself: nodemailer writes its own code into what it gets.
          this.destroy(new Error('Cancelled'));
        },
      );
    } else {
      this.#next();
    }
  }

  #next(): void {
    const { bytes } = this.#submission;
    const end = Math.min(this.#at + CHUNK_BYTES, bytes.length);
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset + this.#at, end - this.#at);
    this.#at = end;
    this.push(chunk);
    if (end < bytes.length || this.destroyed) return;
    this.dotSent = true;
    this.#onEnd();
    this.push(null);
  }
}

function connectionOptions(server: MailServer, credentials: Credentials): SMTPConnectionOptions {
  return {
    host: server.host,
    port: server.port,
    secure: server.tls === 'tls',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    ...(server.servername === undefined ? {} : { servername: server.servername }),
    tls: { minVersion: 'TLSv1.2', ...(server.ca === undefined ? {} : { ca: server.ca }) },
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: REPLY_TIMEOUT_MS,
    socketCloseTimeout: 1_000,
    maxResponseSize: 65_536,
    // What RFC 5321 4.1.3 wants of a client without a name of its own; the machine's is nobody's business.
    name: '[127.0.0.1]',
    allowInternalNetworkInterfaces: true,
    logger: false,
    customAuth: bearerHandlers(credentials),
  };
}

/** XOAUTH2 (Google's) and OAUTHBEARER (RFC 7628); a 334 carries the reason of a refusal and wants an empty answer. */
function bearerHandlers(credentials: Credentials): NonNullable<SMTPConnectionOptions['customAuth']> {
  const { login, secret } = credentials;
  const initial = {
    XOAUTH2: `user=${login}\x01auth=Bearer ${secret}\x01\x01`,
    OAUTHBEARER: `n,a=${login.replaceAll('=', '=3D').replaceAll(',', '=2C')},\x01auth=Bearer ${secret}\x01\x01`,
  };
  const handler = (mechanism: keyof typeof initial): NonNullable<SMTPConnectionOptions['customAuth']>[string] => {
    return async (context) => {
      const first = await context.sendCommand(
        `AUTH ${mechanism} ${Buffer.from(initial[mechanism]).toString('base64')}`,
      );
      const last = first.status === 334 ? await context.sendCommand(mechanism === 'XOAUTH2' ? '' : 'AQ==') : first;
      if (last.status !== 235) throw new Error('Token refused');
    };
  };
  return credentials.auth === 'password' ? {} : { XOAUTH2: handler('XOAUTH2'), OAUTHBEARER: handler('OAUTHBEARER') };
}

/** Only looked at for being there: our own handlers do the sign-on. */
const TOKEN_BY_HANDLER = {} as NonNullable<SMTPConnectionAuth['oauth2']>;

async function signOn(connection: SMTPConnection, credentials: Credentials): Promise<void> {
  const { login: user, secret: pass, auth: kind } = credentials;
  // Without `oauth2` nodemailer replaces XOAUTH2 by the first method offered, and would send the token as password.
  const auth: SMTPConnectionAuth =
    kind === 'password' ? { user, pass } : { user, pass, method: kind.toUpperCase(), oauth2: TOKEN_BY_HANDLER };
  await settled((done) => {
    connection.once('error', done);
    connection.login(auth, done);
  });
}

function settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

/**
 * nodemailer knows one ORCPT per message; RFC 3461 has one per recipient. Before each RCPT the envelope's value
 * is set to that recipient (internal names of nodemailer, covered by `pool.test.ts`).
 */
function setRecipientDsn(connection: SMTPConnection): void {
  const sendRcpt = Reflect.get(SMTPConnection.prototype, '_sendRcpt') as (recipient: string, done: unknown) => void;
  Reflect.set(connection, '_sendRcpt', (recipient: string, done: unknown) => {
    const { dsn } = Reflect.get(connection, '_envelope') as { readonly dsn?: { orcpt?: string } };
    if (dsn !== undefined) dsn.orcpt = `rfc822;${recipient}`;
    sendRcpt.call(connection, recipient, done);
  });
}

function rejection(failure: SmtpFailure): Rejection {
  return {
    address: failure.recipient ?? '',
    smtpCode: failure.responseCode ?? 0,
    status: enhancedStatus(failure.response),
  };
}
