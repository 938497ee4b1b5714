/**
 * A bare IMAP client for putting mail into mailboxes and looking at what a server says: one command at a time, lines
 * out, lines and literals back, nothing interpreted. Plain on loopback, or TLS verified against the stack's CA.
 */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { HOST } from './port.ts';

export class ImapLine {
  private readonly socket: Socket;
  private buffer = '';
  private tag = 0;
  private wake: (() => void) | undefined;
  private failure: Error | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.buffer += chunk.toString('latin1');
      this.wake?.();
    });
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('The IMAP connection was closed')));
  }

  static async connect(port: number, caFile?: string): Promise<ImapLine> {
    const socket =
      caFile === undefined
        ? connect({ host: HOST, port })
        : connectTls({ host: HOST, port, servername: 'localhost', ca: await readFile(caFile) });
    const imap = new ImapLine(socket);
    await imap.readUntil(/^\* OK.*\r\n/);
    return imap;
  }

  static async login(port: number, user: { readonly address: string; readonly password: string }): Promise<ImapLine> {
    const imap = await ImapLine.connect(port);
    await imap.command(`LOGIN ${quoted(user.address)} ${quoted(user.password)}`);
    return imap;
  }

  /** @returns all untagged data as latin1 text @throws Error on NO and BAD */
  async command(text: string): Promise<string> {
    const tag = this.nextTag();
    this.socket.write(`${tag} ${text}\r\n`);
    return this.answer(tag, text);
  }

  /** Appends complete message bytes. @returns what the server said afterwards */
  async append(mailbox: string, bytes: Uint8Array, flags: readonly string[] = [], at = new Date()): Promise<string> {
    const tag = this.nextTag();
    const head = `APPEND ${quoted(mailbox)} (${flags.join(' ')}) "${imapDate(at)}" {${bytes.length}}`;
    this.socket.write(`${tag} ${head}\r\n`);
    const asked = await this.readUntil(new RegExp(`^(?:\\+|${tag} ).*\\r\\n`, 'm'));
    if (!/^\+/m.test(asked)) throw new Error(`IMAP refused APPEND: ${asked.trim().replace(/^[^]*?t\d+ /, '')}`);
    this.socket.write(bytes);
    this.socket.write('\r\n');
    return this.answer(tag, 'APPEND');
  }

  /** Idles from now on; nothing but {@link untagged} and {@link close} may follow. @returns false when the server cannot */
  async idle(): Promise<boolean> {
    const tag = this.nextTag();
    this.socket.write(`${tag} IDLE\r\n`);
    return /^\+/m.test(await this.readUntil(new RegExp(`^(?:\\+|${tag} ).*\\r\\n`, 'm')));
  }

  /** Waits for something that the server says by itself. */
  untagged(sign: RegExp): Promise<string> {
    return this.readUntil(sign);
  }

  async logout(): Promise<void> {
    await this.command('LOGOUT').catch(() => undefined);
    this.close();
  }

  /** Without a word. */
  close(): void {
    this.socket.destroy();
  }

  private nextTag(): string {
    this.tag += 1;
    return `t${this.tag}`;
  }

  private async answer(tag: string, what: string): Promise<string> {
    const text = await this.readUntil(new RegExp(`(?:^|\\r\\n)${tag} (?:OK|NO|BAD).*\\r\\n`));
    const status = text.slice(text.lastIndexOf(`${tag} `) + tag.length + 1);
    if (!status.startsWith('OK')) throw new Error(`IMAP refused ${what.split(' ')[0]}: ${status.trim()}`);
    return text;
  }

  private async readUntil(end: RegExp): Promise<string> {
    for (;;) {
      const match = end.exec(this.buffer);
      if (match !== null) {
        const text = this.buffer.slice(0, match.index + match[0].length);
        this.buffer = this.buffer.slice(text.length);
        return text;
      }
      if (this.failure !== undefined) throw this.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake?.();
  }
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function imapDate(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(at.getUTCDate())}-${MONTHS[at.getUTCMonth()]}-${at.getUTCFullYear()}`;
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}
