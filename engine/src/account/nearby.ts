/**
 * Looks for new mail often while a conversation goes on, because servers wait before they tell by themselves (Dovecot
 * half a second). The more lately something happened, the more often; then IDLE alone is enough again.
 */
import type { Clock } from '@coi-webmail/base';

/** After something happened: looks so often for so long, */
export const CLOSE = { everyMs: 60, forMs: 5_000 } as const;
/** and then less often until this long after it. */
export const NEAR = { everyMs: 150, forMs: 35_000 } as const;
/** How many accounts of one process may look at a time; the others rely on IDLE. */
export class Places {
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  take(): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }

  giveBack(): void {
    this.#left += 1;
  }
}

export interface NearbyOptions {
  readonly clock: Clock;
  readonly places: Places;
  /** A client is there, and the server would not tell soon enough. */
  readonly isNeeded: () => boolean;
  /** One look; the next follows after its end. A failure ends the looking. */
  readonly look: () => Promise<void>;
  /** Looking is over. */
  readonly rest: () => Promise<void>;
}

export class Nearby {
  readonly #options: NearbyOptions;
  #touchedAt = Number.NEGATIVE_INFINITY;
  #isLooking = false;

  constructor(options: NearbyOptions) {
    this.#options = options;
  }

  /** Something happened in a conversation. */
  touch(): void {
    const { clock, places, isNeeded } = this.#options;
    this.#touchedAt = clock.now();
    if (this.#isLooking || !isNeeded() || !places.take()) return;
    this.#isLooking = true;
    void this.#run().finally(() => {
      this.#isLooking = false;
      places.giveBack();
    });
  }

  async #run(): Promise<void> {
    const { look, rest } = this.#options;
    try {
      // Something may have happened during the rest.
      while (this.#waitMs() !== undefined) {
        for (let waitMs = this.#waitMs(); waitMs !== undefined; waitMs = this.#waitMs()) {
          await look();
          await this.#pause(waitMs);
        }
        await rest();
      }
    } catch {
      // The connection broke; whoever keeps it alive knows.
    }
  }

  /** Until the next look, or undefined when there is none. */
  #waitMs(): number | undefined {
    const { clock, isNeeded } = this.#options;
    const quietMs = clock.now() - this.#touchedAt;
    if (quietMs >= NEAR.forMs || !isNeeded()) return undefined;
    return quietMs < CLOSE.forMs ? CLOSE.everyMs : NEAR.everyMs;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(ms, resolve));
  }
}
