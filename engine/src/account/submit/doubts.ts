/**
 * Lines of which nobody knows whether they arrived, and what ends the doubt: their copy in a recipient's mailbox, or a
 * claim that tells what a process that died left behind.
 */
import { isCoiError } from '@coi-webmail/base';
import type { MessageRefData, Params } from '@coi-webmail/protocol';
import type { ClaimAnswer } from '../../store/store.ts';
import type { AccountContext } from '../context.ts';
import { CLAIM_STALE_MS, claimKey, noteOf, type StoredCopy } from './claim-note.ts';
import { Deliveries } from './deliveries.ts';
import type { OwnCopies } from './own-copies.ts';

/** Longer than a claim of a dead process counts. */
const FOREIGN_PENDING_MS = 6_000;
const MAX_RECONCILE_TRIES = 10;
/** Larger messages are not kept in memory for a copy that may be stored one day. */
const KEPT_MAX_BYTES = 65_536;

interface Doubt {
  readonly key: string;
  readonly copy: StoredCopy | undefined;
  readonly deliveries: Deliveries;
  /** Kept while there is no copy yet. */
  readonly bytes: Uint8Array | undefined;
  /** Nobody is asked for it any more. */
  readonly callOff: () => void;
}

export interface DoubtsOptions {
  readonly context: AccountContext;
  readonly copies: OwnCopies;
  isRunning(key: string): boolean;
  /** All of it arrived: its copy says so, or is to be stored. */
  onSettled(messageId: string, copy: StoredCopy | undefined, bytes: Uint8Array | undefined): Promise<void>;
}

export class Doubts {
  readonly #context: AccountContext;
  readonly #options: DoubtsOptions;
  readonly #doubts = new Map<string, Doubt>();
  #cancelReconcile: (() => void) | undefined;
  #isStopped = false;

  constructor(options: DoubtsOptions) {
    this.#options = options;
    this.#context = options.context;
  }

  /** Remembers a line in doubt, and asks those who may have it, now or when they come. */
  add(key: string, params: Params<'message.submit'>, deliveries: Deliveries, copy: StoredCopy | undefined): void {
    const { messageId, bytes, recipients } = params;
    const kept = copy === undefined && bytes.length <= KEPT_MAX_BYTES ? bytes : undefined;
    this.forget(messageId);
    const { deps, identity } = this.#context;
    const asked = recipients.filter((address) => deliveries.of(address)?.state === 'doubt');
    // Evidence may come while it is being sought.
    let callOff = (): void => undefined;
    this.#doubts.set(messageId, { key, copy, deliveries, bytes: kept, callOff: () => callOff() });
    callOff = deps.hub.seekEvidence(asked, { messageId, from: identity.address });
  }

  forget(messageId: string): void {
    this.#doubts.get(messageId)?.callOff();
    this.#doubts.delete(messageId);
  }

  /** @param by whose mailbox has it; undefined = somebody's */
  async evidence(messageId: string, by: string | undefined): Promise<void> {
    const doubt = this.#doubts.get(messageId);
    if (doubt === undefined || !doubt.deliveries.arrivedAt(by)) return;
    const { deps, clock, emit } = this.#context;
    const { key, copy, deliveries, bytes } = doubt;
    const note = noteOf(copy, deliveries);
    if (deliveries.has('doubt')) {
      // Another batch of it is in doubt still.
      const isOurs = await deps.store.reopenClaim(key, 'unknown', clock.now());
      if (isOurs) await deps.store.settleClaim(key, 'unknown', clock.now(), note);
      return;
    }
    this.forget(messageId);
    await deps.store.settleClaim(key, 'accepted', clock.now(), note);
    emit({ event: 'submit.settled', data: { messageId, state: 'sent' } });
    await this.#options.onSettled(messageId, copy, bytes);
  }

  /**
   * A client fetched these: a pending copy that another process put there is looked at a little later, because that
   * process may have died between the mail server's word and its own last step.
   */
  fetched(uidValidity: string, messages: readonly { readonly uid: number; readonly flags: readonly string[] }[]): void {
    const { copies } = this.#options;
    if (messages.some((one) => copies.isForeignPending(uidValidity, one))) this.#reconcileLater(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelReconcile?.();
    for (const { callOff } of this.#doubts.values()) callOff();
  }

  #reconcileLater(triedCount: number): void {
    if (this.#isStopped || this.#cancelReconcile !== undefined || triedCount > MAX_RECONCILE_TRIES) return;
    this.#cancelReconcile = this.#context.clock.after(FOREIGN_PENDING_MS, () => {
      this.#cancelReconcile = undefined;
      void this.reconcile(triedCount + 1);
    });
  }

  /**
   * At start: a process that died between acceptance and settling left a copy that says pending. Claims tell.
   * Never throws; under a lease, because a look at a claim takes it for a moment. Tried again while the lease or a claim
   * is somebody else's, who may be dead.
   */
  async reconcile(triedCount = 0): Promise<void> {
    const { deps, identity } = this.#context;
    let isAllKnown: boolean | undefined;
    try {
      isAllKnown = await deps.hub.withLease(`settle:${identity.hash}`, () => this.#reconcileAll());
    } catch (error) {
      deps.log.warn('reconcile-failed', { code: isCoiError(error) ? error.code : 'internal' });
    }
    if (isAllKnown !== true) this.#reconcileLater(triedCount);
  }

  /** @returns false when somebody else still works on one */
  async #reconcileAll(): Promise<boolean> {
    let isAllKnown = true;
    for (const { messageId, copy } of await this.#options.copies.pending()) {
      const key = claimKey(this.#context.identity.hash, messageId);
      if (!this.#options.isRunning(key)) isAllKnown = (await this.#reconcileOne(key, messageId, copy)) && isAllKnown;
    }
    return isAllKnown;
  }

  async #reconcileOne(key: string, messageId: string, place: MessageRefData): Promise<boolean> {
    const { deps, clock } = this.#context;
    const { copies } = this.#options;
    const copy = { place };
    const claim: ClaimAnswer = await deps.store.claim(key, clock.now(), CLAIM_STALE_MS);
    switch (claim.state) {
      case 'accepted':
        copies.settle(messageId, place);
        return true;
      case 'cancelled':
        await copies.cancel(messageId, place);
        return true;
      case 'unknown': {
        const deliveries = Deliveries.parse(messageId, claim.note.recipients);
        this.#doubts.set(messageId, { key, copy, deliveries, bytes: undefined, callOff: () => undefined });
        return true;
      }
      case 'new': {
        // A Store that forgot cannot tell whether it was sent.
        const state = claim.earlier === undefined ? 'unknown' : 'released';
        await deps.store.settleClaim(key, state, clock.now(), noteOf(copy));
        return true;
      }
      case 'in-flight':
        return false;
      default:
        return claim satisfies never;
    }
  }
}
