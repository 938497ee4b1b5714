/** Messages that somebody may type, and what must come back of them: `decode(encode(m)) = m`. */
import type { Bytes } from '@coi-webmail/base';
import { parseContactAddress } from './address.ts';
import { decodeMessage } from './decode-message.ts';
import type { EncodeTextInput } from './encode.ts';
import type { CoiMessage, ContactAddress, Mailbox, MessageId } from './message.ts';
import { addressField, dateField, messageIdField, textField } from './mime/field.ts';
import { bodyOf, walkParts } from './mime/part.ts';
import { readMime } from './mime/read.ts';
import { writeMime } from './mime/write.ts';
import { normalizeText } from './text.ts';

export { seeded } from './mail.fixture.ts';

export type Random = (below: number) => number;

const SPACES = ['a', 'B ', ' ', '  ', '\n', '\n\n', '\t', '\r\n', '\u00a0', '\u200b', '\u2028', '\u3000', '   \n'];
const MARKS = [
  '> ',
  '>',
  '>> ',
  'From ',
  '\nFrom bob',
  '-- \n',
  '--\n',
  '.',
  '\n.\n',
  '..',
  '=',
  '=3D',
  '```\n',
  '--=_coi_1',
  '--=_coi_1--\n',
];
const WORDS = [
  'Hello',
  'To: x',
  'Subject:',
  'On 2026-11-24 wrote:\n',
  '=?utf-8?Q?a?=',
  'http://e.test/?a=b&c=%20',
  '<b>',
  '&amp;',
  '"',
  "'",
  '\\',
];
const LETTERS = [
  'ü',
  'ß',
  'e\u0301',
  '😀',
  '👨‍👩‍👧',
  '🏳️‍🌈',
  '日本語',
  'שלום',
  '\u202Eمرحبا\u202C',
  '\uFEFF',
  '\uFFFD',
  '\u{1F1E9}\u{1F1EA}',
  'Z\u0351\u036B',
];
const LONG = ['x'.repeat(77), 'x'.repeat(301), 'word '.repeat(40), 'é'.repeat(400), 'x'.repeat(1200), '日'.repeat(500)];
const BROKEN = ['\u0000', '\u0007', '\u001b[1m', '\uD800', '\uDC00x'];
const PIECES = [...SPACES, ...SPACES, ...MARKS, ...WORDS, ...LETTERS, ...LONG, ...BROKEN];

function pick<T>(items: readonly T[], random: Random): T {
  return items[random(items.length)] as T;
}

export function randomText(random: Random): string {
  return Array.from({ length: random(40) }, () => pick(PIECES, random)).join('');
}

/** One line: names, subjects. */
function randomLine(random: Random): string {
  const words = [...WORDS, ...LETTERS, 'Barr, Bob', '(x)', '@', 'x'.repeat(90), ' '];
  return Array.from({ length: random(6) }, () => pick(words, random)).join(' ');
}

const mailbox = (address: string, name: string): Mailbox => ({
  address: parseContactAddress(address) as ContactAddress,
  name,
});

export interface Between {
  readonly from: string;
  readonly to: readonly string[];
}

const SOMEBODY: Between = { from: 'alice@example.com', to: ['p0@example.org', 'p1@example.org', 'p2@example.org'] };

/** Deterministic: the same chance makes the same message. */
export function typedMessage(random: Random, number: number, between = SOMEBODY): EncodeTextInput {
  const id = (name: string) => `chat$${name}@example.com` as MessageId;
  const isGroup = random(4) === 0;
  const isAnswer = random(2) === 0;
  const people = between.to
    .slice(0, 1 + random(between.to.length))
    .map((address) => mailbox(address, randomLine(random)));
  return {
    messageId: id(isGroup ? `group.4321dcba1234.${number}` : `${number}`),
    from: mailbox(between.from, randomLine(random)),
    to: people,
    dateAt: Date.parse('2026-11-24T02:28:35Z') + random(1_000_000) * 1000,
    text: randomText(random),
    references: isAnswer ? [id('first'), id('last')] : [],
    ...(isAnswer ? { inReplyTo: id('last') } : {}),
    ...(random(3) === 0 ? { subject: randomLine(random) } : {}),
    ...(isAnswer && random(2) === 0 ? { quote: randomText(random) } : {}),
    ...(isGroup ? { groupId: '4321dcba1234', groupName: randomLine(random) } : {}),
    ...(random(3) === 0 ? { requestReceipt: true } : {}),
    ...(random(3) === 0 ? { language: 'de' } : {}),
  };
}

/** One long run or code block fixes the lines of text and quote alike; spaces at line ends may then stay. */
function withoutLineEndSpaces(text: string): string {
  return text.replace(/ +$/gm, '');
}

/** Header text is one line, single controls are spaces, lone surrogates U+FFFD. */
function oneLine(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- controls are what a header line must not have
      .replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ')
      .trim()
  );
}

const asSaid = (text: string) => withoutLineEndSpaces(normalizeText(text));
/** A reader takes single quotes around a name for what a careless program put there. */
const nameOf = (name: string) =>
  oneLine(name)
    .replace(/^'(.*)'$/, '$1')
    .trim();
const people = (mailboxes: readonly Mailbox[]) => mailboxes.map(({ address, name }) => [address, nameOf(name)]);

/** What was typed, as it must be read. */
function wanted(input: EncodeTextInput) {
  return {
    messageId: input.messageId,
    from: people([input.from]),
    to: people(input.to),
    dateAt: input.dateAt,
    inReplyTo: input.inReplyTo,
    references: input.references,
    groupId: input.groupId,
    groupName: input.groupName === undefined ? undefined : oneLine(input.groupName),
    chatVersion: '1.0',
    text: asSaid(input.text),
    quote: asSaid(input.quote ?? ''),
    files: 0,
  };
}

function found(message: CoiMessage) {
  const said = message.kind === 'text' ? message : undefined;
  return {
    messageId: message.messageId,
    from: message.from === undefined ? [] : people([message.from]),
    to: people(message.to),
    dateAt: message.dateAt,
    inReplyTo: message.inReplyTo,
    references: message.references,
    groupId: message.groupId,
    groupName: message.groupName,
    chatVersion: message.chatVersion,
    text: withoutLineEndSpaces(said?.text ?? ''),
    quote: withoutLineEndSpaces(said?.quote ?? ''),
    files: said?.attachments.length ?? 0,
  };
}

/** @returns what was typed and what is read of the bytes; the two must be equal */
export function comparedText(input: EncodeTextInput, bytes: Uint8Array): readonly [read: object, typed: object] {
  return [found(decodeMessage(bytes)), wanted(input)];
}

export interface FileMail {
  readonly text: string;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly bytes: Bytes;
}

/** A mail with files of any bytes and names. */
export function mailWithFiles(random: Random, number: number, between = SOMEBODY): FileMail {
  const text = randomText(random);
  const names = [
    'a.bin',
    'Grüße.pdf',
    '日本語 (1).txt',
    'a "b"; c.zip',
    'x'.repeat(120),
    'no extension',
    "it's 100%.png",
  ];
  const files = Array.from({ length: 1 + random(4) }, () => ({
    name: pick(names, random),
    bytes: Uint8Array.from({ length: random(4000) }, () => random(256)),
  }));
  const fields = [
    addressField('from', [mailbox(between.from, 'Alice')]),
    addressField('to', [mailbox(between.to[0] ?? '', 'Bob')]),
    dateField(Date.parse('2026-11-24T02:28:35Z')),
    messageIdField('message-id', [`chat$file${number}@example.com` as MessageId]),
    textField('subject', 'Files'),
  ];
  const lines = normalizeText(text)
    .split('\n')
    .map((line) => ({ quoteDepth: 0, text: line }));
  const parts = files.map((file) => {
    return { kind: 'file', type: 'application/octet-stream', disposition: 'attachment', ...file } as const;
  });
  const bytes = writeMime(fields, { kind: 'mixed', children: [{ kind: 'text', lines, flowed: false }, ...parts] });
  return { text, files, bytes };
}

/** Files of a mail as they are read, by name, and as they were written. */
export function comparedFiles(mail: FileMail, bytes: Uint8Array): readonly [read: object, written: object] {
  const message = decodeMessage(bytes);
  const parts = new Map([...walkParts(readMime(bytes))].map((part) => [part.part, part]));
  const read = (message.kind === 'text' ? message.attachments : []).map(({ part, name, sizeBytes }) => {
    const entity = parts.get(part);
    const body = entity === undefined ? new Uint8Array() : bodyOf(entity);
    return [name, sizeBytes, Buffer.from(body).toString('base64')];
  });
  return [read, mail.files.map(({ name, bytes: body }) => [name, body.length, Buffer.from(body).toString('base64')])];
}
