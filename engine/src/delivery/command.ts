/**
 * `dovecot-config`: shows, writes or removes the files that make a Dovecot send delivery events to this engine.
 *
 * Usage: main.ts dovecot-config --config FILE [--issuer NAME] [--folder /etc/dovecot] [--url "URL …"] [--driver 2]
 *        [--write | --remove]
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { CoiError } from '@coi-webmail/base';
import { type Config, loadConfig, type SignOnIssuer } from '../config.ts';
import { type DovecotFile, dovecotFiles, dovecotPaths } from './install.ts';
import { DELIVERY_PATH } from './server.ts';

export const DOVECOT_COMMAND = 'dovecot-config';

const OPTIONS = {
  config: { type: 'string' },
  issuer: { type: 'string' },
  folder: { type: 'string', default: '/etc/dovecot' },
  url: { type: 'string' },
  driver: { type: 'string', default: '1' },
  write: { type: 'boolean', default: false },
  remove: { type: 'boolean', default: false },
} as const;

/**
 * @returns what to print
 * @throws CoiError `invalid-config` with one sentence that says what to do
 */
export function dovecotCommand(args: readonly string[]): string {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.remove) return remove(values.folder);
  const config = loadConfig(values.config);
  const key = keyOf(issuerOf(config, values.issuer));
  const files = dovecotFiles({
    folder: values.folder,
    urls: (values.url ?? urlOf(config)).split(/\s+/).filter((word) => word !== ''),
    key,
    driver: driverOf(values.driver),
  });
  return values.write ? write(files) : show(files);
}

function issuerOf({ issuers }: Config, name: string | undefined): SignOnIssuer {
  const withKey = issuers.filter(({ deliveryKey }) => deliveryKey !== undefined);
  const found = name === undefined ? (withKey[0] ?? issuers[0]) : issuers.find((issuer) => issuer.name === name);
  if (found === undefined) throw refused('Option --issuer must be the name of one of the issuers');
  if (name === undefined && withKey.length > 1)
    throw refused('Several issuers have a delivery key: name one, --issuer');
  return found;
}

function keyOf({ deliveryKey }: SignOnIssuer): Uint8Array {
  if (deliveryKey === undefined) {
    throw refused(
      'The issuer has no deliveryKeyFile: make a key with "openssl rand -base64 32 > FILE", name FILE there, and set ' +
        'deliveryEvents.port',
    );
  }
  return deliveryKey;
}

function urlOf({ deliveryEvents }: Config): string {
  if (deliveryEvents === undefined) throw refused('Set deliveryEvents.port to a free port, or give --url');
  return `http://${deliveryEvents.host}:${deliveryEvents.port}${DELIVERY_PATH}`;
}

function driverOf(text: string): number {
  if (!/^[1-9]$/.test(text)) throw refused('Option --driver must be a digit from 1 to 9');
  return Number(text);
}

function refused(sentence: string): CoiError {
  return new CoiError('invalid-config', sentence);
}

/** The key is not shown: what a terminal prints is kept in too many places. */
function show(files: readonly DovecotFile[]): string {
  const parts = files.map(({ path, content, mode }) => {
    const isSecret = (mode & 0o044) === 0;
    return `### ${path} (mode ${mode.toString(8)})\n${isSecret ? '(the key of the issuer)\n' : content}`;
  });
  return `${parts.join('\n')}\nNothing was written. Run again with --write, as root, to write these files.\n`;
}

function write(files: readonly DovecotFile[]): string {
  for (const { path, content, mode } of files) {
    mkdirSync(dirname(path), { recursive: true });
    // An older file keeps its rights when it is written again.
    rmSync(path, { force: true });
    writeFileSync(path, content, { mode });
  }
  return `${files.map(({ path }) => `Wrote ${path}`).join('\n')}
Next: check with "doveconf -n" and take it into use with "doveadm reload".
To undo: run the same command with --remove, then "doveadm reload".
`;
}

function remove(folder: string): string {
  const paths = dovecotPaths(folder);
  for (const path of paths) rmSync(path, { force: true });
  return `${paths.map((path) => `Removed ${path}`).join('\n')}\nNext: "doveadm reload".\n`;
}
