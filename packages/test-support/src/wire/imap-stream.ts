/** Cuts one direction of an IMAP connection into lines and the literals between them. */

export type ImapPiece = { readonly line: string } | { readonly literal: Buffer };

const CRLF = '\r\n';
const LITERAL_AT_END = /\{(\d+)\+?\}$/;

export class ImapSplitter {
  private readonly parts: Buffer[] = [];
  private literalBytes = 0;

  /** Lines come whole, as latin1 without CRLF; the bytes of a literal come as they are received. */
  *push(chunk: Buffer): Generator<ImapPiece> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.literalBytes > 0) {
        const literal = rest.subarray(0, this.literalBytes);
        this.literalBytes -= literal.length;
        rest = rest.subarray(literal.length);
        yield { literal };
        continue;
      }
      const { line, after } = this.takeLine(rest);
      if (line === undefined) return;
      rest = after;
      this.literalBytes = Number(LITERAL_AT_END.exec(line)?.[1] ?? 0);
      yield { line };
    }
  }

  /** The literal that the last line announced will not be sent. */
  dropLiteral(): void {
    this.literalBytes = 0;
  }

  private takeLine(chunk: Buffer): { readonly line?: string; readonly after: Buffer } {
    const isSplitEnd = chunk[0] === 0x0a && this.parts.at(-1)?.at(-1) === 0x0d;
    const end = isSplitEnd ? -1 : chunk.indexOf(CRLF);
    if (end < 0 && !isSplitEnd) {
      this.parts.push(chunk);
      return { after: chunk.subarray(chunk.length) };
    }
    const whole = Buffer.concat([...this.parts.splice(0), chunk.subarray(0, end + CRLF.length)]);
    return { line: whole.toString('latin1', 0, whole.length - CRLF.length), after: chunk.subarray(end + CRLF.length) };
  }
}
