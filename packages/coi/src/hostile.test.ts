/** What strangers may build on purpose: eight times the bytes cost about eight times the time and room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@coi-webmail/base';
import { decodeMessage } from './decode-message.ts';

const repeat = (text: string) => (length: number) => text.repeat(Math.ceil(length / text.length));
const HTML = 'From: a@b\nContent-Type: text/html\n\n';
const MIXED = 'From: a@b\nContent-Type: multipart/mixed; boundary=a\n\n';
const QP = 'From: a@b\nContent-Transfer-Encoding: quoted-printable\n\n';
const TEXT = 'From: a@b\n\n';
const REPORT =
  'From: a@b\nContent-Type: multipart/report; boundary=a\n\n--a\nContent-Type: message/delivery-status\n\nX: y\n';

function pieces(count: number): string {
  return Array.from({ length: count }, (_, at) => ` a*${at}*=%C3;`).join('');
}

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
  ['boundaries of one kind, each with a part', MIXED, repeat('--a\nContent-Type: a/b\n\nx\n')],
  [
    'inner multiparts side by side',
    MIXED,
    repeat('--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n'),
  ],
  ['inner multiparts that never open', MIXED, repeat('--a\nContent-Type: multipart/mixed; boundary=b\n\n')],
  [
    'attachments with long names',
    MIXED,
    repeat(`--a\nContent-Disposition: attachment; filename*=utf-8''${'%C3%BC'.repeat(50)}\n\nx\n`),
  ],
  ['pieces of one parameter', 'Content-Type: text/plain;', (length) => pieces(length / 12)],
  ['parameters in quotes', 'Content-Type: text/plain;', repeat(' a="b";')],
  ['one header line', 'X-Long: ', repeat('word ')],
  ['one name of a field', '', repeat('X')],
  ['header lines without colon', '', repeat('word\n')],
  [
    'words of many charsets',
    'Subject: ',
    (length) => Array.from({ length: length / 22 }, (_, at) => `=?x-${at}?q?=C3=BC?= `).join(''),
  ],
  ['long encoded word', 'Subject: =?utf-8?B?', repeat('w7xx')],
  ['names in comments', 'From: ', repeat('bob@example.org (')],
  ['angle brackets with addresses', 'From: ', repeat('<a@b>')],
  ['groups', 'To: ', repeat('a: b@c; ')],
  ['padding of base64', 'From: a@b\nContent-Transfer-Encoding: base64\n\n', repeat('YQ==')],
  ['padding of base64 with words', 'From: a@b\nContent-Transfer-Encoding: base64\n\n', repeat('YQ== a b\n')],
  [
    'nested quotes',
    TEXT,
    (length) => Array.from({ length: length / 102 }, (_, at) => `${'>'.repeat(at % 200)}x\n`).join(''),
  ],
  ['flowed quotes', 'From: a@b\nContent-Type: text/plain; format=flowed\n\n', repeat('>>>>>>>> a \n')],
  ['lines that may introduce a quote', TEXT, repeat('On 2026-11-24 09:01 a@b wrote\n')],
  ['clock times that may introduce a quote', TEXT, repeat(`${'1 9:01 '.repeat(35)}<a@b>:\n> x\n`)],
  ['advertisements', TEXT, repeat('Sent from my iPhone\n')],
  ['nested tables', HTML, repeat('<table><tr><td>')],
  ['nested lists', HTML, repeat('<ul><li>x')],
  ['hidden elements', HTML, repeat('<div style="display:none"><div>')],
  ['nested preformatted', HTML, repeat('<pre>x\n')],
  ['entities', HTML, repeat('&amp;&#x41;&nbsp;')],
  ['end tags', HTML, repeat('</div>')],
  ['raw elements', HTML, repeat('<textarea>x</textarea>')],
  ['tags never ended in quotes', HTML, repeat('<a href="')],
  ['attributes of one tag', `${HTML}<div `, repeat('style="display:inline" ')],
  ['meta elements', HTML, repeat('<meta charset ')],
  ['footers of chat', 'Chat-Version: 1.0\n\n', repeat('-- \nx\n')],
  ['quotes of chat', 'Chat-Version: 1.0\n\n', repeat('> x\n')],
  ['recipients of a report', REPORT, repeat('\nFinal-Recipient: rfc822; a@b\nAction: failed\nStatus: 5.1.1\n')],
  ['empty groups of a report', REPORT, repeat('\n')],
  [
    'ids of a receipt',
    'From: a@b\nContent-Type: message/disposition-notification\n\nDisposition: x; displayed\nAdditional-Message-IDs: ',
    repeat('<a@b> '),
  ],
  ['messages in a message', 'Content-Type: message/rfc822\n\n', repeat('Content-Type: message/rfc822\n\n')],
];

const SHORT = 40_000;
const TIMES = 8;
/** Quadratic work takes 64 times as long for eight times the bytes, linear work eight times. */
const MAX_SLOWDOWN = 24;
/** What a mail says is no longer than what it is, but for marks of quotes and lists. */
const MAX_GROWTH = 12;

/** Rounds until the least times, which noise can only raise, tell linear from quadratic work. */
const MAX_ROUNDS = 60;

for (const [name, start, more] of ENDLESS) {
  test(`endless ${name} take linear time and room`, () => {
    const [short, long] = [utf8(start + more(SHORT)), utf8(start + more(SHORT * TIMES))];
    const [once, often] = [stopwatch(short), stopwatch(long)];
    const slowdown = () => often.leastMs() / once.leastMs();
    for (let round = 0; round < MAX_ROUNDS && (round < 2 || slowdown() > MAX_SLOWDOWN); round++) {
      once.run();
      often.run();
    }
    assert.ok(slowdown() <= MAX_SLOWDOWN, `${once.leastMs().toFixed(2)} ms, then ${often.leastMs().toFixed(2)} ms`);
    for (const bytes of [short, long]) {
      const room = JSON.stringify(decodeMessage(bytes)).length;
      assert.ok(room < bytes.length * MAX_GROWTH + 2000, `${bytes.length} octets say ${room}`);
    }
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
