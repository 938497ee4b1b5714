/** Content-Transfer-Encoding as people and programs get it wrong. */
import { BASE64, base64, EIGHT, odd, type OddMail, PLAIN, QP, rawMail, mail, crlf, utf8 } from './mail.fixture.ts';

const GREETING = utf8('Grüße, bis morgen');
const B64 = base64(GREETING);

const encoding = (name: string, value: string, body: string, text: string) =>
  odd(`transfer-${name}`, { head: [PLAIN, `Content-Transfer-Encoding: ${value}`], body }, { text });

export const TRANSFERS: readonly OddMail[] = [
  encoding('base64-in-capitals', 'BASE64', `${B64}\n`, 'Grüße, bis morgen'),
  encoding('base64-in-quotes', '"base64"', `${B64}\n`, 'Grüße, bis morgen'),
  encoding('base64-with-comment', 'base64 (by hand)', `${B64}\n`, 'Grüße, bis morgen'),
  encoding('base64-with-semicolon', 'base64;', `${B64}\n`, 'Grüße, bis morgen'),
  encoding(
    'base64-on-one-long-line',
    'base64',
    `${Buffer.from('x'.repeat(3000)).toString('base64')}\n`,
    'x'.repeat(3000),
  ),
  encoding('base64-one-character-a-line', 'base64', `${[...B64].join('\n')}\n`, 'Grüße, bis morgen'),
  encoding('base64-with-spaces', 'base64', `${[...B64].join(' ')}\n`, 'Grüße, bis morgen'),
  encoding('base64-without-padding', 'base64', `${B64.replace(/=+$/, '')}\n`, 'Grüße, bis morgen'),
  encoding('base64-with-too-much-padding', 'base64', `${B64}====\n`, 'Grüße, bis morgen'),
  encoding(
    'base64-with-url-alphabet',
    'base64',
    `${Buffer.from(utf8('???>>>ÿÿ'), 'latin1').toString('base64url')}\n`,
    '???>>>ÿÿ',
  ),
  encoding('base64-cut-in-a-group', 'base64', `${B64.slice(0, 21)}\n`, 'Grüße, bis mo'),
  encoding(
    'base64-then-a-footer-in-plain-text',
    'base64',
    `${base64('Hello list')}\n\n-- \nlist footer\n`,
    'Hello list',
  ),
  encoding(
    'base64-empty-lines-between',
    'base64',
    `${base64('a'.repeat(90)).replaceAll('\n', '\n\n\n')}\n`,
    'a'.repeat(90),
  ),
  encoding('base64-that-is-plain-text', 'base64', 'Hello!\n', '\uFFFDe'),
  encoding('quoted-printable-in-lower-case', 'quoted-printable', 'Gr=c3=bc=c3=9fe\n', 'Grüße'),
  encoding('quoted-printable-in-mixed-case-name', 'Quoted-Printable', 'Gr=C3=BC=C3=9Fe\n', 'Grüße'),
  encoding('quoted-printable-without-hyphen', 'quotedprintable', 'Gr=C3=BC=C3=9Fe\n', 'Grüße'),
  encoding('quoted-printable-with-bare-equals', 'quoted-printable', 'a=b and 1 = 2\n', 'a=b and 1 = 2'),
  encoding('quoted-printable-with-equals-at-the-end', 'quoted-printable', 'words=', 'words'),
  encoding('quoted-printable-with-space-after-soft-break', 'quoted-printable', 'wor=  \nds\n', 'words'),
  encoding('quoted-printable-with-8bit', 'quoted-printable', `${utf8('ü')} =C3=BC\n`, 'ü ü'),
  encoding(
    'quoted-printable-with-encoded-line-ends',
    'quoted-printable',
    'one=0D=0Atwo=0A=\nthree\n',
    'one\ntwo\nthree',
  ),
  encoding(
    'quoted-printable-with-trailing-spaces',
    'quoted-printable',
    'word   \nnext=20\nlast\n',
    'word\nnext \nlast',
  ),
  encoding('quoted-printable-split-in-a-character', 'quoted-printable', 'Gr=C3=\n=BC=C3=\n=9Fe\n', 'Grüße'),
  encoding('quoted-printable-split-in-an-escape', 'quoted-printable', 'a =C\n3=BC\n', 'a =C\n3\uFFFD'),
  encoding(
    'quoted-printable-lines-of-a-thousand',
    'quoted-printable',
    `${'word '.repeat(300)}end\n`,
    `${'word '.repeat(300)}end`,
  ),
  encoding('quoted-printable-encoded-twice', 'quoted-printable', 'Gr=3DC3=3DBC\n', 'Gr=C3=BC'),
  encoding('quoted-printable-dots', 'quoted-printable', '=2E\n..\nend\n', '.\n..\nend'),
  encoding('seven-bit-with-8bit', '7bit', `${GREETING}\n`, 'Grüße, bis morgen'),
  encoding('binary', 'binary', `${GREETING}\n`, 'Grüße, bis morgen'),
  encoding('unknown', 'x-none', `${GREETING}\n`, 'Grüße, bis morgen'),
  encoding('empty', '', `${GREETING}\n`, 'Grüße, bis morgen'),
  encoding('utf-8-instead-of-8bit', 'utf-8', `${GREETING}\n`, 'Grüße, bis morgen'),
  odd('transfer-given-twice', { head: [PLAIN, QP, BASE64], body: 'Gr=C3=BC=C3=9Fe\n' }, { text: 'Grüße' }),
  odd(
    'transfer-on-the-multipart-only',
    { head: ['Content-Type: multipart/mixed; boundary=b1', BASE64], body: '--b1\n\nPlain words.\n--b1--\n' },
    { text: 'Plain words.' },
  ),
  odd(
    'transfer-quoted-printable-on-the-multipart',
    {
      head: ['Content-Type: multipart/mixed; boundary="=_b"', QP],
      body: `--=_b\n${PLAIN}\n${EIGHT}\n\n${utf8('Grüße')} =41\n--=_b--\n`,
    },
    { text: 'Grüße =41' },
  ),
  odd(
    'transfer-uuencode-in-the-text',
    { body: 'See file.\n\nbegin 644 a.txt\n#0V%T\n`\nend\n' },
    { text: 'See file.\n\nbegin 644 a.txt\n#0V%T\n`\nend' },
  ),
  odd(
    'transfer-x-uuencode',
    { head: [PLAIN, 'Content-Transfer-Encoding: x-uuencode'], body: 'begin 644 a.txt\n#0V%T\n`\nend\n' },
    { text: 'begin 644 a.txt\n#0V%T\n`\nend' },
  ),
  odd(
    'transfer-yenc-in-the-text',
    { body: '=ybegin line=128 size=3 name=a\nmnm\n=yend size=3\n' },
    { text: '=ybegin line=128 size=3 name=a\nmnm\n=yend size=3' },
  ),
  rawMail(
    'transfer-base64-with-bare-lf',
    mail('transfer-base64-with-bare-lf', { head: [PLAIN, BASE64], body: `${base64('a'.repeat(100))}\n` }),
    { text: 'a'.repeat(100) },
  ),
  rawMail(
    'transfer-base64-with-bare-cr',
    crlf(mail('transfer-base64-with-bare-cr', { head: [PLAIN, BASE64], body: '' })) +
      base64('a'.repeat(100)).replaceAll('\n', '\r'),
    { text: 'a'.repeat(100) },
  ),
];
