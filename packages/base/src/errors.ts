/**
 * The one error class and the one table of error codes.
 *
 * Codes are stable and cross the WebSocket and Comlink as plain data; match by `code`, never by
 * `instanceof`, across a boundary. The family says who has to act.
 */

/** Who must act: the machine by waiting, the user, a fresh look at the state, or a developer. */
export type ErrorFamily = 'wait' | 'ask' | 'refresh' | 'bug';

/** code -> family. A code that is not in this table does not exist. */
export const ERROR_CODES = {
  offline: 'wait',
  'engine-unreachable': 'wait',
  'imap-unavailable': 'wait',
  'smtp-unavailable': 'wait',
  timeout: 'wait',
  throttled: 'wait',
  overloaded: 'wait',
  'auth-failed': 'ask',
  'auth-expired': 'ask',
  'tls-untrusted': 'ask',
  'quota-exceeded': 'ask',
  'recipient-rejected': 'ask',
  'sender-rejected': 'ask',
  'message-too-large': 'ask',
  'permission-denied': 'ask',
  'outcome-unknown': 'ask',
  'store-locked': 'ask',
  'uid-validity-changed': 'refresh',
  'mailbox-not-found': 'refresh',
  'message-not-found': 'refresh',
  conflict: 'refresh',
  'cursor-stale': 'refresh',
  'protocol-mismatch': 'bug',
  'invalid-request': 'bug',
  'invalid-config': 'bug',
  invariant: 'bug',
  internal: 'bug',
} as const satisfies Record<string, ErrorFamily>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What crosses a wire instead of a CoiError. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly retryAfterMs?: number | undefined;
}

export interface CoiErrorOptions {
  readonly cause?: unknown;
  /** Machine-readable facts, for example an SMTP code. Never an address, subject or key. */
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** An error of ours. `message` starts with a capital, has no full stop and says what was attempted. */
export class CoiError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: CoiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CoiError';
    this.code = code;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** True for a CoiError and for its copy that came over a wire. */
export function isCoiError(value: unknown, code?: ErrorCode): value is Error & ErrorData {
  if (!(value instanceof Error) || !('code' in value) || typeof value.code !== 'string') return false;
  return value.code in ERROR_CODES && (code === undefined || value.code === code);
}

/** The family of an error; what we do not know is a bug. */
export function errorFamily(value: unknown): ErrorFamily {
  return isCoiError(value) ? ERROR_CODES[value.code] : 'bug';
}

/** Flattens any thrown value for a wire. Messages of foreign errors stay behind: they may hold content. */
export function toErrorData(value: unknown): ErrorData {
  if (!isCoiError(value)) return { code: 'internal', message: 'Unexpected failure' };
  const { code, message, details, retryAfterMs } = value;
  return { code, message, details, retryAfterMs };
}

/** The reverse of {@link toErrorData}. */
export function fromErrorData(data: ErrorData): CoiError {
  return new CoiError(data.code, data.message, { details: data.details, retryAfterMs: data.retryAfterMs });
}
