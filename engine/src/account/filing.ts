/**
 * What happens to mail that arrives in the inbox and the Sent mailbox: look, push to the clients, then tag and
 * file (design §4.1). Pushing comes first, so filing never delays a line. Before consent it only looks.
 *
 * Tagging and moving run under a Hub lease: one process at a time does it for an account.
 */
import { backoffMs, isCoiError, KeyedLock } from '@coi-webmail/base';
import {
  type FileAnswer,
  type FilingMode,
  MAX_WINDOW_BYTES,
  type MessageRefData,
  type Params,
  type UndecidedMail,
} from '@coi-webmail/protocol';
import { fetchHeads, fetchWindow, planWindow } from '../imap/fetch.ts';
import { storeFlags } from '../imap/flag.ts';
import { remove } from '../imap/guard.ts';
import { lowestOfNewest, searchUids } from '../imap/search.ts';
import type { ImapSession, SelectedMailbox } from '../imap/session.ts';
import { CHAT_KEYWORD, isPlainReply } from './classify.ts';
import type { AccountContext } from './context.ts';
import { FilingState, type SavedMark } from './filing-state.ts';
import { readOuterHead } from './head.ts';
import { type ScanResult, type Sighted, scan } from './scan.ts';

/** Messages that one step tags or moves; other commands run between steps. */
const STEP_MESSAGES = 200;
/** Newest chat lines whose answers are known without a client. */
const KNOWN_LINES = 2_000;
/** How often a pass that failed is tried again by itself, with growing pauses: about a minute in all. */
const MAX_RETRIES = 7;
/** Somebody else holds the lease: look again. */
const LEASE_RETRY_MS = 2_000;
const MAX_EVENT_MESSAGES = 200;
const MAX_NEW_PLACES = 1_000;

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
  readonly #lock = new KeyedLock();
  readonly #noticed = new Set<string>();
  /** Passes of a mailbox that failed one after the other. */
  readonly #failures = new Map<string, number>();
  /** UIDs that we moved and whose EXPUNGE is not news. */
  readonly #moved = new Map<string, Set<number>>();
  /** Where mail went lately, for clients that still name its old place. */
  readonly #newPlaces = new Map<string, MessageRefData>();

  constructor(options: FilingOptions) {
    this.#context = options.context;
    this.#mode = options.mode;
    this.#onMark = options.onMark;
  }

  /** Marks of the `filing` document, read at start. */
  load(marks: readonly SavedMark[]): void {
    for (const mark of marks) this.#saved.set(mark.mailbox, mark);
  }

  marks(): readonly SavedMark[] {
    for (const state of this.#states.values()) this.#saved.set(state.mailbox, state.save());
    return [...this.#saved.values()];
  }

  /** Something may have arrived. Several notices while it looks count as one. */
  notice(path: string): void {
    if (!this.#isFiled(path) || this.#noticed.has(path)) return;
    this.#noticed.add(path);
    this.run(path).then(
      () => this.#failures.delete(path),
      (error: unknown) => {
        const { deps, emit } = this.#context;
        deps.log.warn('filing-failed', { code: isCoiError(error) ? error.code : 'internal' });
        // What was not pushed is not lost: clients sync, and go on trying. Without a client, we do.
        emit({ event: 'mailbox.changed', data: { mailbox: path } });
        this.#retryLater(path);
      },
    );
  }

  #retryLater(path: string): void {
    const failures = (this.#failures.get(path) ?? 0) + 1;
    this.#failures.set(path, failures);
    if (failures > MAX_RETRIES) return;
    this.#context.clock.after(backoffMs(failures, Math.random()), () => this.notice(path));
  }

  /**
   * Looks, pushes and files one mailbox.
   * @returns false when another process files
   */
  run(path: string): Promise<boolean> {
    return this.#lock.run('pass', async () => {
      this.#noticed.delete(path);
      await this.#lookWithRoom(path);
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

  /** For sync: the state of a selected, fresh mailbox after looking at what nobody looked at yet. */
  async scanned(session: ImapSession, mailbox: SelectedMailbox): Promise<FilingState> {
    const state = this.#stateOf(mailbox);
    await this.#sort(session, mailbox, state);
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

  /** The place of a message now, when we moved it lately. */
  placeNow(place: MessageRefData): MessageRefData {
    return this.#newPlaces.get(placeKey(place)) ?? place;
  }

  /** A message left a mailbox. @returns false when that is no news, because we moved it */
  expunged(path: string, uid: number): boolean {
    this.#states.get(path)?.forget(uid);
    return this.#moved.get(path)?.delete(uid) !== true;
  }

  /** Another mode: what was only tagged so far is chat mail to move. */
  async modeChanged(): Promise<void> {
    if (this.#mode() === 'active') {
      for (const path of this.paths()) await this.#context.commands.run((session) => this.#recall(session, path));
    }
    await this.runAll();
  }

  async #recall(session: ImapSession, path: string): Promise<void> {
    const mailbox = await session.selectFresh(path, 'write');
    const state = this.#stateOf(mailbox);
    const tagged = await searchUids(session, 1, { keyword: CHAT_KEYWORD });
    const untagged = [...state.untagged];
    state.untagged.clear();
    state.decide([...tagged, ...untagged], undefined);
  }

  /** Room for what a look may push is waited for before the connection is taken. */
  #lookWithRoom(path: string): Promise<void> {
    const { commands, deps, identity, hasClient } = this.#context;
    const look = () => commands.run((session) => this.#look(session, path));
    return hasClient() ? deps.budget.use(identity.hash, MAX_WINDOW_BYTES, look) : look();
  }

  async #look(session: ImapSession, path: string): Promise<void> {
    const mailbox = await session.selectFresh(path, this.#mode() === null ? 'read' : 'write');
    const state = this.#stateOf(mailbox);
    const pushedTo = state.pushedTo;
    state.pushedTo = Math.max(pushedTo, mailbox.uidNext - 1);
    const found = await this.#sort(session, mailbox, state);
    if (this.#context.hasClient()) {
      const isNew = ({ uid }: Sighted) => uid > pushedTo;
      await this.#push(session, mailbox, found.chat.filter(isNew));
      this.#ask(mailbox, state, found.undecided.filter(isNew));
    } else if (this.#mode() !== null && found.undecided.length > 0) {
      await this.#decideByParents(session, state, found.undecided);
    }
  }

  async #sort(session: ImapSession, mailbox: SelectedMailbox, state: FilingState): Promise<ScanResult> {
    const found = await scan(session, mailbox, state);
    if (state.advance()) this.#onMark();
    const { deps, identity } = this.#context;
    for (const { head } of found.chat) {
      const [from] = head.from;
      if (head.messageId !== undefined && from !== undefined) {
        deps.hub.sendEvidence({ messageId: head.messageId, from, by: identity.address });
      }
    }
    return found;
  }

  async #push(session: ImapSession, mailbox: SelectedMailbox, chat: readonly Sighted[]): Promise<void> {
    if (chat.length === 0) return;
    const { emit } = this.#context;
    const { path, uidValidity } = mailbox;
    const uids = chat.slice(-MAX_EVENT_MESSAGES).map(({ uid }) => uid);
    const window = await fetchWindow(session, await planWindow(session, uids));
    for (const message of window.messages.toReversed()) {
      emit({ event: 'message.arrived', data: { mailbox: path, uidValidity, message } });
    }
    if (window.rest.length > 0 || uids.length < chat.length)
      emit({ event: 'mailbox.changed', data: { mailbox: path } });
  }

  #ask(mailbox: SelectedMailbox, state: FilingState, undecided: readonly Sighted[]): void {
    if (undecided.length === 0) return;
    const asked = new Set(undecided.map(({ uid }) => uid));
    const mails: UndecidedMail[] = state.undecided.filter(({ uid }) => asked.has(uid));
    const { path, uidValidity } = mailbox;
    this.#context.emit({ event: 'mail.undecided', data: { mailbox: path, uidValidity, mails } });
  }

  async #decideByParents(session: ImapSession, state: FilingState, undecided: readonly Sighted[]): Promise<void> {
    const chats = this.#context.mailboxes.path('chats');
    if (chats === undefined) return;
    const known = await knownIds(session, chats);
    const chat = undecided.filter(({ head }) => isPlainReply(head, known)).map(({ uid }) => uid);
    state.decide(chat, undefined);
  }

  async #fileAll(path: string): Promise<boolean> {
    const mode = this.#mode();
    const state = this.#states.get(path);
    if (mode === null || state === undefined || state.chat.size === 0) return true;
    const { deps, identity, clock, commands } = this.#context;
    const held = await deps.hub.withLease(`file:${identity.hash}`, async () => {
      while (await commands.run((session) => this.#step(session, path, mode)));
      return true;
    });
    if (held === undefined) clock.after(LEASE_RETRY_MS, () => this.notice(path));
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
    const uids = [...state.chat].sort((one, other) => one - other).slice(0, STEP_MESSAGES);
    if (uids.length === 0) return false;
    if (mailbox.keywords) await storeFlags(session, uids, 'add', [CHAT_KEYWORD]);
    const isMoved = mode === 'active' && session.capabilities.move;
    if (isMoved) await this.#move(session, mailbox, uids);
    for (const uid of uids) {
      state.chat.delete(uid);
      if (!isMoved && !mailbox.keywords) state.untagged.add(uid);
    }
    if (state.advance()) this.#onMark();
    return state.chat.size > 0;
  }

  async #move(session: ImapSession, mailbox: SelectedMailbox, uids: readonly number[]): Promise<void> {
    const { mailboxes, emit } = this.#context;
    const to = mailboxes.chatPath('chats');
    const noted = this.#moved.get(mailbox.path) ?? new Set();
    this.#moved.set(mailbox.path, noted);
    for (const uid of uids) noted.add(uid);
    const file = () => remove(session, mailbox, { kind: 'filed', uids, to });
    const moved = await file().catch(async (error: unknown) => {
      if (!isCoiError(error, 'mailbox-not-found')) throw error;
      // Somebody deleted the chats mailbox.
      await mailboxes.createOurs(session, { again: true });
      return file();
    });
    for (const oldest of [...this.#newPlaces.keys()].slice(0, Math.max(0, this.#newPlaces.size - MAX_NEW_PLACES))) {
      this.#newPlaces.delete(oldest);
    }
    for (const { uid, to: target } of moved) {
      if (target === undefined) continue;
      const from = { mailbox: mailbox.path, uidValidity: mailbox.uidValidity, uid };
      const place = { mailbox: to, ...target };
      this.#newPlaces.set(placeKey(from), place);
      emit({ event: 'message.moved', data: { from, to: place } });
    }
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

function placeKey({ mailbox, uidValidity, uid }: MessageRefData): string {
  return `${uidValidity} ${uid} ${mailbox}`;
}

async function knownIds(session: ImapSession, chats: string): Promise<ReadonlySet<string>> {
  const mailbox = await session.selectFresh(chats, 'write');
  if (mailbox.messageCount === 0) return new Set();
  const from = await lowestOfNewest(session, KNOWN_LINES, mailbox.messageCount);
  const heads = await fetchHeads(session, `${from}:*`);
  return new Set(heads.flatMap(({ header }) => readOuterHead(header).messageId ?? []));
}
