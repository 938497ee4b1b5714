/**
 * Drafts per chat: in the vault at every change, so that what was typed survives reloads, and in the mailbox
 * (document `drafts`) at most every ten seconds, so that another device goes on with them. Named by the chat's chief
 * handle, because ids of chats go when the cache does, and drafts must not.
 *
 * The newest of a chat wins, by server time; but what is being typed here is not replaced under the user's hands.
 */
import type { RowId } from '@coi-webmail/chat';
import type { Draft } from '../api.ts';
import type { VaultStore } from '../store/store.ts';
import { type DocumentDeps, type DocumentOwner, DocumentSync, isObject, type StoredDocument } from './document.ts';

export interface DraftsDeps extends DocumentDeps {
  readonly vault: VaultStore;
  /** Server time. */
  now(): number;
  /** Drafts of these handles came from another device. */
  onChanged(handles: readonly string[]): void;
}

interface DraftRecord extends Draft {
  /** When it was typed, server time. An empty draft stays until the others know that it is gone. */
  readonly at: number;
  /** The mailbox does not have it yet. */
  readonly unsynced: boolean;
}

type Records = ReadonlyMap<string, DraftRecord>;

const PREFIX = 'draft:';
const NO_DRAFT: Draft = { text: '', replyTo: undefined };
const WRITE_EVERY_MS = 10_000;
/** Typed so recently, it is being typed. */
const TYPING_MS = 8_000;
/** Longer ones stay in this browser: the document has 256 kB. */
const MAX_DRAFT_CHARS = 20_000;
const MAX_DOCUMENT_CHARS = 200_000;
/** By then every device has heard that a draft is gone. */
const FORGET_MS = 30 * 24 * 3_600_000;

export class Drafts implements DocumentOwner<Records> {
  readonly kind = 'drafts';
  readonly delayMs = WRITE_EVERY_MS;
  readonly document: DocumentSync<Records>;
  readonly #deps: DraftsDeps;
  readonly #records = new Map<string, DraftRecord>();
  readonly #typedAt = new Map<string, number>();
  /** What the mailbox has, as far as it told. */
  #stored: Records | undefined;
  /** For selectors: chief handle -> text; the same map for ever. */
  readonly texts = new Map<string, string>();

  constructor(deps: DraftsDeps, documents: ReadonlyMap<string, unknown>) {
    this.#deps = deps;
    for (const [key, document] of documents) {
      if (key.startsWith(PREFIX)) this.#keep(key.slice(PREFIX.length), document as DraftRecord);
    }
    this.document = new DocumentSync(deps, this);
  }

  get(handle: string): Draft {
    const { text, replyTo } = this.#records.get(handle) ?? NO_DRAFT;
    return { text, replyTo };
  }

  async set(handle: string, { text, replyTo }: Draft): Promise<void> {
    const before = this.get(handle);
    if (isSame(before, { text, replyTo })) return;
    this.#typedAt.set(handle, this.#deps.clock.now());
    const isKnown = this.#isStored(handle, { text, replyTo });
    await this.#write(handle, { text, replyTo, at: this.#deps.now(), unsynced: !isKnown });
    this.document.edited();
  }

  edits(): Records | undefined {
    const unsynced = [...this.#records].filter(
      ([handle, record]) => record.unsynced && !this.#isStored(handle, record),
    );
    return unsynced.length === 0 ? undefined : new Map(unsynced);
  }

  /** The mailbox says the same already, as it does of most drafts: they are sent before anybody else hears of them. */
  #isStored(handle: string, record: Draft): boolean {
    return this.#stored !== undefined && isSame(record, this.#stored.get(handle) ?? NO_DRAFT);
  }

  merge(stored: StoredDocument, edits: Records): StoredDocument {
    const all = recordsIn(stored);
    for (const [handle, record] of edits) {
      const isLong = record.text.length > MAX_DRAFT_CHARS;
      if (!isLong && record.at > (all.get(handle)?.at ?? Number.NEGATIVE_INFINITY)) all.set(handle, record);
    }
    const drafts: Record<string, unknown> = {};
    let left = MAX_DOCUMENT_CHARS;
    for (const [handle, { text, replyTo, at }] of [...all].sort(([, one], [, other]) => other.at - one.at)) {
      left -= text.length + handle.length + 100;
      if (left < 0 || (text === '' && this.#deps.now() - at > FORGET_MS)) continue;
      drafts[handle] = replyTo === undefined ? { text, at } : { text, replyTo, at };
    }
    return { ...stored, drafts };
  }

  async adopt(stored: StoredDocument, written: Records | undefined): Promise<void> {
    this.#stored = recordsIn(stored);
    for (const [handle, record] of written ?? []) {
      const mine = this.#records.get(handle);
      if (mine === record) await this.#write(handle, { ...record, unsynced: false });
    }
    const changed: string[] = [];
    let isLater = false;
    for (const [handle, record] of this.#stored) {
      const mine = this.#records.get(handle);
      if (mine !== undefined && record.at <= mine.at) continue;
      const typedAt = this.#typedAt.get(handle) ?? Number.NEGATIVE_INFINITY;
      if (this.#deps.clock.now() - typedAt < TYPING_MS) {
        isLater = true;
        continue;
      }
      const isOther = !isSame(record, mine ?? NO_DRAFT);
      await this.#write(handle, record);
      if (isOther) changed.push(handle);
    }
    if (changed.length > 0) this.#deps.onChanged(changed);
    if (isLater) this.document.lookLater();
    else if (written !== undefined && this.edits() !== undefined) this.document.edited();
  }

  async #write(handle: string, record: DraftRecord): Promise<void> {
    this.#keep(handle, record);
    const isGone = isEmpty(record) && !record.unsynced;
    if (isGone) await this.#deps.vault.delete(PREFIX + handle);
    else await this.#deps.vault.put(PREFIX + handle, record);
  }

  #keep(handle: string, record: DraftRecord): void {
    this.#records.set(handle, record);
    if (isEmpty(record)) this.texts.delete(handle);
    else this.texts.set(handle, record.text);
  }
}

function isSame(one: Draft, other: Draft): boolean {
  return one.text === other.text && one.replyTo === other.replyTo;
}

function isEmpty(draft: Draft): boolean {
  return draft.text === '' && draft.replyTo === undefined;
}

function recordsIn(stored: StoredDocument): Map<string, DraftRecord> {
  const records = new Map<string, DraftRecord>();
  for (const [handle, value] of Object.entries(isObject(stored['drafts']) ? stored['drafts'] : {})) {
    if (!isObject(value)) continue;
    const { text, replyTo, at } = value;
    if (typeof text !== 'string' || typeof at !== 'number') continue;
    const answered = typeof replyTo === 'string' ? (replyTo as RowId) : undefined;
    records.set(handle, { text, replyTo: answered, at, unsynced: false });
  }
  return records;
}
