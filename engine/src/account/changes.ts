/**
 * Tells clients, in few words, what the watch connection saw: many changes of a mailbox within a moment are one
 * event. Storage messages are told by kind, and a changed setting takes effect.
 */
import { isCoiError } from '@coi-webmail/base';
import type { AccountParts } from './parts.ts';

const GATHER_MS = 50;
const CLIENT_KINDS = new Set(['chats', 'drafts', 'preferences']);

export interface ChangesOptions {
  readonly parts: AccountParts;
  /** Another program changed the mode. */
  readonly onMode: () => Promise<void>;
}

export class Changes {
  readonly #parts: AccountParts;
  readonly #onMode: () => Promise<void>;
  readonly #noted = new Set<string>();
  readonly #gone = new Map<string, { readonly uidValidity: string; readonly uids: number[] }>();
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
    if (uid === undefined) {
      this.note(path);
      return;
    }
    if (!this.#parts.filing.expunged(path, uid)) return;
    const gone = this.#gone.get(path) ?? { uidValidity, uids: [] };
    gone.uids.push(uid);
    this.#gone.set(path, gone);
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
    for (const [mailbox, { uidValidity, uids }] of this.#gone) {
      context.emit({ event: 'message.expunged', data: { mailbox, uidValidity, uids } });
    }
    this.#gone.clear();
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
