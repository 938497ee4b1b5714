/**
 * What is left of lines that the mail server took: recipients whom it wants to be asked for again later, or whom the
 * user wants tried again, and copies that never came. The line itself is sent, so nobody waits for these.
 */
import { backoffMs, type Clock } from '@coi-webmail/base';
import type { RowId } from '@coi-webmail/chat';
import type { Method, Params, Result } from '@coi-webmail/protocol';
import { isPartial, requestOf, type StoredLine } from './line.ts';
import type { Lines } from './lines.ts';
import { answeredAgain, failedAgain, MAX_AGE_MS } from './send-job.ts';
import { Timers } from './timers.ts';

export interface RestDeps {
  readonly clock: Clock;
  random(): number;
  /** Server time. */
  now(): number;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  canSend(): boolean;
  /** The mailbox has a copy of it. */
  isFiled(line: StoredLine): boolean;
  /** Nothing is left of a line. */
  onDone(): void;
}

/** The copy of a sent line that is not there after so long is asked for; each time later, as long as the worker lives. */
const COPY_WAITS_MS = [4_000, 15_000, 60_000, 300_000, 1_800_000] as const;

export class Rest {
  readonly #deps: RestDeps;
  readonly #lines: Lines;
  readonly #timers: Timers<RowId>;
  readonly #running = new Set<RowId>();
  /** Lines whose copy is missing, and how often it was asked for. */
  readonly #missing = new Map<RowId, number>();
  readonly #copyTimers: Timers<RowId>;

  constructor(deps: RestDeps, lines: Lines) {
    this.#deps = deps;
    this.#lines = lines;
    this.#timers = new Timers(deps.clock);
    this.#copyTimers = new Timers(deps.clock);
  }

  stop(): void {
    this.#timers.clear();
    this.#copyTimers.clear();
  }

  forget(rowId: RowId): void {
    this.#timers.cancel(rowId);
    this.#copyTimers.cancel(rowId);
    this.#missing.delete(rowId);
  }

  watch({ rowId, state, deferred, deferredUntil }: StoredLine): void {
    if (state !== 'sent') return;
    this.#watchCopy(rowId);
    if (deferred === undefined) return;
    this.#timers.set(rowId, (deferredUntil ?? 0) - this.#deps.clock.now(), () => void this.#ask(rowId));
  }

  /** A connection is up: what could not be asked meanwhile. */
  resume(): void {
    for (const line of this.#lines.all()) this.watch(line);
  }

  async #ask(rowId: RowId): Promise<void> {
    const line = this.#lines.get(rowId);
    const about = line?.deferred;
    if (line?.state !== 'sent' || about === undefined || this.#running.has(rowId) || !this.#deps.canSend()) return;
    this.#running.add(rowId);
    try {
      const next = await this.#outcome(line, about);
      if (this.#lines.get(rowId) !== line) return;
      await this.#lines.write(next);
      this.watch(next);
      if (!isPartial(next)) this.#deps.onDone();
    } catch {
      // The vault refused: the line stays in memory and goes on from there.
    } finally {
      this.#running.delete(rowId);
    }
  }

  async #outcome(line: StoredLine, about: NonNullable<StoredLine['deferred']>): Promise<StoredLine> {
    const { clock } = this.#deps;
    if (this.#deps.now() - line.createdAt > MAX_AGE_MS && !line.confirmed) {
      const tooOld = about.map((address) => ({ address, reason: 'too-old' as const, detail: undefined }));
      return { ...line, refused: [...(line.refused ?? []), ...tooOld], deferred: undefined, deferredUntil: undefined };
    }
    try {
      const answer = await this.#deps.call('message.submit', { ...requestOf(line), again: [...about] });
      return answeredAgain(line, about, answer, clock.now());
    } catch (error) {
      return failedAgain(line, about, error, clock.now(), backoffMs(line.attempt, this.#deps.random()));
    }
  }

  #watchCopy(rowId: RowId): void {
    const wait = COPY_WAITS_MS[this.#missing.get(rowId) ?? 0];
    if (wait !== undefined && !this.#copyTimers.has(rowId)) {
      this.#copyTimers.set(rowId, wait, () => void this.#askForCopy(rowId));
    }
  }

  /** Asking again for a line that was sent makes the engine look for its copy, and append it when there is none. */
  async #askForCopy(rowId: RowId): Promise<void> {
    const line = this.#lines.get(rowId);
    if (line?.state !== 'sent' || this.#deps.isFiled(line)) {
      this.#missing.delete(rowId);
      return;
    }
    if (this.#deps.canSend()) {
      this.#missing.set(rowId, (this.#missing.get(rowId) ?? 0) + 1);
      const request = { ...requestOf(line), attempt: Math.max(1, line.attempt), resend: false, query: true };
      // Whatever comes of it, the copy tells; and it is asked for again.
      await this.#deps.call('message.submit', request).catch(() => undefined);
    }
    if (!this.#lines.isStopped && this.#lines.get(rowId) !== undefined) this.#watchCopy(rowId);
  }
}
