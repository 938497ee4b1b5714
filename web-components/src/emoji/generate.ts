/**
 * Writes the compact emoji tables in `generated/` from emojibase-data (MIT). Run after an update of that package:
 * `node web-components/src/emoji/generate.ts`. Newer emoji than `NEWEST_VERSION` are left out, because most systems
 * have no picture for them yet.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

interface SourceEmoji {
  readonly emoji: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  readonly order?: number;
  readonly version: number;
}

const LANGUAGES = ['en', 'de'] as const;
const NEWEST_VERSION = 15.1;
/** Our groups, each made of groups of emojibase. Its group 2 (skin and hair parts) is not for picking. */
const GROUPS: readonly (readonly number[])[] = [[0, 1], [3], [4], [6], [5], [7], [8], [9]];

const require = createRequire(import.meta.url);

/** One line per emoji: `emoji TAB label TAB search words`. */
function line({ emoji, label, tags = [] }: SourceEmoji): string {
  const known = new Set(label.toLowerCase().split(/\W+/u));
  const extra = tags.filter((tag) => !known.has(tag.toLowerCase()));
  return [emoji, label, extra.join(' ')].join('\t');
}

for (const language of LANGUAGES) {
  const path = require.resolve(`emojibase-data/${language}/data.json`);
  const all = JSON.parse(await readFile(path, 'utf8')) as readonly SourceEmoji[];
  const usable = all.filter(({ version }) => version <= NEWEST_VERSION);
  const groups = GROUPS.map((wanted) =>
    usable
      .filter(({ group }) => group !== undefined && wanted.includes(group))
      .sort((one, two) => (one.order ?? 0) - (two.order ?? 0))
      .map(line)
      .join('\n'),
  );
  const source = `// Written by ../generate.ts from emojibase-data (MIT).\nexport const GROUPS: readonly string[] = ${JSON.stringify(groups, null, 2)};\n`;
  await writeFile(new URL(`generated/${language}.ts`, import.meta.url), source);
}
