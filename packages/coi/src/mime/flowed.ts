/**
 * format=flowed (RFC 3676). Lines in and out are LF lines without line ends of their own.
 *
 * Writing strips the trailing spaces of hard lines, as the format asks; what must keep them is not written flowed.
 */

export interface TextLine {
  /** Number of `>` in front; 0 = not quoted. */
  readonly quoteDepth: number;
  readonly text: string;
  /** The line as it was written, where quoting it again would change it. */
  readonly raw?: string | undefined;
}

const SIGNATURE = '-- ';
const MAX_QUOTE_DEPTH = 100;

/** Joins flowed lines; a stuffed `>` is text, not a quote. */
export function readFlowed(text: string, delSp: boolean): readonly TextLine[] {
  const lines: TextLine[] = [];
  let pending: string[] = [];
  let pendingDepth = 0;
  const finish = () => {
    if (pending.length > 0) lines.push({ quoteDepth: pendingDepth, text: pending.join('') });
    pending = [];
  };
  for (const raw of text.split('\n')) {
    const line = unquote(raw);
    const isSignature = line.text === SIGNATURE;
    // An empty line ends a paragraph, also after a line that somebody left a space on.
    if (pending.length > 0 && (line.quoteDepth !== pendingDepth || isSignature || line.text === '')) finish();
    pendingDepth = line.quoteDepth;
    const isFlowed = line.text.endsWith(' ') && !isSignature;
    pending.push(isFlowed && delSp ? line.text.slice(0, -1) : line.text);
    if (!isFlowed) finish();
  }
  finish();
  return lines;
}

function unquote(raw: string): TextLine {
  let depth = 0;
  while (depth < MAX_QUOTE_DEPTH && raw[depth] === '>') depth++;
  const rest = raw.slice(depth);
  return { quoteDepth: depth, text: rest.startsWith(' ') ? rest.slice(1) : rest };
}

/** Lines of text that is not flowed: a leading `>` quotes, one level at a time; `>From ` was escaped for mbox files. */
export function readFixed(text: string): readonly TextLine[] {
  return text.split('\n').map((raw) => {
    const isQuoted = raw.startsWith('>') && !raw.startsWith('>From ');
    return isQuoted ? { quoteDepth: 1, text: raw.slice(raw[1] === ' ' ? 2 : 1), raw } : { quoteDepth: 0, text: raw };
  });
}

/** Text with `> ` before quoted lines, as people know it. */
export function formatLines(lines: readonly TextLine[]): string {
  return lines.map((line) => line.raw ?? quoted(line)).join('\n');
}

function quoted({ quoteDepth, text }: TextLine): string {
  return quoteDepth === 0 ? text : `${'>'.repeat(quoteDepth)}${text === '' ? '' : ' '}${text}`;
}

const WIDTH = 76;
/** RFC 5322 2.1.1 allows 998 octets; what has no space stays whole below this. */
const MAX_LINE_BYTES = 900;

/** Can these lines be sent flowed? Not with a run so long that its line would pass 998 octets. */
export function fitsFlowed(lines: readonly TextLine[]): boolean {
  return lines.every(
    ({ text, quoteDepth }) => quoteDepth < 50 && text.split(' ').every((run) => run.length * 3 <= MAX_LINE_BYTES),
  );
}

/** Lines for the wire, without line ends. */
export function writeFlowed(lines: readonly TextLine[]): readonly string[] {
  return lines.flatMap((line) => wrap(line));
}

function wrap({ quoteDepth, text }: TextLine): readonly string[] {
  const prefix = '>'.repeat(quoteDepth);
  const hard = text.replace(/ +$/, '');
  if (hard === '') return [prefix];
  const wrapped: string[] = [];
  let line = '';
  for (const piece of hard.match(/[^ ]* +|[^ ]+$/g) ?? []) {
    const isFull = line !== '' && prefix.length + line.length + piece.trimEnd().length > WIDTH;
    // A line of spaces alone, or one that reads as a signature mark, must not be broken off.
    if (isFull && line.trim() !== '' && line !== SIGNATURE) {
      wrapped.push(line);
      line = piece;
    } else {
      line += piece;
    }
  }
  wrapped.push(line);
  return wrapped.map((part) => `${prefix}${stuff(part, quoteDepth)}`);
}

/** RFC 3676 4.4: what starts with a space, `>` or `From ` gets a space in front; quoted lines always do. */
function stuff(line: string, quoteDepth: number): string {
  return quoteDepth > 0 || /^(?:[ >]|From )/.test(line) ? ` ${line}` : line;
}
