/**
 * How soon an account hears of new mail, and what that costs: delivery events where the mail server sends them, many
 * looks while a conversation goes on where it does not, and no connection at all while nobody uses the account.
 */
import type { MailboxState, Method } from '@coi-webmail/protocol';
import type { DeliveryHint } from '../delivery/hint.ts';
import type { ConnectionState, Supervisor } from '../imap/supervisor.ts';
import type { Watch } from '../imap/watch.ts';
import type { AccountParts } from './parts.ts';
import type { Changes } from './changes.ts';
import { Hints } from './hints.ts';
import { Nearby, Places } from './nearby.ts';
import { Parking } from './parking.ts';
import type { UnnumberedEvent } from './service.ts';

/** While a conversation goes on, the chats mailbox is looked at so often. */
const READ_CHATS_MS = 1_000;
/** Requests that show that somebody writes or reads. */
const NEARBY_METHODS: ReadonlySet<Method> = new Set(['submit.warm', 'message.submit', 'message.flag']);

export interface PromptOptions {
  readonly parts: AccountParts;
  readonly changes: Changes;
  readonly supervisor: Supervisor<Watch>;
  readonly login: string;
  /** Before the watch connection is given up. */
  readonly onPark: () => void;
}

export class Prompt {
  readonly #options: PromptOptions;
  readonly #hints: Hints;
  readonly #nearby: Nearby;
  readonly #parking: Parking;
  readonly #leaveDesk: () => void;
  #isStopped = false;
  #readChatsAt = 0;

  constructor(options: PromptOptions) {
    const { parts, changes, supervisor, login, onPark } = options;
    const { identity, deps, clock } = parts.context;
    this.#options = options;
    this.#hints = new Hints({
      parts,
      changes,
      desk: deps.delivery,
      isWatched: () => supervisor.live !== undefined,
      onListed: () => supervisor.start(),
    });
    this.#nearby = new Nearby({
      clock,
      places: deps.places ?? new Places(1),
      isNeeded: () => this.#isUsed && !this.#isTold,
      look: () => this.#look(),
      rest: async () => supervisor.live?.rest(),
    });
    this.#parking = new Parking({
      clock,
      afterMs: deps.parkAfterMs,
      mayPark: () => this.#isUsed && this.#isTold,
      park: () => {
        onPark();
        supervisor.stop();
      },
      wake: () => supervisor.start(),
    });
    const listener = {
      hint: (hint: DeliveryHint) => this.#hints.take(hint),
      distrust: () => this.#parking.distrust(),
    };
    const names = [identity.address, login];
    this.#leaveDesk = deps.delivery?.listen(identity.issuer.name, names, listener) ?? (() => undefined);
  }

  /** Somebody used the account, for what if it was a request. */
  used(method?: Method): void {
    this.#parking.touch();
    if (method !== undefined && NEARBY_METHODS.has(method)) this.#nearby.touch();
  }

  /** The clients are told something. */
  told({ event }: UnnumberedEvent): void {
    if (event === 'message.arrived' || event === 'lane.message') this.#nearby.touch();
  }

  /** The watch connection told of new mail in the inbox. */
  arrived(): void {
    this.#hints.arrived();
  }

  /** The watch connection is there again and the state of the mailboxes is read. */
  live(before: readonly MailboxState[]): void {
    const { context, filing } = this.#options.parts;
    if (this.#parking.parkedAt === undefined) return;
    const known = before.find(({ role }) => role === 'inbox');
    const inbox = context.mailboxes.state('INBOX');
    if (inbox === undefined || known?.uidValidity !== inbox.uidValidity || known.uidNext === inbox.uidNext) return;
    // What an event told of was looked at.
    const seenTo = filing.seenTo('INBOX', inbox.uidValidity);
    if (seenTo === undefined || seenTo >= inbox.uidNext - 1) return;
    // New mail came while the account was parked, and no event told of it.
    context.deps.delivery?.missed(context.identity.issuer.name);
  }

  /** @returns true when this state of the connection is no news for clients, because the account is parked */
  hides({ state }: ConnectionState): boolean {
    if (!this.#parking.isParked) return false;
    if (state === 'stopped' || state === 'connecting') return true;
    this.#parking.left();
    return false;
  }

  stop(): void {
    this.#isStopped = true;
    this.#leaveDesk();
    this.#parking.stop();
  }

  /** Signed on, with clients. */
  get #isUsed(): boolean {
    return !this.#isStopped && this.#options.supervisor.live !== undefined && this.#options.parts.context.hasClient();
  }

  /** Delivery events tell of new mail. */
  get #isTold(): boolean {
    const { deps, identity } = this.#options.parts.context;
    return deps.delivery?.isReliable(identity.issuer.name) === true;
  }

  /** The server pushes what happens in the chats mailbox only in IDLE, so it is read from time to time meanwhile. */
  async #look(): Promise<void> {
    const { supervisor, parts } = this.#options;
    const { clock, mailboxes } = parts.context;
    const watch = supervisor.live;
    if (watch === undefined) return;
    await watch.look();
    const chats = mailboxes.path('chats');
    if (chats === undefined || clock.now() - this.#readChatsAt < READ_CHATS_MS) return;
    this.#readChatsAt = clock.now();
    await watch.read([chats]);
  }
}
