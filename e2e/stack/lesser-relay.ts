/**
 * A real server that knows less: a relay that plays what `LesserImap` takes away, and that can be far away, too.
 *
 * With a certificate it speaks TLS itself, because it has to read along; the way to the server is plain.
 */
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';
import { ImapSplitter } from '@coi-webmail/test-support';
import { LesserImap } from './lesser-imap.ts';
import { HOST } from './port.ts';

export interface LesserRelayOptions {
  readonly upstreamPort: number;
  /** Names of capabilities that the server lacks. */
  readonly hidden: readonly string[];
  /** False: only system flags can be stored; default true. */
  readonly keywords?: boolean;
  /** Default a free one. */
  readonly port?: number;
  readonly certificate?: Certificate | undefined;
  /** TLS from the first byte; else by STARTTLS. */
  readonly isTls?: boolean;
  /** What the server says arrives so much later. */
  readonly delayMs?: number;
}

export interface LesserRelay {
  readonly port: number;
  /** Command names that clients sent, upper case, refused ones too. */
  commands(): readonly string[];
  stop(): Promise<void>;
}

/** One connection. The plain server side is kept while the client side may turn to TLS. */
class Session {
  private client: Socket;
  private readonly upstream: Socket;
  private readonly imap: LesserImap;
  private readonly context: SecureContext | undefined;
  private readonly delayMs: number;
  private readonly note: (command: string) => void;
  private readonly splitter = new ImapSplitter();
  /** Lines and literals of a refused command are still coming. */
  private isRefusing = false;
  private isInCommand = false;

  constructor(
    client: Socket,
    upstream: Socket,
    imap: LesserImap,
    options: { readonly context: SecureContext | undefined; readonly delayMs: number; readonly isTls: boolean },
    note: (command: string) => void,
  ) {
    this.client = client;
    this.upstream = upstream;
    this.imap = imap;
    this.context = options.context;
    this.delayMs = options.delayMs;
    this.note = note;
    if (options.isTls) this.client = this.secure(client);
    this.client.on('data', this.onClient);
    const answers = new ImapSplitter();
    upstream.on('data', (chunk: Buffer) => {
      const told: Buffer[] = [];
      for (const piece of answers.push(chunk)) {
        const line = 'line' in piece ? imap.fromServer(piece.line) : undefined;
        if (!('line' in piece)) told.push(piece.literal);
        else if (line !== undefined) told.push(Buffer.from(`${line}\r\n`, 'latin1'));
      }
      this.tell(Buffer.concat(told));
    });
  }

  private readonly onClient = (chunk: Buffer): void => {
    for (const piece of this.splitter.push(chunk)) {
      if ('line' in piece) this.onLine(piece.line);
      else if (!this.isRefusing) this.upstream.write(piece.literal);
    }
  };

  private onLine(line: string): void {
    const hasMore = /\{\d+(\+?)\}$/.exec(line);
    const isStart = !this.isInCommand;
    this.isInCommand = hasMore !== null;
    if (!isStart) {
      if (!this.isRefusing) this.send(line);
      if (hasMore === null) this.isRefusing = false;
      return;
    }
    const [, tag = '', command = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    const name = /^(?:UID )?[A-Z]+/i.exec(command)?.[0];
    if (name !== undefined) this.note(name.toUpperCase());
    if (name?.toUpperCase() === 'STARTTLS') this.startTls(tag);
    else if (!this.imap.refuses(command)) this.send(this.imap.fromClient(line));
    else {
      this.tell(Buffer.from(`${tag} BAD Unknown command\r\n`));
      this.isRefusing = hasMore?.[1] === '+';
      this.isInCommand = this.isRefusing;
      if (!this.isRefusing) this.splitter.dropLiteral();
    }
  }

  private send(line: string): void {
    this.upstream.write(Buffer.from(`${line}\r\n`, 'latin1'));
  }

  private tell(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const write = () => {
      if (!this.client.writable || this.client.write(bytes)) return;
      this.upstream.pause();
      this.client.once('drain', () => this.upstream.resume());
    };
    if (this.delayMs === 0) write();
    else setTimeout(write, this.delayMs);
  }

  private startTls(tag: string): void {
    if (this.context === undefined) return this.tell(Buffer.from(`${tag} BAD Unknown command\r\n`));
    this.client.off('data', this.onClient);
    this.client.write(`${tag} OK Begin TLS negotiation\r\n`);
    this.client = this.secure(this.client);
    this.client.on('data', this.onClient);
  }

  private secure(raw: Socket): Socket {
    if (this.context === undefined) throw new Error('TLS needs a certificate');
    const secured = new TLSSocket(raw, { isServer: true, secureContext: this.context });
    secured.on('error', () => raw.destroy());
    return secured;
  }
}

export async function startLesserRelay(options: LesserRelayOptions): Promise<LesserRelay> {
  const { certificate, hidden, upstreamPort } = options;
  const files = certificate && (await Promise.all([readFile(certificate.certFile), readFile(certificate.keyFile)]));
  const context = files && createSecureContext({ cert: files[0], key: files[1] });
  const isTls = options.isTls ?? false;
  const noStartTls = isTls || context === undefined ? ['STARTTLS'] : [];
  const imap = new LesserImap([...hidden, ...noStartTls], options.keywords ?? true);
  const sockets = new Set<Socket>();
  const commands: string[] = [];
  const server = createServer((client) => {
    const upstream = connect({ host: HOST, port: upstreamPort });
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    void new Session(client, upstream, imap, { context, delayMs: options.delayMs ?? 0, isTls }, (name) =>
      commands.push(name),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port: options.port ?? 0 }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    commands: () => [...commands],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
