/**
 * Puts the demo's mail into fresh mailboxes, dated over the last weeks, as if it had been delivered and sent.
 *
 * Chats lie in INBOX and Sent as a plain mail server leaves them: whether they move is the user's answer to the
 * consent question. A mailbox that has mail is left alone, so that seeding twice changes nothing.
 */
import { deflateSync } from 'node:zlib';
import { ImapLine } from './imap-line.ts';
import { mailboxPath } from './imap-server.ts';
import type { StackInfo } from './info.ts';
import {
  ALICE_AND_BOB,
  ALICE_AND_CAROL,
  type Line,
  ORDINARY_MAIL,
  type OrdinaryMail,
  type Person,
} from './seed-mail.ts';
import { DEMO_USERS } from './users.ts';

const MINUTE_MS = 60_000;
const PEOPLE = ['alice', 'bob', 'carol', 'dave'] as const satisfies readonly Person[];

interface Placed {
  readonly who: Person;
  readonly mailbox: 'INBOX' | 'Sent';
  readonly at: Date;
  readonly isUnread: boolean;
  readonly source: string;
}

function mailbox(person: Person): string {
  return `${DEMO_USERS[person].name} <${DEMO_USERS[person].address}>`;
}

function word(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

/** The display name is encoded, the address is not. */
function addressHeader(text: string): string {
  const [, name = '', address = text] = /^(.*) (<.*>)$/.exec(text) ?? [];
  return `${word(name)} ${address}`.trim();
}

function base64Lines(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n');
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A small picture: evening sky over water. */
function picture(): Buffer {
  const [width, height] = [320, 200];
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isSky = y < height * 0.6;
      const ripple = isSky ? 0 : ((x * 7 + y * 13) % 23) - 11;
      const at = y * (width * 3 + 1) + 1 + x * 3;
      rows[at] = isSky ? 250 - y * 0.6 : 60 + ripple;
      rows[at + 1] = isSky ? 150 + y * 0.3 : 90 + ripple;
      rows[at + 2] = isSky ? 90 + y : 140 + ripple;
    }
  }
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** One page with one line of text. */
function pdf(line: string): Buffer {
  const stream = `BT /F1 18 Tf 60 760 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return String(offset).padStart(10, '0');
  });
  const start = text.length;
  const table = offsets.map((offset) => `${offset} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n`;
  return Buffer.from(`${text}<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`, 'latin1');
}

function attachmentBytes(content: 'pdf' | 'png' | 'csv', title: string): Buffer {
  switch (content) {
    case 'pdf':
      return pdf(title.replace(/[^\x20-\x7e]|[()\\]/g, '?'));
    case 'png':
      return picture();
    case 'csv':
      return Buffer.from('board;length;price\r\noak 28 mm;2.4 m;26.50\r\n');
  }
}

function textPart(type: string, text: string): string {
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}`;
}

function multipart(subtype: string, boundary: string, parts: readonly string[]): string {
  const body = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${subtype}; boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`;
}

function bodyOf(mail: OrdinaryMail): string {
  const { text, html, attachment } = mail;
  const plain = textPart('text/plain', text);
  const main = html === undefined ? plain : multipart('alternative', 'alt-1', [plain, textPart('text/html', html)]);
  if (attachment === undefined) return main;
  const file = [
    `Content-Type: ${attachment.type}; name="${attachment.name}"`,
    `Content-Disposition: attachment; filename="${attachment.name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(attachmentBytes(attachment.content, mail.subject)),
  ];
  return multipart('mixed', 'mix-1', [main, file.join('\r\n')]);
}

/** What the mail server puts on top at delivery. Own copies in Sent have none of it. */
function trace(from: string, to: string, at: Date): string {
  const address = /<(.*)>/.exec(from)?.[1] ?? from;
  const stamp = at.toUTCString().replace('GMT', '+0000');
  return `Return-Path: <${address}>\r\nDelivered-To: ${to}\r\nReceived: from mail.elsewhere.test by mail.example.test (Postfix)\r\n\tfor <${to}>; ${stamp}\r\n`;
}

function ordinary(mail: OrdinaryMail, index: number, now: number): Placed[] {
  const at = new Date(now - (mail.daysAgo * 24 * 60 + index * 37) * MINUTE_MS);
  const isOurs = (person: Person) => mail.from.includes(`<${DEMO_USERS[person].address}>`);
  const headers = [
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `From: ${addressHeader(mail.from)}`,
    `To: ${mail.to
      .filter((person) => !isOurs(person))
      .map(mailbox)
      .join(', ')}`,
    `Subject: ${word(mail.subject)}`,
    `Message-ID: <demo-${index}.${now}@elsewhere.test>`,
    ...(mail.headers ?? []),
    'MIME-Version: 1.0',
  ];
  const source = `${headers.join('\r\n')}\r\n${bodyOf(mail)}`;
  return mail.to.map((who) => {
    const to = DEMO_USERS[who].address;
    return isOurs(who)
      ? { who, mailbox: 'Sent', at, isUnread: false, source }
      : { who, mailbox: 'INBOX', at, isUnread: mail.isUnread ?? false, source: trace(mail.from, to, at) + source };
  });
}

function quoteOf(line: Line, at: Date): string {
  const name = DEMO_USERS[line.from].name;
  return `\r\n\r\nOn ${at.toUTCString().replace('GMT', '+0000')}, ${name} wrote:\r\n> ${line.text}\r\n`;
}

/** Both sides' copies of a chat: the sender's in Sent, the receiver's in INBOX. */
function chat(lines: readonly Line[], people: readonly [Person, Person], now: number): Placed[] {
  const placed: Placed[] = [];
  const ids: string[] = [];
  const first = lines[0]?.text ?? '';
  for (const [index, line] of lines.entries()) {
    const to = people[0] === line.from ? people[1] : people[0];
    const at = new Date(now - line.minutesAgo * MINUTE_MS);
    const id = line.asMail === true ? `<reply-${at.getTime()}@example.test>` : `<chat$${at.getTime()}@example.test>`;
    const before = lines[index - 1];
    const parent = ids.at(-1);
    const headers = [
      `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
      `From: ${mailbox(line.from)}`,
      `To: ${mailbox(to)}`,
      `Subject: ${index === 0 ? '' : 'Re: '}${word(first)}`,
      `Message-ID: ${id}`,
      ...(parent === undefined ? [] : [`In-Reply-To: ${parent}`]),
      ...(parent === undefined ? [] : [`References: ${[...new Set([ids[0], parent])].join(' ')}`]),
      ...(line.asMail === true ? [] : ['Chat-Version: 1.0']),
      'MIME-Version: 1.0',
    ];
    const quote =
      line.asMail === true && before !== undefined
        ? quoteOf(before, new Date(now - before.minutesAgo * MINUTE_MS))
        : '\r\n';
    const source = `${headers.join('\r\n')}\r\n${textPart('text/plain', `${line.text}${quote}`)}`;
    const delivered = trace(mailbox(line.from), DEMO_USERS[to].address, at) + source;
    placed.push({ who: line.from, mailbox: 'Sent', at, isUnread: false, source });
    placed.push({ who: to, mailbox: 'INBOX', at, isUnread: line.isUnread ?? false, source: delivered });
    ids.push(id);
  }
  return placed;
}

export async function seedDemo(info: StackInfo): Promise<void> {
  const now = Date.now();
  const all = [
    ...ORDINARY_MAIL.flatMap((mail, index) => ordinary(mail, index, now)),
    ...chat(ALICE_AND_BOB, ['alice', 'bob'], now),
    ...chat(ALICE_AND_CAROL, ['alice', 'carol'], now),
  ].sort((one, other) => one.at.getTime() - other.at.getTime());
  for (const person of PEOPLE) {
    const imap = await ImapLine.login(info.ports.imap, DEMO_USERS[person]);
    if (/MESSAGES 0\)/.test(await imap.command('STATUS INBOX (MESSAGES)'))) {
      for (const { mailbox: name, source, isUnread, at } of all.filter(({ who }) => who === person)) {
        await imap.append(mailboxPath(info.imap.server, name), Buffer.from(source), isUnread ? [] : ['\\Seen'], at);
      }
    }
    await imap.logout();
  }
}
