/** Finds links in the text of a message. Only http, https and mailto become links; all else stays text. */
import { LinkifyIt } from 'linkify-it';

export interface TextRun {
  readonly text: string;
  /** Absent = plain text. */
  readonly href?: string | undefined;
}

const SAFE_SCHEME = /^(?:https?|mailto):/iu;
const finder = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false });

/** Whether a link may be opened. The parser decides, not the look: `java\nscript:` is none. */
function safeHref(url: string): string | undefined {
  if (!SAFE_SCHEME.test(url)) return undefined;
  try {
    const { href } = new URL(url);
    return SAFE_SCHEME.test(href) ? href : undefined;
  } catch {
    return undefined;
  }
}

/** The text in order, cut into plain runs and links; joined again it is the same text. */
export function linkify(text: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  let at = 0;
  for (const found of finder.match(text) ?? []) {
    const href = safeHref(
      found.url.replace(/^http:(?=\/\/(?!localhost))/iu, (head) => (found.schema === '' ? 'https:' : head)),
    );
    if (href === undefined) continue;
    if (found.index > at) runs.push({ text: text.slice(at, found.index) });
    runs.push({ text: text.slice(found.index, found.lastIndex), href });
    at = found.lastIndex;
  }
  if (at < text.length) runs.push({ text: text.slice(at) });
  return runs;
}
