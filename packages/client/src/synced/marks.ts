/** Accepted, blocked and other marks of chats (document `chats`), by handle; edits win field by field. */
import type { ChatMarks } from '@coi-webmail/chat';
import type { VaultStore } from '../store/store.ts';
import { type DocumentDeps, type DocumentOwner, DocumentSync, isObject, type StoredDocument } from './document.ts';
import { KeptEdits } from './kept-edits.ts';

export type MarksByHandle = Readonly<Record<string, ChatMarks>>;

export interface MarksDeps extends DocumentDeps {
  readonly vault: VaultStore;
  /** The marks that hold, and those that the mailbox has. */
  onChanged(marks: ReadonlyMap<string, ChatMarks>, synced: MarksByHandle): Promise<void>;
}

const VAULT_KEY = 'marks';

export class Marks implements DocumentOwner<MarksByHandle> {
  readonly kind = 'chats';
  readonly delayMs = 0;
  readonly document: DocumentSync<MarksByHandle>;
  readonly #deps: MarksDeps;
  #synced: MarksByHandle;
  readonly #kept: KeptEdits<MarksByHandle>;

  constructor(deps: MarksDeps, synced: MarksByHandle, documents: ReadonlyMap<string, unknown>) {
    this.#deps = deps;
    this.#synced = synced;
    this.#kept = new KeptEdits(deps.vault, VAULT_KEY, documents);
    this.document = new DocumentSync(deps, this);
  }

  get current(): ReadonlyMap<string, ChatMarks> {
    return new Map(Object.entries(merged(this.#synced, this.#kept.all)));
  }

  async edit(handle: string, change: ChatMarks): Promise<void> {
    await this.#kept.replace(merged(this.#kept.all, { [handle]: change }));
    await this.#deps.onChanged(this.current, this.#synced);
    this.document.edited();
  }

  edits(): MarksByHandle | undefined {
    return this.#kept.unwritten;
  }

  merge(stored: StoredDocument, edits: MarksByHandle): StoredDocument {
    return { ...stored, marks: merged(marksIn(stored), edits) };
  }

  async adopt(stored: StoredDocument, written: MarksByHandle | undefined): Promise<void> {
    this.#synced = marksIn(stored);
    if (written !== undefined && !(await this.#kept.settle(written))) this.document.edited();
    await this.#deps.onChanged(this.current, this.#synced);
  }
}

/** What this version does not know stays. */
function merged(base: MarksByHandle, edits: MarksByHandle): MarksByHandle {
  const result: Record<string, ChatMarks> = { ...base };
  for (const [handle, change] of Object.entries(edits)) result[handle] = { ...result[handle], ...change };
  return result;
}

function marksIn(stored: StoredDocument): MarksByHandle {
  const { marks } = stored;
  return isObject(marks)
    ? (Object.fromEntries(Object.entries(marks).filter(([, entry]) => isObject(entry))) as MarksByHandle)
    : {};
}
