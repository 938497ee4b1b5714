/**
 * What is known of the mail in one mailbox that chat mail arrives in: up to where everything is tagged or filed
 * (the filing mark), and what above it still waits. Pure; lives in memory, its marks in the `filing` document.
 *
 * A long backlog is looked at piece by piece, from the oldest on. What arrives meanwhile lies above it and is looked at
 * first.
 */
import type { UndecidedMail } from '@coi-webmail/protocol';
import { UidSet } from '../imap/uid-set.ts';

/** As the `filing` document holds it. */
export interface SavedMark {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly uid: number;
  /** UID set of chat mail below the mark that could not be tagged; '' = none. */
  readonly untagged: string;
}

/** UIDs, both included. */
export interface UidWindow {
  readonly from: number;
  readonly to: number;
}

const MAX_UNDECIDED = 2_000;
/** Of more chat mail in a mailbox that takes no keywords a new process knows these without looking. */
const MAX_SAVED_UIDS = 100_000;

export class FilingState {
  readonly mailbox: string;
  readonly uidValidity: string;
  #mark: number;
  /** Everything up to here was looked at in this process. */
  #scannedTo: number;
  /** Looked at ahead of a backlog that lies between. */
  #ahead: UidWindow | undefined;
  /** Chat mail above this UID is pushed to clients, below it they sync. */
  pushedTo: number;
  /** Chat mail that is neither tagged nor moved yet. */
  readonly chat = new UidSet();
  /** Chat mail that stays here without a tag: the server takes no keywords. */
  readonly untagged: UidSet;
  readonly #undecided = new Map<number, UndecidedMail>();

  constructor(mailbox: string, uidValidity: string, pushedTo: number, saved: SavedMark | undefined) {
    const isValid = saved !== undefined && saved.uidValidity === uidValidity;
    this.mailbox = mailbox;
    this.uidValidity = uidValidity;
    this.#mark = isValid ? saved.uid : 0;
    this.#scannedTo = this.#mark;
    this.pushedTo = pushedTo;
    this.untagged = UidSet.parse(isValid ? saved.untagged : '', MAX_SAVED_UIDS);
  }

  get mark(): number {
    return this.#mark;
  }

  get undecided(): readonly UndecidedMail[] {
    return [...this.#undecided.values()];
  }

  /** Nothing waits. */
  get isDone(): boolean {
    return this.chat.size === 0 && this.#undecided.size === 0 && this.#ahead === undefined;
  }

  /** What nobody looked at yet: `fresh` is above all else, `backlog` below what was looked at ahead of it. */
  unseen(uidNext: number): { readonly fresh: UidWindow | undefined; readonly backlog: UidWindow | undefined } {
    const fresh = { from: (this.#ahead?.to ?? this.#scannedTo) + 1, to: uidNext - 1 };
    const backlog = this.#ahead === undefined ? undefined : { from: this.#scannedTo + 1, to: this.#ahead.from - 1 };
    return { fresh: fresh.from > fresh.to ? undefined : fresh, backlog };
  }

  /** Everything from `from` to `to` was looked at; what lies between it and the rest is a backlog. */
  scanned({ from, to }: UidWindow): void {
    if (from > (this.#ahead?.to ?? this.#scannedTo)) {
      this.#ahead = { from: this.#ahead?.from ?? from, to };
    } else {
      this.#scannedTo = Math.max(this.#scannedTo, to);
    }
    if (this.#ahead === undefined || this.#scannedTo < this.#ahead.from - 1) return;
    this.#scannedTo = this.#ahead.to;
    this.#ahead = undefined;
  }

  addUndecided(mail: UndecidedMail): void {
    this.#undecided.set(mail.uid, mail);
    // The oldest gives way: it counts as mail.
    if (this.#undecided.size > MAX_UNDECIDED) this.#undecided.delete(Math.min(...this.#undecided.keys()));
  }

  /** The word on undecided mail. `upTo`: all others up to there are no chat. */
  decide(chat: Iterable<number>, upTo: number | undefined): void {
    for (const uid of chat) {
      this.#undecided.delete(uid);
      if (!this.untagged.has(uid)) this.chat.add(uid);
    }
    for (const uid of this.#undecided.keys()) if (upTo !== undefined && uid <= upTo) this.#undecided.delete(uid);
  }

  /** Chat mail that is known here without a tag, or waits for one. */
  knows(uid: number): boolean {
    return this.chat.has(uid) || this.untagged.has(uid);
  }

  forget(uid: number): void {
    this.chat.delete(uid);
    this.untagged.delete(uid);
    this.#undecided.delete(uid);
  }

  /** @returns true when the mark moved on */
  advance(): boolean {
    let next = this.#scannedTo;
    const waiting = this.chat.lowestFrom(this.#mark + 1);
    if (waiting !== undefined) next = Math.min(next, waiting - 1);
    for (const uid of this.#undecided.keys()) if (uid > this.#mark) next = Math.min(next, uid - 1);
    if (next <= this.#mark) return false;
    this.#mark = next;
    return true;
  }

  save(): SavedMark {
    return { mailbox: this.mailbox, uidValidity: this.uidValidity, uid: this.#mark, untagged: String(this.untagged) };
  }
}
