/**
 * One small JSON document that follows the account through its mailbox (`storage.get`, `storage.put`). Reads, merges
 * what was edited here, writes with the revision it read, and begins again when another device was faster.
 *
 * Edits are kept by the owner until the mailbox has them; what this version does not know in a document stays.
 */
import { type Clock, isCoiError } from '@coi-webmail/base';
import type { Method, Params, Result, StorageKind } from '@coi-webmail/protocol';

export type StoredDocument = Readonly<Record<string, unknown>>;

export interface DocumentDeps {
  readonly clock: Clock;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Before consent nothing is written to the mailbox. */
  mayWrite(): boolean;
}

/** Who knows what the document means. */
export interface DocumentOwner<Edits> {
  readonly kind: StorageKind;
  /** An edit waits at most this long, so that several go out as one. */
  readonly delayMs: number;
  /** What the mailbox does not have yet; undefined = nothing. */
  edits(): Edits | undefined;
  merge(stored: StoredDocument, edits: Edits): StoredDocument;
  /** The mailbox has this, and with it these edits. */
  adopt(stored: StoredDocument, written: Edits | undefined): Promise<void>;
}

const CONFLICT_TRIES = 5;

export class DocumentSync<Edits> {
  readonly #deps: DocumentDeps;
  readonly #owner: DocumentOwner<Edits>;
  #isSyncing = false;
  #isStale = false;
  /** What we wrote or read last: word of it needs no look. */
  #revision: string | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(deps: DocumentDeps, owner: DocumentOwner<Edits>) {
    this.#deps = deps;
    this.#owner = owner;
  }

  /** Something was edited. */
  edited(): void {
    if (this.#owner.delayMs === 0) void this.sync();
    else this.#cancelTimer ??= this.#deps.clock.after(this.#owner.delayMs, () => this.#timeIsUp());
  }

  /** What the mailbox has could not be taken over yet. */
  lookLater(): void {
    this.stop();
    this.#cancelTimer = this.#deps.clock.after(this.#owner.delayMs, () => void this.sync());
  }

  #timeIsUp(): void {
    this.#cancelTimer = undefined;
    // Undone meanwhile, such as a draft that was sent: the mailbox need not be asked.
    if (this.#owner.edits() !== undefined) void this.sync();
  }

  /** The mailbox's document is another one. */
  changed(revision: string): void {
    if (revision !== this.#revision) void this.sync();
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Never rejects: a failure waits for the next connection, edit or word of the mailbox. */
  async sync(): Promise<void> {
    this.stop();
    this.#isStale = true;
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#syncOnce(CONFLICT_TRIES);
      }
    } catch {
      this.#revision = undefined;
    } finally {
      this.#isSyncing = false;
    }
  }

  async #syncOnce(tries: number): Promise<void> {
    const { kind } = this.#owner;
    const { revision, document } = await this.#deps.call('storage.get', { kind });
    const stored = parse(document);
    const edits = this.#deps.mayWrite() ? this.#owner.edits() : undefined;
    if (edits === undefined) {
      this.#revision = revision;
      return this.#owner.adopt(stored, undefined);
    }
    const merged = { ...this.#owner.merge(stored, edits), version: 1 };
    try {
      const written = await this.#deps.call('storage.put', {
        kind,
        document: JSON.stringify(merged),
        ifRevision: revision,
      });
      this.#revision = written.revision;
    } catch (error) {
      if (isCoiError(error, 'conflict') && tries > 1) return this.#syncOnce(tries - 1);
      throw error;
    }
    return this.#owner.adopt(merged, edits);
  }
}

/** Written by us or by another version of us: anything odd counts as empty. */
function parse(document: string | null): StoredDocument {
  try {
    const value: unknown = JSON.parse(document ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export function isObject(value: unknown): value is StoredDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
