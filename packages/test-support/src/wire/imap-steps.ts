/** Steps of an IMAP session, as the commands of our engine bring them about. */
import type { Step } from '../step.ts';
import { ImapSplitter } from './imap-stream.ts';
import type { Piece, Reader } from './reader.ts';

const PENDING = /\$CoiPending/i;

interface Command {
  /** Upper case; `UID MOVE` and the like are two words. */
  readonly name: string;
  readonly isPendingCopy: boolean;
}

export class ImapSteps implements Reader {
  login: string | undefined;
  readonly #fromClient = new ImapSplitter();
  readonly #fromServer = new ImapSplitter();
  readonly #commands = new Map<string, Command>();
  /** The command whose lines and literals are still coming. */
  #open: Command | undefined;
  #isFirstOfLiteral = false;
  #isInBody = false;
  #isIdling = false;
  #isSelecting = false;
  /** The server asks for what belongs to AUTHENTICATE. */
  #isSigningOn = false;

  *fromClient(chunk: Buffer): Generator<Piece> {
    for (const piece of this.#fromClient.push(chunk)) {
      if ('line' in piece) {
        yield this.#clientLine(piece.line);
      } else {
        const isFirst = this.#isFirstOfLiteral && this.#open?.name === 'APPEND';
        this.#isFirstOfLiteral = false;
        yield { bytes: piece.literal, steps: isFirst ? ['append-literal'] : [] };
      }
    }
  }

  *fromServer(chunk: Buffer): Generator<Piece> {
    for (const piece of this.#fromServer.push(chunk)) {
      if ('line' in piece) {
        const { line } = piece;
        this.#isInBody = /^\* \d+ FETCH .*BODY\[[^\]]*\](?:<\d+>)? \{\d+\}$/.test(line);
        yield { bytes: bytesOf(line), steps: this.#serverLine(line) };
      } else {
        const steps: readonly Step[] = this.#isInBody ? ['fetch-body'] : [];
        this.#isInBody = false;
        yield { bytes: piece.literal, steps };
      }
    }
  }

  #clientLine(line: string): Piece {
    const bytes = bytesOf(line);
    const hasLiteral = /\{\d+\+?\}$/.test(line);
    if (this.#open !== undefined) {
      if (hasLiteral) this.#isFirstOfLiteral = true;
      else this.#open = undefined;
      return { bytes, steps: [] };
    }
    if (this.#isSigningOn) {
      this.login ??= plainLogin(line);
      this.#isSigningOn = false;
      return { bytes, steps: [] };
    }
    const [, tag = '', text = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    const name = /^(?:UID )?[A-Z]+/i.exec(text)?.[0]?.toUpperCase() ?? '';
    if (name === 'STARTTLS') {
      return { bytes: Buffer.from(`${tag} OK Begin TLS negotiation\r\n`), steps: [], startsTls: true };
    }
    const command = { name, isPendingCopy: name === 'APPEND' && PENDING.test(text) };
    if (name !== '') this.#commands.set(tag, command);
    this.#isIdling = name === 'IDLE';
    if (name === 'SELECT' || name === 'EXAMINE') this.#isSelecting = true;
    if (hasLiteral) {
      this.#open = command;
      this.#isFirstOfLiteral = true;
    }
    return { bytes, steps: this.#signOn(name, text) ? ['imap-login'] : [] };
  }

  #signOn(name: string, text: string): boolean {
    if (name === 'LOGIN') {
      this.login = /^LOGIN "?([^" ]+)/i.exec(text)?.[1];
      return true;
    }
    if (name !== 'AUTHENTICATE') return false;
    const [, , initial] = text.split(' ');
    if (initial === undefined) this.#isSigningOn = true;
    else this.login = plainLogin(initial);
    return true;
  }

  #serverLine(line: string): readonly Step[] {
    if (line.startsWith('+')) return this.#isIdling ? ['idle'] : [];
    if (line.startsWith('* ')) return /^\* \d+ EXISTS/.test(line) && !this.#isSelecting ? ['arrival-news'] : [];
    const tag = line.split(' ')[0] ?? '';
    const command = this.#commands.get(tag);
    if (command === undefined) return [];
    this.#commands.delete(tag);
    switch (command.name) {
      case 'APPEND':
        return command.isPendingCopy ? ['append-to-smtp'] : [];
      case 'UID MOVE':
        return ['move-to-event'];
      case 'UID STORE':
        return ['flags-stored'];
      case 'SELECT':
      case 'EXAMINE':
        this.#isSelecting = false;
        return [];
      default:
        return [];
    }
  }
}

function bytesOf(line: string): Buffer {
  return Buffer.from(`${line}\r\n`, 'latin1');
}

function plainLogin(text: string): string | undefined {
  return Buffer.from(text, 'base64').toString('utf8').split('\0')[1];
}
