/**
 * Where delivery events meet accounts: an account listens under the names that its mail server may use, and hears of
 * what happened in its mailboxes.
 *
 * The desk also knows whether a mail server's events can be relied upon. They can from the first event for a live
 * account on, until an account finds mail that no event told of.
 */
import type { Clock, Logger } from '@coi-webmail/base';
import type { DeliveryHint, DeliveryNotice } from './hint.ts';

export interface DeliveryListener {
  hint(hint: DeliveryHint): void;
  /** Events of this mail server cannot be relied upon any more. */
  distrust?(): void;
}

export interface DeliveryDesk {
  /** @param names login and address, in any case. Returns the unsubscribe function. */
  listen(issuer: string, names: readonly string[], listener: DeliveryListener): () => void;
  /** Events of this mail server come, and none is known to be missing. */
  isReliable(issuer: string): boolean;
  /** Mail was found that no event told of. */
  missed(issuer: string): void;
}

/** After a missing event the mail server has to be good for so long before it is relied upon again. */
const PROBATION_MS = 10 * 60_000;

interface Trust {
  isProven: boolean;
  notBefore: number;
}

export class LocalDeliveryDesk implements DeliveryDesk {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners = new Map<string, Set<DeliveryListener>>();
  readonly #trust = new Map<string, Trust>();

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  listen(issuer: string, names: readonly string[], listener: DeliveryListener): () => void {
    const keys = [...new Set(names.map((name) => keyOf(issuer, name)))];
    for (const key of keys) {
      const listeners = this.#listeners.get(key) ?? new Set();
      this.#listeners.set(key, listeners.add(listener));
    }
    return () => {
      for (const key of keys) {
        const listeners = this.#listeners.get(key);
        listeners?.delete(listener);
        if (listeners?.size === 0) this.#listeners.delete(key);
      }
    };
  }

  /** An event came from an issuer's mail server. @returns true when it is for a live account */
  tell(issuer: string, { user, hints }: DeliveryNotice): boolean {
    const listeners = this.#listeners.get(keyOf(issuer, user));
    if (listeners === undefined) return false;
    this.#trustOf(issuer).isProven = true;
    for (const listener of listeners) for (const hint of hints) listener.hint(hint);
    return true;
  }

  isReliable(issuer: string): boolean {
    const { isProven, notBefore } = this.#trustOf(issuer);
    return isProven && this.#clock.now() >= notBefore;
  }

  missed(issuer: string): void {
    const wasReliable = this.isReliable(issuer);
    this.#trust.set(issuer, { isProven: false, notBefore: this.#clock.now() + PROBATION_MS });
    if (!wasReliable) return;
    this.#log.warn('delivery-event-missed', { issuer });
    const theirs = [...this.#listeners].flatMap(([key, listeners]) => (isOf(issuer, key) ? [...listeners] : []));
    for (const listener of new Set(theirs)) listener.distrust?.();
  }

  #trustOf(issuer: string): Trust {
    const trust = this.#trust.get(issuer) ?? { isProven: false, notBefore: 0 };
    this.#trust.set(issuer, trust);
    return trust;
  }
}

function isOf(issuer: string, key: string): boolean {
  return key.startsWith(`${issuer} `);
}

function keyOf(issuer: string, name: string): string {
  return `${issuer} ${name.toLowerCase()}`;
}
