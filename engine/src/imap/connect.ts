/** Opens one IMAP connection: verified TLS, sign-on, limits far below imapflow's defaults. */
import type { Credentials, MailServer } from '../account/service.ts';
import { isIP } from 'node:net';
import { ImapFlow } from 'imapflow';
import { toImapError } from './errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** Silence after which a peer counts as dead while a command waits. */
const SOCKET_TIMEOUT_MS = 90_000;
const MAX_LITERAL_BYTES = 64 * 1024 * 1024;
const MAX_RESPONSE_BYTES = MAX_LITERAL_BYTES + 1024 * 1024;
/** A SEARCH answer of a million numbers fits. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
const MAX_RESPONSE_TOKENS = 100_000;
/** Re-issued so that the server does not forget us; imapflow probes a silent peer after SOCKET_TIMEOUT_MS. */
const IDLE_RESTART_MS = 240_000;
/** After a command, before the connection returns to IDLE. */
export const IDLE_DELAY_MS = 1;
/** Polls instead of IDLE where the server has none. */
const POLL_MS = 10_000;

export interface ConnectOptions {
  /** Returns to IDLE whenever no command runs. */
  readonly idle: boolean;
  /** Whom the connection serves; for the mail server's logs and limits. */
  readonly clientIp?: string | undefined;
  readonly onExpunge?: ((uid: number | undefined) => void) | undefined;
}

/**
 * @throws CoiError `auth-failed`, `auth-expired`, `tls-untrusted`, `imap-unavailable`
 */
export async function connectImap(
  server: MailServer,
  credentials: Credentials,
  options: ConnectOptions,
): Promise<ImapFlow> {
  const secret = credentials.auth === 'password' ? { pass: credentials.secret } : { accessToken: credentials.secret };
  const client = new ImapFlow({
    host: server.host,
    port: server.port,
    secure: server.tls === 'tls',
    doSTARTTLS: server.tls === 'starttls',
    ...(server.servername === undefined ? {} : { servername: server.servername }),
    tls: { minVersion: 'TLSv1.2', ...(server.ca === undefined ? {} : { ca: server.ca }) },
    auth: { user: credentials.login, ...secret },
    clientInfo: clientInfo(options.clientIp),
    logger: false,
    disableCompression: true,
    disableAutoIdle: !options.idle,
    autoIdleDelay: IDLE_DELAY_MS,
    maxIdleTime: IDLE_RESTART_MS,
    qresync: true,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    maxLineLength: MAX_LINE_BYTES,
    maxLiteralSize: MAX_LITERAL_BYTES,
    maxResponseSize: MAX_RESPONSE_BYTES,
    maxResponseTokens: MAX_RESPONSE_TOKENS,
    expungeHandler: ({ uid }) => options.onExpunge?.(uid),
  });
  // The failure itself reaches whoever waits for a command; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    client.close();
    throw toImapError(cause, 'sign on to the mail server');
  }
  if (!client.capabilities.has('IDLE')) client.maxIdleTime = POLL_MS;
  return client;
}

/** IMAP ID (RFC 2971); Dovecot logs and limits by the address where `login_trusted_networks` has ours. */
function clientInfo(clientIp: string | undefined): Readonly<Record<string, string>> {
  const us = { name: 'COI engine', vendor: 'coi-webmail' };
  return clientIp === undefined || isIP(clientIp) === 0 ? us : { ...us, 'x-originating-ip': clientIp };
}
