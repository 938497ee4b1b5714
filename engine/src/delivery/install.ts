/**
 * The files that make a Dovecot send delivery events, from the templates in `engine/dovecot/`. Pure but for reading
 * those; the command that writes them is in command.ts, what they do is told in docs/dovecot.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64 } from '@coi-webmail/base';

const TEMPLATES = join(import.meta.dirname, '../../dovecot');
const LUA = 'coi-delivery.lua';
const KEY = 'coi-delivery.key';
/** Sorts after Debian's files and before a local one that should win. */
const CONFIG = join('conf.d', '95-coi-delivery.conf');

export interface DovecotOptions {
  /** Dovecot's configuration folder. */
  readonly folder: string;
  /** Where the engines take events. */
  readonly urls: readonly string[];
  readonly key: Uint8Array;
  /** 2 and more where the server has other push drivers. */
  readonly driver?: number | undefined;
}

export interface DovecotFile {
  readonly path: string;
  readonly content: string;
  /** Rights: only root may read the key, everybody the rest, because mail processes run as their users. */
  readonly mode: number;
}

export function dovecotFiles(options: DovecotOptions): readonly DovecotFile[] {
  const { folder, urls, key, driver = 1 } = options;
  const values: Readonly<Record<string, string>> = {
    DRIVER: driver === 1 ? '' : String(driver),
    FOLDER: folder,
    URL: urls.join(' '),
  };
  const config = template('coi-delivery.conf').replaceAll(
    /@([A-Z]+)@/g,
    (whole, name: string) => values[name] ?? whole,
  );
  const [configFile, luaFile, keyFile] = dovecotPaths(folder);
  return [
    { path: keyFile, content: `${toBase64(key)}\n`, mode: 0o600 },
    { path: luaFile, content: template(LUA), mode: 0o644 },
    { path: configFile, content: config, mode: 0o644 },
  ];
}

/** The configuration file first, because it names the others. */
export function dovecotPaths(folder: string): readonly [string, string, string] {
  return [join(folder, CONFIG), join(folder, LUA), join(folder, KEY)];
}

function template(name: string): string {
  return readFileSync(join(TEMPLATES, name), 'utf8');
}
