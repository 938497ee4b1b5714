/** What became of a submission that the server did not accept, and what that means for us. */
import { CoiError, type ErrorCode } from '@coi-webmail/base';
import type { Rejection } from './outcome.ts';

/** The part of nodemailer's errors that we read. */
export interface SmtpFailure {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  readonly command?: string | undefined;
  readonly recipient?: string | undefined;
  readonly rejectedErrors?: readonly SmtpFailure[] | undefined;
}

/** About the certificate. nodemailer puts its own code over the one of the TLS stack, and leaves the words. */
const UNTRUSTED = /certificate|self.signed|altnames/i;

/** RFC 3463 status in a reply text, e.g. `5.1.1`. */
export function enhancedStatus(response: string | undefined): string | undefined {
  return /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1];
}

/** An error of the session itself: connecting, TLS, sign-on. */
export function sessionError(cause: unknown): CoiError {
  const failure = asFailure(cause);
  const code = sessionCode(failure, cause);
  return new CoiError(code, 'Could not sign on to the submission server', { cause, details: replyDetails(failure) });
}

function sessionCode(failure: SmtpFailure, cause: unknown): ErrorCode {
  const isPassing = failure.responseCode !== undefined && failure.responseCode < 500;
  if (failure.code === 'EAUTH' || failure.command?.startsWith('AUTH') === true) {
    return isPassing ? 'smtp-unavailable' : 'auth-failed';
  }
  const message = cause instanceof Error ? cause.message : '';
  // A handshake that breaks off says nothing about trust; a server that refuses STARTTLS does.
  const isWithoutTls = failure.command === 'STARTTLS' && (failure.responseCode ?? 0) >= 500;
  return isWithoutTls || UNTRUSTED.test(message) ? 'tls-untrusted' : 'smtp-unavailable';
}

/** A reply that refused the message: at MAIL, RCPT, DATA or after the final dot. */
export function refusal(cause: unknown): CoiError {
  const failure = asFailure(cause);
  return new CoiError(refusalCode(failure), 'The submission server refused the message', {
    cause,
    details: replyDetails(failure),
  });
}

function refusalCode(failure: SmtpFailure): ErrorCode {
  const { responseCode = 0, command } = failure;
  const status = enhancedStatus(failure.response) ?? '';
  if (responseCode < 500) return isServerTrouble(responseCode, status) ? 'smtp-unavailable' : 'throttled';
  if (SENDING_QUOTA.has(status)) return 'throttled';
  if (command === 'RCPT TO' && !isAboutSender(failure) && !TOO_LARGE.has(status)) return 'recipient-rejected';
  if (status === '5.2.2') return 'quota-exceeded';
  if (responseCode === 552 || responseCode === 523 || TOO_LARGE.has(status)) return 'message-too-large';
  return command === 'MAIL FROM' || isAboutSender(failure) ? 'sender-rejected' : 'permission-denied';
}

/** RFC 3463: too big for the system, for the mailbox. */
const TOO_LARGE: ReadonlySet<string> = new Set(['5.3.4', '5.2.3']);
/** What Gmail and Exchange say, as a permanent failure, when somebody sent all that a day allows. */
const SENDING_QUOTA: ReadonlySet<string> = new Set(['5.4.5', '5.1.90']);

/** The server is closing or has a problem of its own; other temporary refusals are about how much we send, or to whom. */
function isServerTrouble(responseCode: number, status: string): boolean {
  return status.startsWith('4.3.') || (responseCode === 421 && !status.startsWith('4.7.'));
}

/** Postfix checks the sender only when it sees the recipients. */
export function isAboutSender(failure: SmtpFailure): boolean {
  return failure.command === 'RCPT TO' && /sender address rejected|not owned by user/i.test(failure.response ?? '');
}

/** A reply to RCPT. */
export function rejection(failure: SmtpFailure): Rejection {
  const { recipient: address = '', responseCode: smtpCode = 0, response } = failure;
  const status = enhancedStatus(response);
  return { address, smtpCode, status, kind: kindOf(smtpCode, status, response ?? '') };
}

/** RFC 5321 4.5.3.1.10: 452 for too many; servers with statuses use the code for full mailboxes and disks, too. */
function kindOf(smtpCode: number, status: string | undefined, response: string): Rejection['kind'] {
  const isTooMany = status === undefined ? smtpCode === 452 : /^[45]\.5\.3$/.test(status);
  if (isTooMany || /too many recipients/i.test(response)) return 'too-many';
  return smtpCode < 500 ? 'deferred' : 'refused';
}

function replyDetails(failure: SmtpFailure): Readonly<Record<string, string | number>> {
  const status = enhancedStatus(failure.response);
  return {
    ...(failure.responseCode === undefined ? {} : { smtpCode: failure.responseCode }),
    ...(status === undefined ? {} : { status }),
  };
}

export function asFailure(cause: unknown): SmtpFailure {
  return typeof cause === 'object' && cause !== null ? cause : {};
}

/** True when waiting may help: no reply at all, or a 4xx. */
export function isTemporary(error: CoiError): boolean {
  return error.code === 'smtp-unavailable' || error.code === 'throttled';
}
