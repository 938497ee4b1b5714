/** A token bucket: how long a socket that sends too fast has to be left unread. */
import type { Clock } from '@coi-webmail/base';

/** Seconds' worth of frames that may come at once. */
const BURST_SECONDS = 5;

export class FrameRate {
  readonly #perSecond: number;
  readonly #clock: Clock;
  #left: number;
  #at: number;

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#left = perSecond * BURST_SECONDS;
    this.#at = clock.now();
  }

  /** Counts one frame. @returns milliseconds to wait before the next is read; 0 = go on */
  count(): number {
    const nowAt = this.#clock.now();
    const gained = ((nowAt - this.#at) * this.#perSecond) / 1000;
    this.#left = Math.min(this.#perSecond * BURST_SECONDS, this.#left + Math.max(0, gained)) - 1;
    this.#at = nowAt;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left * 1000) / this.#perSecond);
  }
}
