import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUtf8, utf8 } from '@coi-webmail/base';
import { seeded } from '../mail.fixture.ts';
import { messageIdField } from './field.ts';
import { formatLines, readFlowed, type TextLine, writeFlowed } from './flowed.ts';
import { bodyOf, textOf, walkParts } from './part.ts';
import { readMime } from './read.ts';
import { decodeBase64, decodeQuotedPrintable, encodeBase64Lines, encodeQuotedPrintable } from './transfer.ts';
import { type Entity, writeMime } from './write.ts';

const outline = (mail: string) =>
  [...walkParts(readMime(utf8(mail)))].map(
    (part) => `${part.part} ${part.type} ${JSON.stringify(fromUtf8(part.body))}`,
  );

test('parts are numbered as IMAP numbers them', () => {
  const mail =
    'Content-Type: multipart/mixed; boundary=a\r\n\r\npreamble\r\n--a\r\n\r\none\r\n--a\r\n' +
    'Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\ntwo\r\n--b\r\nContent-Type: text/html\r\n\r\n' +
    '<p>\r\n--b--\r\nepilogue\r\n--a\r\nContent-Type: message/rfc822\r\n\r\nFrom: x\r\n--a--\r\nepilogue\r\n';
  const found = outline(mail).map((line) => line.split(' ').slice(0, 2).join(' '));
  assert.deepEqual(found, [
    ' multipart/mixed',
    '1 text/plain',
    '2 multipart/alternative',
    '2.1 text/plain',
    '2.2 text/html',
    '3 message/rfc822',
  ]);
  assert.deepEqual(outline('Subject: x\n\nwords'), ['1 text/plain "words"']);
});

test('the line end before a boundary is no part of the text', () => {
  const mail = 'Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n\n--a\n\n--a--';
  assert.deepEqual(outline(mail).slice(1), ['1 text/plain "one\\n"', '2 text/plain ""']);
});

test('a multipart that is not ended ends with the one around it', () => {
  const mail =
    'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--a\n\ntwo\n--a--';
  assert.deepEqual(outline(mail).slice(2), ['1.1 text/plain "one"', '2 text/plain "two"']);
});

test('base64 is read whatever stands between, and written in lines of 76', () => {
  const random = seeded(1);
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, () => random(256));
    const lines = encodeBase64Lines(bytes);
    assert.deepEqual(decodeBase64(lines), bytes);
    for (const line of fromUtf8(lines).split('\r\n')) assert.ok(line.length <= 76);
  }
  assert.equal(fromUtf8(decodeBase64(utf8('SGVs*\n bG8=IQ'))), 'Hello!');
});

test('quoted-printable survives any text', () => {
  const random = seeded(2);
  const alphabet = ['a', ' ', '\t', '=', '.', 'ü', '\r\n', 'From ', '\0', '😀', '='.repeat(10), ' '.repeat(10)];
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: random(40) }, () => alphabet[random(alphabet.length)]).join('');
    const quoted = encodeQuotedPrintable(utf8(text));
    assert.equal(fromUtf8(decodeQuotedPrintable(utf8(quoted))), text, JSON.stringify(text));
    for (const line of quoted.split('\r\n'))
      assert.ok(line.length <= 76 && !/[ \t]$/.test(line) && !/^\.|^From /.test(line));
  }
});

test('flowed lines come back as the paragraphs they were', () => {
  const random = seeded(3);
  const alphabet = ['a', 'long-word', ' ', '  ', '>', '> ', 'From ', '-- ', 'ü', '😀', '\t', 'x'.repeat(90)];
  for (let round = 0; round < 500; round++) {
    const lines: TextLine[] = Array.from({ length: 1 + random(4) }, () => ({
      quoteDepth: random(3),
      text: Array.from({ length: random(40) }, () => alphabet[random(alphabet.length)])
        .join('')
        .replace(/ +$/, ''),
    }));
    const wire = writeFlowed(lines);
    assert.deepEqual(readFlowed(wire.join('\n'), false), lines, JSON.stringify(lines));
    for (const line of wire) {
      const content = line.replace(/^>* ?/, '').trim();
      // `-- ` is never left alone: it would read as a signature mark.
      assert.ok(line.trimEnd().length <= 78 || !/\S +\S/.test(content.replace(/^-- +/, '')), line);
    }
  }
});

test('an empty line ends a paragraph although a space was left before it', () => {
  assert.equal(formatLines(readFlowed('Hi \n\nthere \nyou', false)), 'Hi \n\nthere you');
});

test('what we write is 7-bit, CRLF, short lines, and reads back', () => {
  const image = Uint8Array.from({ length: 5000 }, (_, at) => at & 255);
  const text: Entity = { kind: 'text', flowed: true, lines: [{ quoteDepth: 0, text: 'Grüße --=_coi_1' }] };
  const ascii: Entity = { kind: 'text', flowed: true, lines: [{ quoteDepth: 0, text: '--=_coi_1' }] };
  const html: Entity = {
    kind: 'file',
    bytes: utf8('<p>'),
    type: 'text/html',
    parameters: { charset: 'utf-8' },
    disposition: 'inline',
    name: '',
  };
  const bytes = writeMime([messageIdField('message-id', ['chat$1@example.com' as never])], {
    kind: 'mixed',
    children: [
      { kind: 'alternative', children: [text, html] },
      ascii,
      { kind: 'file', bytes: image, type: 'image/png', disposition: 'attachment', name: 'Blüte.png' },
    ],
  });
  const wire = fromUtf8(bytes);
  assert.ok(bytes.every((byte) => byte < 0x80 && byte !== 0));
  assert.ok(!/(^|[^\r])\n|\r(?!\n)/.test(wire));
  for (const line of wire.split('\r\n')) assert.ok(line.length <= 998);
  const root = readMime(bytes);
  assert.deepEqual(
    [...walkParts(root)].map((part) => `${part.part} ${part.type}`),
    [' multipart/mixed', '1 multipart/alternative', '1.1 text/plain', '1.2 text/html', '2 text/plain', '3 image/png'],
  );
  const [, second, third] = root.children;
  assert.equal(second && textOf(second).text, '--=_coi_1\r\n');
  assert.deepEqual(third && bodyOf(third), image);
  assert.equal(root.headers.fields.filter(({ name }) => name === 'mime-version').length, 1);
});
