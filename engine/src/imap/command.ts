/**
 * A connection for commands: opened when first needed, one task at a time, closed after a while without work.
 *
 * Urgent tasks (a line being sent) overtake waiting ones. A task that fails because the connection broke is not
 * repeated: only its caller knows whether that is safe.
 */
import type { Clock } from '@coi-webmail/base';
import { CoiError } from '@coi-webmail/base';
import type { ImapSession } from './session.ts';

interface Job {
  readonly start: (session: ImapSession) => Promise<void>;
  readonly fail: (error: unknown) => void;
}

export interface CommandOptions {
  readonly open: () => Promise<ImapSession>;
  readonly clock: Clock;
  readonly idleCloseMs: number;
}

export class CommandConnection {
  readonly #options: CommandOptions;
  readonly #urgent: Job[] = [];
  readonly #waiting: Job[] = [];
  #session: ImapSession | undefined;
  #isRunning = false;
  #isClosed = false;
  #cancelIdle: (() => void) | undefined;

  constructor(options: CommandOptions) {
    this.#options = options;
  }

  /** @throws CoiError of the connect or of the task */
  run<T>(task: (session: ImapSession) => Promise<T>, urgency: 'urgent' | 'normal' = 'normal'): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#isClosed) {
        reject(new CoiError('imap-unavailable', 'The account was stopped'));
        return;
      }
      const job: Job = {
        start: (session) => task(session).then(resolve, reject),
        fail: reject,
      };
      (urgency === 'urgent' ? this.#urgent : this.#waiting).push(job);
      void this.#work();
    });
  }

  /** Signed on: a task that comes now waits for nothing. */
  get isIdle(): boolean {
    return this.load === 0 && this.#session?.usable === true;
  }

  /** Number of tasks that wait or run. */
  get load(): number {
    return this.#urgent.length + this.#waiting.length + (this.#isRunning ? 1 : 0);
  }

  /** Waiting tasks fail, a running one loses its connection. */
  close(): void {
    this.#isClosed = true;
    this.#cancelIdle?.();
    this.#session?.close();
    this.#session = undefined;
    const error = new CoiError('imap-unavailable', 'The account was stopped');
    for (const job of [...this.#urgent.splice(0), ...this.#waiting.splice(0)]) job.fail(error);
  }

  /** Next tasks get a new connection, signed on with what `open` then uses. */
  drop(): void {
    if (this.#isRunning) return;
    this.#session?.close();
    this.#session = undefined;
  }

  async #work(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#cancelIdle?.();
    try {
      for (;;) {
        const job = this.#urgent.shift() ?? this.#waiting.shift();
        if (job === undefined) break;
        await this.#serve(job);
      }
    } finally {
      this.#isRunning = false;
      if (!this.#isClosed) this.#cancelIdle = this.#options.clock.after(this.#options.idleCloseMs, () => this.drop());
    }
  }

  async #serve(job: Job): Promise<void> {
    let session: ImapSession;
    try {
      session = await this.#ready();
    } catch (error) {
      job.fail(error);
      return;
    }
    await job.start(session);
  }

  async #ready(): Promise<ImapSession> {
    if (this.#session?.usable === true) return this.#session;
    this.#session = undefined;
    const session = await this.#options.open();
    if (this.#isClosed) {
      session.close();
      throw new CoiError('imap-unavailable', 'The account was stopped');
    }
    this.#session = session;
    return session;
  }
}
