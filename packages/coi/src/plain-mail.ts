/**
 * Ordinary mail as a chat line: what was newly written, with quoted mail and signatures folded away
 * (coi-client-spec "Text Messages"). Folding is never deleting: `whole` has everything, and in doubt all is shown.
 *
 * - Quoted mail at the end, or once at the top, is folded with the line that introduces it.
 * - Answers between quoted lines are shown with them.
 * - What Outlook puts under a separator is folded, unless the mail is a forward.
 */
import type { ReadText } from './chat-text.ts';
import { formatLines, type TextLine } from './mime/flowed.ts';
import { findAttribution, isHeaderBlock, isReplySeparator, isRule } from './quote-mark.ts';
import { signatureStart, withoutAdvertisement } from './signature.ts';
import { isBlank, isForwardSubject, trimBlankLines } from './text.ts';

export function readPlainMail(lines: readonly TextLine[], subject: string): ReadText {
  const all = lines.map((line) => ({ quoted: line.quoteDepth > 0, text: formatLines([line]) }));
  const whole = trimBlankLines(joined(all));
  const isForward = isForwardSubject(subject);
  const own = withoutQuotes(isForward ? all : all.slice(0, separatorStart(all)), isForward);
  const text = trimBlankLines(joined(own));
  const shown = text === '' ? whole : text;
  return { text: shown, quote: undefined, whole, isWhole: shown === whole };
}

interface Line {
  readonly quoted: boolean;
  readonly text: string;
}

function joined(lines: readonly Line[]): string {
  return lines.map((line) => line.text).join('\n');
}

/** Where the copy of the answered mail starts, as Outlook and its relatives write it below a separator. */
function separatorStart(lines: readonly Line[]): number {
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined || line.quoted) continue;
    if (isReplySeparator(line.text)) return at;
    const isBlock = isHeaderBlock(lines.slice(at, at + 8).map(({ text }) => text));
    if (isBlock) {
      const before = lines.slice(0, at).findLastIndex(({ text }) => !isBlank(text));
      return before !== -1 && isRule(lines[before]?.text ?? '') ? before : at;
    }
  }
  return lines.length;
}

function withoutQuotes(lines: readonly Line[], isForward: boolean): readonly Line[] {
  const end = signatureEnd(lines);
  const signed = withoutAdvertisement(lines.slice(0, end));
  if (isForward) return signed;
  const blocks = quoteBlocks(signed);
  const last = blocks.at(-1);
  if (last === undefined) return signed;
  const isTail = signed.slice(last.end).every((line) => isBlank(line.text));
  const isLeading = signed.slice(0, last.start).every((line) => isBlank(line.text));
  if (isTail && isLeading) return signed;
  if (isTail) return withoutAdvertisement(cutSignature(signed.slice(0, last.start)));
  // One block on top and the answer below it.
  if (blocks.length === 1 && isLeading) return signed.slice(last.end);
  return signed;
}

/** The signature ends the mail, unless words and quotes go on behind it (then it is none). */
function signatureEnd(lines: readonly Line[]): number {
  const start = signatureStart(lines);
  const rest = lines.slice(start);
  const firstQuote = rest.findIndex((line) => line.quoted);
  if (firstQuote === -1) return start;
  // Quoted mail below the signature: the usual top-posting. Words below that: answers between quotes.
  const afterQuote = rest.slice(firstQuote).some((line) => !line.quoted && !isBlank(line.text));
  return afterQuote ? lines.length : start;
}

function cutSignature(lines: readonly Line[]): readonly Line[] {
  return lines.slice(0, signatureStart(lines));
}

interface Block {
  /** With the lines that introduce it. */
  readonly start: number;
  readonly end: number;
}

/** Runs of quoted lines; empty lines inside a run belong to it. */
function quoteBlocks(lines: readonly Line[]): readonly Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at]?.quoted !== true) {
      at++;
      continue;
    }
    const start = at;
    let end = at + 1;
    for (at = end; at < lines.length && (lines[at]?.quoted === true || isBlank(lines[at]?.text)); at++) {
      if (lines[at]?.quoted === true) end = at + 1;
    }
    const texts = lines.slice(Math.max(0, start - 8), start).map(({ text }) => text);
    blocks.push({ start: start - findAttribution(texts), end });
  }
  return blocks;
}
