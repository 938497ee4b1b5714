/** To whom a request about a line is to send, after all that became of it. Pure. */
import type { Params, Result } from '@coi-webmail/protocol';
import { backoffMs } from '@coi-webmail/base';
import type { Deliveries } from './deliveries.ts';

type SubmitParams = Params<'message.submit'>;
type Rejected = Result<'message.submit'>['rejected'];

const THROTTLED_BACKOFF = { firstMs: 30_000, maxMs: 900_000, factor: 2 };
/** Not tried, because the server was gone: stands for a reply that says "later". */
const NOT_TRIED = { state: 'deferred', smtpCode: 451, status: undefined } as const;
/** Not tried, and not to be tried. */
const TAKEN_BACK_CODE = 554;

/** @param isSettled some have it and the line counts as sent: only those asked for are tried again */
export function targetsOf(params: SubmitParams, deliveries: Deliveries, isSettled: boolean): readonly string[] {
  if (deliveries.isClosed) return [];
  const again = params.again === undefined ? undefined : new Set(params.again.map(lower));
  const isWhole = again === undefined && !deliveries.has('accepted') && !deliveries.has('doubt');
  return distinct(params.recipients).filter((address) => {
    const known = deliveries.of(address);
    switch (known?.state) {
      case undefined:
        return true;
      case 'accepted':
        return false;
      case 'doubt':
        return params.resend === true;
      case 'deferred':
        return again?.has(lower(address)) ?? !isSettled;
      case 'refused':
        return isWhole || again?.has(lower(address)) === true;
      default:
        return known satisfies undefined;
    }
  });
}

/** Who does not have it and is not in doubt. */
export function rejectedOf(params: SubmitParams, deliveries: Deliveries): Rejected {
  return distinct(params.recipients).flatMap((address) => {
    const known = deliveries.of(address) ?? NOT_TRIED;
    if (known.state !== 'refused' && known.state !== 'deferred') return [];
    if (known.state === 'deferred' && deliveries.isClosed) return [{ address, smtpCode: TAKEN_BACK_CODE }];
    const { smtpCode, status } = known;
    return [{ address, smtpCode, ...(status === undefined ? {} : { status }) }];
  });
}

/** When those whom the mail server put off may be tried again. */
export function retryAfterMs(deliveries: Deliveries, random: number): number {
  return backoffMs(Math.max(0, deliveries.deferCount - 1), random, THROTTLED_BACKOFF);
}

function distinct(recipients: readonly string[]): readonly string[] {
  return [...new Map(recipients.map((address) => [lower(address), address])).values()];
}

function lower(address: string): string {
  return address.toLowerCase();
}
