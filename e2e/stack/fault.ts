/**
 * Cuts connections the way networks do: a TCP relay for IMAP that can be cut and kept down, and an SMTP relay that
 * can lose the connection around the final dot. Both pass everything on until told otherwise.
 *
 * The SMTP relay answers STARTTLS itself with the stack's certificate, because it has to see the dot.
 */
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';
import { HOST } from './port.ts';
import { DataScanner, LineSplitter } from '@coi-webmail/test-support';

/** `reply-lost`: the server got the dot, its answer never arrives. `dot-lost`: the server never got the dot. */
export type DotFault = 'reply-lost' | 'dot-lost';

export interface TcpFault {
  readonly port: number;
  /** Drops every connection; while down, new ones are dropped at once. */
  cut(): void;
  restore(): void;
  stop(): Promise<void>;
}

export interface SmtpFault extends TcpFault {
  /** The next `times` messages meet this fault. */
  failNext(fault: DotFault, times?: number): void;
  /** Chooses a fault for each message from now on; undefined lets it pass. */
  choose(pick: (() => DotFault | undefined) | undefined): void;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port }, resolve);
  });
}

/** Relays connections to a port and can drop them all. */
async function startRelay(
  port: number,
  upstreamPort: number,
  join: (client: Socket, upstream: Socket) => void,
): Promise<TcpFault> {
  const sockets = new Set<Socket>();
  let isDown = false;
  const server = createServer((client) => {
    if (isDown) {
      client.on('error', () => undefined);
      client.destroy();
      return;
    }
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
    join(client, upstream);
  });
  await listen(server, port);
  const drop = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    cut: () => {
      isDown = true;
      drop();
    },
    restore: () => {
      isDown = false;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}

export function startImapFault(port: number, upstreamPort: number): Promise<TcpFault> {
  return startRelay(port, upstreamPort, (client, upstream) => {
    client.pipe(upstream);
    upstream.pipe(client);
  });
}

/** One SMTP session. The plain server side is kept while the client side may turn to TLS. */
class SmtpSession {
  private readonly commands = new LineSplitter();
  private data: DataScanner | undefined;
  private fault: DotFault | undefined;
  private isReplyLost = false;
  private client: Socket;
  private readonly raw: Socket;
  private readonly upstream: Socket;
  private readonly context: SecureContext;
  private readonly pick: () => DotFault | undefined;

  constructor(client: Socket, upstream: Socket, context: SecureContext, pick: () => DotFault | undefined) {
    this.client = client;
    this.raw = client;
    this.upstream = upstream;
    this.context = context;
    this.pick = pick;
    client.on('data', this.onClient);
    upstream.on('data', (chunk: Buffer) => {
      if (this.isReplyLost) this.raw.destroy();
      else this.client.write(chunk);
    });
  }

  private readonly onClient = (chunk: Buffer): void => {
    let rest: Buffer = chunk;
    while (rest.length > 0) rest = this.data === undefined ? this.onCommand(rest) : this.onData(rest, this.data);
  };

  private onCommand(chunk: Buffer): Buffer {
    const { line, rest } = this.commands.next(chunk);
    const used = chunk.subarray(0, chunk.length - rest.length);
    if (line?.toUpperCase() === 'STARTTLS') {
      this.secure();
      return rest.subarray(rest.length);
    }
    this.upstream.write(used);
    if (line?.toUpperCase() === 'DATA') {
      this.data = new DataScanner();
      this.fault = this.pick();
    }
    return rest;
  }

  private onData(chunk: Buffer, data: DataScanner): Buffer {
    const rest = data.push(chunk);
    const used = chunk.subarray(0, chunk.length - rest.length);
    if (data.isComplete && this.fault === 'dot-lost') {
      this.upstream.destroy();
      this.raw.destroy();
      return rest.subarray(rest.length);
    }
    this.upstream.write(used);
    if (data.isComplete) {
      this.data = undefined;
      this.isReplyLost = this.fault === 'reply-lost';
    }
    return rest;
  }

  private secure(): void {
    this.client.off('data', this.onClient);
    this.client.write('220 2.0.0 Ready to start TLS\r\n');
    this.client = new TLSSocket(this.raw, { isServer: true, secureContext: this.context });
    this.client.on('data', this.onClient);
    this.client.on('error', () => this.raw.destroy());
  }
}

export async function startSmtpFault(port: number, upstreamPort: number, certificate: Certificate): Promise<SmtpFault> {
  const [cert, key] = await Promise.all([readFile(certificate.certFile), readFile(certificate.keyFile)]);
  const context = createSecureContext({ cert, key });
  const queued: DotFault[] = [];
  let chooser: (() => DotFault | undefined) | undefined;
  const pick = () => queued.shift() ?? chooser?.();
  const relay = await startRelay(port, upstreamPort, (client, upstream) => {
    void new SmtpSession(client, upstream, context, pick);
  });
  return {
    ...relay,
    failNext: (fault, times = 1) => void queued.push(...Array.from({ length: times }, () => fault)),
    choose: (next) => {
      chooser = next;
    },
  };
}
