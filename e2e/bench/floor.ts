/**
 * What the mail servers take by themselves, without any of our code: SMTP accepting a mail on an open session, and
 * IDLE telling a client about it.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { mailSource } from '../fixture/mail.ts';
import type { StackInfo } from '../stack/info.ts';
import type { User } from '../stack/users.ts';
import type { Samples } from './result.ts';

/** Lines of a plain text protocol over one socket. */
class LineSocket {
  private readonly socket: Socket;
  private buffer = '';
  private wake: (() => void) | undefined;

  constructor(host: string, port: number) {
    this.socket = connect({ host, port });
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => {
      this.buffer += chunk.toString('latin1');
      this.wake?.();
    });
  }

  write(text: string): void {
    this.socket.write(text);
  }

  /** Takes everything up to the end of what matches. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.buffer);
      if (match !== null) {
        const text = this.buffer.slice(0, match.index + match[0].length);
        this.buffer = this.buffer.slice(text.length);
        return text;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  async ask(text: string, answer: RegExp): Promise<string> {
    this.write(`${text}\r\n`);
    return this.until(answer);
  }

  close(): void {
    this.socket.destroy();
  }
}

const OK = /^(?:\d{3}-.*\r\n)*[23]\d{2} .*\r\n/;

async function openSubmission(info: StackInfo, user: User): Promise<LineSocket> {
  const smtp = new LineSocket(info.host, info.ports.submission);
  await smtp.until(OK);
  await smtp.ask('EHLO bench.example.test', OK);
  await smtp.ask(`AUTH PLAIN ${Buffer.from(`\0${user.address}\0${user.password}`).toString('base64')}`, OK);
  return smtp;
}

async function openIdle(info: StackInfo, user: User): Promise<LineSocket> {
  const imap = new LineSocket(info.host, info.ports.imap);
  await imap.until(/^\* OK.*\r\n/);
  await imap.ask(`a LOGIN ${user.address} ${user.password}`, /^a OK.*\r\n/m);
  await imap.ask('b SELECT INBOX', /^b OK.*\r\n/m);
  return imap;
}

export interface Floor {
  /** MAIL FROM until the reply to the final dot, on an open session without TLS. */
  readonly accept: Samples;
  /** MAIL FROM until another client, in IDLE, has fetched the bytes. */
  readonly idle: Samples;
}

export async function measureFloor(info: StackInfo, from: User, to: User, n: number, gapMs: number): Promise<Floor> {
  const smtp = await openSubmission(info, from);
  const imap = await openIdle(info, to);
  const accept: number[] = [];
  const idle: number[] = [];
  for (let sent = 1; sent <= n; sent += 1) {
    await imap.ask('c IDLE', /^\+.*\r\n/m);
    const start = performance.now();
    const told = imap.until(new RegExp(`^\\* ${sent} EXISTS\\r\\n`, 'm'));
    await smtp.ask(`MAIL FROM:<${from.address}>`, OK);
    await smtp.ask(`RCPT TO:<${to.address}>`, OK);
    await smtp.ask('DATA', OK);
    await smtp.ask(`${mailSource({ from: from.address, to: to.address, text: `Line ${sent}` })}.`, OK);
    accept.push(performance.now() - start);
    await told;
    await imap.ask('DONE', /^c OK.*\r\n/m);
    await imap.ask(`d FETCH ${sent} BODY.PEEK[]`, /^d OK.*\r\n/m);
    idle.push(performance.now() - start);
    await delay(gapMs);
  }
  smtp.close();
  imap.close();
  return { accept: { name: 'smtp-accept', values: accept }, idle: { name: 'idle-floor', values: idle } };
}
