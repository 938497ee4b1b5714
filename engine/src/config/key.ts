/**
 * Every setting of the engine: name, meaning, unit, default. The one place where a setting is declared; the reference
 * for admins is written from this table.
 *
 * A setting comes from the file, or from the environment variable that `envName` gives (which wins).
 */
import { issuer } from './issuer.ts';
import { basePath, integer, key, list, nullable, object, oneOf, origin, port, required, text } from './reader.ts';

const MINUTE_MS = 60_000;

export const KEYS = {
  'listen.host': key(text, '127.0.0.1', 'Address to listen on. Keep it on loopback behind a proxy.'),
  'listen.port': key(port, 8090, 'TCP port to listen on.'),
  basePath: key(basePath, '/coi', 'Path of the engine in every URL, as the proxy passes it on.'),
  publicOrigins: key(list(origin), [], 'Origins of pages that may use the engine, such as https://mail.example.org.'),
  trustedProxies: key(
    list(text),
    [],
    'Addresses or CIDR ranges of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.',
  ),
  storeFile: key(
    text,
    'coi-engine.sqlite',
    'SQLite file of sealed sessions, used tickets and submit claims; relative to the configuration file.',
  ),
  storageSecretFile: key(
    text,
    'coi-storage.secret',
    'File of the secret behind every account share (base64 of 32 bytes); made at the first start. Lose it, and browsers have to fetch all mail again.',
  ),
  'deliveryEvents.host': key(text, '127.0.0.1', 'Address to listen on for delivery events of the mail server.'),
  'deliveryEvents.port': key(
    nullable(port),
    null,
    'TCP port for delivery events of the mail server, see docs/dovecot.md; null = none are taken.',
  ),
  issuers: required(list(issuer), 'Who may sign users on, and the mail servers of those users; see below.'),
  password: key(
    nullable(object({ issuer: required(text, 'Name of the issuer.') })),
    null,
    'Issuer whose users may sign on by password on the standalone page; null = nobody.',
  ),
  appFolder: key(text, '', 'Folder of the standalone page; empty = build/app of this installation.'),
  defaultMode: key(
    nullable(oneOf('active', 'none')),
    null,
    'Filing mode for users who never chose, as consent given by the admin; null = ask each user.',
  ),
  'session.hostTtlMs': key(
    integer(MINUTE_MS, 10 * MINUTE_MS),
    10 * MINUTE_MS,
    'How long a session lives on after the last proof of the webmail.',
    'ms',
  ),
  'session.passwordTtlMs': key(
    integer(MINUTE_MS),
    12 * 60 * MINUTE_MS,
    'How long a session lives after sign-on by password.',
    'ms',
  ),
  unknownWaitMs: key(
    integer(1000),
    MINUTE_MS,
    'How long a client waits for evidence about a message that got no answer from the mail server.',
    'ms',
  ),
  maxMessageBytes: key(integer(65_536), 26_214_400, 'Largest message that may be sent.', 'bytes'),
  maxFrameBytes: key(
    integer(1_048_576),
    27_262_976,
    'Largest frame or request body; must hold the largest message and 64 kB.',
    'bytes',
  ),
  byteBudgetBytes: key(
    integer(16_777_216),
    268_435_456,
    'Memory of one process for mail in transit; over it work waits.',
    'bytes',
  ),
  maxNearbyAccounts: key(
    integer(0, 100_000),
    100,
    'Accounts whose inbox is asked for news many times a second while a conversation goes on; further ones wait for IDLE.',
  ),
  parkAfterMs: key(
    integer(1000),
    3 * MINUTE_MS,
    'How long nobody uses an account before its IMAP connection is given up, where delivery events can be relied upon.',
    'ms',
  ),
  maxSocketsPerAccount: key(integer(1, 1000), 32, 'Open sockets of one account in one process.'),
  'rateLimits.failedSignOnsPerIp': key(integer(1), 20, 'Failed sign-ons by password per client address.', 'per minute'),
  'rateLimits.failedSignOnsPerAccount': key(integer(1), 6, 'Failed sign-ons by password per account.', 'per minute'),
  'rateLimits.failedTicketsPerIp': key(integer(1), 120, 'Refused tickets per client address.', 'per minute'),
  'rateLimits.framesPerSecond': key(integer(1), 200, 'Requests of one socket; more are slowed down.', 'per second'),
  logLevel: key(oneOf('debug', 'info', 'warn', 'error'), 'info', 'Least important log lines that are written.'),
} as const;

export type KeyName = keyof typeof KEYS;
export type KeyValue<K extends KeyName> = ReturnType<(typeof KEYS)[K]['read']>;

/** `session.hostTtlMs` -> `COI_SESSION_HOST_TTL_MS`. */
export function envName(name: string): string {
  return `COI_${name
    .replaceAll('.', '_')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toUpperCase()}`;
}
