/**
 * Keeps one connection alive: connects, waits for its end, connects again with jittered growing delays.
 *
 * A refused sign-on is not retried: it would lock the account at many providers. `restart()` with new credentials
 * begins again.
 */
import { backoffMs, type Clock, isCoiError, type Logger } from '@coi-webmail/base';

export type ConnectionState =
  | { readonly state: 'connecting' }
  | { readonly state: 'online' }
  | { readonly state: 'imap-unavailable'; readonly retryAt: number }
  | { readonly state: 'auth-failed' }
  | { readonly state: 'stopped' };

/** Something that is open until `closed` resolves. */
export interface Live {
  readonly closed: Promise<void>;
  close(): void;
}

export interface SupervisorOptions<T extends Live> {
  readonly connect: () => Promise<T>;
  /** Called once per connection, before `online`. */
  readonly onLive: (live: T) => Promise<void>;
  readonly onState: (state: ConnectionState) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A connection that lived this long resets the delays. */
const STABLE_MS = 10_000;

export class Supervisor<T extends Live> {
  readonly #options: SupervisorOptions<T>;
  #state: ConnectionState = { state: 'stopped' };
  #live: T | undefined;
  /** Why the last attempt failed. */
  #error: unknown;
  #attempt = 0;
  #cancelTimer: (() => void) | undefined;
  /** Counts starts; a loop of an earlier start ends itself. */
  #generation = 0;
  readonly #waiters = new Set<() => void>();

  constructor(options: SupervisorOptions<T>) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get live(): T | undefined {
    return this.#live;
  }

  /** Connects unless it is connected or about to. After `auth-failed` only {@link restart} does. */
  start(): void {
    if (this.#state.state === 'stopped') this.restart();
  }

  /** Drops what is there and connects now. */
  restart(): void {
    this.#generation += 1;
    this.#cancelTimer?.();
    this.#attempt = 0;
    this.#live?.close();
    this.#live = undefined;
    void this.#connect(this.#generation);
  }

  /** Ends a waiting delay. */
  hurry(): void {
    if (this.#state.state === 'imap-unavailable') this.restart();
  }

  stop(): void {
    this.#generation += 1;
    this.#cancelTimer?.();
    this.#live?.close();
    this.#live = undefined;
    this.#enter({ state: 'stopped' });
  }

  /** Another connection of the same account was refused: as if this one had been. */
  refused(error: unknown): void {
    this.stop();
    this.#error = error;
    this.#enter({ state: 'auth-failed' });
  }

  /**
   * Resolves when online.
   * @throws the error of the attempt under way, or of the last one
   */
  async ready(): Promise<T> {
    this.start();
    this.hurry();
    while (this.#state.state === 'connecting') {
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
    if (this.#live === undefined) throw this.#error;
    return this.#live;
  }

  async #connect(generation: number): Promise<void> {
    this.#enter({ state: 'connecting' });
    const { clock, log } = this.#options;
    let live: T | undefined;
    try {
      live = await this.#options.connect();
      if (generation === this.#generation) await this.#options.onLive(live);
    } catch (error) {
      live?.close();
      if (generation === this.#generation) this.#failed(error, generation);
      return;
    }
    if (generation !== this.#generation) {
      live.close();
      return;
    }
    const since = clock.now();
    this.#live = live;
    this.#enter({ state: 'online' });
    await live.closed;
    if (generation !== this.#generation) return;
    this.#live = undefined;
    if (clock.now() - since > STABLE_MS) this.#attempt = 0;
    log.info('imap-connection-lost', { livedMs: clock.now() - since });
    this.#retry(generation);
  }

  #failed(error: unknown, generation: number): void {
    this.#error = error;
    const code = isCoiError(error) ? error.code : 'internal';
    this.#options.log.warn('imap-connect-failed', { code, attempt: this.#attempt });
    if (code === 'auth-failed' || code === 'auth-expired') this.#enter({ state: 'auth-failed' });
    else this.#retry(generation);
  }

  #retry(generation: number): void {
    const { clock } = this.#options;
    const delayMs = backoffMs(this.#attempt, Math.random());
    this.#attempt += 1;
    this.#cancelTimer = clock.after(delayMs, () => {
      if (generation === this.#generation) void this.#connect(generation);
    });
    this.#enter({ state: 'imap-unavailable', retryAt: clock.now() + delayMs });
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    if (state.state !== 'connecting') {
      for (const waiter of this.#waiters) waiter();
      this.#waiters.clear();
    }
    this.#options.onState(state);
  }
}
