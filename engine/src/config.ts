/**
 * The engine's configuration: from a JSON file and the environment to checked values, with the files that it names
 * read. What each setting means is in config/key.ts and config/issuer.ts.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CoiError, fromBase64, toBase64 } from '@coi-webmail/base';
import type { Issuer, MailServer } from './account/service.ts';
import type { IssuerSetting, ServerSetting } from './config/issuer.ts';
import { envName, KEYS, type KeyName, type KeyValue } from './config/key.ts';
import { Problem, readKey } from './config/reader.ts';

const SECRET_BYTES = 32;
const DEFAULT_APP_FOLDER = resolve(import.meta.dirname, '../../build/app');
/** Head and envelope around a message in a frame. */
export const FRAME_OVERHEAD_BYTES = 65_536;

/** An issuer and what only sign-on needs to know of it. */
export interface SignOnIssuer extends Issuer {
  /** 32 bytes; undefined = takes no tickets. */
  readonly ticketSecret: Uint8Array | undefined;
  /** 32 bytes; undefined = its mail server sends no delivery events. */
  readonly deliveryKey?: Uint8Array | undefined;
  /** `host:port` that a ticket may name, lower-case. */
  readonly imapNames: readonly string[];
}

export interface Config {
  readonly listen: { readonly host: string; readonly port: number };
  readonly basePath: string;
  readonly publicOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly storeFile: string;
  readonly storageSecret: Uint8Array;
  /** undefined = delivery events are not taken. */
  readonly deliveryEvents: { readonly host: string; readonly port: number } | undefined;
  readonly issuers: readonly SignOnIssuer[];
  readonly passwordIssuer: SignOnIssuer | undefined;
  readonly appFolder: string;
  readonly defaultMode: 'active' | 'none' | null;
  readonly session: { readonly hostTtlMs: number; readonly passwordTtlMs: number };
  readonly unknownWaitMs: number;
  readonly maxMessageBytes: number;
  readonly maxFrameBytes: number;
  readonly byteBudgetBytes: number;
  readonly maxNearbyAccounts: number;
  readonly parkAfterMs: number;
  readonly maxSocketsPerAccount: number;
  readonly rateLimits: {
    readonly failedSignOnsPerIp: number;
    readonly failedSignOnsPerAccount: number;
    readonly failedTicketsPerIp: number;
    readonly framesPerSecond: number;
  };
  readonly logLevel: KeyValue<'logLevel'>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes the storage secret's file when it is missing.
 *
 * @param file undefined = everything comes from the environment; relative paths then start at the working folder
 * @throws CoiError `invalid-config` with one sentence that names the setting and what to do
 */
export function loadConfig(file: string | undefined, environment: Environment = process.env): Config {
  const given = file === undefined ? {} : readConfigFile(file);
  return readConfig(given, environment, file === undefined ? process.cwd() : dirname(resolve(file)));
}

export function readConfig(given: unknown, environment: Environment, folder: string): Config {
  const settings = flatten(given);
  const value = <K extends KeyName>(name: K): KeyValue<K> =>
    settingOf(
      name,
      () => readKey<unknown>(KEYS[name], environment[envName(name)] ?? settings.get(name)) as KeyValue<K>,
    );
  const issuers = readIssuers(value('issuers'), folder);
  const maxFrameBytes = value('maxFrameBytes');
  const maxMessageBytes = value('maxMessageBytes');
  if (maxMessageBytes + FRAME_OVERHEAD_BYTES > maxFrameBytes) {
    throw invalid('maxFrameBytes', `must be at least maxMessageBytes and ${FRAME_OVERHEAD_BYTES} more`);
  }
  const appFolder = value('appFolder');
  const deliveryPort = value('deliveryEvents.port');
  if (deliveryPort !== null && issuers.every((known) => known.deliveryKey === undefined)) {
    throw invalid('deliveryEvents.port', 'needs deliveryKeyFile in at least one issuer');
  }
  return {
    listen: { host: value('listen.host'), port: value('listen.port') },
    basePath: value('basePath'),
    publicOrigins: value('publicOrigins'),
    trustedProxies: value('trustedProxies'),
    storeFile: resolve(folder, value('storeFile')),
    storageSecret: storageSecret(resolve(folder, value('storageSecretFile'))),
    deliveryEvents: deliveryPort === null ? undefined : { host: value('deliveryEvents.host'), port: deliveryPort },
    issuers,
    passwordIssuer: passwordIssuer(value('password')?.issuer, issuers),
    appFolder: appFolder === '' ? DEFAULT_APP_FOLDER : resolve(folder, appFolder),
    defaultMode: value('defaultMode'),
    session: { hostTtlMs: value('session.hostTtlMs'), passwordTtlMs: value('session.passwordTtlMs') },
    unknownWaitMs: value('unknownWaitMs'),
    maxMessageBytes,
    maxFrameBytes,
    byteBudgetBytes: value('byteBudgetBytes'),
    maxNearbyAccounts: value('maxNearbyAccounts'),
    parkAfterMs: value('parkAfterMs'),
    maxSocketsPerAccount: value('maxSocketsPerAccount'),
    rateLimits: {
      failedSignOnsPerIp: value('rateLimits.failedSignOnsPerIp'),
      failedSignOnsPerAccount: value('rateLimits.failedSignOnsPerAccount'),
      failedTicketsPerIp: value('rateLimits.failedTicketsPerIp'),
      framesPerSecond: value('rateLimits.framesPerSecond'),
    },
    logLevel: value('logLevel'),
  };
}

function readConfigFile(file: string): unknown {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CoiError('invalid-config', 'The configuration file could not be read; check its path and rights', {
      cause,
    });
  }
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new CoiError('invalid-config', 'The configuration file is not JSON; check its commas and quotes', { cause });
  }
}

/** `{session: {hostTtlMs: 1}}` -> `session.hostTtlMs`. @throws CoiError for a name that is no setting */
function flatten(given: unknown): ReadonlyMap<string, unknown> {
  const settings = new Map<string, unknown>();
  const visit = (value: unknown, prefix: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalid(prefix === '' ? 'at the top' : prefix.slice(0, -1), 'must be an object');
    }
    for (const [name, inner] of Object.entries(value)) {
      const path = `${prefix}${name}`;
      if (Object.hasOwn(KEYS, path)) settings.set(path, inner);
      else if (Object.keys(KEYS).some((known) => known.startsWith(`${path}.`))) visit(inner, `${path}.`);
      else throw invalid(path, 'is not a setting; check its spelling or remove it');
    }
  };
  visit(given, '');
  return settings;
}

function settingOf<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) throw invalid(`${name}${error.at}`, error.message);
    throw error;
  }
}

function invalid(setting: string, problem: string): CoiError {
  return new CoiError('invalid-config', `Setting ${setting} ${problem}`, { details: { setting } });
}

function readIssuers(settings: readonly IssuerSetting[], folder: string): readonly SignOnIssuer[] {
  if (settings.length === 0) throw invalid('issuers', 'must name at least one issuer');
  const names = new Set<string>();
  const domains = new Set<string>();
  return settings.map((setting, at) => {
    const path = `issuers[${at}]`;
    if (names.has(setting.name)) throw invalid(`${path}.name`, 'must differ from the names of other issuers');
    names.add(setting.name);
    for (const domain of setting.domains) {
      if (domains.has(domain))
        throw invalid(`${path}.domains`, 'must not name a domain twice or share it with another issuer');
      domains.add(domain);
    }
    const { name, imap, smtp, authservId } = setting;
    return {
      name,
      domains: setting.domains,
      imap: mailServer(imap, `${path}.imap`, folder),
      smtp: mailServer(smtp, `${path}.smtp`, folder),
      authservId,
      ticketSecret: ticketSecret(setting, path, folder),
      deliveryKey: deliveryKey(setting, path, folder),
      imapNames: [`${imap.host}:${imap.port}`.toLowerCase(), ...imap.aliases],
    };
  });
}

function mailServer({ host, port, tls, caFile, servername }: ServerSetting, path: string, folder: string): MailServer {
  const ca = caFile === undefined ? undefined : readNamedFile(resolve(folder, caFile), `${path}.caFile`);
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw invalid(`${path}.caFile`, 'must name a file of PEM certificates');
  }
  return { host, port, tls, servername, ca };
}

function ticketSecret(setting: IssuerSetting, path: string, folder: string): Uint8Array | undefined {
  const { secret, secretFile } = setting;
  if (secretFile !== undefined) {
    return secretBytes(readNamedFile(resolve(folder, secretFile), `${path}.secretFile`), `${path}.secretFile`);
  }
  return secret === undefined ? undefined : secretBytes(secret, `${path}.secret`);
}

function deliveryKey({ deliveryKeyFile }: IssuerSetting, path: string, folder: string): Uint8Array | undefined {
  if (deliveryKeyFile === undefined) return undefined;
  const setting = `${path}.deliveryKeyFile`;
  return secretBytes(readNamedFile(resolve(folder, deliveryKeyFile), setting), setting);
}

function readNamedFile(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw invalid(setting, 'names a file that cannot be read; check its path and rights');
  }
}

function secretBytes(base64: string, setting: string): Uint8Array {
  const bytes = fromBase64(base64);
  if (bytes?.length !== SECRET_BYTES) {
    throw invalid(setting, 'must be base64 of 32 random bytes; make it with: openssl rand -base64 32');
  }
  return bytes;
}

/** Two processes that start at once agree: the second finds the file of the first. */
function storageSecret(file: string): Uint8Array {
  const setting = 'storageSecretFile';
  if (!existsSync(file)) {
    try {
      writeFileSync(file, `${toBase64(randomBytes(SECRET_BYTES))}\n`, { mode: 0o600, flag: 'wx' });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) {
        throw invalid(setting, 'names a file that cannot be made; check its folder and rights');
      }
    }
  }
  return secretBytes(readNamedFile(file, setting), setting);
}

function passwordIssuer(name: string | undefined, issuers: readonly SignOnIssuer[]): SignOnIssuer | undefined {
  if (name === undefined) return undefined;
  const issuer = issuers.find((candidate) => candidate.name === name);
  if (issuer === undefined) throw invalid('password.issuer', 'must be the name of one of the issuers');
  return issuer;
}
