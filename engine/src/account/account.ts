/**
 * One signed-on account: puts the parts together and answers for them. What the parts do is in their own files; the
 * watch connection and what follows from it is lookout.ts.
 */
import { CoiError, isCoiError, systemClock } from '@coi-webmail/base';
import type { FileAnswer, Method, Params, Result } from '@coi-webmail/protocol';
import { HANDLERS } from '../method/handlers.ts';
import { Changes } from './changes.ts';
import { makeContext } from './connections.ts';
import type { AccountContext } from './context.ts';
import type { Evidence } from '../hub/hub.ts';
import { lookForEvidence } from './evidence.ts';
import { Filing } from './filing.ts';
import { Lookout } from './lookout.ts';
import { MarkKeeper } from './mark-keeper.ts';
import { ModeSetting } from './mode.ts';
import { streamPart } from './part.ts';
import type { AccountParts } from './parts.ts';
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
import { Storage } from './storage.ts';
import { MAX_RECIPIENTS, Submitter } from './submit.ts';
import { MailboxSync } from './sync.ts';

/** Without sockets the watch connection ends after this. */
const DORMANT_AFTER_MS = 5 * 60_000;

export const createAccount: CreateAccount = (identity, credentials, deps) => new Account(identity, credentials, deps);

class Account implements AccountService {
  readonly identity: AccountIdentity;
  readonly #deps: AccountDeps;
  readonly #parts: AccountParts;
  readonly #marks: MarkKeeper;
  readonly #lookout: Lookout;
  readonly #listeners = new Set<(event: UnnumberedEvent) => void>();
  readonly #clock = systemClock;
  #credentials: Credentials;
  #clientIp: string | undefined;
  #socketCount = 0;
  #isStopped = false;
  #leaveHub: () => void;
  #cancelDormant: (() => void) | undefined;

  constructor(identity: AccountIdentity, credentials: Credentials, deps: AccountDeps) {
    this.identity = identity;
    this.#credentials = credentials;
    this.#deps = deps;
    const context = this.#makeContext();
    const isConsented = (): boolean => mode.value !== null;
    const storage = new Storage(context, isConsented);
    const mode = new ModeSetting(context, storage);
    const filing = new Filing({ context, mode: () => mode.value, onMark: () => this.#marks.touch() });
    const submitter = new Submitter({
      context,
      isConsented,
      savesSent: () => this.#lookout.supervisor.live?.capabilities.savesSent === true,
      maxBytes: () => this.#maxMessageBytes(),
    });
    this.#marks = new MarkKeeper({ context, storage, filing, isConsented });
    const sync = new MailboxSync(context, filing);
    this.#parts = { context, storage, filing, sync, mode, submitter, modeChanged: () => this.#modeChanged() };
    this.#lookout = new Lookout({
      parts: this.#parts,
      changes: new Changes({ parts: this.#parts, onMode: () => this.#modeChanged() }),
      marks: this.#marks,
      credentials: () => this.#credentials,
      clientIp: () => this.#clientIp,
    });
    this.#leaveHub = deps.hub.listen(identity.address, {
      lane: (message) => context.emit({ event: 'lane.message', data: { ...message } }),
      evidence: ({ messageId, by }) =>
        void submitter.evidence(messageId, by).catch(() => deps.log.warn('evidence-failed')),
      sought: (evidence) => void this.#seek(evidence).catch(() => deps.log.warn('evidence-failed')),
    });
  }

  /** As soon as it is known which mailboxes there are. */
  async #seek(evidence: Evidence): Promise<void> {
    await this.#lookout.supervisor.ready();
    await lookForEvidence(this.#parts.context, evidence);
  }

  async describe(): Promise<AccountDescription> {
    this.#touch();
    await this.#lookout.fresh();
    const { mailboxes } = this.#parts.context;
    const { address, issuer } = this.identity;
    return {
      account: {
        address,
        state: this.#lookout.wireState,
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
    this.#lookout.supervisor.start();
    this.#lookout.prompt.used(method);
    // A submission of a live account counts as running from this very moment, for evidence and for `stop`.
    if (!this.#lookout.wasOnline) await this.#signedOn();
    return HANDLERS[method](this.#parts, params);
  }

  async part(request: PartRequest): Promise<PartContent> {
    this.#touch();
    await this.#signedOn();
    const { context, filing } = this.#parts;
    return streamPart(context, { ...request, ...filing.placeNow(request) });
  }

  async file(deadlineMs: number): Promise<FileAnswer> {
    this.#touch();
    const { filing, mode } = this.#parts;
    const work = (async () => {
      await this.#lookout.supervisor.ready();
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
    const { supervisor } = this.#lookout;
    if (isNew) for (const connection of [commands, downloads, uploads]) connection.drop();
    if (supervisor.state.state === 'auth-failed') supervisor.restart();
  }

  seenFrom(clientIp: string): void {
    this.#clientIp = clientIp;
  }

  setSocketCount(count: number): void {
    const isFirst = this.#socketCount === 0 && count > 0;
    this.#socketCount = count;
    this.#touch();
    if (isFirst) this.#lookout.hurry();
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelDormant?.();
    this.#leaveHub();
    this.#lookout.silence();
    this.#parts.filing.stop();
    await this.#parts.submitter.finish();
    await this.#marks.flush();
    this.#lookout.supervisor.stop();
    const { commands, downloads, uploads, smtp } = this.#parts.context;
    for (const connection of [commands, downloads, uploads]) connection.close();
    await smtp.close();
  }

  #makeContext(): AccountContext {
    return makeContext({
      identity: this.identity,
      deps: this.#deps,
      clock: this.#clock,
      credentials: () => this.#credentials,
      clientIp: () => this.#clientIp,
      emit: (event) => {
        this.#lookout.prompt.told(event);
        for (const listener of this.#listeners) listener(event);
      },
      hasClient: () => this.#socketCount > 0,
      onQuota: () => this.#lookout.tellState(),
      onCreated: () => this.#lookout.listed(),
      isRefused: () => this.#lookout.supervisor.state.state === 'auth-failed',
      onRefused: (error) => this.#lookout.supervisor.refused(error),
    });
  }

  async #signedOn(): Promise<void> {
    if (!this.#lookout.wasOnline) await this.#lookout.supervisor.ready();
  }

  async #modeChanged(): Promise<void> {
    const { filing } = this.#parts;
    await this.#lookout.tellMode();
    filing.modeChanged().catch((error: unknown) => {
      this.#deps.log.warn('filing-failed', { code: isCoiError(error) ? error.code : 'internal' });
    });
    this.#lookout.modeChanged();
  }

  #maxMessageBytes(): number {
    const limits = [
      this.#deps.maxMessageBytes,
      this.#parts.context.smtp.maxBytes,
      this.#lookout.supervisor.live?.capabilities.appendLimitBytes,
    ];
    return Math.min(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY));
  }

  /** Somebody used the account: without sockets it goes dormant some time after the last use. */
  #touch(): void {
    this.#lookout.prompt.used();
    this.#cancelDormant?.();
    this.#cancelDormant = undefined;
    if (this.#socketCount > 0 || this.#isStopped) return;
    this.#cancelDormant = this.#clock.after(DORMANT_AFTER_MS, () => {
      this.#lookout.rest();
      void this.#parts.context.smtp.close();
    });
  }
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.login === other.login && one.secret === other.secret && one.auth === other.auth;
}
