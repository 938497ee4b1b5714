/** A bare SMTP client: one transaction, with AUTH and STARTTLS where asked for. Says what the server answered. */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { HOST } from './port.ts';

export interface Transaction {
  readonly port: number;
  /** `LHLO` for an LMTP server; default `EHLO`. */
  readonly greeting?: 'EHLO' | 'LHLO';
  readonly from: string;
  readonly to: readonly string[];
  /** Complete message bytes. */
  readonly message: string | Uint8Array;
  readonly login?: { readonly address: string; readonly password: string };
  /** STARTTLS, verified against this CA. */
  readonly caFile?: string;
}

class Replies {
  private buffer = '';
  private wake: (() => void) | undefined;
  private isClosed = false;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.buffer += chunk.toString('latin1');
      this.wake?.();
    });
    const close = () => {
      this.isClosed = true;
      this.wake?.();
    };
    socket.on('close', close);
    socket.on('error', close);
  }

  async next(): Promise<string> {
    for (;;) {
      const match = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(this.buffer);
      if (match !== null) {
        this.buffer = this.buffer.slice(match[0].length);
        return match[0];
      }
      if (this.isClosed) throw new Error('The SMTP connection was closed without a reply');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

async function expect(replies: Replies): Promise<string> {
  const reply = await replies.next();
  if (!/^[23]/.test(reply)) throw new Error(reply.trim());
  return reply;
}

async function secure(socket: Socket, caFile: string): Promise<Socket> {
  const ca = await readFile(caFile);
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, servername: 'localhost', ca }, () => resolve(tls));
    tls.once('error', reject);
  });
}

/** Dots at the start of a line are doubled, and the message ends in CRLF. */
function dotStuffed(message: string | Uint8Array): Buffer {
  const text = Buffer.from(message).toString('latin1').replace(/^\./gm, '..');
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1');
}

/** @returns the reply to the final dot @throws Error with the server's words, or when the connection breaks */
export async function sendMail(mail: Transaction): Promise<string> {
  let socket: Socket = connect({ host: HOST, port: mail.port });
  socket.setNoDelay(true);
  let replies = new Replies(socket);
  const say = async (line: string) => {
    socket.write(`${line}\r\n`);
    return expect(replies);
  };
  try {
    await expect(replies);
    await say(`${mail.greeting ?? 'EHLO'} client.example.test`);
    if (mail.caFile !== undefined) {
      await say('STARTTLS');
      socket.removeAllListeners('data');
      socket = await secure(socket, mail.caFile);
      replies = new Replies(socket);
      await say('EHLO client.example.test');
    }
    if (mail.login !== undefined) {
      const { address, password } = mail.login;
      await say(`AUTH PLAIN ${Buffer.from(`\0${address}\0${password}`).toString('base64')}`);
    }
    await say(`MAIL FROM:<${mail.from}>`);
    for (const recipient of mail.to) await say(`RCPT TO:<${recipient}>`);
    await say('DATA');
    socket.write(dotStuffed(mail.message));
    return await say('.');
  } finally {
    socket.end('QUIT\r\n');
    socket.destroySoon();
  }
}
