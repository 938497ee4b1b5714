/**
 * A TCP relay that does to a connection what a director wants. It reads along in both directions; with a TLS context it
 * answers STARTTLS itself, because it has to see the steps, and speaks plainly to the server.
 */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Director, Effect, Person } from './fault.ts';
import type { Piece, Reader } from './wire/reader.ts';

const HOST = '127.0.0.1';
/** What was passed on last is read by then. */
const LINGER_MS = 25;
const NOISE_MS = 200;
const NOISE_BYTES = 64;
const DRIPS = 12;

export interface RelayOptions {
  /** Asked for each connection; it may move. */
  readonly upstreamPort: () => number;
  readonly reader: () => Reader;
  /** Asked at each step. */
  readonly director: () => Pick<Director, 'at'> | undefined;
  /** Whose a login is. */
  readonly whoOf: (login: string | undefined) => Person | undefined;
  readonly kill?: (what: 'engine' | 'worker', who: Person | undefined) => void;
  readonly context?: SecureContext | undefined;
  readonly port?: number;
}

export interface Relay {
  readonly port: number;
  /** Ends the connections, of one person or all. @returns how many */
  drop(who?: Person): number;
  /** While down, new connections are refused as well. */
  down(): void;
  up(): void;
  stop(): Promise<void>;
}

class Link {
  readonly reader: Reader;
  readonly #raw: Socket;
  readonly #upstream: Socket;
  readonly #options: RelayOptions;
  #client: Socket;
  #isFrozen = false;
  #lanes: { client: Promise<void>; server: Promise<void> } = { client: Promise.resolve(), server: Promise.resolve() };

  constructor(client: Socket, upstream: Socket, options: RelayOptions) {
    this.#raw = client;
    this.#client = client;
    this.#upstream = upstream;
    this.#options = options;
    this.reader = options.reader();
    client.on('data', this.#onClient);
    upstream.on('data', (chunk: Buffer) => {
      this.#lanes.server = this.#queue(this.#lanes.server, upstream, () => this.reader.fromServer(chunk), false);
    });
  }

  get who(): Person | undefined {
    return this.#options.whoOf(this.reader.login);
  }

  readonly #onClient = (chunk: Buffer): void => {
    this.#lanes.client = this.#queue(this.#lanes.client, this.#client, () => this.reader.fromClient(chunk), true);
  };

  reset(): void {
    this.#isFrozen = true;
    for (const socket of [this.#raw, this.#upstream]) {
      if (socket.destroyed) continue;
      // The system refuses to reset what is being shut down already, and its handle would stay.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** Chunks of one direction pass one after the other; the sender waits for them. */
  async #queue(before: Promise<void>, from: Socket, read: () => Iterable<Piece>, isClient: boolean): Promise<void> {
    from.pause();
    await before;
    for (const piece of read()) {
      if (this.#isFrozen) return;
      if (piece.startsTls === true) this.#secure(piece.bytes);
      else await this.#pass(piece, isClient);
    }
    (isClient ? this.#client : from).resume();
  }

  async #pass({ bytes, steps }: Piece, isClient: boolean): Promise<void> {
    const target = isClient ? this.#upstream : this.#client;
    for (const step of steps) {
      const messageId = this.reader.messageId;
      const effect = this.#options.director()?.at({ step, who: this.who, messageId });
      if (effect === undefined) continue;
      const goesOn = await this.#suffer(effect, bytes, target);
      if (!goesOn) return;
    }
    if (!this.#isFrozen && target.writable && !target.write(bytes)) {
      await roomIn(target);
    }
  }

  /** @returns true when the bytes are still to be passed on */
  async #suffer(effect: Effect, bytes: Buffer, target: Socket): Promise<boolean> {
    const { kill } = this.#options;
    switch (effect.kind) {
      case 'cut':
        this.reset();
        return false;
      case 'cut-within':
      case 'cut-after':
        this.#isFrozen = true;
        target.write(effect.kind === 'cut-after' ? bytes : bytes.subarray(0, Math.ceil(bytes.length / 2)));
        await pause(LINGER_MS);
        this.reset();
        return false;
      case 'stall':
        this.#isFrozen = true;
        await pause(effect.ms);
        this.reset();
        return false;
      case 'garble':
        this.#isFrozen = true;
        // Below TLS, where there is one: what is garbled there does not decrypt.
        (target === this.#upstream && this.#client === this.#raw ? this.#upstream : this.#raw).write(noise());
        await pause(NOISE_MS);
        this.reset();
        return false;
      case 'kill-engine':
      case 'kill-worker':
        this.#isFrozen = true;
        kill?.(effect.kind === 'kill-engine' ? 'engine' : 'worker', this.who);
        this.reset();
        return false;
      case 'delay':
        await pause(effect.ms);
        return true;
      case 'drip':
        await this.#drip(bytes, target, effect.ms);
        return false;
      default:
        return effect satisfies never;
    }
  }

  async #drip(bytes: Buffer, target: Socket, ms: number): Promise<void> {
    const size = Math.max(1, Math.ceil(bytes.length / DRIPS));
    for (let at = 0; at < bytes.length && target.writable; at += size) {
      target.write(bytes.subarray(at, at + size));
      await pause(ms / DRIPS);
    }
  }

  #secure(reply: Buffer): void {
    const { context } = this.#options;
    if (context === undefined) throw new Error('A relay without certificate cannot start TLS');
    this.#raw.off('data', this.#onClient);
    this.#raw.write(reply);
    const secured = new TLSSocket(this.#raw, { isServer: true, secureContext: context });
    secured.on('error', () => this.reset());
    secured.on('data', this.#onClient);
    // It does not notice that what carries it was destroyed, and would keep the process alive.
    this.#raw.once('close', () => secured.destroy());
    this.#client = secured;
  }
}

/** Resolves when the socket takes more, or is gone. */
function roomIn(target: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      target.off('drain', done);
      target.off('close', done);
      resolve();
    };
    target.on('drain', done);
    target.on('close', done);
  });
}

function noise(): Buffer {
  const bytes = randomBytes(NOISE_BYTES);
  // Neither a TLS record nor a WebSocket frame starts so.
  bytes[0] = 0xff;
  return bytes;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function startRelay(options: RelayOptions): Promise<Relay> {
  const links = new Set<Link>();
  let isDown = false;
  const server = createServer((client) => {
    client.on('error', () => undefined);
    if (isDown) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: HOST, port: options.upstreamPort() });
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const]) {
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('end', () => other.end());
      one.on('close', () => {
        links.delete(link);
        other.destroySoon();
      });
    }
    const link = new Link(client, upstream, options);
    links.add(link);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port: options.port ?? 0 }, resolve);
  });
  const drop = (who?: Person) => {
    const hit = [...links].filter((link) => who === undefined || link.who === who);
    for (const link of hit) link.reset();
    return hit.length;
  };
  return {
    port: (server.address() as AddressInfo).port,
    drop,
    down: () => {
      isDown = true;
      drop();
    },
    up: () => {
      isDown = false;
    },
    stop: () =>
      new Promise((resolve) => {
        isDown = true;
        server.close(() => resolve());
        drop();
      }),
  };
}
