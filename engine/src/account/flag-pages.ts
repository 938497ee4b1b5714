/**
 * Flag changes in answers that are not too long: the newest messages first, the rest with the next syncs from the same
 * cursor. Somebody who marks 100,000 mails as read changes them all at once.
 *
 * The cursor itself says how far its client is in the list: `0042` is the third page of what changed since 42. What a
 * page goes on from is shared by all clients on it, so that some may hear of a change twice, and none never.
 */
import type { FlagChange } from '@coi-webmail/protocol';

/** A few megabytes as an answer. */
export const MAX_FLAGS = 40_000;
/** Pages that clients may ask for next; whoever asks for another begins again. */
const MAX_OPEN = 20;
/** Digits of a cursor's MODSEQ on the wire. */
const MAX_DIGITS = 20;

interface OpenPage {
  /** UIDs from here on were told. */
  readonly below: number;
  /** Where the client stands when it has the whole list. */
  readonly upTo: string;
}

export interface FlagPage {
  readonly flags: FlagChange[];
  /** What the client's cursor is to say. */
  readonly modSeq: string;
  /** There is more for the same cursor. */
  readonly isMore: boolean;
}

export class FlagPages {
  readonly #open = new Map<string, OpenPage>();
  readonly #max: number;

  constructor(max: number = MAX_FLAGS) {
    this.#max = max;
  }

  /**
   * @param list names the mailbox and its UIDVALIDITY
   * @param cursor what the client's cursor says
   * @param now what it may say after all that `read` tells
   * @param read changes since the cursor below a UID, ascending by UID
   */
  async page(
    list: string,
    cursor: string,
    now: string,
    read: (below: number) => AsyncIterable<FlagChange>,
  ): Promise<FlagPage> {
    const { pageCount, modSeq: since } = readCursor(cursor);
    const open = pageCount === 0 ? undefined : this.#open.get(`${pageCount} ${since} ${list}`);
    const { below, upTo } = open ?? { below: Number.POSITIVE_INFINITY, upTo: now };
    const next = `${'0'.repeat(open === undefined ? 1 : pageCount + 1)}${since}`;
    const max = next.length > MAX_DIGITS ? Number.POSITIVE_INFINITY : this.#max;
    let flags: FlagChange[] = [];
    let isMore = false;
    for await (const change of read(below)) {
      if (change.uid >= below) continue;
      flags.push(change);
      if (flags.length < max * 2) continue;
      flags = flags.slice(-max);
      isMore = true;
    }
    if (flags.length > max) {
      flags = flags.slice(-max);
      isMore = true;
    }
    const [lowest] = flags;
    if (!isMore || lowest === undefined) return { flags, modSeq: upTo, isMore: false };
    this.#keep(`${readCursor(next).pageCount} ${since} ${list}`, { below: lowest.uid, upTo });
    return { flags, modSeq: next, isMore: true };
  }

  #keep(key: string, page: OpenPage): void {
    const known = this.#open.get(key) ?? page;
    this.#open.delete(key);
    this.#open.set(key, {
      below: Math.max(known.below, page.below),
      upTo: BigInt(known.upTo) < BigInt(page.upTo) ? known.upTo : page.upTo,
    });
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MAX_OPEN) break;
      this.#open.delete(oldest);
    }
  }
}

/** A cursor's MODSEQ, and how many pages of what changed since then its client has. */
export function readCursor(cursor: string): { readonly pageCount: number; readonly modSeq: string } {
  const [, zeros = '', modSeq = '0'] = /^(0*)(\d+)$/.exec(cursor) ?? [];
  return { pageCount: zeros.length, modSeq };
}
