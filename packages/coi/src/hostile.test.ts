/** What strangers may send: any bytes are read, nothing throws, and twice the bytes cost about twice the time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@coi-webmail/base';
import { decodeMessage } from './decode-message.ts';
import { identityOf } from './identity.ts';
import { mailBytes, mailNames, seeded } from './mail.fixture.ts';
import { chatMarkOf, directParentOf } from './mark.ts';
import { readHeaders } from './mime/header-block.ts';

const MUTATIONS = 2000;
const TOKENS = [
  '\r\n',
  '\r\n\r\n',
  '--',
  '=?utf-8?B?',
  '<',
  '"',
  '(',
  ';',
  '\0',
  '=',
  '>',
  '&#',
  ': ',
  '\xff',
  'multipart/mixed; boundary=',
];

test('mutated mail never throws and keeps its promises', () => {
  const random = seeded(5);
  const mails = mailNames().map(mailBytes);
  for (let round = 0; round < MUTATIONS; round++) {
    const bytes = mutate(mails[random(mails.length)] as Uint8Array, random);
    const message = decodeMessage(bytes, { truncated: random(2) === 0 });
    identityOf(message, bytes);
    const headers = readHeaders(bytes);
    chatMarkOf(headers);
    directParentOf(headers);
    if (message.kind !== 'text') continue;
    // oxlint-disable-next-line no-control-regex -- the promise is that there are none
    assert.ok(!/[\u0000-\u0008\u000b-\u001f\u007f]/.test(message.text) && !/\n\s*$/.test(message.text));
    for (const file of message.attachments) assert.ok(file.sizeBytes >= 0 && /^\d+(\.\d+)*$/.test(file.part));
  }
});

function mutate(mail: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = mail.slice();
  for (let count = 1 + random(8); count > 0; count--) {
    const at = random(bytes.length + 1);
    const token = new Uint8Array(Buffer.from(TOKENS[random(TOKENS.length)] ?? '', 'latin1'));
    const [kept, length] = [random(3), random(30)];
    if (kept === 0) bytes = join(bytes.subarray(0, at), token, bytes.subarray(at));
    else if (kept === 1) bytes = join(bytes.subarray(0, at), bytes.subarray(at + length));
    else bytes.fill(random(256), at, at + 1);
  }
  return bytes;
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

const repeat = (text: string) => (length: number) => text.repeat(Math.ceil(length / text.length));
const HTML = 'From: a@b\nContent-Type: text/html\n\n';
const MIXED = 'From: a@b\nContent-Type: multipart/mixed; boundary=a\n\n';
const QP = 'From: a@b\nContent-Transfer-Encoding: quoted-printable\n\n';
const TEXT = 'From: a@b\n\n';

/** Name, start of the mail, what goes on and on. */
const ENDLESS: readonly (readonly [name: string, start: string, more: (length: number) => string])[] = [
  ['boundary lines', MIXED, repeat('--a\n')],
  ['lines that are nearly boundaries', MIXED, repeat('--ab\n')],
  ['dashes', MIXED, repeat('-')],
  ['parts within parts', '', repeat('Content-Type: multipart/mixed; boundary=b\n\n--b\n')],
  [
    'different boundaries',
    '',
    (length) =>
      Array.from(
        { length: length / 60 },
        (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\n\n--b${at}\n`,
      ).join(''),
  ],
  ['angle brackets', HTML, repeat('<')],
  ['tags', HTML, repeat('<b>x</b>')],
  ['open links', HTML, repeat('<a href="http://x">x')],
  ['open scripts', HTML, repeat('<script>x')],
  ['open comments', HTML, repeat('<!-- x')],
  ['attributes', `${HTML}<div `, repeat('a = ')],
  ['one attribute', `${HTML}<div `, repeat('aaaa')],
  ['quotes in HTML', HTML, repeat('<blockquote>x')],
  ['line breaks in HTML', HTML, repeat('<br>')],
  ['ampersands', HTML, repeat('&a')],
  ['encoded words', 'Subject: ', repeat('=?utf-8?q?a?= ')],
  ['half encoded words', 'Subject: ', repeat('=?a?q?')],
  ['open addresses', 'To: ', repeat('<')],
  ['comments in addresses', 'To: ', repeat('(')],
  ['quoted names', 'To: ', repeat('"a" ')],
  ['words in addresses', 'To: ', repeat('a@ . ')],
  ['references', 'References: ', repeat('<a@b> ')],
  ['open references', 'References: ', repeat('<')],
  ['spaces in a reference', 'References: <', repeat(' ')],
  ['parameters', 'Content-Type: text/plain; ', repeat('a=b; ')],
  ['semicolons', 'Content-Type: text/plain; ', repeat(';')],
  ['parentheses', 'Content-Type: ', repeat('(')],
  ['escapes', 'Content-Type: text/plain; a="', repeat('\\"')],
  ['folded lines', 'Subject: a', repeat('\n b')],
  ['fields', '', repeat('A: b\n')],
  ['quoted lines', TEXT, repeat('> x\ny\n')],
  ['answers', TEXT, repeat('On 1 x wrote:\n> q\n')],
  ['header blocks', TEXT, repeat('From: x\n')],
  ['signature marks', TEXT, repeat('--\n\n')],
  ['empty lines', TEXT, repeat('\n')],
  ['spaces', `${TEXT}x`, repeat(' ')],
  ['flowed lines', 'From: a@b\nContent-Type: text/plain; format=flowed\n\n', repeat('a \n')],
  ['soft breaks', QP, repeat('= ')],
  ['one long line', 'Chat-Version: 1.0\n\n', repeat('x')],
];

const SHORT = 60_000;

/** Rounds until the least times, which noise can only raise, tell linear from quadratic work. */
const MAX_ROUNDS = 40;
const SMALL_MS = 25;

for (const [name, start, more] of ENDLESS) {
  test(`endless ${name} take linear time`, () => {
    const once = stopwatch(utf8(start + more(SHORT)));
    const fourTimes = stopwatch(utf8(start + more(SHORT * 4)));
    // Quadratic work takes sixteen times as long, however often it is tried.
    const isLinear = () => fourTimes.leastMs() < SMALL_MS || fourTimes.leastMs() < once.leastMs() * 11;
    for (let round = 0; round < MAX_ROUNDS && (round < 2 || !isLinear()); round++) {
      once.run();
      fourTimes.run();
    }
    assert.ok(isLinear(), `${once.leastMs().toFixed(1)} ms, then ${fourTimes.leastMs().toFixed(1)} ms`);
  });
}

function stopwatch(bytes: Uint8Array): { run(): void; leastMs(): number } {
  let least = Number.POSITIVE_INFINITY;
  return {
    run() {
      const startedAt = performance.now();
      decodeMessage(bytes);
      least = Math.min(least, performance.now() - startedAt);
    },
    leastMs: () => least,
  };
}
