/**
 * NOTICE: the third-party code in our bundles, with its licences. `node packages/tooling/src/notice.ts` writes it.
 *
 * What is bundled is read from the bundler; what is turned into a source of ours at build time is listed here.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bundle, buildAll } from './build.ts';
import { ROOT } from './root.ts';

export const NOTICE_FILE = join(ROOT, 'NOTICE');

/** Icons and emoji become modules of ours, so that the bundler does not see where they came from. */
const GENERATED_FROM = ['bootstrap-icons', 'emojibase-data', 'emoji-picker-element-data', 'unicode-emoji-json'];

interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

function packageOfInput(path: string): string | undefined {
  return /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1];
}

/** Names of the packages whose code is in the bundles, sorted. */
export function bundledPackages(bundles: readonly Bundle[]): readonly string[] {
  const inputs = bundles.flatMap(({ metafiles }) => metafiles.flatMap(({ inputs: found }) => Object.keys(found)));
  const names = new Set(inputs.map(packageOfInput).filter((name) => name !== undefined));
  for (const name of GENERATED_FROM) {
    if (existsSync(join(ROOT, 'node_modules', name))) names.add(name);
  }
  return [...names].filter((name) => !name.startsWith('@coi-webmail/')).sort();
}

function factsOf(name: string): PackageFacts {
  const folder = join(ROOT, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [file] = globSync('{LICENSE,LICENCE,license,License}*', { cwd: folder }).sort();
  const text =
    file === undefined ? 'No licence text is shipped with this package.' : readFileSync(join(folder, file), 'utf8');
  return { name, version, license, text: text.replaceAll('\r', '').trim() };
}

function formatNotice(packages: readonly PackageFacts[]): string {
  const list = packages.map(({ name, version, license }) => `  ${name} ${version} (${license})`).join('\n');
  const texts = packages.map(({ name, text }) => `${'-'.repeat(80)}\n${name}\n\n${text}\n`).join('\n');
  return `Chat over IMAP for webmail
Copyright 2026 the authors of this repository

The code is licensed under the Apache License 2.0 (LICENSE), but plugin-roundcube under GPL-3.0-or-later and plugin-ox
under AGPL-3.0-or-later.

The bundles that browsers load contain third-party code:

${list}

${texts}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(NOTICE_FILE, formatNotice(bundledPackages(await buildAll()).map(factsOf)));
}
