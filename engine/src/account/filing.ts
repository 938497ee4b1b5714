/**
 * What happens to mail that arrives in the inbox and the Sent mailbox: look, push to the clients, then tag and
 * file (design §4.1). Pushing comes first, so filing never delays a line. Before consent it only looks.
 *
 * A backlog is looked at and filed step by step; what arrives meanwhile is looked at between two steps. Tagging and
 * moving run under a Hub lease: one process at a time does it for an account.
 */
import { backoffMs, isCoiError, KeyedLock } from '@coi-webmail/base';
import {
  type FileAnswer,
  type FilingMode,
  MAX_WINDOW_BYTES,
  type MessageRefData,
  type Params,
} from '@coi-webmail/protocol';
import { searchSet } from '../imap/search.ts';
import type { ImapSession, SelectedMailbox } from '../imap/session.ts';
import { Arrivals, Quiet } from './arrivals.ts';
import { CHAT_KEYWORD } from './classify.ts';
import type { AccountContext } from './context.ts';
import { fileStep } from './file-step.ts';
import { FilingState, type SavedMark } from './filing-state.ts';
import { Moves } from './moves.ts';
import { BacklogPace, scanBacklog, scanFresh } from './scan.ts';

/** How often a pass that failed is tried again by itself, with growing pauses: about a minute in all. */
const MAX_RETRIES = 7;
/** Somebody else holds the lease: look again. */
const LEASE_RETRY_MS = 2_000;

export interface FilingOptions {
  readonly context: AccountContext;
  readonly mode: () => FilingMode | null;
  /** A mark moved; to be saved soon. */
  readonly onMark: () => void;
}

export class Filing {
  readonly #context: AccountContext;
  readonly #mode: () => FilingMode | null;
  readonly #onMark: () => void;
  readonly #states = new Map<string, FilingState>();
  readonly #saved = new Map<string, SavedMark>();
  readonly #moves = new Moves();
  readonly #pace = new BacklogPace();
  readonly #lock = new KeyedLock();
  /** Something may have arrived in these. */
  readonly #noticed = new Set<string>();
  /** These are being looked at. */
  readonly #looking = new Set<string>();
  /** A pass of these waits for its turn. */
  readonly #queued = new Set<string>();
  /** Passes of a mailbox that failed one after the other. */
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, () => void>();
  #isStopped = false;

  constructor(options: FilingOptions) {
    this.#context = options.context;
    this.#mode = options.mode;
    this.#onMark = options.onMark;
  }

  /** Marks of the `filing` document, read at start. */
  load(marks: readonly SavedMark[]): void {
    for (const mark of marks) this.#saved.set(mark.mailbox, mark);
  }

  /** Of the mailboxes that are filed from. */
  marks(): readonly SavedMark[] {
    for (const state of this.#states.values()) this.#saved.set(state.mailbox, state.save());
    for (const path of this.#saved.keys()) if (!this.#isFiled(path)) this.#saved.delete(path);
    return [...this.#saved.values()];
  }

  /** Something may have arrived. Several notices while it looks count as one. */
  notice(path: string): void {
    if (!this.#isFiled(path) || this.#isStopped) return;
    this.#noticed.add(path);
    if (this.#queued.has(path)) return;
    this.#queued.add(path);
    this.run(path).then(
      () => this.#failures.delete(path),
      (error: unknown) => this.#failed(path, error),
    );
  }

  /** Nothing begins any more. */
  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /**
   * Looks, pushes and files one mailbox.
   * @returns false when another process files
   */
  run(path: string): Promise<boolean> {
    return this.#lock.run('pass', async () => {
      this.#queued.delete(path);
      await this.#lookAt(path);
      await this.#readBacklog(path);
      return this.#fileAll(path);
    });
  }

  /** Runs all; `done` when nothing waits, not even for a client. */
  async runAll(): Promise<FileAnswer> {
    let ours = true;
    for (const path of this.paths()) ours = (await this.run(path)) && ours;
    return this.answer(ours);
  }

  answer(ours: boolean): FileAnswer {
    const states = this.paths().flatMap((path) => this.#states.get(path) ?? []);
    const { mailboxes } = this.#context;
    return {
      done: ours && states.every((state) => state.isDone),
      mode: this.#mode(),
      keywords: mailboxes.keywords('INBOX'),
      marks: this.#mode() === null ? [] : [...this.marks()],
    };
  }

  /** Mailboxes that chat mail is filed from. */
  paths(): readonly string[] {
    const { mailboxes } = this.#context;
    return [mailboxes.path('inbox'), mailboxes.path('sent')].flatMap((path) => path ?? []);
  }

  /** Looks at what nobody looked at yet, as far as that is possible now. Other commands run meanwhile. */
  async catchUp(path: string): Promise<void> {
    if (!this.#isFiled(path)) return;
    // What cannot be looked at and pushed now is found by the sync itself.
    await this.#lookAt(path).catch(() => undefined);
    await this.#readBacklog(path);
  }

  /** The state of a selected, fresh mailbox with what {@link catchUp} did not look at: clients are told to sync. */
  async scanned(session: ImapSession, mailbox: SelectedMailbox): Promise<FilingState> {
    const state = this.#stateOf(mailbox);
    const quiet = new Quiet(this.#context, state);
    await scanFresh(session, mailbox, state, quiet.note);
    while (await scanBacklog(session, mailbox, state, this.#pace.size, quiet.note));
    if (state.advance()) this.#onMark();
    quiet.tell();
    return state;
  }

  /** A client's word on undecided mail. Ignored when the UIDs mean something else by now. */
  decide(params: Params<'mailbox.decide'>): void {
    const state = this.#states.get(params.mailbox);
    if (state === undefined || state.uidValidity !== params.uidValidity) return;
    state.decide(params.chat, params.upTo);
    if (state.advance()) this.#onMark();
    if (params.chat.length > 0) this.notice(params.mailbox);
  }

  /** Chat mail that is known here without a tag, or waits for one. */
  knows(path: string, uid: number): boolean {
    return this.#states.get(path)?.knows(uid) === true;
  }

  /** Up to where a mailbox was looked at; undefined when a look is due or under way, or there was none. */
  seenTo(path: string, uidValidity: string): number | undefined {
    const state = this.#states.get(path);
    if (this.#noticed.has(path) || this.#looking.has(path) || state?.uidValidity !== uidValidity) return undefined;
    return state.pushedTo;
  }

  /** The place of a message now, when we moved it lately. */
  placeNow(place: MessageRefData): MessageRefData {
    return this.#moves.placeNow(place);
  }

  /** A message left a mailbox. @returns false when that is no news, because we moved it */
  expunged(path: string, uidValidity: string, uid: number): boolean {
    const state = this.#states.get(path);
    if (state?.uidValidity === uidValidity) state.forget(uid);
    return !this.#moves.expunged(path, uidValidity, uid);
  }

  /** Another mode: what was only tagged so far is chat mail to move. */
  async modeChanged(): Promise<void> {
    if (this.#mode() === 'active') {
      for (const path of this.paths()) await this.#context.commands.run((session) => this.#recall(session, path));
    }
    await this.runAll();
  }

  async #recall(session: ImapSession, path: string): Promise<void> {
    const state = this.#stateOf(await session.selectFresh(path, 'write'));
    const tagged = await searchSet(session, 1, { keyword: CHAT_KEYWORD, deleted: false });
    const untagged = state.untagged.take(state.untagged.size);
    state.untagged.clear();
    state.decide(tagged, undefined);
    state.decide(untagged, undefined);
  }

  #failed(path: string, error: unknown): void {
    if (this.#isStopped) return;
    const { deps, emit } = this.#context;
    deps.log.warn('filing-failed', { code: isCoiError(error) ? error.code : 'internal' });
    // What was not pushed is not lost: clients sync, and go on trying. Without a client, we do.
    emit({ event: 'mailbox.changed', data: { mailbox: path } });
    const failures = (this.#failures.get(path) ?? 0) + 1;
    this.#failures.set(path, failures);
    if (failures <= MAX_RETRIES) this.#noticeAfter(path, backoffMs(failures, Math.random()));
  }

  #noticeAfter(path: string, delayMs: number): void {
    this.#timers.get(path)?.();
    const cancel = this.#context.clock.after(delayMs, () => {
      this.#timers.delete(path);
      this.notice(path);
    });
    this.#timers.set(path, cancel);
  }

  /** Between two steps of something long. */
  async #lookAtNoticed(): Promise<void> {
    for (const path of this.#noticed) {
      try {
        await this.#lookAt(path);
      } catch (error) {
        this.#failed(path, error);
      }
    }
  }

  /** Room for what a look may push is waited for before the connection is taken. */
  async #lookAt(path: string): Promise<void> {
    const { commands, deps, identity, hasClient } = this.#context;
    const look = () => commands.run((session) => this.#look(session, path));
    this.#noticed.delete(path);
    this.#looking.add(path);
    try {
      await (hasClient() ? deps.budget.use(identity.hash, MAX_WINDOW_BYTES, look) : look());
    } finally {
      this.#looking.delete(path);
    }
  }

  async #look(session: ImapSession, path: string): Promise<void> {
    const mailbox = await session.selectFresh(path, this.#mode() === null ? 'read' : 'write');
    const state = this.#stateOf(mailbox);
    const arrivals = new Arrivals(this.#context, mailbox, state);
    await scanFresh(session, mailbox, state, arrivals.note);
    if (state.advance()) this.#onMark();
    try {
      await arrivals.tell(session, this.#mode() !== null);
    } catch (error) {
      this.#context.emit({ event: 'mailbox.changed', data: { mailbox: path } });
      throw error;
    }
  }

  /** Step by step; between two steps it looks at what arrived. */
  async #readBacklog(path: string): Promise<void> {
    const state = this.#states.get(path);
    if (state === undefined) return;
    const quiet = new Quiet(this.#context, state);
    const step = async (session: ImapSession): Promise<boolean> => {
      const mailbox = await session.selectFresh(path, this.#mode() === null ? 'read' : 'write');
      if (mailbox.uidValidity !== state.uidValidity) return false;
      const since = this.#context.clock.now();
      const isMore = await scanBacklog(session, mailbox, state, this.#pace.size, quiet.note);
      this.#pace.took(this.#context.clock.now() - since);
      if (state.advance()) this.#onMark();
      if (this.#mode() !== null) await quiet.decide(session);
      return isMore;
    };
    while (!this.#isStopped && (await this.#context.commands.run(step))) await this.#lookAtNoticed();
    quiet.tell();
  }

  async #fileAll(path: string): Promise<boolean> {
    const mode = this.#mode();
    const state = this.#states.get(path);
    if (mode === null || state === undefined || state.chat.size === 0) return true;
    const { deps, identity, commands } = this.#context;
    const held = await deps.hub.withLease(`file:${identity.hash}`, async (lease) => {
      while (!this.#isStopped && lease.isHeld && (await commands.run((session) => this.#step(session, path, mode)))) {
        await this.#lookAtNoticed();
      }
      return lease.isHeld;
    });
    if (held !== true && !this.#isStopped) this.#noticeAfter(path, LEASE_RETRY_MS);
    return held === true;
  }

  /** Tags and files some messages. @returns true when more wait */
  async #step(session: ImapSession, path: string, mode: FilingMode): Promise<boolean> {
    const state = this.#states.get(path);
    if (state === undefined) return false;
    const mailbox = await session.select(path, 'write');
    if (mailbox.uidValidity !== state.uidValidity) {
      this.#states.delete(path);
      return false;
    }
    this.#context.mailboxes.noteKeywords(path, mailbox.keywords);
    const isMore = await fileStep(session, mailbox, { context: this.#context, moves: this.#moves, state, mode });
    if (state.advance()) this.#onMark();
    return isMore;
  }

  #stateOf(mailbox: SelectedMailbox): FilingState {
    const { path, uidValidity, uidNext } = mailbox;
    const known = this.#states.get(path);
    if (known?.uidValidity === uidValidity) return known;
    const watched = this.#context.mailboxes.state(path);
    // What came since the watch began is news, also if this is the first look.
    const seenTo = watched?.uidValidity === uidValidity ? Math.min(watched.uidNext, uidNext) - 1 : uidNext - 1;
    const state = new FilingState(path, uidValidity, seenTo, this.#saved.get(path));
    this.#states.set(path, state);
    return state;
  }

  #isFiled(path: string): boolean {
    return this.paths().includes(path);
  }
}
