/**
 * Numbers the events of one account and keeps the last of them, so that a socket that was cut goes on where it
 * stopped. In memory only; another process or a restart begins a new stream.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '@coi-webmail/base';
import { encodeFrame } from '@coi-webmail/protocol';
import type { UnnumberedEvent } from '../account/service.ts';

export const LOG_MAX_EVENTS = 1_000;
export const LOG_MAX_BYTES = 1_000_000;
/** Nobody resumes from an older event: the account itself is dormant by then. */
export const LOG_MAX_AGE_MS = 10 * 60_000;

export type Frame = ReturnType<typeof encodeFrame>;

export interface LoggedEvent {
  readonly seq: number;
  readonly at: number;
  /** Encoded once for all sockets. */
  readonly frame: Frame;
}

export class EventLog {
  /** Names this log to clients. */
  readonly stream = randomUUID();
  readonly #clock: Clock;
  readonly #events: LoggedEvent[] = [];
  readonly #listeners = new Set<(event: LoggedEvent) => void>();
  #keptBytes = 0;
  #seq = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Number of the last event; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  append({ event, data }: UnnumberedEvent): void {
    this.#seq += 1;
    const frame = encodeFrame({ event, seq: this.#seq, data });
    const logged = { seq: this.#seq, at: this.#clock.now(), frame };
    this.#events.push(logged);
    this.#keptBytes += frame.length;
    this.#forget();
    for (const listener of this.#listeners) listener(logged);
  }

  /** The events after `seq`, or undefined when some of them are gone or `seq` is none of this log. */
  since(seq: number): readonly LoggedEvent[] | undefined {
    if (!Number.isSafeInteger(seq) || seq < 0 || seq > this.#seq) return undefined;
    const count = this.#seq - seq;
    if (count > this.#events.length) return undefined;
    return count === 0 ? [] : this.#events.slice(-count);
  }

  subscribe(listener: (event: LoggedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #forget(): void {
    const oldestAt = this.#clock.now() - LOG_MAX_AGE_MS;
    for (;;) {
      const [oldest] = this.#events;
      if (oldest === undefined) return;
      const isTooMuch = this.#events.length > LOG_MAX_EVENTS || this.#keptBytes > LOG_MAX_BYTES;
      if (!isTooMuch && oldest.at >= oldestAt) return;
      this.#events.shift();
      this.#keptBytes -= oldest.frame.length;
    }
  }
}
