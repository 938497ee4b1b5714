/**
 * The one connection of an account to the engine: opens, says hello, resumes by sequence number, tries again.
 *
 * What a close code means is in protocol/close.ts. A socket that fails before it opens tells nothing in a browser,
 * so the session is asked for over HTTP: that tells "signed out" from "unreachable".
 */
import { backoffMs, CoiError, type ErrorCode, Signal } from '@coi-webmail/base';
import {
  type AnyEvent,
  check,
  CLOSE,
  decodeFrame,
  encodeFrame,
  type EventName,
  EVENTS,
  type Method,
  type Params,
  PROTOCOL_VERSION,
  type Result,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '@coi-webmail/protocol';
import type { ConnectionPhase } from '../api.ts';
import type { Environment, SocketLike } from '../environment.ts';
import { Rpc } from './rpc.ts';

export interface ConnectionTarget {
  /** Absolute URL of the engine's base path, ending in `/`. */
  readonly engineUrl: string;
  readonly accountHash: string;
  readonly token: string | undefined;
}

export interface ConnectionListener {
  /** Called before any event that follows. @param askedAt of this clock */
  onHello(hello: Result<'hello'>, askedAt: number): void;
  /** The engine answered the hello with an error, for example of the mail server; it is tried again. */
  onHelloError(code: ErrorCode): void;
  onEvent(event: AnyEvent): void;
  /** The socket is gone: whatever was asked has failed. */
  onDown(): void;
  /** The session ended, or is another account's: a fresh one is needed. */
  onSignedOut(): void;
  /** Client and engine cannot speak: only a reload helps. */
  onVersion(): void;
}

export interface ConnectionStatus {
  readonly phase: ConnectionPhase;
  readonly retryAt: number | undefined;
}

const OPEN_TIMEOUT_MS = 15_000;
const CALL_TIMEOUT_MS = 60_000;
/** Browsers do not always tell a worker that the network is back: it looks by itself. */
const OFFLINE_LOOK_MS = 1_000;
/** Short tries before the page says that the engine cannot be reached. */
const QUIET_TRIES = 2;

export class Connection {
  readonly status = new Signal<ConnectionStatus>({ phase: 'connecting', retryAt: undefined });
  readonly #env: Environment;
  readonly #target: ConnectionTarget;
  readonly #listener: ConnectionListener;
  #socket: SocketLike | undefined;
  #listening = new AbortController();
  #rpc: Rpc | undefined;
  #isUp = false;
  #isStopped = false;
  #tries = 0;
  #cancelTimer: () => void = () => undefined;
  #leaveNetwork: () => void = () => undefined;
  #resume: { readonly stream: string; seq: number } | undefined;

  constructor(env: Environment, target: ConnectionTarget, listener: ConnectionListener) {
    this.#env = env;
    this.#target = target;
    this.#listener = listener;
  }

  start(): void {
    this.#leaveNetwork = this.#env.network.subscribe(() => this.#networkChanged());
    this.#open();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
    this.#leaveNetwork();
    this.#drop();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** @throws CoiError `offline`, `engine-unreachable` at once when there is no connection */
  call<M extends Method>(method: M, params: Params<M>, timeoutMs = CALL_TIMEOUT_MS): Promise<Result<M>> {
    if (!this.#isUp || this.#rpc === undefined) {
      const offline = this.status.get().phase === 'offline';
      return Promise.reject(new CoiError(offline ? 'offline' : 'engine-unreachable', `No connection for ${method}`));
    }
    return this.#rpc.call(method, params, timeoutMs);
  }

  #networkChanged(): void {
    if (this.#isStopped) return;
    this.#tries = 0;
    this.#drop();
    this.#open();
  }

  #open(): void {
    this.#cancelTimer();
    if (!this.#env.network.isOnline()) {
      this.#waitForNetwork();
      return;
    }
    this.status.set({ phase: this.#tries < QUIET_TRIES ? 'connecting' : 'engine-unreachable', retryAt: undefined });
    const { engineUrl, accountHash, token } = this.#target;
    const url = new URL(`a/${accountHash}/socket`, engineUrl);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const protocols = token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token];
    let socket: SocketLike;
    try {
      socket = this.#env.openSocket(url.href, protocols);
    } catch {
      this.#failed(false);
      return;
    }
    this.#listen(socket);
  }

  #waitForNetwork(): void {
    if (this.status.get().phase !== 'offline') this.status.set({ phase: 'offline', retryAt: undefined });
    this.#cancelTimer = this.#env.clock.after(OFFLINE_LOOK_MS, () => this.#open());
  }

  #listen(socket: SocketLike): void {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    const rpc = new Rpc(
      (envelope) => socket.send(encodeFrame(envelope)),
      this.#env.clock,
      () => this.#closed(socket, undefined, true),
    );
    this.#rpc = rpc;
    let wasOpen = false;
    this.#cancelTimer = this.#env.clock.after(OPEN_TIMEOUT_MS, () => this.#closed(socket, undefined, wasOpen));
    const { signal } = (this.#listening = new AbortController());
    const opened = () => {
      wasOpen = true;
      void this.#sayHello(socket, rpc);
    };
    socket.addEventListener('open', opened, { signal });
    socket.addEventListener('message', ({ data }) => this.#receive(socket, rpc, data), { signal });
    socket.addEventListener('close', ({ code }) => this.#closed(socket, code, wasOpen), { signal });
  }

  async #sayHello(socket: SocketLike, rpc: Rpc): Promise<void> {
    const { accountHash } = this.#target;
    const resume = this.#resume === undefined ? undefined : { ...this.#resume };
    const params = { protocol: PROTOCOL_VERSION, accountHash, ...(resume === undefined ? {} : { resume }) };
    const askedAt = this.#env.clock.now();
    try {
      const hello = await rpc.call('hello', params, OPEN_TIMEOUT_MS);
      if (this.#socket !== socket) return;
      this.#cancelTimer();
      this.#tries = 0;
      this.#isUp = true;
      if (!hello.resumed || this.#resume?.stream !== hello.stream)
        this.#resume = { stream: hello.stream, seq: hello.seq };
      this.#listener.onHello(hello, askedAt);
      this.status.set({ phase: 'online', retryAt: undefined });
    } catch (error) {
      if (this.#socket !== socket) return;
      const code = error instanceof CoiError ? error.code : 'internal';
      if (code === 'protocol-mismatch') this.#closed(socket, CLOSE.protocolMismatch, true);
      else if (code === 'auth-expired') this.#closed(socket, CLOSE.sessionEnded, true);
      else {
        this.#listener.onHelloError(code);
        this.#closed(socket, undefined, true);
      }
    }
  }

  #receive(socket: SocketLike, rpc: Rpc, received: unknown): void {
    try {
      const frame = decodeFrame(received instanceof ArrayBuffer ? new Uint8Array(received) : String(received));
      if (rpc.answer(frame) || !('event' in frame)) return;
      if (this.#resume !== undefined) this.#resume.seq = Math.max(this.#resume.seq, frame.seq);
      // An event of a newer engine that we do not know: its effects come by the next sync.
      if (!isEventName(frame.event)) return;
      const data = check(EVENTS[frame.event], frame.data, `event ${frame.event}`);
      this.#listener.onEvent({ ...frame, data } as AnyEvent);
    } catch {
      // A frame that cannot be read: whatever it said is told again after a fresh start.
      this.#resume = undefined;
      this.#closed(socket, undefined, true);
    }
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isUp = false;
    if (socket !== undefined) {
      this.#listening.abort();
      try {
        socket.close();
      } catch {
        // It was closed already.
      }
    }
    const rpc = this.#rpc;
    this.#rpc = undefined;
    rpc?.fail();
    if (socket !== undefined) this.#listener.onDown();
  }

  #closed(socket: SocketLike, code: number | undefined, wasOpen: boolean): void {
    if (this.#socket !== socket || this.#isStopped) return;
    this.#drop();
    if (code === CLOSE.protocolMismatch) this.#end(() => this.#listener.onVersion());
    else if (code === CLOSE.sessionEnded || code === CLOSE.accountMismatch)
      this.#end(() => this.#listener.onSignedOut());
    else this.#failed(wasOpen);
  }

  #end(tell: () => void): void {
    this.stop();
    this.status.set({ phase: 'connecting', retryAt: undefined });
    tell();
  }

  #failed(wasOpen: boolean): void {
    const { clock, network } = this.#env;
    if (!network.isOnline()) {
      this.#waitForNetwork();
      return;
    }
    const delay = backoffMs(this.#tries, this.#env.random());
    this.#tries += 1;
    const phase = this.#tries > QUIET_TRIES ? 'engine-unreachable' : 'connecting';
    this.status.set({ phase, retryAt: clock.now() + delay });
    this.#cancelTimer = clock.after(delay, () => this.#open());
    if (!wasOpen) void this.#askSession();
  }

  /** Why did the socket not open? */
  async #askSession(): Promise<void> {
    const { engineUrl, accountHash, token } = this.#target;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    try {
      const answer = await this.#env.fetch(new URL(`a/${accountHash}/session`, engineUrl).href, { headers });
      const isGone = answer.status === 401 || answer.status === 403;
      if (isGone && !this.#isUp && !this.#isStopped) this.#end(() => this.#listener.onSignedOut());
    } catch {
      // Unreachable by HTTP as well: the timer tries again.
    }
  }
}

function isEventName(name: string): name is EventName {
  return Object.hasOwn(EVENTS, name);
}
