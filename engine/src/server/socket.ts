/**
 * One socket of a signed-on browser: hello, then requests in and answers and events out. Frames that are none close it;
 * a request that fails is answered with its error.
 */
import { CoiError, toErrorData } from '@coi-webmail/base';
import { CLOSE, decodeFrame, encodeFrame, type Envelope, type RequestFrame } from '@coi-webmail/protocol';
import type { RawData, WebSocket } from 'ws';
import type { Session } from '../auth/session.ts';
import type { EngineContext } from './context.ts';
import { dispatch, isAccountMethod } from './dispatch.ts';
import type { LoggedEvent } from './event-log.ts';
import { FrameRate } from './frame-rate.ts';
import { greet, readHello, refusalOf } from './greeting.ts';
import { Outlet } from './outlet.ts';
import type { LiveAccount } from './registry.ts';
import { RequestLanes } from './request-lanes.ts';
import { failureFields, isDefect } from './failure.ts';

export const HELLO_TIMEOUT_MS = 10_000;
/** A client whose hello failed (mail server away) may try again so long. */
const HELLO_RETRY_MS = 60_000;
const PING_MS = 25_000;
const MAX_SILENT_PINGS = 2;
/** A peer that does not answer the close frame loses the connection. */
const CLOSE_TIMEOUT_MS = 5_000;
/** Larger frames count against the byte budget. */
const SMALL_FRAME_BYTES = 65_536;

/** Who opened a socket, and from where. */
export interface SocketOrigin {
  readonly session: Session;
  readonly clientIp: string;
}

export class ClientSocket {
  readonly #context: EngineContext;
  readonly #socket: WebSocket;
  readonly #outlet: Outlet;
  readonly #lanes: RequestLanes;
  readonly #rate: FrameRate;
  readonly #onClosed: () => void;
  readonly #clientIp: string;
  #session: Session;
  #state: 'waiting' | 'greeting' | 'live' | 'closed' = 'waiting';
  #account: LiveAccount | undefined;
  /** Number of the last event that was written. */
  #sentSeq = 0;
  #silentPings = 0;
  #cancelHello: () => void;
  #cancelPing: () => void = () => undefined;
  #cancelSlowDown: () => void = () => undefined;
  readonly #leave: (() => void)[] = [];

  constructor(context: EngineContext, socket: WebSocket, { session, clientIp }: SocketOrigin, onClosed: () => void) {
    this.#context = context;
    this.#socket = socket;
    this.#session = session;
    this.#clientIp = clientIp;
    this.#onClosed = onClosed;
    this.#rate = new FrameRate(context.config.rateLimits.framesPerSecond, context.clock);
    this.#lanes = new RequestLanes((frame, sizeBytes) => this.#serve(frame, sizeBytes));
    this.#outlet = new Outlet(socket, {
      congested: () => this.#lanes.pause(),
      relieved: () => this.#relieved(),
      givenUp: () => this.close(CLOSE.slowReader),
    });
    this.#cancelHello = context.clock.after(HELLO_TIMEOUT_MS, () => this.close(CLOSE.badFrame));
    this.#schedulePing();
    this.#leave.push(
      context.watch.watch(session, {
        changed: (changed) => this.#sessionChanged(changed),
        ended: () => {
          this.close(CLOSE.sessionEnded);
          context.registry.sessionEnded(session.identity.hash);
        },
      }),
    );
    socket.on('message', (data, isBinary) => this.#received(isBinary ? plainBytes(data) : String(data)));
    socket.on('pong', () => (this.#silentPings = 0));
    // ws closes with 1002, 1007 or 1009 itself; the listener only keeps the process alive.
    socket.on('error', (error) => context.log.info('socket-error', { kind: error.name }));
    socket.on('close', (code) => this.#closed(code));
  }

  close(code: number): void {
    if (this.#state === 'closed') return;
    this.#finish();
    this.#socket.close(code);
    const cancel = this.#context.clock.after(CLOSE_TIMEOUT_MS, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }

  #closed(code: number): void {
    this.#context.log.debug('socket-closed', { code });
    this.#finish();
    this.#onClosed();
  }

  /** Requests that run are left to end: a submission that was received is finished. */
  #finish(): void {
    this.#state = 'closed';
    this.#cancelHello();
    this.#cancelPing();
    this.#cancelSlowDown();
    this.#socket.resume();
    this.#lanes.clear();
    for (const leave of this.#leave.splice(0)) leave();
  }

  #received(data: string | Uint8Array): void {
    if (this.#state === 'closed') return;
    this.#silentPings = 0;
    this.#slowDown();
    let frame: Envelope;
    try {
      frame = decodeFrame(data);
    } catch {
      return this.close(CLOSE.badFrame);
    }
    if (!('method' in frame) || !Number.isSafeInteger(frame.id)) return this.close(CLOSE.badFrame);
    if (this.#state === 'waiting') return this.#receivedFirst(frame);
    if (!this.#lanes.add(frame, data.length)) {
      this.#fail(frame, new CoiError('overloaded', 'Too many requests wait already', { retryAfterMs: 1000 }));
    }
    return undefined;
  }

  #receivedFirst(frame: RequestFrame): void {
    if (frame.method !== 'hello') return this.close(CLOSE.badFrame);
    this.#state = 'greeting';
    void this.#greet(frame);
    return undefined;
  }

  async #greet(frame: RequestFrame): Promise<void> {
    const { registry, config, clock } = this.#context;
    let removeSocket: (() => void) | undefined;
    try {
      const hello = readHello(frame.params);
      const refusal = refusalOf(hello, this.#session);
      if (refusal !== undefined) return this.close(refusal);
      const account = registry.acquire({ ...this.#session, clientIp: this.#clientIp });
      if (account.socketCount >= config.maxSocketsPerAccount) {
        throw new CoiError('overloaded', 'Too many windows of this account are open', { retryAfterMs: 30_000 });
      }
      removeSocket = registry.addSocket(account);
      this.#leave.push(removeSocket);
      const result = await greet(this.#context, account, hello, () => this.#session);
      if (this.#state !== 'greeting') return undefined;
      this.#cancelHello();
      this.#goLive(account, result.seq, encodeFrame({ id: frame.id, result }));
    } catch (error) {
      removeSocket?.();
      if (this.#state !== 'greeting') return undefined;
      this.#state = 'waiting';
      this.#cancelHello();
      this.#cancelHello = clock.after(HELLO_RETRY_MS, () => this.close(CLOSE.goingAway));
      this.#fail(frame, error);
    }
    return undefined;
  }

  #goLive(account: LiveAccount, seq: number, answer: ReturnType<typeof encodeFrame>): void {
    this.#state = 'live';
    this.#account = account;
    this.#sentSeq = seq;
    this.#leave.push(account.log.subscribe((event) => this.#happened(event)));
    this.#outlet.send(answer);
    this.#catchUp();
    if (!this.#outlet.isCongested) this.#lanes.resume();
  }

  #happened(event: LoggedEvent): void {
    if (this.#outlet.isCongested) return;
    if (event.seq !== this.#sentSeq + 1) return this.#catchUp();
    this.#sentSeq = event.seq;
    this.#outlet.send(event.frame);
  }

  /** Writes what happened since; a log that has forgotten it means: resume by sync. */
  #catchUp(): void {
    const events = this.#account?.log.since(this.#sentSeq);
    if (events === undefined) return this.close(CLOSE.slowReader);
    for (const event of events) {
      if (this.#outlet.isCongested || this.#state !== 'live') return;
      this.#sentSeq = event.seq;
      this.#outlet.send(event.frame);
    }
    return undefined;
  }

  #relieved(): void {
    if (this.#state !== 'live') return;
    this.#catchUp();
    if (!this.#outlet.isCongested) this.#lanes.resume();
  }

  async #serve(frame: RequestFrame, sizeBytes: number): Promise<void> {
    const account = this.#account;
    if (account === undefined) return;
    const run = () => dispatch(account.service, frame);
    try {
      const isSmall = sizeBytes <= SMALL_FRAME_BYTES;
      const { hash } = account.service.identity;
      const result = isSmall ? await run() : await this.#context.budget.use(hash, sizeBytes, run);
      if (this.#state === 'live') this.#outlet.send(encodeFrame({ id: frame.id, result }));
    } catch (error) {
      this.#fail(frame, error);
    }
  }

  #fail(frame: RequestFrame, error: unknown): void {
    const { log } = this.#context;
    const method = isAccountMethod(frame.method) || frame.method === 'hello' ? frame.method : 'unknown';
    const fields = { method, ...failureFields(error) };
    if (isDefect(error)) log.error('request-failed', fields);
    else log.info('request-refused', fields);
    if (this.#state !== 'closed') this.#outlet.send(encodeFrame({ id: frame.id, error: toErrorData(error) }));
  }

  #sessionChanged(session: Session): void {
    this.#session = session;
    if (this.#account === undefined) return;
    // A secret that another process was told reaches this one's service here.
    this.#context.registry.acquire(session);
    // Of this socket only, so it has no number of its own and is not resumed.
    const data = { expiresAt: session.expiresAt };
    this.#outlet.send(encodeFrame({ event: 'session.expires', seq: this.#sentSeq, data }));
  }

  #slowDown(): void {
    const waitMs = this.#rate.count();
    if (waitMs === 0) return;
    this.#socket.pause();
    this.#cancelSlowDown();
    this.#cancelSlowDown = this.#context.clock.after(waitMs, () => this.#socket.resume());
  }

  #schedulePing(): void {
    this.#cancelPing = this.#context.clock.after(PING_MS, () => {
      if (this.#silentPings >= MAX_SILENT_PINGS) {
        this.#socket.terminate();
        return;
      }
      this.#silentPings += 1;
      this.#socket.ping();
      this.#schedulePing();
    });
  }
}

/** A Buffer behaves in ways of its own (JSON, slice). */
function plainBytes(data: RawData): Uint8Array {
  const buffer = Array.isArray(data) ? Buffer.concat(data) : data;
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
