/**
 * What is known of the mail in one mailbox that chat mail arrives in: up to where everything is tagged or filed
 * (the filing mark), and what above it still waits. Pure; lives in memory, its marks in the `filing` document.
 */
import type { UndecidedMail } from '@coi-webmail/protocol';
import { formatUidSet } from '../imap/uid-set.ts';

/** As the `filing` document holds it. */
export interface SavedMark {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly uid: number;
  /** UID set of chat mail below the mark that could not be tagged; '' = none. */
  readonly untagged: string;
}

const MAX_UNDECIDED = 2_000;

export class FilingState {
  readonly mailbox: string;
  readonly uidValidity: string;
  #mark: number;
  /** Everything up to here was looked at in this process. */
  scannedTo: number;
  /** Chat mail above this UID is pushed to clients, below it they sync. */
  pushedTo: number;
  /** Chat mail that is neither tagged nor moved yet. */
  readonly chat = new Set<number>();
  /** Chat mail that stays here without a tag: the server takes no keywords. */
  readonly untagged: Set<number>;
  readonly #undecided = new Map<number, UndecidedMail>();

  constructor(mailbox: string, uidValidity: string, pushedTo: number, saved: SavedMark | undefined) {
    const isValid = saved !== undefined && saved.uidValidity === uidValidity;
    this.mailbox = mailbox;
    this.uidValidity = uidValidity;
    this.#mark = isValid ? saved.uid : 0;
    this.scannedTo = this.#mark;
    this.pushedTo = pushedTo;
    this.untagged = new Set(isValid ? parseUidSet(saved.untagged) : []);
  }

  get mark(): number {
    return this.#mark;
  }

  get undecided(): readonly UndecidedMail[] {
    return [...this.#undecided.values()];
  }

  /** Nothing waits. */
  get isDone(): boolean {
    return this.chat.size === 0 && this.#undecided.size === 0;
  }

  addUndecided(mail: UndecidedMail): void {
    this.#undecided.set(mail.uid, mail);
    // The oldest gives way: it counts as mail.
    if (this.#undecided.size > MAX_UNDECIDED) this.#undecided.delete(Math.min(...this.#undecided.keys()));
  }

  /** The word on undecided mail. `upTo`: all others up to there are no chat. */
  decide(chat: readonly number[], upTo: number | undefined): void {
    for (const uid of chat) {
      this.#undecided.delete(uid);
      if (!this.untagged.has(uid)) this.chat.add(uid);
    }
    for (const uid of this.#undecided.keys()) if (upTo !== undefined && uid <= upTo) this.#undecided.delete(uid);
  }

  forget(uid: number): void {
    this.chat.delete(uid);
    this.untagged.delete(uid);
    this.#undecided.delete(uid);
  }

  /** @returns true when the mark moved on */
  advance(): boolean {
    const waiting = [...this.chat, ...this.#undecided.keys()].filter((uid) => uid > this.#mark);
    const next = waiting.length === 0 ? this.scannedTo : Math.min(...waiting) - 1;
    if (next <= this.#mark) return false;
    this.#mark = next;
    return true;
  }

  save(): SavedMark {
    const untagged = this.untagged.size === 0 ? '' : formatUidSet([...this.untagged]);
    return { mailbox: this.mailbox, uidValidity: this.uidValidity, uid: this.#mark, untagged };
  }
}

const MAX_SAVED_UIDS = 100_000;

/** @returns UIDs of a set, at most MAX_SAVED_UIDS; nonsense is skipped */
export function parseUidSet(set: string): readonly number[] {
  const uids: number[] = [];
  for (const range of set.split(',')) {
    const match = /^(\d+)(?::(\d+))?$/.exec(range);
    if (match === null) continue;
    const first = Number(match[1]);
    for (let uid = first; uid <= Number(match[2] ?? first) && uids.length < MAX_SAVED_UIDS; uid += 1) uids.push(uid);
  }
  return uids;
}
