/**
 * The watching half of an account: keeps the watch connection alive, takes up what was missed when it comes back, looks
 * from time to time, and tells clients how the connection stands.
 */
import { isCoiError } from '@coi-webmail/base';
import { type ConnectionState, Supervisor } from '../imap/supervisor.ts';
import { Watch, type WatchListener } from '../imap/watch.ts';
import type { Changes } from './changes.ts';
import type { MarkKeeper } from './mark-keeper.ts';
import type { AccountParts } from './parts.ts';
import { Prompt } from './prompt.ts';
import type { AccountDescription, Credentials } from './service.ts';
import { Survey } from './survey.ts';

/**
 * Also where the server pushes: Dovecot arms its pushes of other mailboxes a second after each command, and what
 * happens before is told by nobody.
 */
const POLL_ACTIVE_MS = 10_000;
const POLL_IDLE_MS = 60_000;
/** Polls between two looks whether the inbox is still the inbox: ten minutes, with clients. */
const POLLS_PER_INBOX = 60;

type WireState = AccountDescription['account']['state'];

export interface LookoutOptions {
  readonly parts: AccountParts;
  readonly changes: Changes;
  readonly marks: MarkKeeper;
  readonly credentials: () => Credentials;
  readonly clientIp: () => string | undefined;
}

export class Lookout {
  readonly prompt: Prompt;
  readonly supervisor: Supervisor<Watch>;
  readonly #options: LookoutOptions;
  readonly #survey: Survey;
  #wasOnline = false;
  #isStopped = false;
  #cancelPoll: (() => void) | undefined;
  #pollCount = 0;

  constructor(options: LookoutOptions) {
    const { parts, changes, credentials, clientIp } = options;
    const { identity, clock, deps } = parts.context;
    this.#options = options;
    this.supervisor = new Supervisor({
      connect: () => Watch.open(identity.issuer.imap, credentials(), this.#listener(), clientIp()),
      onLive: (watch) => this.#live(watch),
      onState: (state) => this.#stateChanged(state),
      clock,
      log: deps.log,
    });
    this.#survey = new Survey({ context: parts.context, changes, watch: () => this.supervisor.live });
    this.prompt = new Prompt({
      parts,
      changes,
      supervisor: this.supervisor,
      login: credentials().login,
      onPark: () => this.#cancelPoll?.(),
    });
  }

  /** The account was signed on once: what clients ask can wait for the mail server, or be answered without it. */
  get wasOnline(): boolean {
    return this.#wasOnline;
  }

  get wireState(): WireState {
    return this.#wireState(this.supervisor.state);
  }

  /** Resolves when the state of all mailboxes is known and fresh. @throws CoiError when it never was */
  async fresh(): Promise<void> {
    try {
      const isFresh = this.supervisor.live === undefined;
      const watch = await this.supervisor.ready();
      if (!isFresh) await this.#survey.readStates(watch);
    } catch (error) {
      // A client that comes back while the mail server is away works on from its store.
      if (!this.#wasOnline) throw error;
    }
  }

  /** Something that is part of the state changed, for example the quota. */
  tellState(): void {
    this.#stateChanged(this.supervisor.state);
  }

  /** Tells consent or another mode, and whether keywords can be stored, which nobody knows before consent. */
  async tellMode(): Promise<void> {
    const { mode, context } = this.#options.parts;
    const { mailboxes, emit } = context;
    await this.#probeChats().catch((error: unknown) => this.#failed('probe-failed', error));
    const keywords = mailboxes.knownKeywords(mailboxes.path('chats'));
    emit({ event: 'mode.changed', data: { mode: mode.value, ...(keywords === undefined ? {} : { keywords }) } });
  }

  /** Watches and tells what is there after consent or in another mode. */
  modeChanged(): void {
    const watch = this.supervisor.live;
    if (watch === undefined) return;
    this.#survey.watchWhatIsThere(watch).catch((error: unknown) => this.#failed('watch-failed', error));
  }

  /** Mailboxes came or went. */
  listed(): void {
    this.#survey.listed();
  }

  /** The first client came. */
  hurry(): void {
    this.supervisor.start();
    this.supervisor.hurry();
    this.#schedulePoll();
  }

  /** Nobody needs the account: no connection until somebody does. */
  rest(): void {
    this.#cancelPoll?.();
    this.supervisor.stop();
  }

  /** Nothing is told from here on; the connection stays for what has to be finished. */
  silence(): void {
    this.#isStopped = true;
    this.#cancelPoll?.();
    this.prompt.stop();
  }

  #listener(): WatchListener {
    const { parts, changes } = this.#options;
    const { filing, context } = parts;
    return {
      arrived: () => {
        this.prompt.arrived();
        filing.notice('INBOX');
      },
      read: (state) => context.mailboxes.setState(state),
      validity: (path, uidValidity) => context.mailboxes.noteValidity(path, uidValidity),
      changed: (path) => changes.note(path),
      flags: (uidValidity, change) => changes.flags('INBOX', uidValidity, change),
      expunged: (uidValidity, uid) => changes.expunged('INBOX', uidValidity, uid),
      gone: (paths) => this.#survey.gone(paths),
      listed: () => this.#survey.listed(),
    };
  }

  /** A new watch connection: learn what is there, take up what was missed. */
  async #live(watch: Watch): Promise<void> {
    const { context, mode, filing, submitter } = this.#options.parts;
    const { mailboxes } = context;
    await this.#survey.list(watch);
    const before = mailboxes.states();
    await this.#survey.watchAll(watch);
    if (!this.#wasOnline && (await this.#readSettings(watch))) await this.#survey.watchAll(watch);
    if (mode.value !== null) await this.#probeChats();
    this.prompt.live(before);
    if (this.#wasOnline) this.#survey.tellChanges(before);
    if (!this.#wasOnline && mode.value !== null) void submitter.doubts.reconcile();
    this.#wasOnline = true;
    this.#schedulePoll();
    for (const path of mode.value === null && !context.hasClient() ? [] : filing.paths()) filing.notice(path);
  }

  /** @returns true when the admin's consent was applied, and so mailboxes were created */
  async #readSettings({ capabilities }: Watch): Promise<boolean> {
    const { parts, marks } = this.#options;
    const { mode, context } = parts;
    await mode.load();
    await marks.load();
    const { defaultMode } = context.deps;
    if (mode.value !== null || defaultMode === null) return false;
    // Where mail cannot be moved safely, the admin's word means all but that.
    try {
      await mode.set(capabilities.move ? defaultMode : 'none');
    } catch (error) {
      // A server that lets us make no mailboxes: chat stays read-only instead of not working at all.
      this.#failed('default-mode-failed', error);
      return false;
    }
    return true;
  }

  /** Learns whether the chats mailbox takes keywords, off the way of any line. */
  async #probeChats(): Promise<void> {
    const { commands, mailboxes } = this.#options.parts.context;
    const path = mailboxes.path('chats');
    if (path === undefined || mailboxes.knownKeywords(path) !== undefined) return;
    await commands.run(async (session) => {
      const chats = await session.select(path, 'write');
      mailboxes.noteKeywords(path, chats.keywords);
    });
  }

  #failed(what: string, error: unknown): void {
    this.#options.parts.context.deps.log.warn(what, { code: isCoiError(error) ? error.code : 'internal' });
  }

  #stateChanged(state: ConnectionState): void {
    if (!this.#wasOnline || this.#isStopped || this.prompt.hides(state)) return;
    const retryAt = state.state === 'imap-unavailable' ? { retryAt: state.retryAt } : {};
    const data = { state: this.#wireState(state), ...retryAt };
    this.#options.parts.context.emit({ event: 'account.state', data });
  }

  #wireState({ state }: ConnectionState): WireState {
    if (state === 'online' && this.#options.parts.context.quota.isOver) return 'over-quota';
    return state === 'stopped' ? 'connecting' : state;
  }

  #schedulePoll(): void {
    const { clock, hasClient } = this.#options.parts.context;
    this.#cancelPoll?.();
    this.#cancelPoll = clock.after(hasClient() ? POLL_ACTIVE_MS : POLL_IDLE_MS, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    const watch = this.supervisor.live;
    if (watch === undefined) return;
    const { mailboxes, deps } = this.#options.parts.context;
    try {
      this.#pollCount += 1;
      if (this.#pollCount % POLLS_PER_INBOX === 0) this.#survey.listed();
      // What the server was to tell may have got lost.
      if (mailboxes.hasOurs) await this.#survey.watchWhatIsThere(watch);
      else await this.#survey.lookAround();
    } catch (error) {
      deps.log.debug('poll-failed', { code: isCoiError(error) ? error.code : 'internal' });
    }
    if (!this.#isStopped) this.#schedulePoll();
  }
}
