/** A submit's claim: its key, what is noted in it, and signs of life while somebody works on it. */
import { createHash } from 'node:crypto';
import type { MessageRefData } from '@coi-webmail/protocol';
import type { ClaimNote } from '../../store/store.ts';
import type { AccountContext } from '../context.ts';
import type { Deliveries } from './deliveries.ts';

/** A claim without sign of life for so long belongs to a dead process. */
export const CLAIM_STALE_MS = 4_000;
const HEARTBEAT_MS = 1_000;

/** The Store learns neither address nor Message-ID. */
export function claimKey(accountHash: string, messageId: string): string {
  return createHash('sha256').update(`${accountHash}\0${messageId}`).digest('hex');
}

/** The own copy of a line: it lies somewhere, and the server may have said where. */
export interface StoredCopy {
  readonly place: MessageRefData | undefined;
}

export function noteOf(copy: StoredCopy | undefined, deliveries?: Deliveries): ClaimNote {
  return {
    copy: copy === undefined ? undefined : JSON.stringify(copy.place ?? null),
    recipients: deliveries?.format(),
  };
}

export function copyOf({ copy }: ClaimNote): StoredCopy | undefined {
  return copy === undefined ? undefined : { place: (JSON.parse(copy) as MessageRefData | null) ?? undefined };
}

/** Signs of life of a claim, from now until the end. */
export class Heartbeat {
  readonly #key: string;
  readonly #context: AccountContext;
  #cancel: () => void = () => undefined;

  constructor(key: string, context: AccountContext) {
    this.#key = key;
    this.#context = context;
    this.#schedule();
  }

  end(): void {
    this.#cancel();
  }

  #schedule(): void {
    const { clock, deps } = this.#context;
    this.#cancel = clock.after(HEARTBEAT_MS, () => {
      deps.store.touchClaim(this.#key, clock.now()).catch(() => deps.log.warn('claim-heartbeat-failed'));
      this.#schedule();
    });
  }
}
