/** Boundaries, nesting, parts that are empty, cut, doubled, lost, or too many. */
import {
  ALTERNATIVE,
  BASE64,
  base64,
  EIGHT,
  HTML,
  MIXED,
  multipart,
  odd,
  type OddMail,
  PLAIN,
  type Reading,
  utf8,
} from './mail.fixture.ts';

const words = { head: [PLAIN], body: 'Words.' };
const html = { head: [HTML], body: '<p>Words.</p>' };
const file = (name: string, body = 'x') => ({
  head: ['Content-Type: application/octet-stream', `Content-Disposition: attachment; filename="${name}"`],
  body,
});

const mixed = (name: string, body: string, reads: Reading, boundary = 'b1') =>
  odd(`structure-${name}`, { head: [`Content-Type: multipart/mixed; boundary=${boundary}`], body }, reads);

const WORDS = { text: 'Words.', files: [] };
const WITH_FILE = { text: 'Words.', files: ['2 a.bin application/octet-stream'] };
const two = multipart([words, file('a.bin')]);

/** Bodies under boundaries that are written oddly; each says `Words.` and has one file. */
const BOUNDARIES: readonly (readonly [name: string, field: string, boundary: string])[] = [
  ['in-quotes-with-spaces', '"b 1 2"', 'b 1 2'],
  ['with-colon-in-quotes', '"a:b=c/d?e"', 'a:b=c/d?e'],
  ['unquoted-with-equals', '=_b=1', '=_b=1'],
  ['of-seventy-characters', 'x'.repeat(70), 'x'.repeat(70)],
  ['of-a-hundred-characters', 'x'.repeat(100), 'x'.repeat(100)],
  ['with-dashes-in-front', '"--b"', '--b'],
  ['with-dashes-behind', '"b--"', 'b--'],
  ['of-one-character', 'b', 'b'],
  ['of-digits', '0123456789', '0123456789'],
  ['with-escaped-quote', '"a\\"b"', 'a"b'],
  ['that-is-a-prefix-of-words', 'Words', 'Words'],
  ['in-parentheses', '"(b)"', '(b)'],
];

export const STRUCTURES: readonly OddMail[] = [
  ...BOUNDARIES.map(([name, field, boundary]) =>
    mixed(`boundary-${name}`, multipart([words, file('a.bin')], boundary), WITH_FILE, field),
  ),
  odd(
    'structure-boundary-folded-in-the-header',
    { head: ['Content-Type: multipart/mixed;\n\tcharset="utf-8";\n boundary="b1"'], body: two },
    WITH_FILE,
  ),
  odd(
    'structure-boundary-by-rfc-2231',
    { head: ["Content-Type: multipart/mixed; boundary*=us-ascii'en'b1"], body: two },
    WITH_FILE,
  ),
  odd(
    'structure-boundary-in-pieces',
    { head: ['Content-Type: multipart/mixed; boundary*0=b; boundary*1=1'], body: two },
    WITH_FILE,
  ),
  odd(
    'structure-boundary-in-capitals-of-its-name',
    { head: ['Content-Type: Multipart/Mixed; BOUNDARY=b1'], body: two },
    WITH_FILE,
  ),
  odd(
    'structure-boundary-in-another-case',
    { head: ['Content-Type: multipart/mixed; boundary=B1'], body: two },
    { kind: 'text', text: '', files: [] },
  ),
  mixed('preamble-and-epilogue', `This is MIME.\n${two}Bye.\n`, WITH_FILE),
  mixed('preamble-with-a-boundary-like-line', `--b\n--b12\n${two}`, WITH_FILE),
  mixed('second-closing-boundary', `${two}--b1--\n`, WITH_FILE),
  mixed('parts-after-the-closing-boundary', `${two}\n--b1\n\nLate words.\n--b1--\n`, WITH_FILE),
  mixed('no-closing-boundary', two.slice(0, -'--b1--\n'.length), WITH_FILE),
  mixed('closing-boundary-without-line-end', two.trimEnd(), WITH_FILE),
  mixed('closing-boundary-first', `--b1--\n${two}`, WITH_FILE),
  mixed('boundary-twice-in-a-row', two.replace('--b1\n', '--b1\n\n--b1\n'), { text: 'Words.' }),
  mixed('boundary-with-spaces-behind', two.replaceAll('--b1\n', '--b1  \t\n'), WITH_FILE),
  mixed('boundary-with-words-behind', two.replace('--b1\n', '--b1 words\n'), { kind: 'text' }),
  mixed('part-without-header', '--b1\n\nWords.\n--b1--\n', WORDS),
  mixed('part-without-empty-line', '--b1\nWords.\n--b1--\n', { kind: 'text' }),
  mixed('part-of-header-only', `--b1\n${PLAIN}\n--b1\n\nWords.\n--b1--\n`, WORDS),
  mixed('part-with-unknown-field', '--b1\nX-Odd: yes\n\nWords.\n--b1--\n', WORDS),
  mixed('part-with-broken-field', '--b1\nthis is no field\nContent-Type: text/plain\n\nWords.\n--b1--\n', WORDS),
  mixed('part-with-folded-first-line', '--b1\n folded\nContent-Type: text/plain\n\nWords.\n--b1--\n', WORDS),
  mixed('empty-first-part', multipart([{ body: '' }, words]), WORDS),
  mixed('only-empty-parts', multipart([{ body: '' }, { body: ' \n' }]), { text: '', files: [] }),
  mixed('no-parts', 'Nothing here.\n', { text: '', files: [] }),
  mixed('empty-body', '', { text: '', files: [] }),
  odd(
    'structure-answer-with-only-empty-parts',
    {
      head: [ALTERNATIVE, 'In-Reply-To: <a@example.com>'],
      body: multipart([
        { head: [PLAIN], body: '' },
        { head: [HTML], body: '<p>&nbsp;</p>' },
      ]),
    },
    { kind: 'unreadable: empty' },
  ),
  mixed('empty-attachment', multipart([words, file('empty.bin', '')]), {
    text: 'Words.',
    files: ['2 empty.bin application/octet-stream'],
  }),
  mixed('attachment-only', multipart([file('a.bin')]), { text: '', files: ['1 a.bin application/octet-stream'] }),
  odd(
    'structure-attachment-is-the-mail',
    {
      head: ['Content-Type: application/pdf; name="a.pdf"', 'Content-Disposition: attachment', BASE64],
      body: `${base64('%PDF')}\n`,
    },
    { text: '', files: ['1 a.pdf application/pdf'] },
  ),
  odd(
    'structure-picture-is-the-mail',
    { head: ['Content-Type: image/jpeg', BASE64], body: `${base64('jpeg')}\n` },
    { text: '', files: ['1  image/jpeg'] },
  ),
  mixed('words-after-the-file', multipart([words, file('a.bin'), { head: [PLAIN], body: 'More words.' }]), {
    text: 'Words.\nMore words.',
    files: ['2 a.bin application/octet-stream'],
  }),
  mixed('three-texts', multipart([words, { head: [PLAIN], body: 'Two.' }, { head: [HTML], body: '<b>Three.</b>' }]), {
    text: 'Words.\nTwo.\nThree.',
    files: [],
  }),
  mixed(
    'text-as-attachment',
    multipart([words, { head: [PLAIN, 'Content-Disposition: attachment; filename=log.txt'], body: 'log' }]),
    {
      text: 'Words.',
      files: ['2 log.txt text/plain'],
    },
  ),
  mixed('text-with-name-behind-the-words', multipart([words, { head: [`${PLAIN}; name=log.txt`], body: 'log' }]), {
    text: 'Words.',
    files: ['2 log.txt text/plain'],
  }),
  mixed(
    'html-as-attachment',
    multipart([words, { head: [HTML, 'Content-Disposition: attachment; filename=a.html'], body: '<p>x' }]),
    {
      text: 'Words.',
      files: ['2 a.html text/html'],
    },
  ),
  mixed(
    'disposition-unknown',
    multipart([words, { head: ['Content-Type: image/png', 'Content-Disposition: odd; filename=a.png'], body: 'x' }]),
    {
      text: 'Words.',
      files: ['2 a.png image/png'],
    },
  ),
  odd('structure-alternative-html-first', { head: [ALTERNATIVE], body: multipart([html, words]) }, WORDS),
  odd(
    'structure-alternative-plain-is-empty',
    { head: [ALTERNATIVE], body: multipart([{ head: [PLAIN], body: '' }, html]) },
    WORDS,
  ),
  odd('structure-alternative-of-one', { head: [ALTERNATIVE], body: multipart([html]) }, WORDS),
  odd('structure-alternative-of-nothing', { head: [ALTERNATIVE], body: '--b1--\n' }, { text: '', files: [] }),
  odd(
    'structure-alternative-with-amp',
    {
      head: [ALTERNATIVE],
      body: multipart([words, { head: ['Content-Type: text/x-amp-html'], body: '<html amp4email>' }, html]),
    },
    WORDS,
  ),
  odd(
    'structure-alternative-with-rich-text',
    {
      head: [ALTERNATIVE],
      body: multipart([words, { head: ['Content-Type: text/enriched'], body: '<bold>Words.</bold>' }]),
    },
    WORDS,
  ),
  odd(
    'structure-alternative-with-a-picture',
    { head: [ALTERNATIVE], body: multipart([words, { head: ['Content-Type: image/png; name=a.png'], body: 'x' }]) },
    { text: 'Words.', files: ['2 a.png image/png'] },
  ),
  odd(
    'structure-related-inside-alternative',
    {
      head: [ALTERNATIVE],
      body: multipart([
        words,
        {
          head: ['Content-Type: multipart/related; boundary=b2'],
          body: multipart([html, { head: ['Content-Type: image/png', 'Content-ID: <i@x>'], body: 'x' }], 'b2'),
        },
      ]),
    },
    { text: 'Words.', files: ['2.2  image/png'] },
  ),
  odd(
    'structure-alternative-inside-related-inside-mixed',
    {
      head: [MIXED],
      body: multipart([
        {
          head: ['Content-Type: multipart/related; boundary=b2'],
          body: multipart(
            [{ head: ['Content-Type: multipart/alternative; boundary=b3'], body: multipart([words, html], 'b3') }],
            'b2',
          ),
        },
        file('a.bin'),
      ]),
    },
    WITH_FILE,
  ),
  mixed(
    'inner-boundary-is-longer',
    multipart([
      { head: ['Content-Type: multipart/mixed; boundary=b12'], body: multipart([words], 'b12') },
      file('a.bin'),
    ]),
    WITH_FILE,
  ),
  mixed(
    'inner-boundary-is-shorter',
    multipart([{ head: ['Content-Type: multipart/mixed; boundary=b'], body: multipart([words], 'b') }, file('a.bin')]),
    WITH_FILE,
  ),
  mixed(
    'inner-multipart-never-closed',
    multipart([
      { head: ['Content-Type: multipart/alternative; boundary=b2'], body: `--b2\n${PLAIN}\n\nWords.` },
      file('a.bin'),
    ]),
    WITH_FILE,
  ),
  mixed(
    'inner-multipart-closed-twice',
    multipart([
      { head: ['Content-Type: multipart/alternative; boundary=b2'], body: `--b2\n\nWords.\n--b2--\n--b2--` },
      file('a.bin'),
    ]),
    WITH_FILE,
  ),
  odd(
    'structure-twenty-levels',
    {
      head: ['Content-Type: multipart/mixed; boundary=d0'],
      body: `${Array.from({ length: 20 }, (_, at) => `--d${at}\nContent-Type: multipart/mixed; boundary=d${at + 1}\n\n`).join('')}--d20\n\nDeep words.\n${Array.from({ length: 21 }, (_, at) => `--d${20 - at}--\n`).join('')}`,
    },
    { text: 'Deep words.', files: [] },
  ),
  odd(
    'structure-forty-levels',
    {
      head: ['Content-Type: multipart/mixed; boundary=d0'],
      body: `${Array.from({ length: 40 }, (_, at) => `--d${at}\nContent-Type: multipart/mixed; boundary=d${at + 1}\n\n`).join('')}--d40\n\nDeep words.\n`,
    },
    { kind: 'unreadable: too-deep' },
  ),
  odd(
    'structure-three-thousand-parts',
    {
      head: [MIXED],
      body: multipart([
        words,
        ...Array.from({ length: 3000 }, (_, at) => ({ head: ['Content-Type: a/b'], body: String(at) })),
      ]),
    },
    { text: 'Words.' },
  ),
  odd(
    'structure-five-thousand-empty-parts',
    { head: [MIXED], body: `--b1\n\nWords.\n${'--b1\n'.repeat(5000)}--b1--\n` },
    { text: 'Words.' },
  ),
  odd(
    'structure-multipart-of-unknown-kind',
    { head: ['Content-Type: multipart/x-odd; boundary=b1'], body: two },
    WITH_FILE,
  ),
  odd(
    'structure-multipart-in-capitals',
    { head: ['Content-Type: MULTIPART/ALTERNATIVE; boundary=b1'], body: multipart([words, html]) },
    WORDS,
  ),
  odd('structure-multipart-without-subtype', { head: ['Content-Type: multipart; boundary=b1'], body: two }, WITH_FILE),
  odd('structure-type-is-nonsense', { head: ['Content-Type: odd'], body: 'Words.\n' }, WORDS),
  odd('structure-type-is-text-only', { head: ['Content-Type: text'], body: 'Words.\n' }, WORDS),
  odd(
    'structure-type-has-three-parts',
    { head: ['Content-Type: text/plain/odd; charset=utf-8'], body: 'Words.\n' },
    WORDS,
  ),
  odd(
    'structure-type-with-spaces',
    { head: ['Content-Type:   text / plain ; charset = utf-8'], body: 'Words.\n' },
    WORDS,
  ),
  odd(
    'structure-type-given-twice',
    { head: ['Content-Type: text/plain', HTML], body: 'Words <b>here</b>.\n' },
    { text: 'Words <b>here</b>.', files: [] },
  ),
  odd('structure-type-ends-in-semicolon', { head: ['Content-Type: text/plain;'], body: 'Words.\n' }, WORDS),
  odd('structure-type-without-mime-version', { head: [MIXED], without: ['MIME-Version'], body: two }, WITH_FILE),
  odd('structure-mime-version-two', { head: ['MIME-Version: 2.0', MIXED], body: two }, WITH_FILE),
  odd(
    'structure-text-of-unknown-kind',
    { head: ['Content-Type: text/x-odd'], body: 'Words.\n' },
    { text: '', files: ['1  text/x-odd'] },
  ),
  odd(
    'structure-markdown',
    { head: ['Content-Type: text/markdown; charset=utf-8'], body: '# Words\n' },
    { text: '', files: ['1  text/markdown'] },
  ),
  odd(
    'structure-message-in-a-message-in-a-message',
    {
      head: [MIXED],
      body: multipart([
        words,
        {
          head: ['Content-Type: message/rfc822'],
          body: `Subject: Inner\nContent-Type: message/rfc822\n\nSubject: Inmost\n\nInner words.`,
        },
      ]),
    },
    { text: 'Words.', files: ['2  message/rfc822'] },
  ),
  odd(
    'structure-message-in-base64',
    {
      head: [MIXED],
      body: multipart([
        words,
        { head: ['Content-Type: message/rfc822', BASE64], body: base64('Subject: Inner\n\nInner words.') },
      ]),
    },
    { text: 'Words.', files: ['2  message/rfc822'] },
  ),
  odd(
    'structure-message-partial',
    { head: ['Content-Type: message/partial; number=2; total=3; id="a@b"'], body: 'middle of a mail\n' },
    { text: '', files: ['1  message/partial'] },
  ),
  odd(
    'structure-external-body',
    {
      head: ['Content-Type: message/external-body; access-type=URL; URL="http://example.org/a"'],
      body: 'Content-Type: text/plain\n\n',
    },
    { text: '', files: ['1  message/external-body'] },
  ),
  odd(
    'structure-apple-double',
    {
      head: [MIXED],
      body: multipart([
        words,
        {
          head: ['Content-Type: multipart/appledouble; boundary=b2'],
          body: multipart(
            [
              { head: ['Content-Type: application/applefile'], body: 'x' },
              { head: ['Content-Type: image/jpeg; name=a.jpg'], body: 'y' },
            ],
            'b2',
          ),
        },
      ]),
    },
    { text: 'Words.', files: ['2.1  application/applefile', '2.2 a.jpg image/jpeg'] },
  ),
  odd(
    'structure-parallel',
    {
      head: ['Content-Type: multipart/parallel; boundary=b1'],
      body: multipart([words, { head: [PLAIN, EIGHT], body: utf8('Grüße') }]),
    },
    { text: 'Words.\nGrüße', files: [] },
  ),
];
