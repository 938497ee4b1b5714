/** A whole engine on a loopback port, over an account that tests play, and clients that do what no browser would. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, CoiError, type Logger, silentLogger, systemClock } from '@coi-webmail/base';
import {
  decodeFrame,
  encodeFrame,
  type Envelope,
  type FileAnswer,
  type Method,
  type Params,
  PROTOCOL_VERSION,
  type Result,
  type SignedOn,
  SUBPROTOCOL,
} from '@coi-webmail/protocol';
import { WebSocket } from 'ws';
import type {
  AccountDescription,
  AccountIdentity,
  AccountService,
  Credentials,
  PartContent,
  PartRequest,
  UnnumberedEvent,
} from '../account/service.ts';
import { makeIssuer, makeTicket, type TicketOptions } from '../auth/auth.fixture.ts';
import { type Config, readConfig } from '../config.ts';
import { LocalHub } from '../hub/local-hub.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { type Engine, startEngine } from './engine.ts';

type AccountMethod = Exclude<Method, 'hello'>;

/** Plays an account: answers what a test gave it, and remembers what it was asked. */
export class PlayedAccount implements AccountService {
  readonly identity: AccountIdentity;
  credentials: Credentials;
  readonly asked: { method: AccountMethod; params: unknown }[] = [];
  readonly listeners = new Set<(event: UnnumberedEvent) => void>();
  socketCount = 0;
  clientIp: string | undefined;
  isStopped = false;
  answers: Partial<Record<AccountMethod, (params: never) => Promise<unknown>>> = {};
  describeWith: () => Promise<void> = async () => undefined;
  part: (request: PartRequest) => Promise<PartContent> = () =>
    Promise.reject(new CoiError('message-not-found', 'There is no such part'));
  onStop: () => Promise<void> = async () => undefined;

  constructor(identity: AccountIdentity, credentials: Credentials) {
    this.identity = identity;
    this.credentials = credentials;
  }

  async describe(): Promise<AccountDescription> {
    await this.describeWith();
    return {
      account: { address: this.identity.address, state: 'online', keywords: true },
      mode: null,
      mailboxes: [],
      limits: { maxMessageBytes: 1000, maxRecipients: 10, unknownWaitMs: 1000 },
    };
  }

  async call<M extends AccountMethod>(method: M, params: Params<M>): Promise<Result<M>> {
    this.asked.push({ method, params });
    const answer = this.answers[method] as ((given: Params<M>) => Promise<Result<M>>) | undefined;
    return answer === undefined ? ({} as Result<M>) : answer(params);
  }

  async file(): Promise<FileAnswer> {
    return { done: true, mode: 'active', keywords: true, marks: [] };
  }

  subscribe(listener: (event: UnnumberedEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(event: UnnumberedEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  renew(credentials: Credentials): void {
    this.credentials = credentials;
  }

  seenFrom(clientIp: string): void {
    this.clientIp = clientIp;
  }

  setSocketCount(count: number): void {
    this.socketCount = count;
  }

  async stop(): Promise<void> {
    await this.onStop();
    this.isStopped = true;
  }
}

export interface TestEngineOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly store?: MemoryStore;
}

export const PAGE_ORIGIN = 'https://mail.a.test';

export class TestEngine {
  readonly engine: Engine;
  readonly config: Config;
  readonly store: MemoryStore;
  /** By name, for example `alice`; newest service. */
  readonly accounts: Map<string, PlayedAccount>;
  readonly #folder: string;
  readonly #sockets = new Set<TestSocket>();

  private constructor(
    engine: Engine,
    config: Config,
    store: MemoryStore,
    accounts: Map<string, PlayedAccount>,
    folder: string,
  ) {
    this.engine = engine;
    this.config = config;
    this.store = store;
    this.accounts = accounts;
    this.#folder = folder;
  }

  static async start(options: TestEngineOptions = {}): Promise<TestEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'coi-engine-'));
    const { ticketSecret, imap, smtp, name, domains } = makeIssuer();
    const secret = Buffer.from(ticketSecret ?? []).toString('base64');
    const read = readConfig(
      {
        publicOrigins: [PAGE_ORIGIN],
        issuers: [{ name, domains, imap, smtp, secret }],
        password: { issuer: name },
        appFolder: folder,
        ...options.settings,
      },
      {},
      folder,
    );
    const config = { ...read, listen: { host: '127.0.0.1', port: 0 } };
    const clock = options.clock ?? systemClock;
    const log = options.log ?? silentLogger;
    const store = options.store ?? new MemoryStore();
    const accounts = new Map<string, PlayedAccount>();
    const engine = await startEngine({
      config,
      store,
      hub: new LocalHub({ clock, log, leases: store }),
      createAccount: (identity, credentials) => {
        const account = new PlayedAccount(identity, credentials);
        accounts.set(identity.address.split('@')[0] ?? '', account);
        return account;
      },
      verifyLogin: async (_, { secret: password }) => {
        if (password !== 'right') throw new CoiError('auth-failed', 'LOGIN failed');
      },
      clock,
      log,
    });
    return new TestEngine(engine, config, store, accounts, folder);
  }

  get appFolder(): string {
    return this.#folder;
  }

  url(path: string, scheme: 'http' | 'ws' = 'http'): string {
    return `${scheme}://127.0.0.1:${this.engine.port}/coi/${path}`;
  }

  /** The engine's own origin. */
  get origin(): string {
    return `http://127.0.0.1:${this.engine.port}`;
  }

  account(name: string): PlayedAccount {
    const account = this.accounts.get(name);
    if (account === undefined) throw new Error(`Nobody opened the account of ${name}`);
    return account;
  }

  ticket(name: string, options: TicketOptions = {}): Promise<string> {
    const [issuer] = this.config.issuers;
    if (issuer === undefined) throw new Error('There is no issuer');
    return makeTicket(issuer, name, { nowAt: Date.now(), ...options });
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(this.url(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** Server to server, as a plugin does. */
  async signOn(name: string, options: TicketOptions = {}, session?: string): Promise<TestSession> {
    const response = await this.post('session', { ticket: await this.ticket(name, options), session });
    if (!response.ok) throw new Error(`Sign-on was refused with ${response.status}: ${await response.text()}`);
    const signedOn = (await response.json()) as SignedOn;
    const { name: cookieName, value } = signedOn.cookie ?? { name: '', value: '' };
    return { ...signedOn, value, headers: { cookie: `${cookieName}=${value}` } };
  }

  /** Opens a socket; what is not said is as our own page would do it. */
  async open(session: TestSession, options: SocketOptions = {}): Promise<TestSocket> {
    const { hash = session.accountHash, origin = this.origin, headers = session.headers } = options;
    const protocols = [...(options.protocols ?? [SUBPROTOCOL])];
    const all = { ...headers, ...(origin === null ? {} : { origin }) };
    const socket = new TestSocket(new WebSocket(this.url(`a/${hash}/socket`, 'ws'), protocols, { headers: all }));
    this.#sockets.add(socket);
    await socket.opened;
    return socket;
  }

  async connect(session: TestSession): Promise<TestSocket> {
    const socket = await this.open(session);
    await socket.hello(session);
    return socket;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.end();
    await this.engine.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export interface TestSession extends SignedOn {
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SocketOptions {
  readonly hash?: string;
  /** `null`: none. */
  readonly origin?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

type EventFrame = Extract<Envelope, { event: string }>;

export class TestSocket {
  readonly ws: WebSocket;
  /** Rejects when the upgrade is refused. */
  readonly opened: Promise<unknown>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  readonly events: EventFrame[] = [];
  readonly #answers = new Map<number, (frame: Envelope) => void>();
  readonly #eventWaiters: { readonly count: number; readonly resolve: () => void }[] = [];
  #lastId = 0;

  constructor(ws: WebSocket) {
    this.ws = ws;
    this.opened = once(ws, 'open');
    this.closed = new Promise((resolve) => ws.on('close', resolve));
    ws.on('error', () => undefined);
    ws.on('message', (data: Buffer, isBinary) => {
      const frame = decodeFrame(isBinary ? new Uint8Array(data) : String(data));
      if ('event' in frame) this.#happened(frame);
      else this.#answers.get(frame.id)?.(frame);
    });
  }

  async hello(session: Pick<SignedOn, 'accountHash'>, more: Partial<Params<'hello'>> = {}): Promise<Result<'hello'>> {
    const params = { protocol: PROTOCOL_VERSION, accountHash: session.accountHash, ...more };
    return (await this.call('hello', params)) as Result<'hello'>;
  }

  /** Rejects with the error of the answer, or when the socket closes. */
  call(method: string, params: unknown): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, (frame) => {
        if ('error' in frame) reject(Object.assign(new Error(frame.error.message), frame.error));
        else if ('result' in frame) resolve(frame.result);
      });
      void this.closed.then((code) => reject(new Error(`Closed with ${code}`)));
      this.ws.send(encodeFrame({ id, method, params }));
    });
  }

  /** Resolves when so many events came in all. */
  eventCount(count: number): Promise<void> {
    if (this.events.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#eventWaiters.push({ count, resolve }));
  }

  /** Also when it was paused. */
  end(): void {
    this.ws.terminate();
  }

  #happened(frame: EventFrame): void {
    this.events.push(frame);
    for (const { count, resolve } of this.#eventWaiters) if (this.events.length >= count) resolve();
  }
}

export const changed = (mailbox = 'INBOX'): UnnumberedEvent => ({ event: 'mailbox.changed', data: { mailbox } });
