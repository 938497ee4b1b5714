/** The state machine of one line (design §4.4). Pure: values in, values out. */
import { errorFamily, isCoiError } from '@coi-webmail/base';
import type { DeliveryReason } from '@coi-webmail/chat';
import type { Result } from '@coi-webmail/protocol';
import type { Refusal, StoredLine } from './line.ts';

/** Older lines ask before they go out. */
export const MAX_AGE_MS = 6 * 24 * 3_600_000;
const DEFAULT_RETRY_MS = 1000;
/** More refused recipients than these are counted only. */
const MAX_NAMED = 5;

export interface Step {
  readonly line: StoredLine;
  /** Try again after this long; undefined = not by itself. */
  readonly retryAfterMs: number | undefined;
}

/** A worker starts with what an earlier one left. */
export function recovered(line: StoredLine, now: number): StoredLine {
  if (line.state !== 'sending' && line.state !== 'queued') return line;
  if (now - line.createdAt > MAX_AGE_MS && !line.confirmed) {
    return { ...line, state: 'failed', reason: 'too-old', detail: undefined };
  }
  // The earlier worker, or a page that closed, may have asked already: what that left is looked for.
  return { ...line, state: 'queued', attempt: Math.max(1, line.attempt) };
}

export function started(line: StoredLine): StoredLine {
  return { ...line, state: 'sending', reason: undefined, detail: undefined };
}

export function answered(line: StoredLine, answer: Result<'message.submit'>, now: number, waitMs: number): Step {
  const next = { ...line, attempt: line.attempt + 1 };
  switch (answer.state) {
    case 'sent':
      // A retry is answered from the claim: that names nobody, although those who were refused still have nothing.
      return done(settled(answer.rejected.length === 0 ? next : { ...next, refused: answer.rejected }));
    case 'unknown':
      return unknownOutcome(next, now, waitMs);
    case 'in-flight':
      return { line: { ...next, state: 'queued' }, retryAfterMs: answer.retryAfterMs ?? DEFAULT_RETRY_MS };
    default:
      return answer.state satisfies never;
  }
}

export function failed(line: StoredLine, error: unknown, now: number, waitMs: number): Step {
  const next = { ...line, attempt: line.attempt + 1 };
  if (isCoiError(error, 'outcome-unknown')) return unknownOutcome(next, now, waitMs);
  if (isCoiError(error, 'conflict')) {
    return { line: { ...next, state: 'queued' }, retryAfterMs: error.retryAfterMs ?? DEFAULT_RETRY_MS };
  }
  const reason = reasonOf(error);
  if (errorFamily(error) === 'wait') {
    return {
      line: { ...next, state: 'queued', reason },
      retryAfterMs: isCoiError(error) ? error.retryAfterMs : undefined,
    };
  }
  if (isCoiError(error, 'auth-expired') || isCoiError(error, 'auth-failed')) {
    return done({ ...next, state: 'queued', reason: 'signed-out' });
  }
  return done({ ...next, state: 'failed', reason, detail: detailOf(error), resend: false });
}

function unknownOutcome(line: StoredLine, now: number, waitMs: number): Step {
  return done({ ...line, state: 'waiting', resend: false, reason: undefined, waitUntil: now + waitMs });
}

/** Nobody said that it arrived. Chat clients fold a second copy; for others the user decides. */
export function waitedInVain(line: StoredLine, allChat: boolean): StoredLine {
  if (allChat && !line.resentByRule) {
    return { ...line, state: 'queued', resend: true, resentByRule: true, waitUntil: undefined };
  }
  return { ...line, state: 'unknown', reason: 'unknown-outcome', waitUntil: undefined };
}

/** The mail server took it, evidence says so, or the copy in the mailbox: sent, but not to those it refused. */
export function settled(line: StoredLine): StoredLine {
  const next = { ...line, resend: false, waitUntil: undefined };
  if (!isPartlyRefused(line)) return { ...next, state: 'sent', reason: undefined, detail: undefined };
  const { refused = [], recipients } = line;
  const reason = refused[0] === undefined ? 'refused' : refusal(refused[0].smtpCode, refused[0].status).reason;
  return { ...next, state: 'failed', reason, detail: partlyDetail(refused, recipients.length) };
}

/** Some got it, some never will by this line: it is not over when its copy lies in the mailbox. */
export function isPartlyRefused(line: StoredLine): boolean {
  return line.refused !== undefined && line.refused.length > 0;
}

export function retried(line: StoredLine): StoredLine {
  return { ...line, state: 'queued', reason: undefined, detail: undefined, confirmed: true };
}

export function resent(line: StoredLine): StoredLine {
  return { ...retried(line), resend: true };
}

function done(line: StoredLine): Step {
  return { line, retryAfterMs: undefined };
}

function reasonOf(error: unknown): DeliveryReason {
  if (!isCoiError(error)) return 'refused';
  switch (error.code) {
    case 'offline':
      return 'offline';
    case 'engine-unreachable':
    case 'timeout':
    case 'overloaded':
      return 'engine-unreachable';
    case 'imap-unavailable':
    case 'smtp-unavailable':
      return 'mail-server-down';
    case 'throttled':
      return 'limit-reached';
    case 'recipient-rejected':
      return refusal(Number(error.details?.['smtpCode'] ?? 0), textOf(error.details?.['status'])).reason;
    case 'sender-rejected':
      return 'sender-refused';
    case 'message-too-large':
      return 'too-large';
    case 'quota-exceeded':
      return 'limit-reached';
    default:
      return 'refused';
  }
}

function refusal(
  smtpCode: number,
  status: string | undefined,
): { readonly reason: DeliveryReason; readonly detail: string } {
  const isFull = status?.endsWith('.2.2') === true || smtpCode === 552 || smtpCode === 452;
  const isUnknown = status?.endsWith('.1.1') === true || status?.endsWith('.1.2') === true || smtpCode === 550;
  const detail = [smtpCode === 0 ? '' : String(smtpCode), status ?? ''].filter((part) => part !== '').join(' ');
  return { reason: isFull ? 'recipient-full' : isUnknown ? 'recipient-unknown' : 'refused', detail };
}

/** For example `1/3: carol@example.test 550 5.1.1`. */
function partlyDetail(refused: readonly Refusal[], recipientCount: number): string {
  const named = refused.slice(0, MAX_NAMED).map(({ address, smtpCode, status }) => {
    const { detail } = refusal(smtpCode, status);
    return detail === '' ? address : `${address} ${detail}`;
  });
  const more = refused.length > MAX_NAMED ? ', …' : '';
  return `${refused.length}/${recipientCount}: ${named.join(', ')}${more}`;
}

function detailOf(error: unknown): string | undefined {
  if (!isCoiError(error)) return undefined;
  const parts = [error.details?.['smtpCode'], error.details?.['status']].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function textOf(value: string | number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
