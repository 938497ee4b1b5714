/** What became of a submission that the server did not accept, and what that means for us. */
import { CoiError, type ErrorCode } from '@coi-webmail/base';

/** The part of nodemailer's errors that we read. */
export interface SmtpFailure {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  readonly command?: string | undefined;
  readonly recipient?: string | undefined;
  readonly rejectedErrors?: readonly SmtpFailure[] | undefined;
}

const TLS_COMMANDS = /TLS/i;
const TLS_ERROR = /certificate|self.signed|altnames|ssl routines|tls/i;

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
  if (failure.code === 'ETLS' || TLS_COMMANDS.test(failure.command ?? '') || TLS_ERROR.test(message)) {
    return 'tls-untrusted';
  }
  return 'smtp-unavailable';
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
  const { responseCode = 0 } = failure;
  const status = enhancedStatus(failure.response) ?? '';
  if (responseCode < 500) return responseCode === 452 || status.startsWith('4.7') ? 'throttled' : 'smtp-unavailable';
  if (responseCode === 552 || status === '5.3.4' || status === '5.2.3') return 'message-too-large';
  if (status === '5.2.2') return 'quota-exceeded';
  if (failure.command === 'MAIL FROM') return 'sender-rejected';
  if (failure.command === 'RCPT TO') return isSenderRefused(failure) ? 'sender-rejected' : 'recipient-rejected';
  return 'permission-denied';
}

/** Postfix checks the sender only when it sees the recipients. */
function isSenderRefused(failure: SmtpFailure): boolean {
  return /sender address rejected|not owned by user/i.test(failure.response ?? '');
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
