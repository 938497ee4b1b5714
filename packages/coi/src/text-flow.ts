/** Lines of text that grow from pieces as a browser would lay them out: white space collapses, blocks break lines. */

const MAX_QUOTE_DEPTH = 20;

/** A place in the text. */
export interface FlowMark {
  readonly line: number;
  readonly piece: number;
}

export class TextFlow {
  /** The paragraph that is open has no distance to the next. */
  tight = false;
  private readonly lines: string[] = [];
  /** Of the line that is being written; joined once, so that long lines stay cheap. */
  private pieces: string[] = [];
  private endsWithSpace = false;
  private prefix = '';
  private wantsGap = false;
  private quoteDepth = 0;
  private fixed = 0;

  text(text: string): void {
    if (this.fixed > 0) this.fixedText(text);
    else this.add(text.replace(/[ \t\n\f\r]+/g, ' '));
  }

  private add(text: string): void {
    const piece = (this.pieces.length === 0 || this.endsWithSpace) && text.startsWith(' ') ? text.slice(1) : text;
    if (piece !== '') this.append(piece);
  }

  private append(piece: string): void {
    if (this.pieces.length === 0) this.openGap();
    this.pieces.push(piece);
    this.endsWithSpace = piece.endsWith(' ');
  }

  private fixedText(text: string): void {
    text.split('\n').forEach((line, index) => {
      if (index > 0) this.lineBreak();
      if (line !== '') this.append(line);
    });
  }

  /** One empty line between paragraphs, none at the top. */
  private openGap(): void {
    if (this.wantsGap && this.lines.length > 0 && !isEmptyLine(this.lines.at(-1))) this.push('');
    this.wantsGap = false;
  }

  private push(line: string): void {
    const text = line.replaceAll('\u00a0', ' ').trimEnd();
    const mark = '> '.repeat(this.quoteDepth);
    this.lines.push(text === '' ? mark.trimEnd() : mark + text);
  }

  private take(): string {
    const line = this.prefix + this.pieces.join('');
    this.pieces = [];
    this.prefix = '';
    this.endsWithSpace = false;
    return line;
  }

  /** Ends the line if there is anything on it; a paragraph of one no-break space is an empty line. */
  line(): void {
    const line = this.take();
    if (line !== '') this.push(line);
  }

  /** Ends the line, also an empty one. */
  lineBreak(): void {
    if (this.pieces.length === 0) this.openGap();
    this.push(this.take());
  }

  paragraph(): void {
    this.line();
    this.wantsGap = true;
  }

  rule(): void {
    this.line();
    this.push('________________________________');
  }

  cell(): void {
    if (this.pieces.length > 0 && !this.endsWithSpace) this.append(' ');
  }

  bullet(mark: string): void {
    this.openGap();
    this.prefix = mark;
  }

  /** Starts or ends a quote; the empty line before it is not quoted itself. */
  quote(by: 1 | -1): void {
    this.line();
    if (by === 1) this.openGap();
    this.quoteDepth = Math.min(MAX_QUOTE_DEPTH, Math.max(0, this.quoteDepth + by));
  }

  preformatted(by: 1 | -1): void {
    this.fixed = Math.max(0, this.fixed + by);
  }

  mark(): FlowMark {
    return { line: this.lines.length, piece: this.pieces.length };
  }

  /** What was written since, when it is still on one line; else ''. */
  since(mark: FlowMark): string {
    return mark.line === this.lines.length ? this.pieces.slice(mark.piece).join('').trim() : '';
  }

  finish(): string {
    this.line();
    const kept: string[] = [];
    for (const line of this.lines) {
      if (!isEmptyLine(line) || !isEmptyLine(kept.at(-1) ?? '')) kept.push(line);
    }
    while (kept.length > 0 && isEmptyLine(kept.at(-1))) kept.pop();
    return kept.join('\n');
  }
}

/** Nothing to see: also zero-width fillers of newsletters. */
function isEmptyLine(line: string | undefined): boolean {
  return line !== undefined && /^(?:\s|[\u200b\u200c]|\u200d|\u034f|\u00ad|\ufeff)*$/.test(line);
}
