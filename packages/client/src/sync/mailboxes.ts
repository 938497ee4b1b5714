/** The account's mailboxes as sync sees them: their roles, how far each is read, and which are to be looked at. */
import type { MailboxRole, MailboxState } from '@coi-webmail/protocol';
import type { MailboxProgress } from '../store/store.ts';
import { type Pending, progressOf } from './plan.ts';

const WATCHED: readonly MailboxRole[] = ['chats', 'inbox', 'sent'];

export class Mailboxes {
  readonly #progress: Map<string, Pending>;
  readonly #roles = new Map<string, MailboxRole>();
  readonly #toPlan = new Set<string>();
  /** Mailboxes that are not there any more: their copies are void. */
  readonly #lost = new Set<string>();

  constructor(progress: Map<string, Pending>) {
    this.#progress = progress;
  }

  roleOf(mailbox: string): MailboxRole | undefined {
    return this.#roles.get(mailbox);
  }

  isWatched(mailbox: string): boolean {
    return WATCHED.includes(this.#roles.get(mailbox) ?? 'trash');
  }

  /** @returns true when some of them have to be looked at anew */
  setAll(states: readonly MailboxState[]): boolean {
    this.#roles.clear();
    for (const { path, role } of states) this.#roles.set(path, role);
    const gone = [...this.#progress.keys()].filter((mailbox) => !this.isWatched(mailbox));
    for (const mailbox of gone) this.lose(mailbox);
    // Their mails may have gone into any of the others.
    if (gone.length > 0) this.planAll();
    const changed = states.filter(
      ({ path, uidValidity }) => this.isWatched(path) && this.#progress.get(path)?.cursor.uidValidity !== uidValidity,
    );
    for (const { path } of changed) this.#toPlan.add(path);
    return gone.length + changed.length > 0;
  }

  lose(mailbox: string): void {
    this.#toPlan.delete(mailbox);
    if (this.#progress.delete(mailbox)) this.#lost.add(mailbox);
  }

  /** Hands out each lost mailbox once. */
  takeLost(): string | undefined {
    const [lost] = this.#lost;
    if (lost !== undefined) this.#lost.delete(lost);
    return lost;
  }

  planAll(): void {
    for (const mailbox of this.#roles.keys()) if (this.isWatched(mailbox)) this.#toPlan.add(mailbox);
  }

  plan(mailbox: string): void {
    if (this.isWatched(mailbox)) this.#toPlan.add(mailbox);
  }

  /** Chats first: the screen waits for them, and a long inbox takes its time. */
  get nextToPlan(): string | undefined {
    const rank = (mailbox: string) => WATCHED.indexOf(this.#roles.get(mailbox) ?? 'trash');
    return [...this.#toPlan].sort((one, other) => rank(one) - rank(other))[0];
  }

  planned(mailbox: string, progress: Pending): void {
    this.#toPlan.delete(mailbox);
    this.#progress.set(mailbox, progress);
  }

  progressOf(mailbox: string): Pending | undefined {
    return this.#progress.get(mailbox);
  }

  /** The mailbox whose window comes next: the one with most left, so that all get done at about the same time. */
  get nextToFill(): string | undefined {
    let best: string | undefined;
    let most = 0;
    for (const [mailbox, { pending }] of this.#progress) {
      if (pending.size <= most) continue;
      most = pending.size;
      best = mailbox;
    }
    return best;
  }

  /** Needs no fetching any more. */
  settle(mailbox: string, uidValidity: string, uid: number): void {
    const progress = this.#progress.get(mailbox);
    if (progress?.cursor.uidValidity === uidValidity) progress.pending.delete(uid);
  }

  /**
   * A copy came by an event. When it is the next one, the cursor passes it: then the server's word on changes since
   * the cursor is about this copy, too.
   */
  came(mailbox: string, uidValidity: string, uid: number): void {
    this.settle(mailbox, uidValidity, uid);
    const progress = this.#progress.get(mailbox);
    if (progress?.cursor.uidValidity !== uidValidity || progress.cursor.uidNext !== uid) return;
    this.#progress.set(mailbox, { ...progress, cursor: { ...progress.cursor, uidNext: uid + 1 } });
  }

  /** Is to be fetched. */
  want(mailbox: string, uidValidity: string, uid: number): void {
    const progress = this.#progress.get(mailbox);
    if (progress?.cursor.uidValidity === uidValidity) progress.pending.add(uid);
  }

  get isBackfilling(): boolean {
    return this.#toPlan.size > 0 || this.pendingCount > 0;
  }

  get pendingCount(): number {
    let count = 0;
    for (const { pending } of this.#progress.values()) count += pending.size;
    return count;
  }

  /** For the store. */
  snapshot(): ReadonlyMap<string, MailboxProgress> {
    return progressOf(this.#progress);
  }
}
