/**
 * The Hub within one process. With a LeaseStore its leases hold over all processes of that store, so that automatic
 * acts run once; lines and evidence reach the accounts of this process only.
 */
import { randomUUID } from 'node:crypto';
import type { Clock, Logger } from '@coi-webmail/base';
import type { Evidence, Hub, HubListener, LaneMessage, Lease } from './hub.ts';
import type { LeaseStore } from './lease-store.ts';

/** A lease of a process that died is free again after this. */
export const LEASE_MS = 5_000;
const RENEW_MS = 1_500;

export interface LocalHubOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly leases?: LeaseStore | undefined;
}

export class LocalHub implements Hub {
  readonly #options: LocalHubOptions;
  readonly #owner = randomUUID();
  readonly #listeners = new Map<string, Set<HubListener>>();
  readonly #held = new Set<string>();
  /** Recipient -> what is sought of them. */
  readonly #seeks = new Map<string, Set<Evidence>>();

  constructor(options: LocalHubOptions) {
    this.#options = options;
  }

  listen(address: string, listener: HubListener): () => void {
    const key = address.toLowerCase();
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    for (const evidence of this.#seeks.get(key) ?? []) this.#call(() => listener.sought?.(evidence));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  sendLane(recipients: readonly string[], message: LaneMessage): void {
    for (const recipient of new Set(recipients.map((address) => address.toLowerCase()))) {
      this.#tell(recipient, (listener) => listener.lane(message));
    }
  }

  sendEvidence(evidence: Evidence): void {
    this.#tell(evidence.from.toLowerCase(), (listener) => listener.evidence(evidence));
  }

  seekEvidence(recipients: readonly string[], evidence: Evidence): () => void {
    const keys = new Set(recipients.map((address) => address.toLowerCase()));
    for (const key of keys) {
      this.#seeks.set(key, (this.#seeks.get(key) ?? new Set()).add(evidence));
      this.#tell(key, (listener) => listener.sought?.(evidence));
    }
    return () => {
      for (const key of keys) {
        const seeks = this.#seeks.get(key);
        seeks?.delete(evidence);
        if (seeks?.size === 0) this.#seeks.delete(key);
      }
    };
  }

  async withLease<T>(name: string, task: (lease: Lease) => Promise<T>): Promise<T | undefined> {
    if (this.#held.has(name)) return undefined;
    this.#held.add(name);
    try {
      if (!(await this.#take(name))) return undefined;
      const renewal = this.#renew(name);
      try {
        return await task(renewal.lease);
      } finally {
        renewal.stop();
        await this.#drop(name);
      }
    } finally {
      this.#held.delete(name);
    }
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#seeks.clear();
    for (const name of this.#held) await this.#drop(name);
  }

  #tell(address: string, tell: (listener: HubListener) => void): void {
    for (const listener of this.#listeners.get(address) ?? []) this.#call(() => tell(listener));
  }

  /** One listener's failure is not the sender's. */
  #call(act: () => void): void {
    try {
      act();
    } catch {
      this.#options.log.error('hub-listener-failed');
    }
  }

  /** A store that cannot be asked counts as a lease not had: better late than twice. */
  async #take(name: string): Promise<boolean> {
    const { leases, clock, log } = this.#options;
    if (leases === undefined) return true;
    const nowAt = clock.now();
    try {
      return await leases.takeLease(name, this.#owner, nowAt, nowAt + LEASE_MS);
    } catch {
      log.warn('lease-store-failed');
      return false;
    }
  }

  #renew(name: string): { readonly lease: Lease; stop(): void } {
    const { leases, clock, log } = this.#options;
    const lease = { isHeld: true };
    if (leases === undefined) return { lease, stop: () => undefined };
    let isOver = false;
    let cancel: () => void;
    const renew = async () => {
      const isHeld = await this.#take(name);
      if (isOver) return;
      if (!isHeld && lease.isHeld) log.warn('lease-lost');
      lease.isHeld = isHeld;
      schedule();
    };
    const schedule = () => {
      cancel = clock.after(RENEW_MS, () => void renew());
    };
    schedule();
    return {
      lease,
      stop: () => {
        isOver = true;
        cancel();
      },
    };
  }

  async #drop(name: string): Promise<void> {
    try {
      await this.#options.leases?.dropLease(name, this.#owner);
    } catch {
      this.#options.log.warn('lease-store-failed');
    }
  }
}
