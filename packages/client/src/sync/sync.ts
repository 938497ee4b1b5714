/**
 * Brings the mailbox into the state: plan, receive, apply in one transaction with the cursor, publish.
 *
 * One loop does one thing at a time: events first, then plans, then one window, so that live lines never wait for
 * the backfill. A pass ends when every mailbox was planned and has no window left; only then rows without copies
 * leave, and mails that no line explains are called no chat.
 */
import { backoffMs, type Clock, errorFamily, isCoiError } from '@coi-webmail/base';
import { type ChatEvent, isOrphan, type Place } from '@coi-webmail/chat';
import type {
  AnyEvent,
  EventData,
  MailboxRole,
  MailboxState,
  MessageRefData,
  Method,
  Params,
  Result,
  UndecidedMail,
} from '@coi-webmail/protocol';
import type { Ledger } from '../ledger.ts';
import type { MailboxProgress } from '../store/store.ts';
import { decideMails, isAboutOurs } from './decide.ts';
import { nextMailbox, nextWindow, planMailbox, withUnread } from './plan.ts';
import { copyRoleOf, receive, type ReceiveContext } from './receive.ts';

export interface SyncDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  random(): number;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  authservId(): string | undefined;
  /** See `outbox/envelope-id.ts`. */
  envelopeIdOf(messageId: string): Promise<string>;
  /** Before consent nothing in the mailbox may change. */
  mayDecide(): boolean;
  /** Share of the first sync that is done, or undefined. */
  onProgress(share: number | undefined): void;
  /** All watched mailboxes were looked at. */
  onPassCompleted(): void;
  /** New copies were applied: evidence for lines of unknown outcome. */
  onApplied(): void;
}

const WATCHED: readonly MailboxRole[] = ['chats', 'inbox', 'sent'];
/** A row that lost its copies waits this long for a move to show before a pass is made. */
const PASS_DELAY_MS = 1500;

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

export class Sync {
  readonly #deps: SyncDeps;
  readonly #progress: Map<string, MailboxProgress>;
  readonly #roles = new Map<string, MailboxRole>();
  readonly #events: MailEvent[] = [];
  readonly #toPlan = new Set<string>();
  /** Mails that no line explains yet, per mailbox; answered when the pass ends. */
  readonly #undecided = new Map<string, { readonly uidValidity: string; readonly mails: Map<number, UndecidedMail> }>();
  #isLive = false;
  #isRunning = false;
  #isPassOpen = false;
  #isFirstWindow = true;
  #firstTotal: number | undefined;
  #failures = 0;
  #generation = 0;
  #cancelPass: (() => void) | undefined;
  #cancelRetry: () => void = () => undefined;

  constructor(deps: SyncDeps, progress: ReadonlyMap<string, MailboxProgress>) {
    this.#deps = deps;
    this.#progress = withUnread(progress, deps.ledger.state.rows.values());
    if (progress.size === 0) this.#firstTotal = 0;
  }

  /** A connection is up. Resumed: all that was missed follows as events; else every mailbox is planned anew. */
  start(mailboxes: readonly MailboxState[], resumed: boolean): void {
    this.#isLive = true;
    this.#generation += 1;
    this.#setMailboxes(mailboxes);
    if (!resumed) {
      this.#events.length = 0;
      this.#planAll();
    }
    this.#report();
    void this.#run();
  }

  stop(): void {
    this.#isLive = false;
    this.#generation += 1;
    this.#cancelPass?.();
    this.#cancelPass = undefined;
    this.#cancelRetry();
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

  roleOf(mailbox: string): MailboxRole | undefined {
    return this.#roles.get(mailbox);
  }

  /** Older mail is still to come. */
  get isBackfilling(): boolean {
    if (this.#toPlan.size > 0) return true;
    return [...this.#progress.values()].some(({ pending }) => pending.length > 0);
  }

  #planAll(): void {
    for (const [mailbox, role] of this.#roles) if (WATCHED.includes(role)) this.#toPlan.add(mailbox);
    this.#isPassOpen = true;
  }

  #setMailboxes(mailboxes: readonly MailboxState[]): void {
    this.#roles.clear();
    for (const { path, role } of mailboxes) this.#roles.set(path, role);
    const watched = new Set(mailboxes.filter(({ role }) => WATCHED.includes(role)).map(({ path }) => path));
    for (const mailbox of this.#progress.keys()) if (!watched.has(mailbox)) this.#progress.delete(mailbox);
    for (const { path, uidValidity } of mailboxes) {
      if (!watched.has(path)) continue;
      if (this.#progress.get(path)?.cursor.uidValidity !== uidValidity) {
        this.#toPlan.add(path);
        this.#isPassOpen = true;
      }
    }
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
    // A new connection starts the loop again; else it is tried again after a while.
    if (!this.#isLive || isCoiError(error, 'engine-unreachable') || isCoiError(error, 'offline')) return;
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
    const [mailbox] = this.#toPlan;
    if (mailbox !== undefined) {
      await this.#plan(mailbox);
      return true;
    }
    const filling = nextMailbox(this.#progress);
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
    const before = this.#progress.get(mailbox);
    const generation = this.#generation;
    const params = before === undefined ? { mailbox } : { mailbox, cursor: before.cursor };
    let answer: Result<'mailbox.sync'>;
    try {
      answer = await this.#deps.call('mailbox.sync', params);
    } catch (error) {
      if (!isCoiError(error, 'mailbox-not-found')) throw error;
      this.#toPlan.delete(mailbox);
      this.#progress.delete(mailbox);
      return;
    }
    if (generation !== this.#generation) return;
    const known = this.#knownUids(mailbox, answer.cursor.uidValidity);
    const plan = planMailbox(mailbox, answer, known, before);
    this.#progress.set(mailbox, plan.progress);
    this.#toPlan.delete(mailbox);
    if (this.#firstTotal !== undefined) this.#firstTotal += plan.progress.pending.length;
    if (answer.reset) this.#undecided.delete(mailbox);
    await this.#apply(plan.events);
    await this.#takeUndecided(mailbox, answer.cursor.uidValidity, answer.undecided);
  }

  #knownUids(mailbox: string, uidValidity: string): ReadonlySet<number> {
    const known = new Set<number>();
    const { rows, services } = this.#deps.ledger.state;
    for (const records of [rows.values(), services.values()]) {
      for (const { copies } of records) {
        for (const { place } of copies) {
          if (place.mailbox === mailbox && place.uidValidity === uidValidity) known.add(place.uid);
        }
      }
    }
    return known;
  }

  async #fetchWindow(mailbox: string): Promise<void> {
    const progress = this.#progress.get(mailbox);
    if (progress === undefined) return;
    const uids = nextWindow(progress.pending, this.#isFirstWindow);
    const { uidValidity } = progress.cursor;
    const { events, rest } = await this.#fetch(mailbox, uidValidity, uids);
    this.#isFirstWindow = false;
    const now = this.#progress.get(mailbox);
    if (now === undefined || now.cursor.uidValidity !== uidValidity) return;
    const left = new Set(now.pending);
    for (const uid of uids) left.delete(uid);
    for (const uid of rest) left.add(uid);
    this.#progress.set(mailbox, { ...now, pending: [...left] });
    await this.#apply(events);
  }

  async #fetch(mailbox: string, uidValidity: string, uids: readonly number[]) {
    const answer = await this.#deps.call('message.fetch', { mailbox, uidValidity, uids: [...uids] });
    const context = this.#context(mailbox, uidValidity);
    const events = await Promise.all(answer.messages.map((message) => receive(message, context)));
    // An engine that sends nothing and names everything as rest would keep us here for ever.
    return { events, rest: answer.messages.length === 0 ? [] : answer.rest };
  }

  #context(mailbox: string, uidValidity: string): ReceiveContext {
    const { authservId, envelopeIdOf } = this.#deps;
    return { mailbox, uidValidity, role: this.#roles.get(mailbox), authservId: authservId(), envelopeIdOf };
  }

  async #apply(events: readonly ChatEvent[]): Promise<void> {
    await this.#deps.ledger.apply(events, { progress: new Map(this.#progress) });
    this.#report();
    if (events.length > 0) this.#deps.onApplied();
  }

  #report(): void {
    if (this.#firstTotal === undefined) return;
    let left = 0;
    for (const { pending } of this.#progress.values()) left += pending.length;
    const share = this.#firstTotal === 0 ? 0 : 1 - left / this.#firstTotal;
    this.#deps.onProgress(Math.min(1, Math.max(0, share)));
  }

  async #take(event: MailEvent): Promise<void> {
    switch (event.event) {
      case 'message.arrived':
        return this.#arrived(event.data);
      case 'message.moved':
        return this.#moved(event.data.from, event.data.to);
      case 'message.flags':
        return this.#apply([{ kind: 'flags-changed', ...event.data }]);
      case 'message.expunged':
        await this.#apply([{ kind: 'copies-gone', ...event.data }]);
        return this.#passSoon();
      case 'mail.undecided':
        return this.#takeUndecided(event.data.mailbox, event.data.uidValidity, event.data.mails);
      case 'mailbox.changed':
        if (WATCHED.includes(this.#roles.get(event.data.mailbox) ?? 'trash')) this.#toPlan.add(event.data.mailbox);
        return undefined;
      case 'mailboxes.changed':
        return this.#setMailboxes(event.data.mailboxes);
      default:
        return event satisfies never;
    }
  }

  async #arrived({ mailbox, uidValidity, message }: EventData<'message.arrived'>): Promise<void> {
    const seen = await receive(message, this.#context(mailbox, uidValidity));
    const progress = this.#progress.get(mailbox);
    if (progress?.pending.includes(message.uid) === true) {
      this.#progress.set(mailbox, { ...progress, pending: progress.pending.filter((uid) => uid !== message.uid) });
    }
    await this.#apply([seen]);
  }

  #moved(from: MessageRefData, to: MessageRefData): Promise<void> {
    const role = copyRoleOf(this.#roles.get(to.mailbox));
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

  async #takeUndecided(mailbox: string, uidValidity: string, mails: readonly UndecidedMail[]): Promise<void> {
    if (mails.length === 0 || !this.#deps.mayDecide()) return;
    let entry = this.#undecided.get(mailbox);
    if (entry === undefined || entry.uidValidity !== uidValidity) {
      entry = { uidValidity, mails: new Map() };
      this.#undecided.set(mailbox, entry);
    }
    for (const mail of mails) entry.mails.set(mail.uid, mail);
    await this.#decide(mailbox, false);
    if (!this.#isPassOpen) await this.#decide(mailbox, true);
  }

  /** @param isFinal all lines are known: what no line explains is no chat */
  async #decide(mailbox: string, isFinal: boolean): Promise<void> {
    const entry = this.#undecided.get(mailbox);
    if (entry === undefined || entry.mails.size === 0) return;
    const { uidValidity } = entry;
    const mails = [...entry.mails.values()];
    const { chat, look } = decideMails(this.#deps.ledger.state, mails);
    const found = await this.#fetchAll(mailbox, uidValidity, [...chat, ...look]);
    const ours = found.filter(
      ({ message, facts }) => !look.includes(facts.place.uid) || isAboutOurs(this.#deps.ledger.state, message),
    );
    const chatUids = ours.map(({ facts }) => facts.place.uid);
    if (ours.length > 0) await this.#apply(ours);
    if (chatUids.length === 0 && !isFinal) return;
    const upTo = isFinal ? { upTo: Math.max(...mails.map(({ uid }) => uid)) } : {};
    await this.#deps.call('mailbox.decide', { mailbox, uidValidity, chat: chatUids, ...upTo });
    for (const mail of mails) if (isFinal || chatUids.includes(mail.uid)) entry.mails.delete(mail.uid);
  }

  async #fetchAll(mailbox: string, uidValidity: string, uids: readonly number[]) {
    const events = [];
    for (let left = uids; left.length > 0; ) {
      const window = nextWindow(left, false);
      const answer = await this.#fetch(mailbox, uidValidity, window);
      events.push(...answer.events);
      left = [...left.filter((uid) => !window.includes(uid)), ...answer.rest];
    }
    return events;
  }

  async #completePass(): Promise<void> {
    for (const mailbox of this.#undecided.keys()) {
      await this.#decide(mailbox, true);
      this.#undecided.delete(mailbox);
    }
    this.#isPassOpen = false;
    this.#firstTotal = undefined;
    this.#deps.onProgress(undefined);
    await this.#apply([{ kind: 'pass-completed' }]);
    this.#deps.onPassCompleted();
  }
}

function placeOf({ mailbox, uidValidity, uid }: MessageRefData): Place {
  return { mailbox, uidValidity, uid };
}
