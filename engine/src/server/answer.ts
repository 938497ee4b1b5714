/** Answers of the HTTP side: JSON, errors with a fitting status, and the headers that every answer carries. */
import type { ServerResponse } from 'node:http';
import { type ErrorCode, type ErrorFamily, errorFamily, toErrorData } from '@coi-webmail/base';

const STATUS: Partial<Record<ErrorCode, number>> = {
  'auth-failed': 401,
  'auth-expired': 401,
  'permission-denied': 403,
  'sender-rejected': 403,
  'message-not-found': 404,
  'mailbox-not-found': 404,
  'message-too-large': 413,
  'recipient-rejected': 422,
  'quota-exceeded': 507,
  throttled: 429,
  timeout: 504,
  'invalid-request': 400,
  'protocol-mismatch': 400,
};
const FAMILY_STATUS: Record<ErrorFamily, number> = { wait: 503, ask: 422, refresh: 409, bug: 500 };

/** Nothing of an answer is kept by a cache, framed, guessed at or told to another site. */
export const COMMON_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
} as const;

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

export function sendNothing(response: ServerResponse): void {
  response.writeHead(204);
  response.end();
}

/** After the head went out only the connection can say that something is wrong. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const data = toErrorData(error);
  if (data.retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(data.retryAfterMs / 1000));
  sendJson(response, statusOf(error), { error: data });
}

export function statusOf(error: unknown): number {
  return STATUS[toErrorData(error).code] ?? FAMILY_STATUS[errorFamily(error)];
}
