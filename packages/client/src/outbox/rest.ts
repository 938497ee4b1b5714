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
  /** Nothing is left of a line. */
  onDone(): void;
}

/** A copy that was not there when the line was sent may still be on its way. */
const COPY_WAIT_MS = 60_000;

export class Rest {
  readonly #deps: RestDeps;
  readonly #lines: Lines;
  readonly #timers: Timers<RowId>;
  readonly #running = new Set<RowId>();
  /** Lines whose copy was asked for by this worker: once is enough. */
  readonly #askedCopies = new Set<RowId>();

  constructor(deps: RestDeps, lines: Lines) {
    this.#deps = deps;
    this.#lines = lines;
    this.#timers = new Timers(deps.clock);
  }

  stop(): void {
    this.#timers.clear();
  }

  forget(rowId: RowId): void {
    this.#timers.cancel(rowId);
  }

  watch({ rowId, state, deferred, deferredUntil }: StoredLine): void {
    if (state !== 'sent' || deferred === undefined) return;
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

  /**
   * All mailboxes were looked at: a line that was sent and has no copy gets one, because asking for it again makes the
   * engine append what is missing.
   */
  async fetchMissing(isFiled: (line: StoredLine) => boolean): Promise<void> {
    for (const line of this.#lines.all()) {
      const { rowId, state, createdAt } = line;
      if (state !== 'sent' || isFiled(line) || this.#askedCopies.has(rowId) || !this.#deps.canSend()) continue;
      if (this.#deps.now() - createdAt < COPY_WAIT_MS) continue;
      this.#askedCopies.add(rowId);
      const request = { ...requestOf(line), attempt: Math.max(1, line.attempt), resend: false };
      await this.#deps.call('message.submit', request).catch(() => this.#askedCopies.delete(rowId));
    }
  }
}
