/**
 * How many requests of one socket run at once. Sending and reading marks have a lane of their own, so that a line never
 * waits for a large sync.
 */
import type { RequestFrame } from '@coi-webmail/protocol';

const URGENT_METHODS = new Set(['message.submit', 'message.flag', 'submit.warm']);
const URGENT_RUNNING = 8;
const OTHER_RUNNING = 16;
const MAX_WAITING = 256;

interface Job {
  readonly frame: RequestFrame;
  readonly sizeBytes: number;
}

interface Lane {
  readonly most: number;
  readonly waiting: Job[];
  running: number;
}

export class RequestLanes {
  readonly #run: (frame: RequestFrame, sizeBytes: number) => Promise<void>;
  readonly #urgent: Lane = { most: URGENT_RUNNING, waiting: [], running: 0 };
  readonly #other: Lane = { most: OTHER_RUNNING, waiting: [], running: 0 };
  #isPaused = true;

  /** Starts paused. @param run never rejects */
  constructor(run: (frame: RequestFrame, sizeBytes: number) => Promise<void>) {
    this.#run = run;
  }

  /** @returns false when too much waits already */
  add(frame: RequestFrame, sizeBytes: number): boolean {
    const lane = URGENT_METHODS.has(frame.method) ? this.#urgent : this.#other;
    if (lane.waiting.length >= MAX_WAITING) return false;
    lane.waiting.push({ frame, sizeBytes });
    this.#advance(lane);
    return true;
  }

  /** What runs goes on; nothing new begins. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#advance(this.#urgent);
    this.#advance(this.#other);
  }

  /** What has not begun never will. */
  clear(): void {
    this.pause();
    this.#urgent.waiting.length = 0;
    this.#other.waiting.length = 0;
  }

  #advance(lane: Lane): void {
    while (!this.#isPaused && lane.running < lane.most) {
      const job = lane.waiting.shift();
      if (job === undefined) return;
      lane.running += 1;
      void this.#run(job.frame, job.sizeBytes).finally(() => {
        lane.running -= 1;
        this.#advance(lane);
      });
    }
  }
}
