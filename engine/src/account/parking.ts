/**
 * An account that nobody uses gives its watch connection up while its mail server tells of mail by delivery events: it
 * then costs next to nothing here and at the mail server. The next request takes the connection up again.
 *
 * Events may get lost, so a parked account is looked at from time to time, and all wake up when events turn out to be
 * missing.
 */
import type { Clock } from '@coi-webmail/base';

/** Without a request for so long an account is parked, unless said otherwise. */
export const PARK_AFTER_MS = 3 * 60_000;
/** A parked account is looked at so often, a quarter more or less, */
export const LOOK_EVERY_MS = 20 * 60_000;
/** and parked again so much later when nobody used it meanwhile. */
export const LOOK_MS = 15_000;
/** When events are missing, accounts connect again within this time, not all at once. */
export const WAKE_WITHIN_MS = 30_000;

export interface ParkingOptions {
  readonly clock: Clock;
  /** Default {@link PARK_AFTER_MS}. */
  readonly afterMs?: number | undefined;
  /** Signed on, with clients, and delivery events can be relied upon. */
  readonly mayPark: () => boolean;
  /** Gives the watch connection up. */
  readonly park: () => void;
  /** Takes it up again. */
  readonly wake: () => void;
  /** From 0 to 1. */
  readonly random?: () => number;
}

export class Parking {
  readonly #options: ParkingOptions;
  readonly #afterMs: number;
  readonly #random: () => number;
  #parkedAt: number | undefined;
  #cancel: () => void = () => undefined;

  constructor(options: ParkingOptions) {
    this.#options = options;
    this.#afterMs = options.afterMs ?? PARK_AFTER_MS;
    this.#random = options.random ?? Math.random;
  }

  /** From parking until the watch connection is there again, or turns out not to come. */
  get isParked(): boolean {
    return this.#parkedAt !== undefined;
  }

  get parkedAt(): number | undefined {
    return this.#parkedAt;
  }

  /** Somebody used the account. */
  touch(): void {
    if (!this.isParked) this.#parkAfter(this.#afterMs);
  }

  /** The watch connection is there, or does not come. */
  left(): void {
    if (!this.isParked) return;
    this.#parkedAt = undefined;
    this.#parkAfter(Math.min(LOOK_MS, this.#afterMs));
  }

  /** Delivery events are missing. */
  distrust(): void {
    if (this.isParked) this.#wakeAfter(this.#random() * WAKE_WITHIN_MS);
  }

  stop(): void {
    this.#cancel();
  }

  #parkAfter(ms: number): void {
    const { clock, mayPark, park } = this.#options;
    this.#cancel();
    this.#cancel = clock.after(ms, () => {
      if (!mayPark()) {
        this.#parkAfter(this.#afterMs);
        return;
      }
      this.#parkedAt = clock.now();
      park();
      this.#wakeAfter(LOOK_EVERY_MS * (0.75 + this.#random() / 2));
    });
  }

  #wakeAfter(ms: number): void {
    const { clock, wake } = this.#options;
    this.#cancel();
    this.#cancel = clock.after(ms, wake);
  }
}
