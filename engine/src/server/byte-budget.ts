/**
 * The process-wide memory limit for mail in transit (design §4.6). Over it work waits: accounts take turns, and within
 * one account first come, first served.
 */
import { type Clock, CoiError } from '@coi-webmail/base';
import type { ByteBudget } from '../account/service.ts';

export const BUDGET_WAIT_MS = 60_000;

interface Waiter {
  readonly sizeBytes: number;
  readonly enter: () => void;
}

export class SharedByteBudget implements ByteBudget {
  readonly #limitBytes: number;
  readonly #clock: Clock;
  #usedBytes = 0;
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Waiter[]>();

  constructor(limitBytes: number, clock: Clock) {
    this.#limitBytes = limitBytes;
    this.#clock = clock;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  async use<T>(account: string, sizeBytes: number, task: () => Promise<T>): Promise<T> {
    await this.#enter(account, sizeBytes);
    try {
      return await task();
    } finally {
      this.#usedBytes -= sizeBytes;
      this.#admit();
    }
  }

  #enter(account: string, sizeBytes: number): Promise<void> {
    if (this.#waiting.size === 0 && this.#hasRoom(sizeBytes)) {
      this.#usedBytes += sizeBytes;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(account) ?? [];
      this.#waiting.set(account, queue);
      const cancel = this.#clock.after(BUDGET_WAIT_MS, () => {
        queue.splice(queue.indexOf(waiter), 1);
        if (queue.length === 0) this.#waiting.delete(account);
        reject(
          new CoiError('overloaded', 'The engine has no memory left for this; try again', { retryAfterMs: 5_000 }),
        );
        this.#admit();
      });
      const waiter = {
        sizeBytes,
        enter: () => {
          cancel();
          resolve();
        },
      };
      queue.push(waiter);
    });
  }

  /** Stops at the first that does not fit, so that large work is not overtaken for ever. */
  #admit(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [account, queue] = next;
      const [first] = queue;
      if (first === undefined || !this.#hasRoom(first.sizeBytes)) return;
      queue.shift();
      this.#waiting.delete(account);
      if (queue.length > 0) this.#waiting.set(account, queue);
      this.#usedBytes += first.sizeBytes;
      first.enter();
    }
  }

  /** What is larger than the whole budget gets through alone. */
  #hasRoom(sizeBytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + sizeBytes <= this.#limitBytes;
  }
}
