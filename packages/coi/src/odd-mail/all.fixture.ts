/** All odd mails. `node packages/coi/src/odd-mail/all.fixture.ts` writes them to test-data/odd, where a test compares them. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ADDRESSES } from './address.fixture.ts';
import { CHARSETS } from './charset.fixture.ts';
import { HEADERS } from './header.fixture.ts';
import { HTMLS } from './html.fixture.ts';
import { KINDS } from './kind.fixture.ts';
import type { OddMail } from './mail.fixture.ts';
import { REPORTS } from './report.fixture.ts';
import { STRUCTURES } from './structure.fixture.ts';
import { TEXTS } from './text.fixture.ts';
import { TRANSFERS } from './transfer.fixture.ts';

export const ODD_MAILS: readonly OddMail[] = [
  ...ADDRESSES,
  ...CHARSETS,
  ...HEADERS,
  ...HTMLS,
  ...KINDS,
  ...REPORTS,
  ...STRUCTURES,
  ...TEXTS,
  ...TRANSFERS,
];

const FOLDER = new URL('../../test-data/odd/', import.meta.url);

export function oddNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => name.slice(0, -'.eml'.length))
    .sort();
}

export function oddBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.eml`, FOLDER)));
}

if (import.meta.main) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { name, bytes } of ODD_MAILS) writeFileSync(new URL(`${name}.eml`, FOLDER), bytes, 'latin1');
}
