/** A set of UIDs as ranges: a backlog of a hundred thousand mails is one range, and its newest are at its end. */

/** First and last UID, both in it. */
export type UidRange = readonly [first: number, last: number];

export class UidSet {
  /** Ascending, apart from each other by one UID at least. */
  #ranges: [number, number][] = [];
  #size = 0;

  /** @param parts single UIDs and ranges, any order */
  constructor(parts: Iterable<number | UidRange> = []) {
    const ranges = [...parts].map((part): [number, number] => (typeof part === 'number' ? [part, part] : [...part]));
    for (const range of ranges.sort((one, other) => one[0] - other[0])) this.#append(range);
  }

  #append([first, last]: [number, number]): void {
    const end = this.#ranges.at(-1);
    if (end === undefined || first > end[1] + 1) {
      this.#ranges.push([first, last]);
      this.#size += last - first + 1;
    } else if (last > end[1]) {
      this.#size += last - end[1];
      end[1] = last;
    }
  }

  get size(): number {
    return this.#size;
  }

  has(uid: number): boolean {
    const range = this.#ranges[this.#indexOf(uid)];
    return range !== undefined && range[0] <= uid;
  }

  /** The first range that ends at `uid` or later. */
  #indexOf(uid: number): number {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle] as [number, number])[1] < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(uid: number): void {
    if (this.has(uid)) return;
    const at = this.#indexOf(uid);
    const [before, after] = [this.#ranges[at - 1], this.#ranges[at]];
    const joinsBefore = before !== undefined && before[1] === uid - 1;
    const joinsAfter = after !== undefined && after[0] === uid + 1;
    if (joinsBefore && joinsAfter) {
      before[1] = after[1];
      this.#ranges.splice(at, 1);
    } else if (joinsBefore) before[1] = uid;
    else if (joinsAfter) after[0] = uid;
    else this.#ranges.splice(at, 0, [uid, uid]);
    this.#size += 1;
  }

  delete(uid: number): void {
    const at = this.#indexOf(uid);
    const range = this.#ranges[at];
    if (range === undefined || range[0] > uid) return;
    const [first, last] = range;
    const left: [number, number][] = [];
    if (first < uid) left.push([first, uid - 1]);
    if (uid < last) left.push([uid + 1, last]);
    this.#ranges.splice(at, 1, ...left);
    this.#size -= 1;
  }

  /** The highest ones, descending. */
  newest(count: number): readonly number[] {
    const uids: number[] = [];
    for (let at = this.#ranges.length - 1; at >= 0; at--) {
      const [first, last] = this.#ranges[at] as [number, number];
      for (let uid = last; uid >= first; uid--) {
        if (uids.length === count) return uids;
        uids.push(uid);
      }
    }
    return uids;
  }

  /** For a store. */
  toRanges(): readonly UidRange[] {
    return this.#ranges.map(([first, last]) => [first, last] as const);
  }
}
