/**
 * Accepted, blocked and other marks of chats, synced as one document in the mailbox (`chats`), newest wins per
 * handle. Edits are durable here until the mailbox has them.
 */
import { isCoiError } from '@coi-webmail/base';
import type { ChatMarks } from '@coi-webmail/chat';
import type { Method, Params, Result } from '@coi-webmail/protocol';
import type { VaultStore } from './store/store.ts';

export type MarksByHandle = Readonly<Record<string, ChatMarks>>;

export interface MarksDeps {
  readonly vault: VaultStore;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Before consent nothing is written to the mailbox. */
  mayWrite(): boolean;
  /** The marks that hold now, and those that the mailbox has. */
  onChanged(marks: ReadonlyMap<string, ChatMarks>, synced: MarksByHandle): Promise<void>;
}

const VAULT_KEY = 'marks';
const CONFLICT_TRIES = 5;

export class Marks {
  readonly #deps: MarksDeps;
  #synced: MarksByHandle;
  #edits: MarksByHandle;
  #isSyncing = false;
  #isStale = false;

  constructor(deps: MarksDeps, synced: MarksByHandle, documents: ReadonlyMap<string, unknown>) {
    this.#deps = deps;
    this.#synced = synced;
    this.#edits = (documents.get(VAULT_KEY) ?? {}) as MarksByHandle;
  }

  get current(): ReadonlyMap<string, ChatMarks> {
    return new Map(Object.entries(merged(this.#synced, this.#edits)));
  }

  async edit(handle: string, change: ChatMarks): Promise<void> {
    this.#edits = merged(this.#edits, { [handle]: change });
    await this.#deps.vault.put(VAULT_KEY, this.#edits);
    await this.#deps.onChanged(this.current, this.#synced);
    void this.sync();
  }

  /** Reads the mailbox's document, and writes it when there are edits. Failures wait for the next call. */
  async sync(): Promise<void> {
    this.#isStale = true;
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#syncOnce(CONFLICT_TRIES);
      }
    } catch {
      // Tried again with the next connection or edit; the edits are in the vault.
    } finally {
      this.#isSyncing = false;
    }
  }

  async #syncOnce(tries: number): Promise<void> {
    const { revision, document } = await this.#deps.call('storage.get', { kind: 'chats' });
    const stored = parseDocument(document);
    const edits = this.#edits;
    if (Object.keys(edits).length === 0 || !this.#deps.mayWrite()) return this.#adopt(stored.marks);
    const marks = merged(stored.marks, edits);
    try {
      const written = JSON.stringify({ ...stored.rest, version: 1, marks });
      await this.#deps.call('storage.put', { kind: 'chats', document: written, ifRevision: revision });
    } catch (error) {
      if (isCoiError(error, 'conflict') && tries > 1) return this.#syncOnce(tries - 1);
      throw error;
    }
    if (this.#edits === edits) {
      this.#edits = {};
      await this.#deps.vault.delete(VAULT_KEY);
    } else {
      this.#isStale = true;
    }
    return this.#adopt(marks);
  }

  async #adopt(marks: MarksByHandle): Promise<void> {
    this.#synced = marks;
    await this.#deps.onChanged(this.current, marks);
  }
}

/** Edits win field by field; what this version does not know stays. */
function merged(base: MarksByHandle, edits: MarksByHandle): MarksByHandle {
  const result: Record<string, ChatMarks> = { ...base };
  for (const [handle, change] of Object.entries(edits)) result[handle] = { ...result[handle], ...change };
  return result;
}

/** The document was written by us or by another version of us: anything odd counts as empty. */
function parseDocument(document: string | null): { marks: MarksByHandle; rest: Readonly<Record<string, unknown>> } {
  try {
    const value: unknown = JSON.parse(document ?? '{}');
    if (typeof value !== 'object' || value === null) return { marks: {}, rest: {} };
    const rest = value as Record<string, unknown>;
    const marks: Record<string, ChatMarks> = {};
    for (const [handle, entry] of Object.entries((rest['marks'] ?? {}) as Record<string, unknown>)) {
      if (typeof entry === 'object' && entry !== null) marks[handle] = entry as ChatMarks;
    }
    return { marks, rest };
  } catch {
    return { marks: {}, rest: {} };
  }
}
