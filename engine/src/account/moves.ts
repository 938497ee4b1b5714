/**
 * What we moved lately: whose EXPUNGE is no news, because the clients were told the new place, and where it lies now
 * for clients that still name the old place.
 *
 * The EXPUNGE of a move may come before or after the answer to the move itself, or never. Pure.
 */
import type { MessageRefData } from '@coi-webmail/protocol';
import type { Moved } from '../imap/guard.ts';
import { UidSet } from '../imap/uid-set.ts';

/** Enough for all steps of a filing pass whose EXPUNGEs are still to come. */
const MAX_AWAITED = 10_000;
const MAX_NEW_PLACES = 1_000;

interface Leaving {
  readonly uidValidity: string;
  /** A move is under way. */
  readonly asked: UidSet;
  /** Those of them that left already. */
  readonly left: UidSet;
  /** Moved and told; their EXPUNGE is still to come. */
  readonly awaited: UidSet;
}

export class Moves {
  readonly #leaving = new Map<string, Leaving>();
  readonly #newPlaces = new Map<string, MessageRefData>();

  /** Before the move. */
  begin(path: string, uidValidity: string, uids: readonly number[]): void {
    const { asked } = this.#leavingOf(path, uidValidity);
    for (const uid of uids) asked.add(uid);
  }

  /**
   * After the move.
   * @param moved what the server said; empty when it failed
   * @returns `told`: what moved where; `gone`: what left, and nobody knows whereto
   */
  end(
    path: string,
    uidValidity: string,
    uids: readonly number[],
    moved: readonly Moved[],
    to: string,
  ): { readonly told: { readonly from: MessageRefData; readonly to: MessageRefData }[]; readonly gone: number[] } {
    const { asked, left, awaited } = this.#leavingOf(path, uidValidity);
    const told: { readonly from: MessageRefData; readonly to: MessageRefData }[] = [];
    for (const { uid, to: target } of moved) {
      if (target === undefined) continue;
      const from = { mailbox: path, uidValidity, uid };
      told.push({ from, to: { mailbox: to, ...target } });
      if (!left.delete(uid)) awaited.add(uid);
    }
    while (awaited.size > MAX_AWAITED && awaited.lowest !== undefined) awaited.delete(awaited.lowest);
    for (const one of told) this.#newPlaces.set(placeKey(one.from), one.to);
    for (const oldest of this.#newPlaces.keys()) {
      if (this.#newPlaces.size <= MAX_NEW_PLACES) break;
      this.#newPlaces.delete(oldest);
    }
    for (const uid of uids) asked.delete(uid);
    return { told, gone: uids.filter((uid) => left.delete(uid)) };
  }

  /** A message left. @returns true when that is no news, or when {@link end} will tell */
  expunged(path: string, uidValidity: string, uid: number): boolean {
    const leaving = this.#leaving.get(path);
    if (leaving?.uidValidity !== uidValidity) return false;
    if (leaving.awaited.delete(uid)) return true;
    if (!leaving.asked.has(uid)) return false;
    leaving.left.add(uid);
    return true;
  }

  placeNow(place: MessageRefData): MessageRefData {
    return this.#newPlaces.get(placeKey(place)) ?? place;
  }

  #leavingOf(path: string, uidValidity: string): Leaving {
    const known = this.#leaving.get(path);
    if (known?.uidValidity === uidValidity) return known;
    const fresh = { uidValidity, asked: new UidSet(), left: new UidSet(), awaited: new UidSet() };
    this.#leaving.set(path, fresh);
    return fresh;
  }
}

function placeKey({ mailbox, uidValidity, uid }: MessageRefData): string {
  return `${uidValidity} ${uid} ${mailbox}`;
}
