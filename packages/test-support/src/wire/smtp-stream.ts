/** The two levels of an SMTP or LMTP byte stream: command lines, and message data up to the final dot. */

const HEADER_LIMIT_BYTES = 64 * 1024;
const END = Buffer.from('\r\n.\r\n');
const HEADER_END = Buffer.from('\r\n\r\n');

/** Cuts lines out of chunks; a line may span several chunks. */
export class LineSplitter {
  private pending = '';

  /** Takes at most one line from the chunk. `rest` is what follows it. */
  next(chunk: Buffer): { readonly line: string | undefined; readonly rest: Buffer } {
    const end = chunk.indexOf(0x0a);
    if (end === -1) {
      this.pending += chunk.toString('latin1');
      return { line: undefined, rest: chunk.subarray(chunk.length) };
    }
    const line = (this.pending + chunk.toString('latin1', 0, end)).replace(/\r$/, '');
    this.pending = '';
    return { line, rest: chunk.subarray(end + 1) };
  }
}

/** Follows message data and finds its end; keeps the header section. */
export class DataScanner {
  isComplete = false;
  /** The last bytes seen, enough to find an end that spans chunks. Data may consist of the dot alone. */
  private tail: Buffer = Buffer.from('\r\n');
  private head: Buffer = Buffer.alloc(0);

  get headers(): string {
    const end = this.head.indexOf(HEADER_END);
    return this.head.toString('latin1', 0, end === -1 ? this.head.length : end);
  }

  /** Takes a chunk, returns what lies behind the end of the data. */
  push(chunk: Buffer): Buffer {
    const joined = Buffer.concat([this.tail, chunk]);
    const at = joined.indexOf(END);
    const used = at === -1 ? chunk.length : at + END.length - this.tail.length;
    if (this.head.length < HEADER_LIMIT_BYTES) {
      this.head = Buffer.concat([this.head, chunk.subarray(0, Math.min(used, HEADER_LIMIT_BYTES))]);
    }
    this.tail = joined.subarray(Math.max(0, joined.length - (END.length - 1)));
    this.isComplete = at !== -1;
    return chunk.subarray(used);
  }
}
