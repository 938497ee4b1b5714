/**
 * Sends what is queued: one request per chat at a time, in the order of typing. A line that failed or is in doubt holds
 * up nobody; one that is held for undo holds up those after it in its chat.
 */
import { backoffMs, type Clock } from '@coi-webmail/base';
import type { ChatId, RowId } from '@coi-webmail/chat';
import type { Method, Params, Result } from '@coi-webmail/protocol';
import { isPartial, requestOf, type StoredLine } from './line.ts';
import type { Lines } from './lines.ts';
import { aged, answered, failed, isTooOld, MAX_HOLD_MS, started, type Step } from './send-job.ts';
import { Timers } from './timers.ts';

export interface QueueDeps {
  readonly clock: Clock;
  random(): number;
  /** Server time. */
  now(): number;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** A connection is up and the user consented. */
  canSend(): boolean;
  unknownWaitMs(): number;
  /** A line came to a state other than queued. */
  onDone(line: StoredLine): void;
}

export class Queue {
  readonly #deps: QueueDeps;
  readonly #lines: Lines;
  /** Chats with a request at work, or waiting for the next try. */
  readonly #busy = new Set<ChatId>();
  readonly #retries: Timers<ChatId>;
  readonly #holds: Timers<RowId>;
  /** Somebody is about to take these back. */
  readonly #withheld = new Set<RowId>();

  constructor(deps: QueueDeps, lines: Lines) {
    this.#deps = deps;
    this.#lines = lines;
    this.#retries = new Timers(deps.clock);
    this.#holds = new Timers(deps.clock);
  }

  stop(): void {
    this.#retries.clear();
    this.#holds.clear();
  }

  /** The connection came back, or the user does not want to wait: nobody waits for a timer. */
  hurry(chatId?: ChatId): void {
    for (const waiting of this.#retries.names()) {
      if (chatId !== undefined && waiting !== chatId) continue;
      this.#retries.cancel(waiting);
      this.#busy.delete(waiting);
    }
    this.pump();
  }

  /** Nothing of this line starts while `act` runs. */
  async withhold<T>(line: StoredLine, act: () => Promise<T>): Promise<T> {
    this.#withheld.add(line.rowId);
    try {
      return await act();
    } finally {
      this.#withheld.delete(line.rowId);
      this.hurry(line.chatId);
    }
  }

  /** Starts one request per chat that has a line to send. */
  pump(): void {
    if (this.#lines.isStopped) return;
    const waiting = new Set<ChatId>();
    for (const line of this.#lines.all()) {
      const { chatId } = line;
      if (line.state !== 'queued' || this.#busy.has(chatId) || waiting.has(chatId)) continue;
      if (isTooOld(line, this.#deps.now())) {
        void this.#lines.write(aged(line, this.#deps.now())).catch(() => undefined);
      } else if (this.#isHeld(line) || this.#withheld.has(line.rowId)) {
        waiting.add(chatId);
      } else if (this.#deps.canSend()) {
        this.#busy.add(chatId);
        void this.#send(line);
      }
    }
  }

  #isHeld({ rowId, heldUntil }: StoredLine): boolean {
    const left = (heldUntil ?? 0) - this.#deps.clock.now();
    if (heldUntil === undefined || left <= 0) return false;
    if (!this.#holds.has(rowId)) this.#holds.set(rowId, Math.min(left, MAX_HOLD_MS), () => this.#release(rowId));
    return true;
  }

  #release(rowId: RowId): void {
    const line = this.#lines.get(rowId);
    // The time is over by the timer, whatever the clock says meanwhile.
    if (line?.state === 'queued') void this.#lines.keep({ ...line, heldUntil: undefined });
    this.pump();
  }

  async #send(line: StoredLine): Promise<void> {
    const { chatId, rowId } = line;
    try {
      const sending = started(line);
      // In memory only: after a crash the line is queued again, and the engine knows its Message-ID.
      const shown = this.#lines.keep(sending);
      const step = await this.#request(sending);
      await shown;
      if (this.#lines.isStopped) return;
      // Meanwhile settled by its copy or by evidence, which know nothing of those who were refused.
      if (this.#lines.get(rowId)?.state !== 'sending' && !isPartial(step.line)) return this.#free(chatId);
      await this.#lines.write(step.line);
      if (step.line.state === 'queued') return this.#retryLater(step);
      this.#deps.onDone(step.line);
      this.#free(chatId);
    } catch {
      // The vault refused: the line stays in memory and goes on from there.
      this.#free(chatId);
    }
    return undefined;
  }

  async #request(line: StoredLine): Promise<Step> {
    const { clock } = this.#deps;
    try {
      const answer = await this.#deps.call('message.submit', requestOf(line));
      return answered(line, answer, clock.now(), this.#deps.unknownWaitMs());
    } catch (error) {
      return failed(line, error, clock.now(), this.#deps.unknownWaitMs());
    }
  }

  #free(chatId: ChatId): void {
    this.#busy.delete(chatId);
    this.pump();
  }

  #retryLater({ line, retryAfterMs }: Step): void {
    const wait = retryAfterMs ?? backoffMs(line.attempt - 1, this.#deps.random());
    this.#retries.set(line.chatId, wait, () => this.#free(line.chatId));
  }
}
