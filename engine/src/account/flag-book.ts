/**
 * Flags of one mailbox on a server that keeps no MODSEQ (RFC 7162): what they were when last looked at, and when they
 * changed, so that a client hears of changes only.
 *
 * Numbers of the book stand where MODSEQ stands elsewhere. A new process begins a new book, above all earlier ones, and
 * its first answer names all flags.
 */
import type { FlagChange } from '@coi-webmail/protocol';
import type { UidSet } from '../imap/uid-set.ts';

/** So many of the newest messages are compared with each look, the others from time to time. */
export const NEWEST_FLAGS = 2_000;
/** A mailbox with more than that is compared as a whole at most so often. */
const WHOLE_EVERY_MS = 10_000;

export type FlagReader = (uids: UidSet) => AsyncIterable<FlagChange>;

export class FlagBook {
  readonly uidValidity: string;
  /** Ascending; the lists below go with it. */
  #uids: number[] = [];
  #codes: number[] = [];
  #changed: number[] = [];
  /** Distinct sets of flags. */
  readonly #flagSets: (readonly string[])[] = [];
  readonly #codeOf = new Map<string, number>();
  #number: number;
  #wholeAt = Number.NEGATIVE_INFINITY;

  /** @param nowAt epoch ms; numbers begin here */
  constructor(uidValidity: string, nowAt: number) {
    this.uidValidity = uidValidity;
    this.#number = nowAt;
  }

  /** To be kept by a client that knows all flags as they are now. */
  get number(): string {
    return String(this.#number);
  }

  /**
   * Looks for changes.
   * @param there all messages that count
   */
  async look(there: UidSet, read: FlagReader, nowAt: number): Promise<void> {
    const newest = there.size <= NEWEST_FLAGS ? there : there.between(there.takeHighest(NEWEST_FLAGS)[0] ?? 1);
    const isWholeDue = there.size > newest.size && nowAt - this.#wholeAt >= WHOLE_EVERY_MS;
    const isFirst = this.#wholeAt === Number.NEGATIVE_INFINITY;
    // Something changed, or nobody would ask; when the newest do not explain it, it is one of the others.
    const isExplained = !isFirst && (await this.#compare(newest, read));
    if (isFirst || (!isExplained && isWholeDue)) {
      this.#wholeAt = nowAt;
      await this.#compare(there, read);
      this.#forgetBut(there);
    }
  }

  /** What changed since the number that a client has, ascending. */
  *since(number: string, there: UidSet): Generator<FlagChange, void, undefined> {
    for (const [at, uid] of this.#uids.entries()) {
      const changedAt = this.#changed[at] ?? 0;
      if (changedAt <= Number(number) || !there.has(uid)) continue;
      const flags = this.#flagSets[this.#codes[at] ?? 0] ?? [];
      yield { uid, flags: [...flags], modSeq: String(changedAt) };
    }
  }

  /** @returns true when something changed */
  async #compare(uids: UidSet, read: FlagReader): Promise<boolean> {
    const next = this.#number + 1;
    let hasChanged = false;
    for await (const { uid, flags } of read(uids)) {
      const code = this.#code(flags);
      const at = this.#find(uid);
      if (this.#uids[at] !== uid) {
        this.#uids.splice(at, 0, uid);
        this.#codes.splice(at, 0, code);
        this.#changed.splice(at, 0, next);
      } else if (this.#codes[at] !== code) {
        this.#codes[at] = code;
        this.#changed[at] = next;
      } else continue;
      hasChanged = true;
    }
    if (hasChanged) this.#number = next;
    return hasChanged;
  }

  #forgetBut(there: UidSet): void {
    const kept = this.#uids.flatMap((uid, at) => (there.has(uid) ? [at] : []));
    const pick = (list: readonly number[]) => kept.map((at) => list[at] ?? 0);
    [this.#uids, this.#codes, this.#changed] = [pick(this.#uids), pick(this.#codes), pick(this.#changed)];
  }

  #code(flags: readonly string[]): number {
    // `\Recent` is about sessions, not about the message.
    const sorted = flags.filter((flag) => flag !== '\\Recent').sort();
    const key = sorted.join(' ');
    const known = this.#codeOf.get(key);
    if (known !== undefined) return known;
    const code = this.#flagSets.push(sorted) - 1;
    this.#codeOf.set(key, code);
    return code;
  }

  /** Index of the first UID that is not below. */
  #find(uid: number): number {
    let [low, high] = [0, this.#uids.length];
    if (uid > (this.#uids.at(-1) ?? 0)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#uids[middle] ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
