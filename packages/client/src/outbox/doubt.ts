/** Lines of unknown outcome: waits for evidence, then sends once more by the rule for chat clients, or leaves it to the user. */
import type { Clock } from '@coi-webmail/base';
import { hasFlag, PENDING_KEYWORD, type RowId, selectPerson } from '@coi-webmail/chat';
import type { Method, Params, Result } from '@coi-webmail/protocol';
import type { Ledger } from '../ledger.ts';
import { isPartial, requestOf, type StoredLine } from './line.ts';
import type { Lines } from './lines.ts';
import { asked, settled, waitedInVain } from './send-job.ts';
import { Timers } from './timers.ts';

/** An engine that was asked anew has at least this long to find somebody who has the line. */
const ASKED_MS = 5_000;

export interface DoubtDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** A line is queued again. */
  onQueued(): void;
  /** A line is sent after all. */
  onSettled(line: StoredLine): void;
}

export class Doubt {
  readonly #deps: DoubtDeps;
  readonly #lines: Lines;
  readonly #waits: Timers<RowId>;

  constructor(deps: DoubtDeps, lines: Lines) {
    this.#deps = deps;
    this.#lines = lines;
    this.#waits = new Timers(deps.clock);
  }

  stop(): void {
    this.#waits.clear();
  }

  watch(line: StoredLine, longestMs: number): void {
    if (line.state !== 'waiting') return;
    const left = (line.waitUntil ?? 0) - this.#deps.clock.now();
    this.#waits.set(line.rowId, Math.min(left, longestMs), () => void this.#stopWaiting(line.rowId));
  }

  /**
   * A connection is up, maybe to an engine that lost what the one before knew: it looks for witnesses when it is asked.
   * Nothing is sent.
   */
  resume(): void {
    const { clock } = this.#deps;
    for (const line of this.#lines.all()) {
      if (line.state !== 'waiting' && line.state !== 'unknown') continue;
      if (line.state === 'waiting') {
        const left = Math.max(ASKED_MS, (line.waitUntil ?? 0) - clock.now());
        this.#waits.set(line.rowId, left, () => void this.#stopWaiting(line.rowId));
      }
      void this.#ask(line).catch(() => undefined);
    }
  }

  async #ask(line: StoredLine): Promise<void> {
    const request = requestOf({ ...asked(line), resend: false });
    const { state, rejected } = await this.#deps.call('message.submit', { ...request, query: true });
    if (state === 'sent' && rejected.length === 0) await this.settle(line.messageId);
  }

  async #stopWaiting(rowId: RowId): Promise<void> {
    const line = this.#lines.get(rowId);
    if (line?.state !== 'waiting') return;
    const { state } = this.#deps.ledger;
    const allChat = line.recipients.every((address) => selectPerson(state, address).dialect === 'chat');
    await this.#lines.write(waitedInVain(line, allChat));
    this.#deps.onQueued();
  }

  /** Somebody saw it arrive. */
  async settle(messageId: string): Promise<void> {
    const line = this.#lines.byMessageId(messageId);
    if (line !== undefined && line.state !== 'sent' && line.state !== 'failed') await this.#settle(line);
  }

  async #settle(line: StoredLine): Promise<void> {
    this.#waits.cancel(line.rowId);
    const sent = settled(line);
    await this.#lines.write(sent);
    this.#deps.onSettled(sent);
  }

  /** Looks for what the mailbox tells about our lines: their copies, and answers to them. */
  async noteCopies(): Promise<void> {
    for (const line of this.#lines.all()) {
      if (line.state === 'failed') continue;
      const isFiled = this.isFiled(line);
      if (isFiled && !isPartial(line)) {
        this.#waits.cancel(line.rowId);
        await this.#lines.remove(line);
      } else if ((line.state === 'waiting' || line.state === 'unknown') && (isFiled || this.#isAnswered(line))) {
        await this.#settle(line);
      }
    }
  }

  /** Its copy lies in the mailbox, and does not say pending. */
  isFiled({ rowId }: StoredLine): boolean {
    const copies = this.#deps.ledger.state.rows.get(rowId)?.copies ?? [];
    return copies.some((copy) => !hasFlag(copy, PENDING_KEYWORD));
  }

  #isAnswered({ messageId }: StoredLine): boolean {
    const { answers, rows } = this.#deps.ledger.state;
    return [...(answers.get(messageId) ?? [])].some((id) => rows.get(id)?.own === false);
  }
}
