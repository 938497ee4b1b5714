/**
 * One signed-on account: puts the parts together and keeps the watch connection alive. What the parts do is in
 * their own files; here is only who hears of what.
 */
import { CoiError, isCoiError, systemClock } from '@coi-webmail/base';
import type { FileAnswer, MailboxState, Method, Params, Result } from '@coi-webmail/protocol';
import { CommandConnection } from '../imap/command.ts';
import { ImapSession } from '../imap/session.ts';
import { type ConnectionState, Supervisor } from '../imap/supervisor.ts';
import { Watch, type WatchListener } from '../imap/watch.ts';
import { HANDLERS } from '../method/handlers.ts';
import { SmtpPool } from '../smtp/pool.ts';
import { Changes } from './changes.ts';
import type { AccountContext } from './context.ts';
import { lookForEvidence } from './evidence.ts';
import { Filing } from './filing.ts';
import { Mailboxes } from './mailboxes.ts';
import { MarkKeeper } from './mark-keeper.ts';
import { ModeSetting } from './mode.ts';
import { streamPart } from './part.ts';
import { Prompt } from './prompt.ts';
import type {
  AccountDeps,
  AccountDescription,
  AccountIdentity,
  AccountService,
  CreateAccount,
  Credentials,
  PartContent,
  PartRequest,
  UnnumberedEvent,
} from './service.ts';
import { QuotaState } from './quota.ts';
import { Storage } from './storage.ts';
import { MAX_RECIPIENTS, Submitter } from './submit.ts';

const COMMAND_IDLE_MS = 60_000;
const TRANSFER_IDLE_MS = 10_000;
/** Without sockets the watch connection ends after this. */
const DORMANT_AFTER_MS = 5 * 60_000;
/**
 * Also where the server pushes: Dovecot arms its pushes of other mailboxes a second after each command, and what
 * happens before is told by nobody.
 */
const POLL_ACTIVE_MS = 10_000;
const POLL_IDLE_MS = 60_000;
const GATHER_MS = 50;

export const createAccount: CreateAccount = (identity, credentials, deps) => new Account(identity, credentials, deps);

type WireState = AccountDescription['account']['state'];

/** What method handlers work with. */
export interface AccountParts {
  readonly context: AccountContext;
  readonly storage: Storage;
  readonly filing: Filing;
  readonly mode: ModeSetting;
  readonly submitter: Submitter;
  /** After consent or another mode: watch what is there now, tell the clients, file. */
  modeChanged(): Promise<void>;
}

class Account implements AccountService {
  readonly identity: AccountIdentity;
  readonly #deps: AccountDeps;
  readonly #parts: AccountParts;
  readonly #marks: MarkKeeper;
  readonly #changes: Changes;
  readonly #supervisor: Supervisor<Watch>;
  readonly #prompt: Prompt;
  readonly #listeners = new Set<(event: UnnumberedEvent) => void>();
  readonly #clock = systemClock;
  #credentials: Credentials;
  #clientIp: string | undefined;
  #socketCount = 0;
  #wasOnline = false;
  #isListing = false;
  #isStopped = false;
  #leaveHub: () => void;
  #cancelDormant: (() => void) | undefined;
  #cancelPoll: (() => void) | undefined;

  constructor(identity: AccountIdentity, credentials: Credentials, deps: AccountDeps) {
    this.identity = identity;
    this.#credentials = credentials;
    this.#deps = deps;
    const context = this.#makeContext();
    const storage = new Storage(context);
    const mode = new ModeSetting(context, storage);
    const filing = new Filing({ context, mode: () => mode.value, onMark: () => this.#marks.touch() });
    const submitter = new Submitter({
      context,
      isConsented: () => mode.value !== null,
      savesSent: () => this.#supervisor.live?.capabilities.savesSent === true,
      maxBytes: () => this.#maxMessageBytes(),
    });
    this.#marks = new MarkKeeper({ context, storage, filing, isConsented: () => mode.value !== null });
    this.#parts = { context, storage, filing, mode, submitter, modeChanged: () => this.#modeChanged() };
    this.#changes = new Changes({ parts: this.#parts, onMode: () => this.#modeChanged() });
    this.#supervisor = new Supervisor({
      connect: () => Watch.open(identity.issuer.imap, this.#credentials, this.#watchListener(), this.#clientIp),
      onLive: (watch) => this.#live(watch),
      onState: (state) => this.#stateChanged(state),
      clock: this.#clock,
      log: deps.log,
    });
    this.#prompt = new Prompt({
      parts: this.#parts,
      changes: this.#changes,
      supervisor: this.#supervisor,
      login: credentials.login,
      onPark: () => this.#cancelPoll?.(),
    });
    this.#leaveHub = deps.hub.listen(identity.address, {
      lane: (message) => context.emit({ event: 'lane.message', data: { ...message } }),
      evidence: ({ messageId, by }) =>
        void submitter.evidence(messageId, by).catch(() => deps.log.warn('evidence-failed')),
      sought: (evidence) => void lookForEvidence(context, evidence).catch(() => deps.log.warn('evidence-failed')),
    });
  }

  async describe(): Promise<AccountDescription> {
    this.#touch();
    try {
      const isFresh = this.#supervisor.live === undefined;
      const watch = await this.#supervisor.ready();
      if (!isFresh) await this.#readStates(watch);
    } catch (error) {
      // A client that comes back while the mail server is away works on from its store.
      if (!this.#wasOnline) throw error;
    }
    const { mailboxes } = this.#parts.context;
    const { address, issuer } = this.identity;
    return {
      account: {
        address,
        state: this.#wireState(this.#supervisor.state),
        keywords: mailboxes.keywords(mailboxes.path('chats')),
        ...(issuer.authservId === undefined ? {} : { authservId: issuer.authservId }),
      },
      mode: this.#parts.mode.value,
      mailboxes: mailboxes.states(),
      limits: {
        maxMessageBytes: this.#maxMessageBytes(),
        maxRecipients: MAX_RECIPIENTS,
        unknownWaitMs: this.#deps.unknownWaitMs,
      },
    };
  }

  async call<M extends Exclude<Method, 'hello'>>(method: M, params: Params<M>): Promise<Result<M>> {
    this.#touch();
    if (this.#isStopped) throw new CoiError('engine-unreachable', 'The account was stopped');
    this.#supervisor.start();
    this.#prompt.used(method);
    if (!this.#wasOnline) await this.#supervisor.ready();
    return HANDLERS[method](this.#parts, params);
  }

  async part(request: PartRequest): Promise<PartContent> {
    this.#touch();
    if (!this.#wasOnline) await this.#supervisor.ready();
    const { context, filing } = this.#parts;
    return streamPart(context, { ...request, ...filing.placeNow(request) });
  }

  async file(deadlineMs: number): Promise<FileAnswer> {
    this.#touch();
    const { filing, mode } = this.#parts;
    const work = (async () => {
      await this.#supervisor.ready();
      return mode.value === null ? filing.answer(true) : filing.runAll();
    })();
    const late = new Promise<FileAnswer>((resolve) => {
      const cancel = this.#clock.after(deadlineMs, () => resolve({ ...filing.answer(false), done: false }));
      work.then(cancel, cancel);
    });
    return Promise.race([work, late]);
  }

  subscribe(listener: (event: UnnumberedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  renew(credentials: Credentials): void {
    const isNew = !isSame(this.#credentials, credentials);
    // A fresh proof, also of the same secret, lets a refused sign-on be tried once more.
    this.#credentials = credentials;
    const { commands, downloads, uploads } = this.#parts.context;
    if (isNew) for (const connection of [commands, downloads, uploads]) connection.drop();
    if (this.#supervisor.state.state === 'auth-failed') this.#supervisor.restart();
  }

  seenFrom(clientIp: string): void {
    this.#clientIp = clientIp;
  }

  setSocketCount(count: number): void {
    const isFirst = this.#socketCount === 0 && count > 0;
    this.#socketCount = count;
    this.#touch();
    if (!isFirst) return;
    this.#supervisor.start();
    this.#supervisor.hurry();
    this.#schedulePoll();
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelDormant?.();
    this.#cancelPoll?.();
    this.#leaveHub();
    this.#prompt.stop();
    await this.#parts.submitter.finish();
    await this.#marks.flush();
    this.#supervisor.stop();
    const { commands, downloads, uploads, smtp } = this.#parts.context;
    for (const connection of [commands, downloads, uploads]) connection.close();
    await smtp.close();
  }

  #makeContext(): AccountContext {
    const { identity } = this;
    const open = () => this.#openSession();
    const clock = this.#clock;
    return {
      identity,
      deps: this.#deps,
      clock,
      commands: new CommandConnection({ open, clock, idleCloseMs: COMMAND_IDLE_MS }),
      downloads: new CommandConnection({ open, clock, idleCloseMs: TRANSFER_IDLE_MS }),
      uploads: new CommandConnection({ open, clock, idleCloseMs: COMMAND_IDLE_MS }),
      smtp: new SmtpPool(identity.issuer.smtp, () => this.#credentials, clock),
      mailboxes: new Mailboxes(),
      quota: new QuotaState(() => this.#stateChanged(this.#supervisor.state)),
      emit: (event) => {
        this.#prompt.told(event);
        for (const listener of this.#listeners) listener(event);
      },
      hasClient: () => this.#socketCount > 0,
    };
  }

  /** A refused sign-on is final for all connections until there are other credentials. */
  async #openSession(): Promise<ImapSession> {
    if (this.#supervisor.state.state === 'auth-failed') {
      throw new CoiError('auth-failed', 'The mail server refused the sign-on');
    }
    try {
      return await ImapSession.open(this.identity.issuer.imap, this.#credentials, this.#clientIp);
    } catch (error) {
      if (isCoiError(error, 'auth-failed') || isCoiError(error, 'auth-expired')) this.#supervisor.refused(error);
      throw error;
    }
  }

  #watchListener(): WatchListener {
    const { filing, context } = this.#parts;
    return {
      arrived: () => {
        this.#prompt.arrived();
        filing.notice('INBOX');
      },
      changed: (path) => this.#changes.note(path),
      flags: (uidValidity, change) =>
        context.emit({ event: 'message.flags', data: { mailbox: 'INBOX', uidValidity, changes: [change] } }),
      expunged: (uidValidity, uid) => this.#changes.expunged('INBOX', uidValidity, uid),
      listed: () => this.#listed(),
    };
  }

  /** A new watch connection: learn what is there, take up what was missed. */
  async #live(watch: Watch): Promise<void> {
    const { context, mode, filing } = this.#parts;
    const { mailboxes } = context;
    mailboxes.learn(await watch.list(), watch.namespace());
    const before = mailboxes.states();
    await this.#watchAll(watch);
    await this.#readStates(watch);
    if (!this.#wasOnline && (await this.#readSettings(watch))) {
      await this.#watchAll(watch);
      await this.#readStates(watch);
    }
    if (mode.value !== null) await this.#probeChats();
    this.#prompt.live(before);
    if (this.#wasOnline) this.#tellChanges(before);
    if (!this.#wasOnline && mode.value !== null) void this.#parts.submitter.doubts.reconcile();
    this.#wasOnline = true;
    this.#schedulePoll();
    for (const path of mode.value === null && !context.hasClient() ? [] : filing.paths()) filing.notice(path);
  }

  /** Watches what is there. What appeared before the server began to tell is looked for until nothing did. */
  async #watchAll(watch: Watch): Promise<void> {
    const { mailboxes } = this.#parts.context;
    do await watch.watchOthers(mailboxes.others());
    while (!mailboxes.hasOurs && mailboxes.learn(await watch.list(), watch.namespace()));
  }

  /** Somebody made or removed a mailbox; several within a moment count as one. */
  #listed(): void {
    if (this.#isListing) return;
    this.#isListing = true;
    this.#clock.after(GATHER_MS, () => {
      this.#isListing = false;
      this.#lookAround().catch((error: unknown) => this.#failed('list-failed', error));
    });
  }

  /** Lists the mailboxes again: those of a consent that was given at another process, for example. */
  async #lookAround(): Promise<void> {
    const watch = this.#supervisor.live;
    if (watch === undefined) return;
    const { mailboxes } = this.#parts.context;
    mailboxes.learn(await watch.list(), watch.namespace());
    await this.#watchWhatIsThere(watch);
  }

  /** Watches what is there now, and tells what happened meanwhile; a mailbox that nobody watched yet is news as a whole. */
  async #watchWhatIsThere(watch: Watch): Promise<void> {
    const { mailboxes } = this.#parts.context;
    if (watch.watches(mailboxes.others())) return;
    const before = mailboxes.states();
    await this.#watchAll(watch);
    await this.#readStates(watch);
    this.#tellChanges(before);
  }

  #tellChanges(before: readonly MailboxState[]): void {
    const { mailboxes, emit } = this.#parts.context;
    const known = new Set(before.map((state) => JSON.stringify(state)));
    emit({ event: 'mailboxes.changed', data: { mailboxes: mailboxes.states() } });
    for (const state of mailboxes.states()) if (!known.has(JSON.stringify(state))) this.#changes.note(state.path);
  }

  async #readStates(watch: Watch): Promise<void> {
    const { mailboxes } = this.#parts.context;
    for (const state of await watch.read(mailboxes.paths())) mailboxes.setState(state);
  }

  /** @returns true when the admin's consent was applied, and so mailboxes were created */
  async #readSettings({ capabilities }: Watch): Promise<boolean> {
    const { mode } = this.#parts;
    await mode.load();
    await this.#marks.load();
    const { defaultMode } = this.#deps;
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
    const { commands, mailboxes } = this.#parts.context;
    const path = mailboxes.path('chats');
    if (path === undefined || mailboxes.keywords(path)) return;
    await commands.run(async (session) => {
      const chats = await session.select(path, 'write');
      mailboxes.noteKeywords(path, chats.keywords);
    });
  }

  async #modeChanged(): Promise<void> {
    const { context, mode, filing } = this.#parts;
    context.emit({ event: 'mode.changed', data: { mode: mode.value } });
    filing.modeChanged().catch((error: unknown) => this.#failed('filing-failed', error));
    const watch = this.#supervisor.live;
    if (watch === undefined) return;
    this.#watchWhatIsThere(watch).catch((error: unknown) => this.#failed('watch-failed', error));
    this.#probeChats().catch((error: unknown) => this.#failed('probe-failed', error));
  }

  #failed(what: string, error: unknown): void {
    this.#deps.log.warn(what, { code: isCoiError(error) ? error.code : 'internal' });
  }

  #stateChanged(state: ConnectionState): void {
    if (!this.#wasOnline || this.#isStopped || this.#prompt.hides(state)) return;
    const retryAt = state.state === 'imap-unavailable' ? { retryAt: state.retryAt } : {};
    this.#parts.context.emit({ event: 'account.state', data: { state: this.#wireState(state), ...retryAt } });
  }

  #wireState({ state }: ConnectionState): WireState {
    if (state === 'online' && this.#parts.context.quota.isOver) return 'over-quota';
    return state === 'stopped' ? 'connecting' : state;
  }

  #maxMessageBytes(): number {
    const limits = [
      this.#deps.maxMessageBytes,
      this.#parts.context.smtp.maxBytes,
      this.#supervisor.live?.capabilities.appendLimitBytes,
    ];
    return Math.min(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY));
  }

  /** Somebody used the account: without sockets it goes dormant some time after the last use. */
  #touch(): void {
    this.#prompt.used();
    this.#cancelDormant?.();
    this.#cancelDormant = undefined;
    if (this.#socketCount > 0 || this.#isStopped) return;
    this.#cancelDormant = this.#clock.after(DORMANT_AFTER_MS, () => {
      this.#cancelPoll?.();
      this.#supervisor.stop();
      void this.#parts.context.smtp.close();
    });
  }

  #schedulePoll(): void {
    this.#cancelPoll?.();
    const delayMs = this.#socketCount > 0 ? POLL_ACTIVE_MS : POLL_IDLE_MS;
    this.#cancelPoll = this.#clock.after(delayMs, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    const watch = this.#supervisor.live;
    if (watch === undefined) return;
    const { mailboxes } = this.#parts.context;
    try {
      await watch.read(mailboxes.others());
      if (!watch.notifiesNames && !mailboxes.hasOurs) await this.#lookAround();
    } catch (error) {
      this.#deps.log.debug('poll-failed', { code: isCoiError(error) ? error.code : 'internal' });
    }
    if (!this.#isStopped) this.#schedulePoll();
  }
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.login === other.login && one.secret === other.secret && one.auth === other.auth;
}
