/**
 * Builders for odd mails. Everything is a string of bytes (latin1), so that a mail may hold what no text can; LF in
 * the source is CRLF in the mail unless a mail says otherwise.
 */

/** What a person gets to see; only what is given is compared. */
export interface Reading {
  /** `text`, `bounce`, `receipt` …, or `unreadable: empty`. Absent = text. */
  readonly kind?: string;
  readonly text?: string;
  readonly subject?: string;
  readonly from?: string | undefined;
  readonly name?: string;
  readonly to?: readonly string[];
  readonly id?: string | undefined;
  /** ISO date; undefined = none. */
  readonly date?: string | undefined;
  /** `section name type`. */
  readonly files?: readonly string[];
  readonly about?: readonly string[];
  readonly references?: readonly string[];
}

export interface OddMail {
  readonly name: string;
  /** One character for each byte. */
  readonly bytes: string;
  readonly reads: Reading;
}

export interface Parts {
  /** Header lines, folded lines included; default fields are added unless one of that name is here. */
  readonly head?: readonly string[];
  /** Default fields that the mail lacks. */
  readonly without?: readonly string[];
  readonly body?: string;
}

const DEFAULTS: readonly string[] = [
  'Return-Path: <bob@example.org>',
  'Received: from mail.example.org by mx.example.com; Tue, 24 Nov 2026 09:30:01 +0000',
  'From: Bob Barr <bob@example.org>',
  'To: alice@example.com',
  'Date: Tue, 24 Nov 2026 09:30:00 +0000',
  'Subject: Lunch',
  'MIME-Version: 1.0',
];

const nameOf = (line: string) => (line.split(':', 1)[0] ?? '').trim().toLowerCase();

/** A mail with LF line ends, its header complete. */
export function mail(id: string, { head = [], without = [], body = 'Words.\n' }: Parts): string {
  const given = new Set([...head.map(nameOf), ...without.map((name) => name.toLowerCase())]);
  const fields = [...DEFAULTS, `Message-ID: <${id}@example.org>`].filter((line) => !given.has(nameOf(line)));
  return `${[...fields, ...head].join('\n')}\n\n${body}`;
}

export function odd(name: string, parts: Parts, reads: Reading): OddMail {
  return { name, bytes: crlf(mail(name, parts)), reads };
}

/** Bytes exactly as given. */
export function rawMail(name: string, bytes: string, reads: Reading): OddMail {
  return { name, bytes, reads };
}

export function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

/** UTF-8 as a string of bytes. */
export function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export function base64(bytes: string): string {
  return (
    Buffer.from(bytes, 'latin1')
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\n');
}

/** Every byte beyond ASCII and every `=` escaped, lines left as they are. */
export function quotedPrintable(bytes: string): string {
  return bytes.replace(/[^\n -<>-~]/g, (byte) => `=${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

export interface Part {
  readonly head?: readonly string[];
  readonly body: string;
}

export function multipart(parts: readonly Part[], boundary = 'b1'): string {
  const pieces = parts.map(
    ({ head = [], body }) => `--${boundary}\n${head.map((line) => `${line}\n`).join('')}\n${body}\n`,
  );
  return `${pieces.join('')}--${boundary}--\n`;
}

export const PLAIN = 'Content-Type: text/plain; charset=utf-8';
export const HTML = 'Content-Type: text/html; charset=utf-8';
export const QP = 'Content-Transfer-Encoding: quoted-printable';
export const BASE64 = 'Content-Transfer-Encoding: base64';
export const EIGHT = 'Content-Transfer-Encoding: 8bit';
export const MIXED = 'Content-Type: multipart/mixed; boundary=b1';
export const ALTERNATIVE = 'Content-Type: multipart/alternative; boundary=b1';

const encoders = new Map<string, ReadonlyMap<string, string>>();

/** Text in an old charset, by turning the decoder around: all single bytes and all pairs. */
export function encoded(text: string, charset: string): string {
  let table = encoders.get(charset);
  if (table === undefined) encoders.set(charset, (table = encoderOf(charset)));
  return Array.from(text, (character) => {
    const bytes = table.get(character);
    if (bytes === undefined) throw new Error(`${charset} has no ${character}`);
    return bytes;
  }).join('');
}

function encoderOf(charset: string): ReadonlyMap<string, string> {
  const decoder = new TextDecoder(charset, { fatal: true });
  const table = new Map<string, string>();
  const add = (...bytes: number[]) => {
    try {
      const text = decoder.decode(new Uint8Array(bytes));
      if ([...text].length === 1 && !table.has(text)) table.set(text, String.fromCharCode(...bytes));
    } catch {
      // No character.
    }
  };
  for (let byte = 0; byte < 256; byte++) add(byte);
  if (!/^(?:iso-8859|windows|koi8|macintosh|x-mac|ibm)/.test(charset)) {
    for (let lead = 0x81; lead < 0xff; lead++) for (let trail = 0x40; trail < 0xff; trail++) add(lead, trail);
  }
  return table;
}
