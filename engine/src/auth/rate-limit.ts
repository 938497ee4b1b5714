/**
 * Counts failures per key and refuses when there were too many. A try is charged when it begins, so that parallel
 * tries count as well, and given back when it turns out to be no failure.
 */
import { type Clock, CoiError } from '@coi-webmail/base';

const MINUTE_MS = 60_000;
const MAX_KEYS = 100_000;

interface Bucket {
  left: number;
  at: number;
}

export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perMinute: number;
  readonly #clock: Clock;

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** @throws CoiError `throttled` with the time to wait */
  charge(key: string): void {
    const bucket = this.#bucket(key);
    if (bucket.left < 1) {
      const retryAfterMs = Math.ceil(((1 - bucket.left) * MINUTE_MS) / this.#perMinute);
      throw new CoiError('throttled', 'Too many failed sign-ons; try again later', { retryAfterMs });
    }
    bucket.left -= 1;
  }

  giveBack(key: string): void {
    const bucket = this.#bucket(key);
    bucket.left = Math.min(this.#perMinute, bucket.left + 1);
  }

  #bucket(key: string): Bucket {
    const nowAt = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { left: this.#perMinute, at: nowAt };
    const gained = ((nowAt - bucket.at) * this.#perMinute) / MINUTE_MS;
    bucket.left = Math.min(this.#perMinute, bucket.left + Math.max(0, gained));
    bucket.at = nowAt;
    // Least recently used first, so that a flood of keys pushes out old ones only.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= MAX_KEYS) break;
      this.#buckets.delete(oldest);
    }
    return bucket;
  }
}
