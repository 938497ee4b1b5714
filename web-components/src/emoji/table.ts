/** Reads the compact emoji tables and searches in them. */
export interface Emoji {
  readonly emoji: string;
  readonly label: string;
}

interface SearchableEmoji extends Emoji {
  /** Lower-case words of label and tags. */
  readonly haystack: string;
}

export type EmojiTable = readonly (readonly SearchableEmoji[])[];

/** @param groups as `generated/*.ts` hold them: per group lines of `emoji TAB label TAB words` */
export function readTable(groups: readonly string[]): EmojiTable {
  return groups.map((group) =>
    group.split('\n').map((line) => {
      const [emoji = '', label = '', tags = ''] = line.split('\t');
      return { emoji, label, haystack: ` ${label} ${tags}`.toLowerCase() };
    }),
  );
}

const MOST_FOUND = 64;

/** All words must be found; hits at the start of a word of the label come first. */
export function searchTable(table: EmojiTable, query: string): readonly Emoji[] {
  const wanted = query
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (wanted.length === 0) return [];
  const hits = table.flat().filter(({ haystack }) => wanted.every((word) => haystack.includes(` ${word}`)));
  const first = wanted[0] ?? '';
  const rank = ({ label }: Emoji): number => (label.toLowerCase().split(/\W+/u).includes(first) ? 0 : 1);
  return hits.sort((one, two) => rank(one) - rank(two)).slice(0, MOST_FOUND);
}

/** @param language BCP 47 */
export async function loadTable(language: string): Promise<EmojiTable> {
  const { GROUPS } = /^de\b/iu.test(language) ? await import('./generated/de.ts') : await import('./generated/en.ts');
  return readTable(GROUPS);
}
