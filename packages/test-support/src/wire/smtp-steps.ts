/** Steps of a submission: connection, recipients, body, final dot and its answer. Commands may be pipelined. */
import type { Step } from '../step.ts';
import type { Piece, Reader } from './reader.ts';
import { DataScanner, LineSplitter } from './smtp-stream.ts';

const DOT_BYTES = 3;
const TLS_REPLY = Buffer.from('220 2.0.0 Ready to start TLS\r\n');

type Due = 'greeting' | 'other' | 'data' | 'final';

export class SmtpSteps implements Reader {
  login: string | undefined;
  messageId: string | undefined;
  readonly #commands = new LineSplitter();
  readonly #replies = new LineSplitter();
  /** Which replies are to come. */
  readonly #due: Due[] = ['greeting'];
  #data: DataScanner | undefined;
  #isFirstOfBody = false;
  readonly #onSubmitted: (messageId: string) => void;

  /** @param onSubmitted the final dot is about to pass */
  constructor(onSubmitted: (messageId: string) => void = () => undefined) {
    this.#onSubmitted = onSubmitted;
  }

  *fromClient(chunk: Buffer): Generator<Piece> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#data === undefined) {
        const { line, rest: after } = this.#commands.next(rest);
        const bytes = rest.subarray(0, rest.length - after.length);
        rest = after;
        yield line === undefined ? { bytes, steps: [] } : this.#command(line, bytes);
      } else {
        const after = this.#data.push(rest);
        const used = rest.subarray(0, rest.length - after.length);
        rest = after;
        yield* this.#body(this.#data, used);
      }
    }
  }

  *fromServer(chunk: Buffer): Generator<Piece> {
    let rest = chunk;
    while (rest.length > 0) {
      const { line, rest: after } = this.#replies.next(rest);
      const bytes = rest.subarray(0, rest.length - after.length);
      rest = after;
      yield { bytes, steps: line === undefined || line[3] === '-' ? [] : this.#reply(line) };
    }
  }

  #command(line: string, bytes: Buffer): Piece {
    const verb = line.split(' ')[0]?.toUpperCase() ?? '';
    if (verb === 'STARTTLS') return { bytes: TLS_REPLY, steps: [], startsTls: true };
    this.#due.push(verb === 'DATA' ? 'data' : 'other');
    this.login ??= loginOf(line);
    return { bytes, steps: verb === 'RCPT' ? ['smtp-rcpt'] : [] };
  }

  #reply(line: string): readonly Step[] {
    const due = this.#due.shift();
    if (due === 'data' && line.startsWith('354')) {
      this.#data = new DataScanner();
      this.#isFirstOfBody = true;
    }
    if (due === 'greeting') return ['smtp-connect'];
    return due === 'final' ? ['smtp-after-dot'] : [];
  }

  *#body(data: DataScanner, used: Buffer): Generator<Piece> {
    this.messageId = /^message-id:\s*(<[^>]*>)/im.exec(data.headers)?.[1];
    const dotAt = data.isComplete ? Math.max(0, used.length - DOT_BYTES) : used.length;
    if (dotAt > 0) yield { bytes: used.subarray(0, dotAt), steps: this.#isFirstOfBody ? ['smtp-body'] : [] };
    this.#isFirstOfBody = false;
    if (!data.isComplete) return;
    this.#data = undefined;
    this.#due.push('final');
    yield { bytes: used.subarray(dotAt), steps: ['smtp-before-dot'] };
    this.#onSubmitted(this.messageId ?? '');
  }
}

function loginOf(line: string): string | undefined {
  const plain = /^AUTH PLAIN (\S+)/i.exec(line)?.[1];
  if (plain !== undefined) return Buffer.from(plain, 'base64').toString('utf8').split('\0')[1];
  return /^MAIL FROM:<([^>]+)>/i.exec(line)?.[1];
}
