import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUtf8 } from '@coi-webmail/base';
import { parseContactAddress } from './address.ts';
import { decodeMessage } from './decode-message.ts';
import { encodeText, type EncodeTextInput } from './encode.ts';
import { identityOf } from './identity.ts';
import { seeded } from './mail.fixture.ts';
import { chatMarkOf } from './mark.ts';
import type { ContactAddress, Mailbox, MessageId } from './message.ts';
import { readHeaders } from './mime/header-block.ts';
import { normalizeText } from './text.ts';

const alice: Mailbox = { address: parseContactAddress('alice@example.com') as ContactAddress, name: 'Alice Ängel' };
const bob: Mailbox = { address: parseContactAddress('bob@example.org') as ContactAddress, name: '' };
const id = (name: string) => `chat$${name}@example.com` as MessageId;

const line: EncodeTextInput = {
  messageId: id('1'),
  from: alice,
  to: [bob],
  dateAt: Date.parse('2026-11-24T02:28:35Z'),
  text: 'Hello Bob',
  references: [],
};

test('a first line is valid COI and nothing more', () => {
  assert.equal(
    fromUtf8(encodeText(line)),
    [
      'From: =?utf-8?B?QWxpY2Ugw4RuZ2Vs?= <alice@example.com>',
      'To: <bob@example.org>',
      'Date: Tue, 24 Nov 2026 02:28:35 +0000',
      'Message-ID: <chat$1@example.com>',
      'Subject: Hello Bob',
      'Chat-Version: 1.0',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8; format=flowed',
      'Content-Transfer-Encoding: 7bit',
      '',
      'Hello Bob',
      '',
    ].join('\r\n'),
  );
});

test('an answer in a group speaks both dialects', () => {
  const bytes = encodeText({
    ...line,
    inReplyTo: id('0'),
    references: [id('group.4321dcba1234.a'), id('0')],
    groupId: '4321dcba1234',
    groupName: 'Unsere Crew 🎉',
    requestReceipt: true,
    language: 'de',
  });
  const headers = readHeaders(bytes);
  const value = (name: Parameters<typeof headers.first>[0]) => headers.first(name);
  assert.equal(value('in-reply-to'), '<chat$0@example.com>');
  assert.equal(value('references'), '<chat$group.4321dcba1234.a@example.com> <chat$0@example.com>');
  assert.equal(value('chat-group-id'), '4321dcba1234');
  assert.equal(value('disposition-notification-to'), value('from'));
  assert.equal(value('chat-disposition-notification-to'), '<alice@example.com>');
  assert.equal(value('content-language'), 'de');
  const message = decodeMessage(bytes);
  assert.deepEqual([message.subject, message.groupName], ['Re: Unsere Crew 🎉', 'Unsere Crew 🎉']);
  assert.equal(chatMarkOf(headers), 'chat-version');
});

test('no receipt is asked for unless the caller says so', () => {
  assert.ok(!/Disposition-Notification/i.test(fromUtf8(encodeText({ ...line, requestReceipt: false }))));
});

const subjects = [
  { text: 'Hello\nWorld', subject: 'Hello' },
  { text: '```\ncode\n```', subject: 'code' },
  { text: `${'word '.repeat(30)}`, subject: `${'word '.repeat(11).trim()}…` },
  { text: '😀'.repeat(100), subject: `${'😀'.repeat(59)}…` },
  { text: 'Hello', given: 'Lunch', subject: 'Lunch' },
  { text: 'Hello', given: 'AW: Lunch', references: [id('0')], subject: 'Re: Lunch' },
];

for (const { text, given, references, subject } of subjects) {
  test(`the subject of ${JSON.stringify(text).slice(0, 30)} is "${subject.slice(0, 30)}"`, () => {
    const bytes = encodeText({ ...line, text, subject: given, references: references ?? [] });
    assert.equal(decodeMessage(bytes).subject, subject);
  });
}

const SPACES = ['a', 'B ', ' ', '  ', '\n', '\n\n', '\t', '\r\n', '\u00a0', '\u200b', '\u2028'];
const MARKS = ['> ', '>', 'From ', '-- \n', '--', '.', '=', '```\n', '=?utf-8?Q?a?=', 'http://e.test/?a=b&c=%20'];
const LETTERS = ['ü', 'ß', '😀', '👨‍👩‍👧', '日本', '\u0000', '\uD800', 'x'.repeat(100), 'é'.repeat(400)];
const PIECES = [...SPACES, ...MARKS, ...LETTERS];

function randomText(random: (below: number) => number): string {
  return Array.from({ length: random(60) }, () => PIECES[random(PIECES.length)]).join('');
}

test('any text comes back as it was typed, with any quote before it', () => {
  const random = seeded(4);
  for (let round = 0; round < 1500; round++) {
    const text = randomText(random);
    const quote = random(2) === 0 ? undefined : randomText(random);
    const bytes = encodeText({ ...line, text, quote });
    const message = decodeMessage(bytes);
    const shown = JSON.stringify([text, quote]);
    if (normalizeText(text) === '' && message.kind === 'unreadable') continue;
    assert.ok(message.kind === 'text', shown);
    assert.equal(trimEnds(message.text), trimEnds(normalizeText(text)), shown);
    assert.equal(trimEnds(message.quote ?? ''), trimEnds(normalizeText(quote ?? '')), shown);
    for (const wire of fromUtf8(bytes).split('\r\n')) assert.ok(wire.length <= 998 && /^[\t -~]*$/.test(wire), shown);
  }
});

/** One long run or code block fixes the lines of text and quote alike; spaces at line ends may then stay. */
function trimEnds(text: string): string {
  return text.replace(/ +$/gm, '');
}

test('a resend is the same mail, and copies of it are one message', () => {
  const bytes = encodeText(line);
  assert.deepEqual(encodeText({ ...line }), bytes);
  const message = decodeMessage(bytes);
  assert.equal(identityOf(message, bytes), 'chat$1@example.com alice@example.com');
  assert.notEqual(identityOf(message, bytes, 'ABCD'), identityOf(message, bytes));
});

test('a mail without Message-ID is the same in its prefix, behind other trace fields, and no other mail', () => {
  const mail = (trace: string, body: string) => {
    const bytes = new TextEncoder().encode(`${trace}From: bob@example.org\r\nDate: x\r\n\r\n${body}`);
    return identityOf(decodeMessage(bytes), bytes);
  };
  const long = 'word '.repeat(10_000);
  assert.equal(mail('', long), mail('Received: by mx\r\n', long.slice(0, 20_000)));
  assert.notEqual(mail('', 'a'), mail('', 'b'));
});
