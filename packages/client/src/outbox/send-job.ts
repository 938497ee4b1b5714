/** The state machine of one line (design §4.4). Pure: values in, values out. */
import { errorFamily, isCoiError } from '@coi-webmail/base';
import type { DeliveryReason } from '@coi-webmail/chat';
import type { ContactAddress } from '@coi-webmail/coi';
import type { Result } from '@coi-webmail/protocol';
import type { Refusal, StoredLine } from './line.ts';
import { detailOf, reasonOf, refusalOf } from './reason.ts';

/** Older lines ask before they go out. */
export const MAX_AGE_MS = 6 * 24 * 3_600_000;
/** A hold is never longer, whatever happened to the clock meanwhile. */
export const MAX_HOLD_MS = 5_000;
const DEFAULT_RETRY_MS = 1000;
const DEFAULT_DEFERRAL_MS = 60_000;

type SubmitAnswer = Result<'message.submit'>;

export interface Step {
  readonly line: StoredLine;
  /** Try again after this long; undefined = not by itself, or as its state says. */
  readonly retryAfterMs: number | undefined;
}

/**
 * A worker starts with what an earlier one left. That one, or a page that closed, may have asked already: what that
 * left is looked for.
 */
export function recovered(line: StoredLine, now: number): StoredLine {
  if (line.state !== 'sending' && line.state !== 'queued') return line;
  return aged({ ...asked(line), state: 'queued' }, now);
}

/** Somebody may have asked for it behind our back. */
export function asked(line: StoredLine): StoredLine {
  return { ...line, attempt: Math.max(1, line.attempt) };
}

/** @param now server time */
export function isTooOld(line: StoredLine, now: number): boolean {
  return line.state === 'queued' && now - line.createdAt > MAX_AGE_MS && !line.confirmed;
}

export function aged(line: StoredLine, now: number): StoredLine {
  return isTooOld(line, now) ? { ...line, state: 'failed', reason: 'too-old', detail: undefined } : line;
}

export function started(line: StoredLine): StoredLine {
  return { ...line, state: 'sending', reason: undefined, detail: undefined, heldUntil: undefined };
}

export function released(line: StoredLine): StoredLine {
  return { ...line, heldUntil: undefined };
}

/** @param now of this clock */
export function answered(line: StoredLine, answer: SubmitAnswer, now: number, waitMs: number): Step {
  const next = { ...line, attempt: line.attempt + 1 };
  switch (answer.state) {
    case 'sent':
      return done(settled(withRejected(next, answer, now)));
    case 'unknown':
      return unknownOutcome(withRejected(next, answer, now), now, waitMs);
    case 'in-flight':
      return { line: { ...next, state: 'queued' }, retryAfterMs: answer.retryAfterMs ?? DEFAULT_RETRY_MS };
    default:
      return answer.state satisfies never;
  }
}

/** Refused for good, or only for the time being (4xx)? The engine names them all, also when it answers a retry. */
function withRejected(line: StoredLine, { rejected, retryAfterMs }: SubmitAnswer, now: number): StoredLine {
  const deferred = rejected.filter(({ smtpCode }) => isTemporary(smtpCode)).map(({ address }) => addressOf(address));
  const refused = rejected
    .filter(({ smtpCode }) => !isTemporary(smtpCode))
    .map(({ address, smtpCode, status }): Refusal => ({ address: addressOf(address), ...refusalOf(smtpCode, status) }));
  return {
    ...line,
    refused: refused.length === 0 ? undefined : refused,
    ...deferral(deferred, now + (retryAfterMs ?? DEFAULT_DEFERRAL_MS)),
  };
}

function deferral(deferred: readonly ContactAddress[], until: number): Pick<StoredLine, 'deferred' | 'deferredUntil'> {
  return deferred.length === 0 ? { deferred: undefined, deferredUntil: undefined } : { deferred, deferredUntil: until };
}

function isTemporary(smtpCode: number): boolean {
  return smtpCode >= 400 && smtpCode < 500;
}

/** We named them, in lower case; the engine repeats. */
function addressOf(address: string): ContactAddress {
  return address.toLowerCase() as ContactAddress;
}

export function failed(line: StoredLine, error: unknown, now: number, waitMs: number): Step {
  const next = { ...line, attempt: line.attempt + 1 };
  if (isCoiError(error, 'outcome-unknown')) return unknownOutcome(next, now, waitMs);
  if (isCoiError(error, 'conflict')) {
    if (error.details?.['cancelled'] !== true) {
      return { line: { ...next, state: 'queued' }, retryAfterMs: error.retryAfterMs ?? DEFAULT_RETRY_MS };
    }
    // Taken back by a discard whose answer was lost.
    return done({ ...next, state: 'failed', reason: 'refused', cancelled: true, resend: false });
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

/** The mail server took it, evidence says so, or the copy in the mailbox. Who was refused still has nothing. */
export function settled(line: StoredLine): StoredLine {
  return { ...line, state: 'sent', reason: undefined, detail: undefined, resend: false, waitUntil: undefined };
}

/** The user wants it again: all of it, or for those who were refused. */
export function retried(line: StoredLine, now: number): StoredLine {
  if (line.state === 'sent') {
    const { refused = [], deferred = [] } = line;
    // Whoever may have it already gets it once more: the user knows and wants it.
    const resend = refused.some(({ reason }) => reason === 'unknown-outcome');
    const about = [...deferred, ...refused.map(({ address }) => address)];
    return { ...line, refused: undefined, ...deferral(about, now), confirmed: true, resend };
  }
  return { ...released(line), state: 'queued', reason: undefined, detail: undefined, confirmed: true };
}

export function resent(line: StoredLine): StoredLine {
  return { ...line, state: 'queued', reason: undefined, detail: undefined, confirmed: true, resend: true };
}

/**
 * The answer about some of several recipients.
 * @param about those of the request; others stand as before
 */
export function answeredAgain(
  line: StoredLine,
  about: readonly ContactAddress[],
  answer: SubmitAnswer,
  now: number,
): StoredLine {
  const next = { ...line, attempt: line.attempt + 1, resend: false };
  if (answer.state === 'in-flight') {
    return { ...line, ...deferral(about, now + (answer.retryAfterMs ?? DEFAULT_RETRY_MS)) };
  }
  if (answer.state === 'unknown') return refusedAgain(next, about, 'unknown-outcome', undefined);
  const told = withRejected(next, answer, now);
  const isOther = ({ address }: Refusal) => !about.includes(address);
  const refused = [...(line.refused ?? []).filter(isOther), ...(told.refused ?? []).filter((each) => !isOther(each))];
  return { ...told, refused: refused.length === 0 ? undefined : refused };
}

export function failedAgain(
  line: StoredLine,
  about: readonly ContactAddress[],
  error: unknown,
  now: number,
  waitMs: number,
): StoredLine {
  const next = { ...line, attempt: line.attempt + 1 };
  if (errorFamily(error) === 'wait' || isCoiError(error, 'conflict')) {
    return { ...next, ...deferral(about, now + ((isCoiError(error) ? error.retryAfterMs : undefined) ?? waitMs)) };
  }
  if (isCoiError(error, 'outcome-unknown')) return refusedAgain(next, about, 'unknown-outcome', undefined);
  return refusedAgain(next, about, reasonOf(error), detailOf(error));
}

function refusedAgain(
  line: StoredLine,
  about: readonly ContactAddress[],
  reason: DeliveryReason,
  detail: string | undefined,
): StoredLine {
  const refused = about.map((address): Refusal => ({ address, reason, detail }));
  const before = (line.refused ?? []).filter(({ address }) => !about.includes(address));
  return { ...line, refused: [...before, ...refused], deferred: undefined, deferredUntil: undefined, resend: false };
}

function done(line: StoredLine): Step {
  return { line, retryAfterMs: undefined };
}
