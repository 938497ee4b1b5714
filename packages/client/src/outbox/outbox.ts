/**
 * The durable queue of lines to send. A line is acknowledged when its row is strictly on disk; order is kept
 * within a chat, and a line that failed or is in doubt holds up nobody.
 */
import { backoffMs, type Clock, CoiError, isCoiError } from '@coi-webmail/base';
import { type ChatId, hasFlag, PENDING_KEYWORD, type RowId, selectPerson } from '@coi-webmail/chat';
import type { Method, Params, Result } from '@coi-webmail/protocol';
import type { Ledger } from '../ledger.ts';
import type { VaultStore } from '../store/store.ts';
import { bytesOf, OUTBOX_PREFIX, outboxLineOf, type StoredLine } from './line.ts';
import {
  answered,
  failed,
  isPartlyRefused,
  recovered,
  resent,
  retried,
  settled,
  started,
  type Step,
  waitedInVain,
} from './send-job.ts';

export interface OutboxDeps {
  readonly ledger: Ledger;
  readonly vault: VaultStore;
  readonly clock: Clock;
  random(): number;
  /** Server time. */
  now(): number;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** A connection is up and the user consented. */
  canSend(): boolean;
  unknownWaitMs(): number;
  /** The set of lines that wait, or their bytes, changed. */
  onQueueChanged(): void;
}

export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #lines = new Map<RowId, StoredLine>();
  /** Chats with a request at work, or waiting for the next try. */
  readonly #busy = new Set<ChatId>();
  readonly #waits = new Map<RowId, () => void>();
  readonly #retries = new Map<ChatId, () => void>();
  #isStopped = false;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** Takes over what an earlier worker left. */
  async restore(documents: ReadonlyMap<string, unknown>): Promise<void> {
    const lines = [...documents]
      .flatMap(([key, document]) => (key.startsWith(OUTBOX_PREFIX) ? [document as StoredLine] : []))
      .sort((one, other) => one.createdAt - other.createdAt || (one.messageId < other.messageId ? -1 : 1));
    for (const line of lines) this.#lines.set(line.rowId, recovered(line, this.#deps.now()));
    await this.#deps.ledger.apply(
      [...this.#lines.values()].map((line) => ({ kind: 'outbox-changed', line: outboxLineOf(line) })),
    );
    for (const line of this.#lines.values()) if (line.state === 'waiting') this.#awaitEvidence(line);
    await this.noteCopies();
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of [...this.#waits.values(), ...this.#retries.values()]) cancel();
    this.#waits.clear();
    this.#retries.clear();
  }

  get queuedCount(): number {
    let count = 0;
    for (const { state } of this.#lines.values()) if (state === 'queued' || state === 'sending') count += 1;
    return count;
  }

  /**
   * Lines that a page which closes sends by itself, as the requests it makes. Also those at work, because the worker
   * may end before their frame leaves the socket: as mere questions, which the engine answers from its claim.
   */
  parcels(): readonly Params<'message.submit'>[] {
    return [...this.#lines.values()].flatMap((line) => {
      if (line.state === 'queued') return [requestOf(line)];
      return line.state === 'sending'
        ? [requestOf({ ...line, attempt: Math.max(1, line.attempt), resend: false })]
        : [];
    });
  }

  /** @throws CoiError when the row cannot be made durable: then nothing was accepted */
  async add(line: StoredLine): Promise<void> {
    await this.#deps.vault.put(OUTBOX_PREFIX + line.rowId, line);
    this.#lines.set(line.rowId, line);
    await this.#show(line);
    this.pump();
  }

  /** Tries a failed line again. */
  async retry(rowId: RowId): Promise<void> {
    const line = this.#lineOf(rowId);
    if (line.state !== 'failed' && line.state !== 'queued') return;
    this.#retries.get(line.chatId)?.();
    this.#retries.delete(line.chatId);
    await this.#write(retried(line));
    this.#busy.delete(line.chatId);
    this.pump();
  }

  /** Sends a line in doubt once more. */
  async resend(rowId: RowId): Promise<void> {
    const line = this.#lineOf(rowId);
    if (line.state !== 'unknown') return;
    await this.#write(resent(line));
    this.pump();
  }

  /** Ends the wait of a held line. */
  async sendNow(rowId: RowId): Promise<void> {
    this.#lineOf(rowId);
    this.pump();
  }

  /**
   * The engine takes back what it has of a line that it was asked to send.
   * @throws CoiError `conflict` when it was or may have been sent
   */
  async discard(rowId: RowId): Promise<string> {
    const line = this.#lineOf(rowId);
    const { messageId, state } = line;
    if (state !== 'failed' && state !== 'queued' && state !== 'unknown') {
      throw new CoiError('conflict', 'Line is on its way already');
    }
    if (line.attempt > 0 && !isPartlyRefused(line)) {
      const answer = await this.#deps.call('submit.cancel', { messageId, giveUp: state === 'unknown' });
      if (answer.state !== 'cancelled') throw new CoiError('conflict', 'Line is on its way already');
    }
    await this.#remove(line);
    return line.text;
  }

  #lineOf(rowId: RowId): StoredLine {
    const line = this.#lines.get(rowId);
    if (line === undefined) throw new CoiError('message-not-found', 'Line is not in the outbox');
    return line;
  }

  /** The connection came back: nobody waits for a timer now. */
  resume(): void {
    for (const [chatId, cancel] of this.#retries) {
      cancel();
      this.#busy.delete(chatId);
    }
    this.#retries.clear();
    this.pump();
  }

  /** Starts one request per chat that has a line to send. */
  pump(): void {
    if (this.#isStopped || !this.#deps.canSend()) return;
    for (const line of this.#lines.values()) {
      if (line.state !== 'queued' || this.#busy.has(line.chatId)) continue;
      this.#busy.add(line.chatId);
      void this.#send(line);
    }
  }

  async #send(line: StoredLine): Promise<void> {
    const { chatId } = line;
    try {
      const sending = started(line);
      // In memory only: after a crash the line is queued again, and the engine knows its Message-ID.
      this.#lines.set(line.rowId, sending);
      const shown = this.#show(sending);
      const step = await this.#request(sending);
      await shown;
      if (this.#isStopped) return;
      const now = this.#lines.get(line.rowId);
      // Meanwhile settled by its copy or by evidence, which know nothing of those who were refused.
      if (now?.state !== 'sending' && !isPartlyRefused(step.line)) return this.#free(chatId);
      await this.#write(step.line);
      if (step.line.state === 'waiting') this.#awaitEvidence(step.line);
      if (step.line.state === 'queued') return this.#retryLater(step);
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
    const cancel = this.#deps.clock.after(wait, () => {
      this.#retries.delete(line.chatId);
      this.#free(line.chatId);
    });
    this.#retries.set(line.chatId, cancel);
  }

  #awaitEvidence(line: StoredLine): void {
    this.#waits.get(line.rowId)?.();
    const wait = Math.max(0, (line.waitUntil ?? 0) - this.#deps.clock.now());
    const cancel = this.#deps.clock.after(wait, () => void this.#stopWaiting(line.rowId));
    this.#waits.set(line.rowId, cancel);
  }

  async #stopWaiting(rowId: RowId): Promise<void> {
    this.#waits.delete(rowId);
    const line = this.#lines.get(rowId);
    if (line?.state !== 'waiting') return;
    const { state } = this.#deps.ledger;
    const allChat = line.recipients.every((address) => selectPerson(state, address).dialect === 'chat');
    await this.#write(waitedInVain(line, allChat));
    this.pump();
  }

  /** Somebody saw it arrive. */
  async settle(messageId: string): Promise<void> {
    for (const line of this.#lines.values()) {
      if (line.messageId !== messageId || line.state === 'sent' || line.state === 'failed') continue;
      await this.#write(settled(line));
    }
  }

  /** Looks for what the mailbox tells about our lines: their copies, and answers to them. */
  async noteCopies(): Promise<void> {
    const { state } = this.#deps.ledger;
    for (const line of this.#lines.values()) {
      if (line.state === 'failed') continue;
      const row = state.rows.get(line.rowId);
      const isFiled = row?.copies.some((copy) => !hasFlag(copy, PENDING_KEYWORD)) === true;
      if (isFiled && !isPartlyRefused(line)) {
        await this.#remove(line);
      } else if (line.state === 'waiting' || line.state === 'unknown') {
        const answers = state.answers.get(line.messageId) ?? new Set<RowId>();
        const isAnswered = [...answers].some((id) => state.rows.get(id)?.own === false);
        if (isFiled || isAnswered) await this.#write(settled(line));
      }
    }
  }

  async #remove(line: StoredLine): Promise<void> {
    this.#waits.get(line.rowId)?.();
    this.#waits.delete(line.rowId);
    this.#lines.delete(line.rowId);
    await this.#deps.ledger.apply([{ kind: 'outbox-removed', rowId: line.rowId }]);
    this.#deps.onQueueChanged();
    await this.#deps.vault.delete(OUTBOX_PREFIX + line.rowId);
  }

  async #write(line: StoredLine): Promise<void> {
    this.#lines.set(line.rowId, line);
    try {
      await this.#deps.vault.put(OUTBOX_PREFIX + line.rowId, line);
    } catch (error) {
      // What was accepted goes on from memory when the disk is full.
      if (!isCoiError(error, 'quota-exceeded')) throw error;
    }
    await this.#show(line);
  }

  async #show(line: StoredLine): Promise<void> {
    await this.#deps.ledger.apply([{ kind: 'outbox-changed', line: outboxLineOf(line) }]);
    this.#deps.onQueueChanged();
  }
}

function requestOf(line: StoredLine): Params<'message.submit'> {
  const { messageId, recipients, attempt, resend } = line;
  const params = { messageId, bytes: bytesOf(line), recipients: [...recipients], attempt };
  return resend ? { ...params, resend } : params;
}
