/**
 * Text of chat programs (COI clients, Delta Chat): a quoted reply leads with `> ` lines and an empty line, a footer
 * starts with `-- `. Nothing else is folded; what a person typed is shown.
 */
import { formatLines, type TextLine } from './mime/flowed.ts';
import { isBlank, trimBlankLines, unescapeFooterMarks } from './text.ts';

/** Text for a person, and what it was taken from. */
export interface ReadText {
  readonly text: string;
  readonly quote: string | undefined;
  /** All of it. */
  readonly whole: string;
  /** Nothing but the quote was taken out, so there is no more to show. */
  readonly isWhole: boolean;
}

export function readChatText(lines: readonly TextLine[]): ReadText {
  const footer = lines.findIndex(({ quoteDepth, text }) => quoteDepth === 0 && text === '-- ');
  const written = footer === -1 ? lines : lines.slice(0, footer);
  const quoteEnd = leadingQuoteEnd(written);
  const quote = formatLines(
    written.slice(0, quoteEnd).map(({ quoteDepth, text }) => ({ quoteDepth: quoteDepth - 1, text })),
  );
  return {
    text: unescapeFooterMarks(trimBlankLines(formatLines(written.slice(quoteEnd)))),
    quote: quoteEnd === 0 ? undefined : trimBlankLines(quote),
    whole: trimBlankLines(formatLines(lines)),
    isWhole: footer === -1,
  };
}

/** Number of quoted lines at the top; 0 unless an empty line (or nothing) follows them. */
function leadingQuoteEnd(lines: readonly TextLine[]): number {
  let end = 0;
  while (end < lines.length && (lines[end]?.quoteDepth ?? 0) > 0) end++;
  const next = lines[end];
  return next === undefined || isBlank(next.text) ? end : 0;
}
