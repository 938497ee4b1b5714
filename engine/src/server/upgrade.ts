/**
 * From an HTTP upgrade to a socket. A foreign page is refused; whoever lacks a session is let in and told so by the
 * close code, because a browser cannot see why an upgrade was refused.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { CoiError } from '@coi-webmail/base';
import { CLOSE, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '@coi-webmail/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Session } from '../auth/session.ts';
import { statusOf } from './answer.ts';
import type { EngineContext } from './context.ts';
import { sessionValueOf } from './cookie.ts';
import { parseUrl, pathBelow } from './http.ts';
import { ClientSocket } from './socket.ts';
import { failureFields } from './failure.ts';

const SOCKET_PATH = /^\/a\/([0-9a-f]{16})\/socket$/;

export class SocketDoor {
  readonly #context: EngineContext;
  readonly #server: WebSocketServer;
  readonly #sockets = new Set<ClientSocket>();

  constructor(context: EngineContext) {
    this.#context = context;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: context.config.maxFrameBytes,
      handleProtocols: pickProtocol,
    });
  }

  /** Listener of the HTTP server's `upgrade`. */
  readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy());
    this.#open(request, stream, head).catch((error: unknown) => {
      this.#context.log.info('upgrade-refused', failureFields(error));
      refuse(stream, statusOf(error));
    });
  };

  /** Clients reconnect at once, to whoever listens then. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.close(CLOSE.goingAway);
  }

  async #open(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const { config, origins, isDraining } = this.#context;
    const hash = SOCKET_PATH.exec(pathBelow(config.basePath, parseUrl(request.url)))?.[1];
    if (hash === undefined) throw new CoiError('message-not-found', 'There is no socket at this address');
    if (request.headers.origin === undefined) throw new CoiError('permission-denied', 'A socket needs an Origin');
    origins.callerOf(request);
    if (isDraining()) throw new CoiError('engine-unreachable', 'The engine is about to stop');
    const value = tokenOf(request) ?? sessionValueOf(request, hash);
    const session = value === undefined ? undefined : await this.#context.sessions.open(value);
    const clientIp = this.#context.trust.clientIp(request);
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#opened(socket, { hash, session, clientIp }));
  }

  #opened(socket: WebSocket, { hash, session, clientIp }: Knock): void {
    const refusal = refusalOf(socket, hash, session);
    if (refusal === undefined && session !== undefined) {
      const client = new ClientSocket(this.#context, socket, { session, clientIp }, () => this.#sockets.delete(client));
      this.#sockets.add(client);
      return;
    }
    socket.on('error', () => socket.terminate());
    socket.close(refusal);
  }
}

interface Knock {
  readonly hash: string;
  readonly session: Session | undefined;
  readonly clientIp: string;
}

function refusalOf(socket: WebSocket, hash: string, session: Session | undefined): number | undefined {
  if (socket.protocol !== SUBPROTOCOL) return CLOSE.protocolMismatch;
  if (session === undefined) return CLOSE.sessionEnded;
  return session.identity.hash === hash ? undefined : CLOSE.accountMismatch;
}

/** A browser drops a connection whose protocols are all ignored, so a client of another version is told by close code. */
function pickProtocol(offered: ReadonlySet<string>): string | false {
  if (offered.has(SUBPROTOCOL)) return SUBPROTOCOL;
  return [...offered].find((name) => !name.startsWith(TOKEN_SUBPROTOCOL_PREFIX)) ?? false;
}

/** Pages on another origin cannot send a cookie or a header with a socket. */
function tokenOf(request: IncomingMessage): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.find((name) => name.startsWith(TOKEN_SUBPROTOCOL_PREFIX))?.slice(TOKEN_SUBPROTOCOL_PREFIX.length);
}

function refuse(stream: Duplex, status: number): void {
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
