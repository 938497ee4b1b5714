/**
 * Tells clients, in few words, what the watch connection saw: many changes of a mailbox within a moment are one
 * event, and very many are no list but a request to sync. Storage messages are told by kind, and a changed setting takes
 * effect.
 */
import { isCoiError } from '@coi-webmail/base';
import type { FlagChange } from '@coi-webmail/protocol';
import { CHAT_KEYWORD, hasKeyword } from './classify.ts';
import type { AccountParts } from './parts.ts';

const GATHER_MS = 50;
/** What happened to more messages than this within a moment is found by a sync. */
const MAX_LISTED = 1_000;
const CLIENT_KINDS = new Set(['chats', 'drafts', 'preferences']);

export interface ChangesOptions {
  readonly parts: AccountParts;
  /** Another program changed the mode. */
  readonly onMode: () => Promise<void>;
}

/** What happened to messages of one mailbox within a moment. */
interface Listed<T> {
  readonly uidValidity: string;
  readonly byUid: Map<number, T>;
}

export class Changes {
  readonly #parts: AccountParts;
  readonly #onMode: () => Promise<void>;
  readonly #noted = new Set<string>();
  /** Of these it is not listed what happened. */
  readonly #tooMany = new Set<string>();
  readonly #gone = new Map<string, Listed<undefined>>();
  readonly #flags = new Map<string, Listed<FlagChange>>();
  #revisions: ReadonlyMap<string, string> = new Map();
  #isGathering = false;

  constructor(options: ChangesOptions) {
    this.#parts = options.parts;
    this.#onMode = options.onMode;
  }

  note(path: string): void {
    this.#noted.add(path);
    this.#gather();
  }

  expunged(path: string, uidValidity: string, uid: number | undefined): void {
    if (uid === undefined) this.note(path);
    else if (this.#parts.filing.expunged(path, uidValidity, uid))
      this.#list(this.#gone, path, uidValidity, uid, undefined);
  }

  /** Flags of mail that is no chat are nobody's business. */
  flags(path: string, uidValidity: string, change: FlagChange): void {
    if (!hasKeyword(change.flags, CHAT_KEYWORD) && !this.#parts.filing.knows(path, change.uid)) return;
    this.#list(this.#flags, path, uidValidity, change.uid, change);
  }

  #list<T>(lists: Map<string, Listed<T>>, path: string, uidValidity: string, uid: number, what: T): void {
    if (this.#tooMany.has(path)) return;
    let listed = lists.get(path);
    if (listed?.uidValidity !== uidValidity) listed = { uidValidity, byUid: new Map() };
    lists.set(path, listed);
    listed.byUid.set(uid, what);
    if (listed.byUid.size > MAX_LISTED) {
      this.#tooMany.add(path);
      this.#noted.add(path);
    }
    this.#gather();
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#parts.context.clock.after(GATHER_MS, () => {
      this.#isGathering = false;
      this.#tell();
    });
  }

  #tell(): void {
    const { context, filing } = this.#parts;
    for (const [mailbox, { uidValidity, byUid }] of this.#flags) {
      if (this.#tooMany.has(mailbox)) continue;
      context.emit({ event: 'message.flags', data: { mailbox, uidValidity, changes: [...byUid.values()] } });
    }
    for (const [mailbox, { uidValidity, byUid }] of this.#gone) {
      if (this.#tooMany.has(mailbox)) continue;
      context.emit({ event: 'message.expunged', data: { mailbox, uidValidity, uids: [...byUid.keys()] } });
    }
    this.#flags.clear();
    this.#gone.clear();
    this.#tooMany.clear();
    for (const path of this.#noted) {
      context.emit({ event: 'mailbox.changed', data: { mailbox: path } });
      filing.notice(path);
      if (context.mailboxes.roleOf(path) === 'contacts') this.#readStorage();
    }
    this.#noted.clear();
  }

  #readStorage(): void {
    this.#compareStorage().catch((error: unknown) => {
      const code = isCoiError(error) ? error.code : 'internal';
      this.#parts.context.deps.log.warn('storage-unreadable', { code });
    });
  }

  async #compareStorage(): Promise<void> {
    const { context, storage, mode } = this.#parts;
    const before = this.#revisions;
    this.#revisions = await storage.revisions();
    for (const [kind, revision] of this.#revisions) {
      if (before.get(kind) === revision) continue;
      if (CLIENT_KINDS.has(kind)) context.emit({ event: 'storage.changed', data: { kind, revision } });
      else if (kind === 'settings' && (await mode.load())) await this.#onMode();
    }
  }
}
