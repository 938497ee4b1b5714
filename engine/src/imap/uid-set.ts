/** UID sets as IMAP writes them: `1:5,7`. Pure. */

/** @param uids in any order, duplicates allowed, not empty */
export function formatUidSet(uids: readonly number[]): string {
  return String(UidSet.of(uids));
}

/** Servers limit the length of a command line (Dovecot: 64 KB); this stays far below. */
const CHUNK_UIDS = 500;

/** Cuts a list of UIDs into sets that fit into one command. */
export function chunkUids(uids: readonly number[], size: number = CHUNK_UIDS): readonly (readonly number[])[] {
  const chunks: (readonly number[])[] = [];
  for (let at = 0; at < uids.length; at += size) chunks.push(uids.slice(at, at + size));
  return chunks;
}

/**
 * A set of UIDs kept as ascending ranges, so that 100,000 neighbours take as much room as one. Adding at the end is
 * cheap, elsewhere it moves what follows.
 */
export class UidSet implements Iterable<number> {
  readonly #firsts: number[] = [];
  readonly #lasts: number[] = [];
  #size = 0;

  static of(uids: Iterable<number>): UidSet {
    const set = new UidSet();
    for (const uid of [...uids].sort((one, other) => one - other)) set.add(uid);
    return set;
  }

  /** Reads a set that somebody wrote; nonsense is skipped. @param maxUids of more, the first that were named count */
  static parse(text: string, maxUids: number): UidSet {
    const ranges: (readonly [number, number])[] = [];
    let room = maxUids;
    for (const [, one, other = one] of text.matchAll(/(?<![^,])(\d{1,10})(?::(\d{1,10}))?(?![^,])/g)) {
      const [first, end] = [Math.min(Number(one), Number(other)), Math.max(Number(one), Number(other))];
      const last = Math.min(end, first + room - 1);
      if (first === 0 || last < first) continue;
      ranges.push([first, last]);
      room -= last - first + 1;
    }
    const set = new UidSet();
    for (const [first, last] of ranges.sort((one, other) => one[0] - other[0])) set.#append(first, last);
    return set;
  }

  get size(): number {
    return this.#size;
  }

  get lowest(): number | undefined {
    return this.#firsts[0];
  }

  get highest(): number | undefined {
    return this.#lasts.at(-1);
  }

  has(uid: number): boolean {
    return this.lowestFrom(uid) === uid;
  }

  /** The lowest UID that is not below `uid`. */
  lowestFrom(uid: number): number | undefined {
    const first = this.#firsts[this.#rangeFrom(uid)];
    return first === undefined ? undefined : Math.max(first, uid);
  }

  add(uid: number): void {
    const end = this.#lasts.at(-1);
    if (end === undefined || uid > end) {
      this.#append(uid, uid);
      return;
    }
    const at = this.#rangeFrom(uid);
    const first = this.#firsts[at] ?? 0;
    if (first <= uid) return;
    const touchesBelow = at > 0 && this.#lasts[at - 1] === uid - 1;
    const touchesAbove = first === uid + 1;
    this.#size += 1;
    if (touchesBelow && touchesAbove) {
      this.#firsts.splice(at, 1);
      this.#lasts.splice(at - 1, 1);
    } else if (touchesBelow) {
      this.#lasts[at - 1] = uid;
    } else if (touchesAbove) {
      this.#firsts[at] = uid;
    } else {
      this.#firsts.splice(at, 0, uid);
      this.#lasts.splice(at, 0, uid);
    }
  }

  /** @returns true when it was there */
  delete(uid: number): boolean {
    const at = this.#rangeFrom(uid);
    const [first, last] = [this.#firsts[at], this.#lasts[at]];
    if (first === undefined || last === undefined || first > uid) return false;
    this.#size -= 1;
    if (first === last) {
      this.#firsts.splice(at, 1);
      this.#lasts.splice(at, 1);
    } else if (first === uid) {
      this.#firsts[at] = uid + 1;
    } else if (last === uid) {
      this.#lasts[at] = uid - 1;
    } else {
      this.#firsts.splice(at + 1, 0, uid + 1);
      this.#lasts.splice(at, 0, uid - 1);
    }
    return true;
  }

  clear(): void {
    this.#firsts.length = 0;
    this.#lasts.length = 0;
    this.#size = 0;
  }

  /** The UIDs from `first` to `last`, both included. */
  between(first: number, last = Number.POSITIVE_INFINITY): UidSet {
    const part = new UidSet();
    for (let at = this.#rangeFrom(first); at < this.#firsts.length; at += 1) {
      const [from, to] = [Math.max(first, this.#firsts[at] ?? 0), Math.min(last, this.#lasts[at] ?? 0)];
      if (from > last) break;
      if (from <= to) part.#append(from, to);
    }
    return part;
  }

  union(other: UidSet): UidSet {
    const [one, two] = [this.#ranges(), other.#ranges()];
    const all = new UidSet();
    for (let [i, j] = [0, 0]; i < one.length || j < two.length; ) {
      const [left, right] = [one[i], two[j]];
      const isLeft = right === undefined || (left !== undefined && left[0] <= right[0]);
      const range = isLeft ? left : right;
      if (isLeft) i += 1;
      else j += 1;
      if (range !== undefined) all.#append(range[0], range[1]);
    }
    return all;
  }

  /** At most so many of the lowest UIDs. */
  take(count: number): number[] {
    const uids: number[] = [];
    for (const uid of this) {
      if (uids.length === count) break;
      uids.push(uid);
    }
    return uids;
  }

  /** At most so many of the highest UIDs, ascending. */
  takeHighest(count: number): number[] {
    let left = count;
    let at = this.#firsts.length;
    while (at > 0 && left > 0) {
      at -= 1;
      left -= (this.#lasts[at] ?? 0) - (this.#firsts[at] ?? 0) + 1;
    }
    const lowest = (this.#firsts[at] ?? 0) + Math.max(0, -left);
    return count === 0 ? [] : [...this.between(lowest)];
  }

  /** Cuts into sets of at most so many ranges and UIDs, each short enough for one command. */
  *chunks(size: number = CHUNK_UIDS): Generator<UidSet, void, undefined> {
    let chunk = new UidSet();
    for (const [first, last] of this.#ranges()) {
      for (let from = first; from <= last; ) {
        const to = Math.min(last, from + size - chunk.size - 1);
        chunk.#append(from, to);
        from = to + 1;
        if (chunk.size < size) continue;
        yield chunk;
        chunk = new UidSet();
      }
    }
    if (chunk.size > 0) yield chunk;
  }

  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (const [first, last] of this.#ranges()) for (let uid = first; uid <= last; uid += 1) yield uid;
  }

  toString(): string {
    return this.#ranges()
      .map(([first, last]) => (first === last ? String(first) : `${first}:${last}`))
      .join(',');
  }

  #ranges(): (readonly [number, number])[] {
    return this.#firsts.map((first, at) => [first, this.#lasts[at] ?? first]);
  }

  /** Index of the first range that ends at `uid` or above. */
  #rangeFrom(uid: number): number {
    let [low, high] = [0, this.#lasts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#lasts[middle] ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param first not below the first of the last range */
  #append(first: number, last: number): void {
    const end = this.#lasts.at(-1);
    if (end === undefined || first > end + 1) {
      this.#firsts.push(first);
      this.#lasts.push(last);
      this.#size += last - first + 1;
    } else if (last > end) {
      this.#lasts[this.#lasts.length - 1] = last;
      this.#size += last - end;
    }
  }
}
