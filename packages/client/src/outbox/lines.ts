/** The lines of the outbox: in memory, in the vault, and as the fold shows them. Whoever changes one goes through here. */
import { isCoiError } from '@coi-webmail/base';
import type { RowId } from '@coi-webmail/chat';
import type { Ledger } from '../ledger.ts';
import type { VaultStore } from '../store/store.ts';
import { OUTBOX_PREFIX, outboxLineOf, type Progress, type StoredLine } from './line.ts';

export interface LinesDeps {
  readonly ledger: Ledger;
  readonly vault: VaultStore;
  /** The set of lines that wait, or their bytes, changed. */
  onQueueChanged(): void;
}

export class Lines {
  readonly #deps: LinesDeps;
  readonly #lines = new Map<RowId, StoredLine>();
  readonly #progress = new Map<RowId, Progress>();
  #isStopped = false;

  constructor(deps: LinesDeps) {
    this.#deps = deps;
  }

  /** What an earlier worker left, in the order of typing. */
  async restore(lines: readonly StoredLine[]): Promise<void> {
    for (const line of lines) this.#lines.set(line.rowId, line);
    await this.#deps.ledger.apply(
      lines.map((line) => ({ kind: 'outbox-changed', line: outboxLineOf(line, undefined) })),
    );
  }

  /** Another worker may own them: nothing is written any more. */
  stop(): void {
    this.#isStopped = true;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** A copy: lines may go while one looks. */
  all(): readonly StoredLine[] {
    return [...this.#lines.values()];
  }

  get(rowId: RowId): StoredLine | undefined {
    return this.#lines.get(rowId);
  }

  byMessageId(messageId: string): StoredLine | undefined {
    return this.all().find((line) => line.messageId === messageId);
  }

  /** @throws CoiError when the row cannot be made durable: then nothing was accepted */
  async add(line: StoredLine): Promise<void> {
    await this.#deps.vault.put(OUTBOX_PREFIX + line.rowId, line);
    this.#lines.set(line.rowId, line);
    await this.#show(line);
  }

  /** In memory only: what a next worker works out by itself. */
  async keep(line: StoredLine): Promise<void> {
    if (this.#isStopped) return;
    this.#lines.set(line.rowId, line);
    await this.#show(line);
  }

  async write(line: StoredLine): Promise<void> {
    if (this.#isStopped) return;
    this.#lines.set(line.rowId, line);
    if (line.state !== 'sending') this.#progress.delete(line.rowId);
    try {
      await this.#deps.vault.put(OUTBOX_PREFIX + line.rowId, line);
    } catch (error) {
      // What was accepted goes on from memory when the disk is full.
      if (!isCoiError(error, 'quota-exceeded')) throw error;
    }
    await this.#show(line);
  }

  async remove(line: StoredLine): Promise<void> {
    if (this.#isStopped) return;
    this.#lines.delete(line.rowId);
    this.#progress.delete(line.rowId);
    await this.#deps.ledger.apply([{ kind: 'outbox-removed', rowId: line.rowId }]);
    this.#deps.onQueueChanged();
    await this.#deps.vault.delete(OUTBOX_PREFIX + line.rowId);
  }

  async progressed(messageId: string, progress: Progress): Promise<void> {
    const line = this.byMessageId(messageId);
    if (line === undefined || this.#isStopped || line.recipients.length < 2) return;
    this.#progress.set(line.rowId, progress);
    await this.#show(line);
  }

  async #show(line: StoredLine): Promise<void> {
    const shown = outboxLineOf(line, this.#progress.get(line.rowId));
    await this.#deps.ledger.apply([{ kind: 'outbox-changed', line: shown }]);
    this.#deps.onQueueChanged();
  }
}
