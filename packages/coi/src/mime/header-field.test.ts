import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@coi-webmail/base';
import type { Mailbox } from '../message.ts';
import { mailBytes } from '../mail.fixture.ts';
import { parseContactAddress } from '../address.ts';
import { parseAddressList, parseMailboxes } from './address-list.ts';
import { formatDate, parseDate } from './date.ts';
import { addressField, messageIdField, parameterField, textField, tokenField } from './field.ts';
import { readHeaders } from './header-block.ts';
import { parseParameterField } from './parameter.ts';
import { decodeWords } from './words.ts';

test('fields are unfolded once and keep their order', () => {
  const headers = readHeaders(utf8('B: 1\r\nA:\r\n  two\r\n\tthree  \r\nX Y: no\r\nb:4\r\n\r\nC: body'));
  assert.deepEqual(headers.fields, [
    { name: 'b', value: '1' },
    { name: 'a', value: 'two three' },
    { name: 'b', value: '4' },
  ]);
});

test('odd addresses are read or dropped, never mixed up', () => {
  const headers = readHeaders(mailBytes('addresses-that-are-odd'));
  const written = (values: readonly string[]) =>
    parseMailboxes(values).map(({ name, address }) => `${name}|${address}`);
  assert.deepEqual(written(headers.all('to')), [
    '|alice@example.com',
    'Carol|carol@example.net',
    '|dave@example.com',
    '|"john doe"@example.com',
    '|erin@xn--bcher-kva.example',
    '|frank@example.com',
  ]);
  assert.deepEqual(written(headers.all('cc')), ['Grace Hopper|grace@example.com', '|heidi..x@docomo.example']);
  assert.deepEqual(written(headers.all('from')), ['Bob Barr (the second)|bob@example.org']);
});

const addresses = [
  { value: '"Barr, Bob" <bob@example.org>', name: 'Barr, Bob', address: 'bob@example.org' },
  { value: 'Bob (the (real) one) Barr <bob@example.org>', name: 'Bob Barr', address: 'bob@example.org' },
  { value: 'bob@example.org <bob@example.org>', name: '', address: 'bob@example.org' },
  {
    value: '"=?utf-8?B?Qm9iIDxjYXJvbEBleGFtcGxlLm5ldD4s?=" <bob@example.org>',
    name: 'Bob <carol@example.net>,',
    address: 'bob@example.org',
  },
  { value: 'Bob <bob@example.org', name: 'Bob', address: 'bob@example.org' },
  { value: 'Bob bob@example.org', name: 'Bob', address: 'bob@example.org' },
  { value: '"Bob \\"B\\" Barr" <bob@example.org>', name: 'Bob "B" Barr', address: 'bob@example.org' },
];

for (const { value, name, address } of addresses) {
  test(`${value} is one address`, () => assert.deepEqual(parseAddressList(value), [{ name, address }]));
}

const dates = [
  { value: 'Tue, 24 Nov 2026 02:28:35 +0000', at: '2026-11-24T02:28:35Z' },
  { value: 'Tue, 24 Nov 2026 02:28:35 +0130 (a comment)', at: '2026-11-24T00:58:35Z' },
  { value: '24 Nov 26 02:28 EST', at: '2026-11-24T07:28:00Z' },
  { value: 'Mon, 4 Dec 95 23:59:60 GMT', at: '1995-12-04T23:59:59Z' },
  { value: 'Fri, 1 Jan 100 00:00:00 Z', at: '2000-01-01T00:00:00Z' },
  { value: 'Tue Nov 24 02:28:35 2026', at: '2026-11-24T02:28:35Z' },
  { value: 'Tue, 24-Nov-2026 02:28:35 K', at: '2026-11-24T02:28:35Z' },
  { value: '2026-11-24T02:28:35+01:00', at: '2026-11-24T01:28:35Z' },
  { value: 'Tuesday, 24 November 2026 2:28:35 PM -0800', at: '2026-11-24T22:28:35Z' },
  { value: 'yesterday', at: undefined },
  { value: 'Tue, 34 Nov 2026 02:28:35 +0000', at: undefined },
  { value: 'Tue, 24 Nix 2026 02:28:35 +0000', at: undefined },
  { value: 'Tue, 24 Nov 2026 25:28:35 +0000', at: undefined },
];

for (const { value, at } of dates) {
  test(`"${value}" is ${at ?? 'no date'}`, () => {
    assert.equal(parseDate(value), at === undefined ? undefined : Date.parse(at));
  });
}

test('a date that we write reads back', () => {
  const at = Date.parse('2026-01-05T03:04:05Z');
  assert.equal(formatDate(at), 'Mon, 5 Jan 2026 03:04:05 +0000');
  assert.equal(parseDate(formatDate(at)), at);
});

const words = [
  { value: '=?utf-8?Q?a_b?= =?utf-8?Q?c?= d', text: 'a bc d' },
  { value: '=?UTF-8?B?R3LD?= =?utf-8?b?vMOfZQ==?=', text: 'Grüße' },
  { value: '=?utf-8?Q?a?= =?iso-8859-1?Q?=FC?=', text: 'aü' },
  { value: '=?nonsense?Q?=80?=', text: '€' },
  { value: '=?utf-8?X?a?= =?utf-8?Q?', text: '=?utf-8?X?a?= =?utf-8?Q?' },
  { value: '=?utf-8?Q?Who_are_you??=', text: 'Who are you?' },
  { value: '=?utf-8?Q?a=0D=0ABcc:_x?=', text: 'a Bcc: x' },
  { value: 'a=?utf-8?Q?b?=c', text: 'abc' },
];

for (const { value, text } of words) {
  test(`${value} reads ${text}`, () => assert.equal(decodeWords(value), text));
}

test('parameters are read in all the ways that people write them', () => {
  const parameters = (field: string) => Object.fromEntries(parseParameterField(field).parameters);
  assert.deepEqual(parameters('text/plain; charset="utf-8" ; format=flowed;'), { charset: 'utf-8', format: 'flowed' });
  assert.deepEqual(parameters('text/plain; charset=us-ascii (Plain text)'), { charset: 'us-ascii' });
  assert.deepEqual(parameters("a; n*=iso-8859-1''Gr%FC%DFe"), { n: 'Grüße' });
  assert.deepEqual(parameters("a; n*1*=%C3; n*0*=utf-8''a; n*2*=%BC; n*3=%41"), { n: 'aü%41' });
  assert.deepEqual(parameters('a; n="a\\"b\\\\c"; n=second; x'), { n: 'a"b\\c' });
  assert.equal(parseParameterField('Text/PLAIN ; a=b').value, 'text/plain');
});

const alice: Mailbox = { address: parseContactAddress('alice@example.com') as Mailbox['address'], name: '' };
const names = [
  '',
  'Alice Angel',
  'Angel, Alice',
  'Älice "A" Ängel',
  'a\r\nBcc: carol@example.net',
  'x'.repeat(500),
  '=?utf-8?Q?x?=',
  '用户'.repeat(40),
  "'x'y",
];

test('names survive the header', () => {
  for (const name of names) {
    const field = addressField('to', [
      { ...alice, name },
      { ...alice, name: '' },
    ]);
    const [first, second] = parseMailboxes(readHeaders(utf8(field)).all('to'));
    assert.equal(first?.name, name.replaceAll('\r\n', ' '));
    assert.deepEqual(second, alice);
  }
});

test('subjects survive the header', () => {
  for (const subject of [...names, 'a  b', 'Grüße an alle '.repeat(20).trim(), '\u0000\u2028x', '👋'.repeat(100)]) {
    const value = readHeaders(utf8(textField('subject', subject))).first('subject') ?? '';
    // oxlint-disable-next-line no-control-regex -- what the writer replaces
    assert.equal(decodeWords(value), subject.replace(/[\u0000-\u001f\u2028]+/g, ' ').trim());
  }
});

test('file names survive the header', () => {
  for (const filename of ['a.txt', 'a b (1).txt', 'Grüße.pdf', 'a"b\\c', `${'ü'.repeat(120)}.png`, 'x'.repeat(200)]) {
    const value = readHeaders(utf8(parameterField('content-disposition', 'attachment', { filename }))).first(
      'content-disposition',
    );
    assert.equal(parseParameterField(value).parameters.get('filename'), filename);
  }
});

test('no value can end a field, and no line is longer than 78 where it can be folded', () => {
  const evil = 'x\r\nBcc: carol@example.net\r\n\r\nbody\0\n';
  const id = `${evil}@b` as never;
  const fields = [
    textField('subject', evil),
    tokenField('chat-version', evil),
    addressField('to', [{ ...alice, name: evil }]),
    messageIdField('references', [id, id]),
    parameterField('content-type', evil, { name: evil }),
    textField('subject', 'word '.repeat(100)),
    textField('subject', 'ü'.repeat(300)),
  ];
  for (const field of fields) {
    assert.equal(readHeaders(utf8(`${field}\r\n`)).fields.length, 1, field);
    assert.ok(field.endsWith('\r\n') && !field.includes('\0'));
    for (const line of field.slice(0, -2).split('\r\n')) assert.ok(line.length <= 78, line);
    assert.ok(
      field
        .slice(0, -2)
        .split('\r\n')
        .slice(1)
        .every((line) => /^ \S/.test(line)),
    );
  }
});

test('a Bcc field is never written', () => {
  assert.throws(() => addressField('bcc', [alice]), { code: 'invariant' });
});
