/**
 * Who syncs and sends for an account holds the Web Lock `coi:<account>` (design §4.4). A worker that wants it asks
 * the holder over a BroadcastChannel, waits two seconds, then steals.
 */
import type { Clock } from '@coi-webmail/base';
import { PROTOCOL_VERSION } from '@coi-webmail/protocol';
import { Channel } from './channel.ts';

export interface AccountLock {
  /**
   * Resolves when the lock is held.
   * @param onLost another worker took over: write nothing more; called once
   */
  acquire(onLost: () => void): Promise<void>;
  release(): void;
}

/** Where there is one process per account anyway. */
export const soleLock: AccountLock = {
  acquire: async () => undefined,
  release: () => undefined,
};

const HANDOVER_WAIT_MS = 2000;
/** An equal version waits this long first: mostly its holder is a worker that is just dying with its last tab. */
const PATIENCE_MS = 2000;

interface HandoverRequest {
  readonly kind: 'handover';
  readonly version: number;
}

export class WebLock implements AccountLock {
  readonly #name: string;
  readonly #clock: Clock;
  #release: (() => void) | undefined;
  #channel: Channel<HandoverRequest> | undefined;

  constructor(accountHash: string, clock: Clock) {
    this.#name = `coi:${accountHash}`;
    this.#clock = clock;
  }

  async acquire(onLost: () => void): Promise<void> {
    const held = this.#request({ ifAvailable: true }, onLost);
    if (await held) return;
    const queue = new AbortController();
    const waiting = this.#request({ signal: queue.signal }, onLost);
    const isHeld = await this.#race(waiting, PATIENCE_MS);
    if (isHeld) return;
    const channel = new Channel<HandoverRequest>(this.#name);
    channel.post({ kind: 'handover', version: PROTOCOL_VERSION });
    const handedOver = await this.#race(waiting, HANDOVER_WAIT_MS);
    channel.close();
    if (handedOver) return;
    queue.abort();
    await this.#request({ steal: true }, onLost);
  }

  async #race(held: Promise<boolean>, ms: number): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const cancel = this.#clock.after(ms, () => late.resolve(false));
    const isHeld = await Promise.race([held, late.promise]);
    cancel();
    return isHeld;
  }

  /** Resolves to true once the lock is held, to false when it is not available. */
  #request(options: LockOptions, onLost: () => void): Promise<boolean> {
    return new Promise((resolve) => {
      let isOurs = false;
      const request = navigator.locks.request(this.#name, options, (lock) => {
        if (lock === null || this.#release !== undefined) {
          resolve(lock !== null);
          return undefined;
        }
        isOurs = true;
        this.#listen(onLost);
        const done = new Promise<void>((release) => (this.#release = release));
        resolve(true);
        return done;
      });
      request.then(
        () => undefined,
        () => {
          // Stolen: only whoever held it has lost something.
          if (!isOurs || this.#release === undefined) return resolve(false);
          this.release();
          onLost();
          return undefined;
        },
      );
    });
  }

  #listen(onLost: () => void): void {
    this.#channel = new Channel<HandoverRequest>(this.#name, (request) => {
      if (request.kind !== 'handover' || request.version < PROTOCOL_VERSION) return;
      onLost();
      this.release();
    });
  }

  release(): void {
    this.#channel?.close();
    this.#channel = undefined;
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }
}
