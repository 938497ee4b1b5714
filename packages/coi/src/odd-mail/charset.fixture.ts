/** Charsets: real ones, their many names, wrong ones, none. */
import {
  BASE64,
  base64,
  EIGHT,
  encoded,
  HTML,
  odd,
  type OddMail,
  PLAIN,
  QP,
  quotedPrintable,
  utf8,
} from './mail.fixture.ts';

/** Label, what TextDecoder calls it, and words that need it. */
const REAL: readonly (readonly [label: string, charset: string, text: string])[] = [
  ['iso-8859-2', 'iso-8859-2', 'Zażółć gęślą jaźń'],
  ['iso-8859-3', 'iso-8859-3', 'Ĉu vi ŝatas ĝin?'],
  ['iso-8859-4', 'iso-8859-4', 'Ķīšezers'],
  ['iso-8859-5', 'iso-8859-5', 'Привет, как дела?'],
  ['iso-8859-6', 'iso-8859-6', 'مرحبا'],
  ['iso-8859-7', 'iso-8859-7', 'Καλημέρα'],
  ['iso-8859-8', 'iso-8859-8', 'שלום'],
  ['iso-8859-8-i', 'iso-8859-8', 'שלום לך'],
  ['iso-8859-9', 'windows-1254', 'Günaydın, nasılsın?'],
  ['iso-8859-10', 'iso-8859-10', 'Þetta er ágætt'],
  ['iso-8859-13', 'iso-8859-13', 'Ačiū, rytoj'],
  ['iso-8859-14', 'iso-8859-14', 'Ŵy a Ŷd'],
  ['iso-8859-15', 'iso-8859-15', 'Das kostet 5 €, Œuvre'],
  ['iso-8859-16', 'iso-8859-16', 'Bună dimineața'],
  ['windows-1250', 'windows-1250', 'Příliš žluťoučký kůň'],
  ['windows-1251', 'windows-1251', 'Добрый день'],
  ['windows-1253', 'windows-1253', 'Καλησπέρα'],
  ['windows-1254', 'windows-1254', 'Teşekkürler €'],
  ['windows-1255', 'windows-1255', 'בוקר טוב'],
  ['windows-1256', 'windows-1256', 'صباح الخير'],
  ['windows-1257', 'windows-1257', 'Labrīt, kā iet?'],
  ['windows-1258', 'windows-1258', 'Cám ơn'],
  ['windows-874', 'windows-874', 'สวัสดี'],
  ['tis-620', 'windows-874', 'ขอบคุณ'],
  ['koi8-u', 'koi8-u', 'Добрий день, їжак'],
  ['macintosh', 'macintosh', 'Café, naïve, œuvre'],
  ['gb2312', 'gbk', '你好，明天见'],
  ['gbk', 'gbk', '謝謝你'],
  ['gb18030', 'gb18030', '早上好'],
  ['big5', 'big5', '早安，午餐見'],
  ['euc-jp', 'euc-jp', 'こんにちは、元気ですか'],
  ['shift_jis', 'shift_jis', 'ありがとう'],
  ['euc-kr', 'euc-kr', '안녕하세요'],
  ['ks_c_5601-1987', 'euc-kr', '내일 봐요'],
];

const LABELS: readonly (readonly [label: string, name: string, charset: string, text: string])[] = [
  ['UTF8', 'utf8-without-hyphen', 'utf-8', 'Grüße'],
  ['utf_8', 'utf8-with-underscore', 'utf-8', 'Grüße'],
  ['"utf-8"', 'utf8-in-quotes', 'utf-8', 'Grüße'],
  ["'utf-8'", 'utf8-in-single-quotes', 'utf-8', 'Grüße'],
  ['cp1252', 'cp1252', 'windows-1252', '“Hi” – 5 €'],
  ['x-cp1250', 'x-cp1250', 'windows-1250', 'Děkuji'],
  ['win-1251', 'win-1251', 'windows-1251', 'Спасибо'],
  ['latin1', 'latin1', 'windows-1252', 'Grüße'],
  ['ISO_8859-1', 'iso-with-underscore', 'windows-1252', 'Grüße'],
  ['iso8859-1', 'iso-without-hyphen', 'windows-1252', 'Grüße'],
  ['latin-1', 'latin-with-hyphen', 'windows-1252', 'Grüße'],
  ['x-sjis', 'x-sjis', 'shift_jis', 'またね'],
  ['cp932', 'cp932', 'shift_jis', '①番'],
  ['x-gbk', 'x-gbk', 'gbk', '再见'],
  ['big5-hkscs', 'big5-hkscs', 'big5', '你好'],
  ['utf-8*en', 'with-language', 'utf-8', 'Grüße'],
];

function bytesOf(text: string, charset: string): string {
  return charset === 'utf-8' ? utf8(text) : encoded(text, charset);
}

export const CHARSETS: readonly OddMail[] = [
  ...REAL.map(([label, charset, text]) =>
    odd(
      `charset-${label.replaceAll('_', '-')}-in-quoted-printable`,
      {
        head: [`Content-Type: text/plain; charset=${label}`, QP],
        body: `${quotedPrintable(bytesOf(text, charset))}\n`,
      },
      { text },
    ),
  ),
  ...LABELS.map(([label, name, charset, text]) =>
    odd(
      `charset-called-${name}`,
      { head: [`Content-Type: text/plain; charset=${label}`, BASE64], body: `${base64(bytesOf(text, charset))}\n` },
      { text },
    ),
  ),
  odd(
    'charset-us-ascii-that-is-windows-1252',
    { head: ['Content-Type: text/plain; charset=us-ascii', EIGHT], body: 'It\x92s 5 \x80\n' },
    { text: 'It’s 5 €' },
  ),
  odd(
    'charset-latin1-that-is-utf-8',
    // Nobody can tell: the label is a valid reading, though no person wrote it.
    { head: ['Content-Type: text/plain; charset=iso-8859-1', EIGHT], body: `${utf8('Grüße')}\n` },
    { text: 'GrÃ¼ÃŸe' },
  ),
  odd('charset-utf-8-that-is-latin1', { head: [PLAIN, EIGHT], body: 'Gr\xfc\xdfe\n' }, { text: 'Gr��e' }),
  odd(
    'charset-utf-8-with-mojibake-of-the-sender',
    { head: [PLAIN, EIGHT], body: `${utf8('GrÃ¼ÃŸe')}\n` },
    { text: 'GrÃ¼ÃŸe' },
  ),
  odd(
    'charset-empty',
    { head: ['Content-Type: text/plain; charset=', EIGHT], body: `${utf8('Grüße')}\n` },
    { text: 'Grüße' },
  ),
  odd(
    'charset-binary',
    { head: ['Content-Type: text/plain; charset=binary', EIGHT], body: `${utf8('Grüße')}\n` },
    { text: 'Grüße' },
  ),
  odd(
    'charset-given-twice',
    { head: ['Content-Type: text/plain; charset=utf-8; charset=iso-8859-1', EIGHT], body: `${utf8('Grüße')}\n` },
    { text: 'Grüße' },
  ),
  odd(
    'charset-x-unknown',
    { head: ['Content-Type: text/plain; charset=x-unknown', EIGHT], body: `${utf8('Grüße')}\n` },
    { text: 'Grüße' },
  ),
  odd(
    'charset-default-with-utf-8',
    { head: ['Content-Type: text/plain', EIGHT], body: `${utf8('Grüße 👋')}\n` },
    { text: 'Grüße 👋' },
  ),
  odd('charset-no-content-type-with-utf-8', { head: [], body: `${utf8('Grüße 👋')}\n` }, { text: 'Grüße 👋' }),
  odd(
    'charset-utf-16le-in-base64',
    {
      head: ['Content-Type: text/plain; charset=utf-16le', BASE64],
      body: `${base64(Buffer.from('Grüße 👋', 'utf16le').toString('latin1'))}\n`,
    },
    { text: 'Grüße 👋' },
  ),
  odd(
    'charset-utf-16-with-mark',
    {
      head: ['Content-Type: text/plain; charset=utf-16', BASE64],
      body: `${base64(`\xff\xfe${Buffer.from('Grüße', 'utf16le').toString('latin1')}`)}\n`,
    },
    { text: 'Grüße' },
  ),
  odd(
    'charset-utf-16be-in-base64',
    {
      head: ['Content-Type: text/plain; charset=utf-16be', BASE64],
      body: `${base64(Buffer.from('Grüße', 'utf16le').swap16().toString('latin1'))}\n`,
    },
    { text: 'Grüße' },
  ),
  odd('charset-utf-8-with-mark', { head: [PLAIN, EIGHT], body: `\xef\xbb\xbf${utf8('Grüße')}\n` }, { text: 'Grüße' }),
  odd('charset-utf-8-overlong', { head: [PLAIN, EIGHT], body: 'a\xc0\xafb\n' }, { text: 'a��b' }),
  odd('charset-utf-8-surrogates', { head: [PLAIN, EIGHT], body: 'a\xed\xa0\xbdb\n' }, { text: 'a���b' }),
  odd('charset-utf-8-cut-at-the-end', { head: [PLAIN, EIGHT], body: 'Gr\xc3' }, { text: 'Gr�' }),
  odd(
    'charset-iso-2022-jp-left-open',
    { head: ['Content-Type: text/plain; charset=iso-2022-jp'], body: '\x1b$B$3$s$K$A$O\n' },
    { text: 'こんにちは' },
  ),
  odd(
    'charset-hz-gb-2312',
    { head: ['Content-Type: text/plain; charset=hz-gb-2312'], body: '~{<:Ky2;~} ok\n' },
    // No platform decodes it: shown as it came.
    { text: '~{<:Ky2;~} ok' },
  ),
  odd(
    'charset-utf-7',
    { head: ['Content-Type: text/plain; charset=utf-7'], body: 'Gr+APwA3w-e\n' },
    { text: 'Gr+APwA3w-e' },
  ),
  odd(
    'charset-utf-32',
    { head: ['Content-Type: text/plain; charset=utf-32', BASE64], body: `${base64('G\0\0\0o\0\0\0')}\n` },
    { text: 'Go' },
  ),
  odd(
    'charset-in-html-meta-only',
    {
      head: ['Content-Type: text/html', EIGHT],
      body: '<html><head><meta charset="windows-1251"></head><body>\xcf\xf0\xe8\xe2\xe5\xf2</body></html>\n',
    },
    { text: 'Привет' },
  ),
  odd(
    'charset-of-html-and-of-plain-text-differ',
    {
      head: ['Content-Type: multipart/alternative; boundary=b1'],
      body: `--b1\nContent-Type: text/plain; charset=iso-8859-1\n${QP}\n\nGr=FC=DFe\n--b1\n${HTML}\n${QP}\n\n<p>Gr=C3=BC=C3=9Fe</p>\n--b1--\n`,
    },
    { text: 'Grüße' },
  ),
  odd(
    'charset-controls-of-c1',
    { head: ['Content-Type: text/plain; charset=iso-8859-1', EIGHT], body: 'a\x85b\n' },
    { text: 'a…b' },
  ),
  odd('charset-private-use', { head: [PLAIN, EIGHT], body: `${utf8('a\uE000b')}\n` }, { text: 'a\uE000b' }),
  odd('charset-noncharacter', { head: [PLAIN, EIGHT], body: `${utf8('a\uFFFEb')}\n` }, { text: 'a\uFFFEb' }),
  odd(
    'charset-right-to-left',
    { head: [PLAIN, EIGHT], body: `${utf8('שלום Alice, \u200Fמה שלומך?')}\n` },
    { text: 'שלום Alice, \u200Fמה שלומך?' },
  ),
  odd(
    'charset-zalgo',
    { head: [PLAIN, EIGHT], body: `${utf8(`Z${'\u0351\u036B'.repeat(200)}`)}\n` },
    { text: `Z${'\u0351\u036B'.repeat(200)}` },
  ),
  odd(
    'charset-family-of-emoji',
    { head: [PLAIN, BASE64], body: `${base64(utf8('👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪'))}\n` },
    { text: '👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪' },
  ),
];
