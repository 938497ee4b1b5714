/**
 * Brings the mailbox into the state: plan, receive, apply in one transaction with the cursor, publish.
 *
 * One loop does one thing at a time: events first, then older lines that somebody scrolled to, then plans, then one
 * window, so that live lines never wait for more than a window of the backfill. A pass ends when every mailbox was
 * planned and has no window left; only then rows without copies leave, and mails that no line explains are called no
 * chat.
 */
import { backoffMs, type Clock, errorFamily, isCoiError } from '@coi-webmail/base';
import { type ChatEvent, isOrphan, type Place } from '@coi-webmail/chat';
import type {
  AnyEvent,
  EventData,
  MailboxState,
  MessageRefData,
  Method,
  Params,
  Result,
  UndecidedMail,
} from '@coi-webmail/protocol';
import type { Ledger } from '../ledger.ts';
import type { MailboxProgress } from '../store/store.ts';
import { Fetcher, type FetcherDeps } from './fetcher.ts';
import { Mailboxes } from './mailboxes.ts';
import { type KnownUids, planMailbox, resumed, windowSize } from './plan.ts';
import { copyRoleOf, receive } from './receive.ts';
import { Windows } from './windows.ts';
import { Undecided } from './undecided.ts';

export interface SyncDeps extends Pick<FetcherDeps, 'authservId' | 'envelopeIdOf'> {
  readonly ledger: Ledger;
  readonly clock: Clock;
  random(): number;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Before consent nothing in the mailbox may change. */
  mayDecide(): boolean;
  /** Share of the first sync that is done, or undefined. */
  onProgress(share: number | undefined): void;
  /** New copies were applied: evidence for lines of unknown outcome. */
  onApplied(): void;
}

/** A row that lost its copies waits this long for a move to show before a pass is made. */
const PASS_DELAY_MS = 1500;
/** Lines of a burst are applied together, this many at most. */
const BURST = 100;

type MailEvent = Extract<
  AnyEvent,
  {
    readonly event:
      | 'message.arrived'
      | 'message.moved'
      | 'message.flags'
      | 'message.expunged'
      | 'mail.undecided'
      | 'mailbox.changed'
      | 'mailboxes.changed';
  }
>;
type Arrived = Extract<MailEvent, { readonly event: 'message.arrived' }>;

/** Lines asked for out of turn. */
interface Wanted {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly uids: readonly number[];
  onDone(): void;
}

export class Sync {
  readonly #deps: SyncDeps;
  readonly #mailboxes: Mailboxes;
  readonly #fetcher: Fetcher;
  readonly #windows: Windows;
  readonly #undecided: Undecided;
  readonly #events: MailEvent[] = [];
  readonly #wanted: Wanted[] = [];
  #isLive = false;
  #isRunning = false;
  #isPassOpen = false;
  #firstTotal: number | undefined;
  #failures = 0;
  #generation = 0;
  #cancelPass: (() => void) | undefined;
  #cancelRetry: () => void = () => undefined;

  constructor(deps: SyncDeps, progress: ReadonlyMap<string, MailboxProgress>) {
    this.#deps = deps;
    const { ledger, call } = deps;
    this.#mailboxes = new Mailboxes(resumed(progress, ledger.state.rows.values()));
    if (progress.size === 0) this.#firstTotal = 0;
    this.#fetcher = new Fetcher({ ...deps, roleOf: (mailbox) => this.#mailboxes.roleOf(mailbox) });
    this.#windows = new Windows(this.#fetcher);
    this.#undecided = new Undecided({
      state: ledger.state,
      fetcher: this.#fetcher,
      call,
      apply: (events) => this.#apply(events),
    });
  }

  /** A connection is up. Resumed: all that was missed follows as events; else every mailbox is planned anew. */
  start(mailboxes: readonly MailboxState[], isResumed: boolean): void {
    this.#isLive = true;
    this.#generation += 1;
    this.#setMailboxes(mailboxes);
    if (!isResumed) {
      this.#events.length = 0;
      this.#planAll();
    }
    this.#report();
    void this.#run();
  }

  stop(): void {
    this.#isLive = false;
    this.#generation += 1;
    this.#windows.clear();
    this.#cancelPass?.();
    this.#cancelPass = undefined;
    this.#cancelRetry();
    for (const { onDone } of this.#wanted.splice(0)) onDone();
  }

  handle(event: AnyEvent): void {
    switch (event.event) {
      case 'message.arrived':
      case 'message.moved':
      case 'message.flags':
      case 'message.expunged':
      case 'mail.undecided':
      case 'mailbox.changed':
      case 'mailboxes.changed':
        this.#events.push(event);
        void this.#run();
        return;
      default:
        // The session's.
        return;
    }
  }

  /** Looks at every mailbox again, for example after consent. */
  replan(): void {
    this.#planAll();
    void this.#run();
  }

  /**
   * Fetches lines out of turn.
   * @returns resolves when they are applied, or the connection is gone
   */
  fetchNow(mailbox: string, uidValidity: string, uids: readonly number[]): Promise<void> {
    if (!this.#isLive || uids.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wanted.push({ mailbox, uidValidity, uids, onDone: resolve });
      void this.#run();
    });
  }

  /** Older mail is still to come. */
  get isBackfilling(): boolean {
    return this.#mailboxes.isBackfilling;
  }

  #planAll(): void {
    this.#mailboxes.planAll();
    this.#isPassOpen = true;
  }

  #setMailboxes(mailboxes: readonly MailboxState[]): void {
    if (this.#mailboxes.setAll(mailboxes)) this.#isPassOpen = true;
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#isLive && (await this.#step())) this.#failures = 0;
    } catch (error) {
      this.#retry(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #retry(error: unknown): void {
    // A new connection starts the loop again. One may have come while the failure of the last was on its way here.
    if (!this.#isLive) return;
    if (errorFamily(error) === 'refresh') this.#planAll();
    const delay = backoffMs(this.#failures, this.#deps.random());
    this.#failures += 1;
    this.#cancelRetry();
    this.#cancelRetry = this.#deps.clock.after(delay, () => void this.#run());
  }

  /** @returns false when there is nothing to do */
  async #step(): Promise<boolean> {
    const event = this.#events.shift();
    if (event !== undefined) {
      try {
        await this.#take(event);
      } catch (error) {
        // It is not told again: what it was about is found by looking at all.
        this.#planAll();
        throw error;
      }
      return true;
    }
    const wanted = this.#wanted.shift();
    if (wanted !== undefined) {
      await this.#fetchWanted(wanted);
      return true;
    }
    const lost = this.#mailboxes.takeLost();
    if (lost !== undefined) {
      this.#undecided.forget(lost);
      await this.#apply([{ kind: 'mailbox-reset', mailbox: lost }]);
      return true;
    }
    // The first screen waits for no other mailbox.
    const first = this.#firstTotal !== undefined && this.#windows.isFirst ? this.#mailboxes.nextToFill : undefined;
    if (first !== undefined) {
      await this.#fetchWindow(first);
      return true;
    }
    const mailbox = this.#mailboxes.nextToPlan;
    if (mailbox !== undefined) {
      await this.#plan(mailbox);
      return true;
    }
    const filling = this.#mailboxes.nextToFill;
    if (filling !== undefined) {
      await this.#fetchWindow(filling);
      return true;
    }
    if (this.#isPassOpen) {
      await this.#completePass();
      return true;
    }
    return false;
  }

  async #plan(mailbox: string): Promise<void> {
    const before = this.#mailboxes.progressOf(mailbox);
    const generation = this.#generation;
    const params = before === undefined ? { mailbox } : { mailbox, cursor: before.cursor };
    let answer: Result<'mailbox.sync'>;
    try {
      answer = await this.#deps.call('mailbox.sync', params);
    } catch (error) {
      if (!isCoiError(error, 'mailbox-not-found')) throw error;
      this.#mailboxes.lose(mailbox);
      return;
    }
    if (generation !== this.#generation) return;
    const { uidValidity } = answer.cursor;
    const { events, cursor, pending } = planMailbox(mailbox, answer, this.#known(mailbox, uidValidity), before);
    this.#mailboxes.planned(mailbox, { cursor, pending });
    if (this.#firstTotal !== undefined) this.#firstTotal += pending.size;
    if (answer.reset) this.#undecided.forget(mailbox);
    const isBacklog = this.#isPassOpen && pending.size > windowSize(true);
    await this.#apply(isBacklog ? [{ kind: 'backlog-found' }, ...events] : events);
    if (this.#firstTotal !== undefined && this.#mailboxes.roleOf(mailbox) === 'chats') {
      await this.#windows.preferNewest(mailbox, pending);
    }
    this.#passSoon();
    await this.#addUndecided(mailbox, uidValidity, answer.undecided);
  }

  #known(mailbox: string, uidValidity: string): KnownUids {
    const { ledger } = this.#deps;
    return {
      has: (uid) => ledger.knows({ mailbox, uidValidity, uid }),
      all: () => ledger.uidsIn(mailbox, uidValidity),
    };
  }

  async #fetchWindow(mailbox: string): Promise<void> {
    const progress = this.#mailboxes.progressOf(mailbox);
    if (progress === undefined) return;
    const isCurrent = () => this.#mailboxes.progressOf(mailbox)?.pending === progress.pending;
    const events = await this.#windows.next(mailbox, progress, isCurrent);
    if (isCurrent()) await this.#apply(events);
  }

  async #fetchWanted(wanted: Wanted): Promise<void> {
    const { mailbox, uidValidity, uids } = wanted;
    try {
      const events = await this.#fetcher.fetchAll(mailbox, uidValidity, uids);
      const found = new Set(events.map(({ facts }) => facts.place.uid));
      const gone = uids.filter((uid) => !found.has(uid));
      await this.#apply([...events, { kind: 'copies-gone', mailbox, uidValidity, uids: gone }]);
    } finally {
      wanted.onDone();
    }
  }

  async #apply(events: readonly ChatEvent[]): Promise<void> {
    await this.#deps.ledger.apply(events, { progress: this.#mailboxes.snapshot() });
    this.#report();
    if (events.length > 0) this.#deps.onApplied();
  }

  #report(): void {
    if (this.#firstTotal === undefined) return;
    const share = this.#firstTotal === 0 ? 0 : 1 - this.#mailboxes.pendingCount / this.#firstTotal;
    this.#deps.onProgress(Math.min(1, Math.max(0, share)));
  }

  async #take(event: MailEvent): Promise<void> {
    switch (event.event) {
      case 'message.arrived':
        return this.#arrived(event);
      case 'message.moved':
        return this.#moved(event.data.from, event.data.to);
      case 'message.flags':
        return this.#apply([{ kind: 'flags-changed', ...event.data }]);
      case 'message.expunged':
        for (const uid of event.data.uids) this.#mailboxes.settle(event.data.mailbox, event.data.uidValidity, uid);
        await this.#apply([{ kind: 'copies-gone', ...event.data }]);
        return this.#passSoon();
      case 'mail.undecided':
        return this.#addUndecided(event.data.mailbox, event.data.uidValidity, event.data.mails);
      case 'mailbox.changed':
        this.#mailboxes.plan(event.data.mailbox);
        return undefined;
      case 'mailboxes.changed':
        return this.#setMailboxes(event.data.mailboxes);
      default:
        return event satisfies never;
    }
  }

  /** With those that came right behind it. */
  async #arrived(first: Arrived): Promise<void> {
    const burst = [first.data];
    for (
      let next = this.#events[0];
      burst.length < BURST && next?.event === 'message.arrived';
      next = this.#events[0]
    ) {
      burst.push(next.data);
      this.#events.shift();
    }
    const seen = await Promise.all(burst.map((data) => this.#receive(data)));
    await this.#apply(seen);
  }

  #receive({ mailbox, uidValidity, message }: EventData<'message.arrived'>): ReturnType<typeof receive> {
    this.#mailboxes.came(mailbox, uidValidity, message.uid);
    return receive(message, this.#fetcher.contextOf(mailbox, uidValidity));
  }

  #moved(from: MessageRefData, to: MessageRefData): Promise<void> {
    const isKnown = this.#deps.ledger.knows(placeOf(from));
    this.#mailboxes.settle(from.mailbox, from.uidValidity, from.uid);
    // Moved before it was fetched: it is fetched where it lies.
    if (!isKnown && !this.#deps.ledger.knows(placeOf(to))) this.#mailboxes.want(to.mailbox, to.uidValidity, to.uid);
    else this.#mailboxes.came(to.mailbox, to.uidValidity, to.uid);
    const role = copyRoleOf(this.#mailboxes.roleOf(to.mailbox));
    return this.#apply([{ kind: 'copy-moved', from: placeOf(from), to: placeOf(to), role }]);
  }

  /** Rows without copies may reappear elsewhere: look at all mailboxes before they leave. */
  #passSoon(): void {
    if (this.#cancelPass !== undefined || this.#isPassOpen) return;
    if (![...this.#deps.ledger.state.rows.values()].some(isOrphan)) return;
    this.#cancelPass = this.#deps.clock.after(PASS_DELAY_MS, () => {
      this.#cancelPass = undefined;
      this.#planAll();
      void this.#run();
    });
  }

  async #addUndecided(mailbox: string, uidValidity: string, mails: readonly UndecidedMail[]): Promise<void> {
    if (this.#deps.mayDecide()) await this.#undecided.add(mailbox, uidValidity, mails, !this.#isPassOpen);
  }

  async #completePass(): Promise<void> {
    await this.#undecided.decideAll();
    this.#isPassOpen = false;
    this.#firstTotal = undefined;
    this.#deps.onProgress(undefined);
    await this.#apply([{ kind: 'pass-completed' }]);
  }
}

function placeOf({ mailbox, uidValidity, uid }: MessageRefData): Place {
  return { mailbox, uidValidity, uid };
}
