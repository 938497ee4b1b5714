/**
 * The durable queue of lines to send. A line is acknowledged when its row is strictly on disk; order is kept within a
 * chat.
 *
 * A line to people with ordinary mail may be held for undo. Its hold survives a restart of the worker, but not the
 * user's leaving: a page that closes sends what is held at once, because nobody is there to undo it and the worker may
 * end with it. So after any page left, a line counts as asked for: only the engine can take it back.
 */
import { CoiError } from '@coi-webmail/base';
import type { RowId } from '@coi-webmail/chat';
import type { Params } from '@coi-webmail/protocol';
import { Doubt, type DoubtDeps } from './doubt.ts';
import { isDiscardable, isPartial, OUTBOX_PREFIX, type Progress, requestOf, type StoredLine } from './line.ts';
import { Lines, type LinesDeps } from './lines.ts';
import { Queue, type QueueDeps } from './queue.ts';
import { Rest } from './rest.ts';
import { asked, isTooOld, recovered, released, resent, retried, settled } from './send-job.ts';
import { isUntouched, withdraw } from './withdraw.ts';

export type OutboxDeps = LinesDeps & Omit<QueueDeps, 'onDone'> & Omit<DoubtDeps, 'onQueued' | 'onSettled'>;

const isWaiting = ({ state }: StoredLine) => state === 'queued' || state === 'sending';

export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #lines: Lines;
  readonly #queue: Queue;
  readonly #doubt: Doubt;
  readonly #rest: Rest;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#lines = new Lines(deps);
    this.#queue = new Queue({ ...deps, onDone: (line) => this.#watch(line) }, this.#lines);
    this.#doubt = new Doubt(
      { ...deps, onQueued: () => this.#queue.pump(), onSettled: (line) => this.#rest.watch(line) },
      this.#lines,
    );
    this.#rest = new Rest(
      { ...deps, isFiled: (line) => this.#doubt.isFiled(line), onDone: () => void this.noteCopies() },
      this.#lines,
    );
  }

  /** Takes over what an earlier worker left. */
  async restore(documents: ReadonlyMap<string, unknown>): Promise<void> {
    const lines = [...documents]
      .flatMap(([key, document]) => (key.startsWith(OUTBOX_PREFIX) ? [document as StoredLine] : []))
      .sort((one, other) => one.createdAt - other.createdAt || (one.messageId < other.messageId ? -1 : 1));
    await this.#lines.restore(lines.map((line) => recovered(line, this.#deps.now())));
    for (const line of this.#lines.all()) this.#watch(line);
    await this.noteCopies();
  }

  #watch(line: StoredLine): void {
    this.#doubt.watch(line, this.#deps.unknownWaitMs());
    this.#rest.watch(line);
  }

  stop(): void {
    this.#lines.stop();
    this.#queue.stop();
    this.#doubt.stop();
    this.#rest.stop();
  }

  get queuedCount(): number {
    return this.#lines.all().filter(isWaiting).length;
  }

  /**
   * Lines that a page which closes sends by itself, as the requests it makes. Also those at work, because the worker
   * may end before their frame leaves the socket: as mere questions, which the engine answers from its claim.
   */
  parcels(): readonly Params<'message.submit'>[] {
    const now = this.#deps.now();
    return this.#lines.all().flatMap((line) => {
      if (!isWaiting(line) || isTooOld(line, now)) return [];
      return [requestOf(line.state === 'queued' ? line : { ...asked(line), resend: false })];
    });
  }

  /** A page closed, and may have sent its parcels. */
  pageLeft(): void {
    for (const line of this.#lines.all()) {
      if (line.state !== 'queued' || (line.attempt > 0 && line.heldUntil === undefined)) continue;
      void this.#lines.write(asked(released(line))).catch(() => undefined);
    }
    this.#queue.pump();
  }

  /** @throws CoiError when the row cannot be made durable: then nothing was accepted */
  async add(line: StoredLine): Promise<void> {
    await this.#lines.add(line);
    this.#queue.pump();
  }

  /** Tries a failed line again, or those recipients of a sent one who were refused. */
  async retry(rowId: RowId): Promise<void> {
    const line = this.#lineOf(rowId);
    const isRefused = line.state === 'sent' && isPartial(line);
    if (line.state !== 'failed' && line.state !== 'queued' && !isRefused) return;
    const again = retried(line, this.#deps.clock.now());
    await this.#lines.write(again);
    if (isRefused) this.#rest.watch(again);
    else this.#queue.hurry(line.chatId);
  }

  /** The engine took this line back: it can be written anew, but not sent. */
  cancelled(rowId: RowId): StoredLine | undefined {
    const line = this.#lines.get(rowId);
    return line?.cancelled === true ? line : undefined;
  }

  /** Sends a line in doubt once more. */
  async resend(rowId: RowId): Promise<void> {
    const line = this.#lineOf(rowId);
    if (line.state !== 'unknown') return;
    await this.#lines.write(resent(line));
    this.#queue.pump();
  }

  /** Ends the wait of a held line, and of those before it in its chat, which would hold it up. */
  async sendNow(rowId: RowId): Promise<void> {
    const line = this.#lineOf(rowId);
    for (const each of this.#lines.all()) {
      if (each.chatId === line.chatId && each.heldUntil !== undefined) await this.#lines.write(released(each));
      if (each.rowId === rowId) break;
    }
    this.#queue.pump();
  }

  /**
   * @returns what the user typed
   * @throws CoiError `conflict` when it was or may have been sent, `engine-unreachable` when nobody can tell now
   */
  async discard(rowId: RowId): Promise<string> {
    const line = this.#lineOf(rowId);
    if (isPartial(line) && line.state === 'sent') {
      // Those who have it have it: what goes is the word about the others.
      await this.#remove(line);
      return line.text;
    }
    if (!isDiscardable(line)) throw tooLate();
    return this.#queue.withhold(line, () => this.#takeBack(line));
  }

  async #takeBack(line: StoredLine): Promise<string> {
    const { rowId, messageId, text } = line;
    if (isUntouched(line)) {
      await this.#remove(line);
      // A page may just have closed with it in its hands.
      if (this.#deps.canSend()) this.#deps.call('submit.cancel', { messageId }).catch(() => undefined);
      return text;
    }
    const answer = await withdraw(line, this.#deps);
    const current = this.#lines.get(rowId);
    if (answer === 'cancelled') {
      if (current !== undefined) await this.#remove(current);
      return text;
    }
    if (answer === 'sent' && current !== undefined) await this.#lines.write(settled(current));
    throw tooLate();
  }

  #lineOf(rowId: RowId): StoredLine {
    const line = this.#lines.get(rowId);
    if (line === undefined) throw new CoiError('message-not-found', 'Line is not in the outbox');
    return line;
  }

  async #remove(line: StoredLine): Promise<void> {
    this.#rest.forget(line.rowId);
    await this.#lines.remove(line);
  }

  /** A connection is up. */
  resume(): void {
    this.#queue.hurry();
    this.#doubt.resume();
    this.#rest.resume();
  }

  progressed(messageId: string, progress: Progress): void {
    void this.#lines.progressed(messageId, progress);
  }

  /** Somebody saw it arrive. */
  settle(messageId: string): Promise<void> {
    return this.#doubt.settle(messageId);
  }

  /** Copies came. */
  noteCopies(): Promise<void> {
    return this.#doubt.noteCopies();
  }
}

function tooLate(): CoiError {
  return new CoiError('conflict', 'Line is on its way already');
}
