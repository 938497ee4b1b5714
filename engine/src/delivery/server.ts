/**
 * Takes delivery events of mail servers: `POST /delivery` with the issuer's key, on a port of its own that no proxy
 * passes on. Answers as soon as it has read, because the mail server waits meanwhile.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CoiError, fromBase64, type Logger } from '@coi-webmail/base';
import { sendError, sendNothing, statusOf } from '../server/answer.ts';
import { readJson } from '../server/body.ts';
import type { DeliveryNotice } from './hint.ts';
import { parseNotice } from './hint.ts';

export const DELIVERY_PATH = '/delivery';
/** A mail server on this machine has nothing to wait for. */
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 1_000;

export interface DeliverySource {
  /** Name of the issuer. */
  readonly name: string;
  readonly deliveryKey?: Uint8Array | undefined;
}

export interface DeliveryServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly sources: readonly DeliverySource[];
  readonly onNotice: (issuer: string, notice: DeliveryNotice) => void;
  readonly log: Logger;
}

export interface DeliveryServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** @throws CoiError `invalid-config` when the port is taken or not allowed */
export async function startDeliveryServer(options: DeliveryServerOptions): Promise<DeliveryServer> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    // Each delivery is a connection of its own: none is kept open from idle mail processes.
    response.shouldKeepAlive = false;
    take(options, request, response).catch((error: unknown) => {
      options.log.info('delivery-event-refused', { status: statusOf(error) });
      sendError(response, error);
      if (!request.complete) response.once('finish', () => request.destroy());
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options.listen);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function take(
  { sources, onNotice }: DeliveryServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST' || request.url !== DELIVERY_PATH) {
    throw new CoiError('message-not-found', 'There is nothing at this address');
  }
  const issuers = issuersOf(request, sources);
  // Dovecot gives up on an answer that comes before it has sent its body.
  const notice = parseNotice(await readJson(request));
  sendNothing(response);
  for (const issuer of issuers) onNotice(issuer, notice);
}

/** Several issuers may be of one mail server. @throws CoiError `permission-denied` */
function issuersOf(request: IncomingMessage, sources: readonly DeliverySource[]): readonly string[] {
  const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
  const given = fromBase64(token);
  const isTheirs = ({ deliveryKey }: DeliverySource) =>
    given !== undefined && deliveryKey?.length === given.length && timingSafeEqual(given, deliveryKey);
  const names = sources.filter(isTheirs).map(({ name }) => name);
  if (names.length === 0) {
    throw new CoiError('permission-denied', 'The delivery event does not carry the key of an issuer');
  }
  return names;
}

function listen(server: Server, { host, port }: DeliveryServerOptions['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = 'Setting deliveryEvents names an address that cannot be used; choose a free port';
      reject(new CoiError('invalid-config', message, { cause, details: { setting: 'deliveryEvents' } }));
    });
    server.listen(port, host, resolve);
  });
}
