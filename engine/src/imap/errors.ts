/**
 * Turns what imapflow and the server say into a CoiError, once. imapflow throws for some commands and resolves
 * to `false` for others; both end here. Server text goes no further than `cause`: it may hold content.
 */
import { CoiError, type ErrorCode, isCoiError } from '@coi-webmail/base';
import type { ImapFlowError } from 'imapflow';

/** RFC 5530 and RFC 7889 response codes, and what they mean for us. */
const RESPONSE_CODES: Readonly<Record<string, ErrorCode>> = {
  UNAVAILABLE: 'imap-unavailable',
  AUTHENTICATIONFAILED: 'auth-failed',
  AUTHORIZATIONFAILED: 'auth-failed',
  EXPIRED: 'auth-expired',
  PRIVACYREQUIRED: 'tls-untrusted',
  CONTACTADMIN: 'imap-unavailable',
  NOPERM: 'permission-denied',
  INUSE: 'imap-unavailable',
  CORRUPTION: 'imap-unavailable',
  SERVERBUG: 'imap-unavailable',
  CANNOT: 'permission-denied',
  LIMIT: 'throttled',
  OVERQUOTA: 'quota-exceeded',
  ALREADYEXISTS: 'conflict',
  NONEXISTENT: 'mailbox-not-found',
  TRYCREATE: 'mailbox-not-found',
  TOOBIG: 'message-too-large',
  APPENDLIMIT: 'message-too-large',
};

/** What servers say that give no response code (Cyrus). */
const OVER_QUOTA_TEXT = /^over ?quota\b/i;

/** About the certificate. A handshake or a stream that breaks (`ECONNRESET`, `ERR_SSL_…`) says nothing about trust. */
const UNTRUSTED = /^(?:ERR_TLS_CERT|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|STARTTLS_INJECTION)/;

/** @param attempted what was tried, e.g. `append a message`; becomes the error's text */
export function toImapError(cause: unknown, attempted: string): CoiError {
  if (cause instanceof CoiError) return cause;
  if (isCoiError(cause)) return new CoiError(cause.code, cause.message, { cause });
  const error: Partial<ImapFlowError> = cause instanceof Error ? cause : {};
  return new CoiError(errorCode(error), `Could not ${attempted}`, {
    cause,
    details: error.responseStatus === undefined ? undefined : { imapStatus: error.responseStatus },
  });
}

function errorCode(error: Partial<ImapFlowError>): ErrorCode {
  const known = RESPONSE_CODES[responseCode(error) ?? ''];
  if (known !== undefined) return known;
  if (error.authenticationFailed === true) return 'auth-failed';
  if (OVER_QUOTA_TEXT.test(error.responseText ?? '')) return 'quota-exceeded';
  // Without a code: the server offers no TLS at all.
  const isWithoutTls = error.tlsFailed === true && error.code === undefined;
  if (isWithoutTls || UNTRUSTED.test(error.code ?? '')) return 'tls-untrusted';
  if (error.mailboxMissing === true || error.code === 'NotFound') return 'mailbox-not-found';
  if (error.code === 'ETHROTTLE') return 'throttled';
  return 'imap-unavailable';
}

/** The code in brackets of the tagged answer, e.g. `OVERQUOTA`. */
function responseCode(error: Partial<ImapFlowError>): string | undefined {
  if (error.serverResponseCode !== undefined) return error.serverResponseCode.toUpperCase();
  if (typeof error.response !== 'object') return undefined;
  const section = error.response.attributes?.[0]?.section?.[0];
  return typeof section?.value === 'string' ? section.value.toUpperCase() : undefined;
}

/** Runs one imapflow call; `false` and undefined, which mean NO, BAD or a missing selection, become errors. */
export async function must<T>(attempted: string, call: Promise<T>): Promise<Exclude<T, false | undefined | void>> {
  let result: T;
  try {
    result = await call;
  } catch (cause) {
    throw toImapError(cause, attempted);
  }
  if (result === false || result === undefined) {
    throw new CoiError('imap-unavailable', `Could not ${attempted}`);
  }
  return result as Exclude<T, false | undefined | void>;
}
