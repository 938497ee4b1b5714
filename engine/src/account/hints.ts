/**
 * What an account does with a delivery event (engine/src/delivery): it looks at once where new mail lies. A hint may be
 * missing, late, doubled or wrong; all that it can cause is a look.
 *
 * Also the other way round: new mail that the watch connection tells of, and no event, shows that events are missing.
 */
import type { DeliveryDesk } from '../delivery/desk.ts';
import type { DeliveryHint } from '../delivery/hint.ts';
import type { AccountParts } from './parts.ts';
import type { Changes } from './changes.ts';

/** An event comes before the watch connection tells, or this much later. */
const LATE_MS = 2_000;
/** The watch connection tells so much later at worst (Dovecot without inotify looks every 30 s). */
const EARLY_MS = 60_000;

export interface HintsOptions {
  readonly parts: AccountParts;
  readonly changes: Changes;
  readonly desk: DeliveryDesk | undefined;
  /** The watch connection is there and tells by itself of all but new mail. */
  readonly isWatched: () => boolean;
  /** Mailboxes came or went, and nobody watches. */
  readonly onListed: () => void;
}

export class Hints {
  readonly #options: HintsOptions;
  /** When an event last told of new mail in the inbox. */
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: HintsOptions) {
    this.#options = options;
  }

  take({ kind, mailbox }: DeliveryHint): void {
    const { parts, changes, isWatched, onListed } = this.#options;
    const { mailboxes, clock } = parts.context;
    const role = mailboxes.roleOf(mailbox);
    if (kind === 'listed') {
      if (!isWatched()) onListed();
      return;
    }
    if (role === undefined) return;
    const isNews = kind === 'delivered' || (kind === 'appended' && role === 'inbox');
    if (role === 'inbox' && isNews) this.#toldAt = clock.now();
    if (role === 'inbox' && isNews) parts.filing.notice(mailbox);
    else if (isNews || !isWatched()) changes.note(mailbox);
  }

  /** The watch connection told of new mail in the inbox. */
  arrived(): void {
    const { desk, parts } = this.#options;
    const { clock, identity } = parts.context;
    if (desk?.isReliable(identity.issuer.name) !== true) return;
    const arrivedAt = clock.now();
    clock.after(LATE_MS, () => {
      if (!this.toldSince(arrivedAt - EARLY_MS)) desk.missed(identity.issuer.name);
    });
  }

  toldSince(at: number): boolean {
    return this.#toldAt >= at;
  }
}
