/** What a client hears of its line. Pure. */
import { CoiError } from '@coi-webmail/base';
import type { Params, Result } from '@coi-webmail/protocol';
import { isTemporary } from '../../smtp/errors.ts';
import type { StoredCopy } from './claim-note.ts';
import type { Deliveries } from './deliveries.ts';
import { rejectedOf, retryAfterMs } from './targets.ts';

type SubmitParams = Params<'message.submit'>;
type SubmitResult = Result<'message.submit'>;

export const IN_FLIGHT: SubmitResult = { state: 'in-flight', rejected: [], retryAfterMs: 500 };

export function sentAnswer(
  params: SubmitParams,
  deliveries: Deliveries,
  copy: StoredCopy | undefined,
  acceptedAt: number,
): SubmitResult {
  const rejected = rejectedOf(params, deliveries);
  const isPutOff = rejected.some(({ smtpCode }) => smtpCode < 500);
  return {
    state: 'sent',
    acceptedAt,
    rejected,
    ...placeOf(copy),
    ...(isPutOff ? { retryAfterMs: retryAfterMs(deliveries, Math.random()) } : {}),
  };
}

export function unknownAnswer(
  params: SubmitParams,
  deliveries: Deliveries,
  copy: StoredCopy | undefined,
): SubmitResult {
  return { state: 'unknown', rejected: rejectedOf(params, deliveries), ...placeOf(copy) };
}

/** Why nobody has it. While somebody may get it yet, that is what the client hears. */
export function failureAnswer(params: SubmitParams, deliveries: Deliveries, failure: CoiError | undefined): CoiError {
  const cause = failure ?? new CoiError('recipient-rejected', 'The submission server refused all recipients');
  const put = rejectedOf(params, deliveries).find(({ address }) => deliveries.of(address)?.state === 'deferred');
  if (put === undefined) return cause;
  const { smtpCode, status } = put;
  return new CoiError(isTemporary(cause) ? cause.code : 'throttled', cause.message, {
    cause,
    details: { smtpCode, ...(status === undefined ? {} : { status }) },
    retryAfterMs: retryAfterMs(deliveries, Math.random()),
  });
}

function placeOf(copy: StoredCopy | undefined): Pick<SubmitResult, 'copy'> {
  return copy?.place === undefined ? {} : { copy: copy.place };
}
