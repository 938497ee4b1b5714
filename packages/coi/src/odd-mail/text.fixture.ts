/** What people write and quote: answers in many languages, signatures, flowed text, bytes that do not belong. */
import { crlf, EIGHT, mail, odd, type OddMail, PLAIN, rawMail, utf8 } from './mail.fixture.ts';

/** An answer on top of a quote that a program introduced in its language. */
const INTRODUCED: readonly (readonly [name: string, line: string])[] = [
  ['english-of-gmail', 'On Tue, Nov 24, 2026 at 9:01 AM Alice Angel <alice@example.com> wrote:'],
  ['english-of-apple', '> On Nov 24, 2026, at 9:01, Alice Angel <alice@example.com> wrote:'],
  ['english-of-thunderbird', 'On 24/11/2026 09:01, Alice Angel wrote:'],
  ['german-of-gmail', 'Am Di., 24. Nov. 2026 um 09:01 Uhr schrieb Alice Angel <alice@example.com>:'],
  ['german-of-thunderbird', 'Am 24.11.26 um 09:01 schrieb Alice Angel:'],
  ['german-of-apple', 'Am 24.11.2026 um 09:01 schrieb Alice Angel <alice@example.com>:'],
  ['french-of-gmail', 'Le mar. 24 nov. 2026 à 09:01, Alice Angel <alice@example.com> a écrit :'],
  ['french-of-thunderbird', 'Le 24/11/2026 à 09:01, Alice Angel a écrit :'],
  ['spanish-of-gmail', 'El mar, 24 nov 2026 a las 9:01, Alice Angel (<alice@example.com>) escribió:'],
  ['italian-of-gmail', 'Il giorno mar 24 nov 2026 alle ore 09:01 Alice Angel <alice@example.com> ha scritto:'],
  ['portuguese-of-gmail', 'Em ter., 24 de nov. de 2026 às 09:01, Alice Angel <alice@example.com> escreveu:'],
  ['dutch-of-gmail', 'Op di 24 nov 2026 om 09:01 schreef Alice Angel <alice@example.com>:'],
  ['swedish-of-gmail', 'Den tis 24 nov. 2026 kl 09:01 skrev Alice Angel <alice@example.com>:'],
  ['danish-of-gmail', 'Den tir. 24. nov. 2026 kl. 09.01 skrev Alice Angel <alice@example.com>:'],
  ['finnish-of-gmail', 'ti 24. marrask. 2026 klo 9.01 Alice Angel (alice@example.com) kirjoitti:'],
  ['polish-of-gmail', 'wt., 24 lis 2026 o 09:01 Alice Angel <alice@example.com> napisał(a):'],
  ['czech-of-gmail', 'út 24. 11. 2026 v 9:01 odesílatel Alice Angel <alice@example.com> napsal:'],
  ['hungarian-of-gmail', 'Alice Angel <alice@example.com> ezt írta (időpont: 2026. nov. 24., K, 9:01):'],
  ['turkish-of-gmail', 'Alice Angel <alice@example.com>, 24 Kas 2026 Sal, 09:01 tarihinde şunu yazdı:'],
  ['romanian-of-gmail', 'În mar., 24 nov. 2026 la 09:01, Alice Angel <alice@example.com> a scris:'],
  ['russian-of-gmail', 'вт, 24 нояб. 2026 г. в 09:01, Alice Angel <alice@example.com>:'],
  ['russian-of-thunderbird', '24.11.2026 09:01, Alice Angel пишет:'],
  ['ukrainian-of-gmail', 'вт, 24 лист. 2026 р. о 09:01 Alice Angel <alice@example.com> пише:'],
  ['greek-of-gmail', 'Στις Τρί 24 Νοε 2026 στις 9:01 π.μ., ο/η Alice Angel <alice@example.com> έγραψε:'],
  ['japanese-of-gmail', '2026年11月24日(火) 9:01 Alice Angel <alice@example.com>:'],
  ['chinese-of-gmail', 'Alice Angel <alice@example.com> 于2026年11月24日周二 09:01写道：'],
  ['korean-of-gmail', '2026년 11월 24일 (화) 오전 9:01, Alice Angel <alice@example.com>님이 작성:'],
];

const SEPARATED: readonly (readonly [name: string, separator: string])[] = [
  ['english', '-----Original Message-----'],
  ['german', '-----Ursprüngliche Nachricht-----'],
  ['french', "-----Message d'origine-----"],
  ['spanish', '-----Mensaje original-----'],
  ['italian', '-----Messaggio originale-----'],
  ['dutch', '-----Oorspronkelijk bericht-----'],
  ['polish', '-----Oryginalna wiadomość-----'],
  ['swedish', '-----Ursprungligt meddelande-----'],
  ['portuguese', '-----Mensagem original-----'],
];

const BLOCKS: readonly (readonly [name: string, lines: readonly string[]])[] = [
  [
    'english',
    ['From: Alice <alice@example.com>', 'Sent: Tuesday, November 24, 2026 9:01 AM', 'To: Bob', 'Subject: Lunch'],
  ],
  ['french', ['De : Alice <alice@example.com>', 'Envoyé : mardi 24 novembre 2026 09:01', 'À : Bob', 'Objet : Lunch']],
  [
    'spanish',
    ['De: Alice <alice@example.com>', 'Enviado el: martes, 24 de noviembre de 2026 9:01', 'Para: Bob', 'Asunto: Lunch'],
  ],
  ['italian', ['Da: Alice <alice@example.com>', 'Inviato: martedì 24 novembre 2026 09:01', 'A: Bob', 'Oggetto: Lunch']],
  [
    'dutch',
    ['Van: Alice <alice@example.com>', 'Verzonden: dinsdag 24 november 2026 09:01', 'Aan: Bob', 'Onderwerp: Lunch'],
  ],
];

const eight = (name: string, body: string, text: string) =>
  odd(name, { head: [PLAIN, EIGHT], body: utf8(body) }, { text });
const flowed = (name: string, body: string, text: string, more = '') =>
  odd(`flowed-${name}`, { head: [`${PLAIN}; format=flowed${more}`], body }, { text });
const bytes = (name: string, body: string, text: string) =>
  rawMail(`bytes-${name}`, crlf(mail(`bytes-${name}`, { head: [PLAIN], body: '' })) + body, { text });

export const TEXTS: readonly OddMail[] = [
  ...INTRODUCED.map(([name, line]) =>
    eight(`quote-${name}`, `Fine with me.\n\n${line}\n\n> Shall we meet at twelve?\n> Alice\n`, 'Fine with me.'),
  ),
  ...SEPARATED.map(([name, line]) =>
    eight(
      `quote-separated-in-${name}`,
      `Fine with me.\n\n${line}\nFrom: Alice\nShall we meet at twelve?\n`,
      'Fine with me.',
    ),
  ),
  ...BLOCKS.map(([name, lines]) =>
    eight(
      `quote-below-a-block-in-${name}`,
      `Fine with me.\n\n________________________________\n${lines.join('\n')}\n\nShall we meet?\n`,
      'Fine with me.',
    ),
  ),
  eight('quote-without-introduction', 'Fine with me.\n\n> Shall we meet?\n', 'Fine with me.'),
  eight(
    'quote-of-a-quote',
    'Fine.\n\nOn 2026-11-24 09:01, Alice wrote:\n> Yes\n>> Shall we meet?\n>>> When?\n',
    'Fine.',
  ),
  eight(
    'quote-answered-between',
    '> Shall we meet?\nYes.\n> At twelve?\nNo, at one.\n',
    '> Shall we meet?\nYes.\n> At twelve?\nNo, at one.',
  ),
  eight('quote-with-other-mark', 'Fine.\n\n| Shall we meet?\n', 'Fine.\n\n| Shall we meet?'),
  eight('quote-in-the-middle-of-words', 'I quote:\n> to be\nor not.\n', 'I quote:\n> to be\nor not.'),
  eight('quote-never-ends-in-words', '> only a quote\n', '> only a quote'),
  eight('signature-with-space', 'Words.\n\n-- \nBob\nTel. 1\n', 'Words.'),
  eight('signature-without-space', 'Words.\n\n--\nBob\n', 'Words.'),
  eight('signature-of-a-phone', 'Words.\n\nSent from my iPhone\n', 'Words.'),
  eight('signature-of-a-phone-in-german', 'Words.\n\nVon meinem iPhone gesendet\n', 'Words.'),
  eight('signature-of-an-android', 'Words.\n\nGesendet von Outlook für Android\n', 'Words.'),
  eight('signature-is-all', '-- \nBob\n', '-- \nBob'),
  eight('text-of-spaces', '   \n \n', ''),
  eight('text-with-rule', 'One.\n\n---\n\nTwo.\n', 'One.\n\n---\n\nTwo.'),
  eight('text-with-list', '- one\n- two\n', '- one\n- two'),
  eight('text-with-from-line', 'From now on.\n', 'From now on.'),
  eight('text-with-single-dot', 'one\n.\ntwo\n', 'one\n.\ntwo'),
  eight('text-with-indent', '    if (a) {\n      b();\n    }\n', '    if (a) {\n      b();\n    }'),
  eight('text-of-ten-thousand-lines', 'line\n'.repeat(10_000), 'line\n'.repeat(10_000).trimEnd()),
  eight('text-of-one-line-of-50000', 'x'.repeat(50_000), 'x'.repeat(50_000)),
  eight('text-with-links', 'See <https://example.com/a?b=1>.\n', 'See <https://example.com/a?b=1>.'),
  flowed('soft-lines', 'This is one \nlong line.\n\nAnother.\n', 'This is one long line.\n\nAnother.'),
  flowed('stuffed', ' From here\n > no quote\n', 'From here\n> no quote'),
  flowed('quote-without-space', 'Yes.\n\n>one \n>two\n', 'Yes.'),
  flowed('quote-depths-differ', '>> a \n> b\nc\n', 'c'),
  flowed('signature-is-not-soft', 'Words.\n-- \nBob\n', 'Words.'),
  flowed('last-line-is-soft', 'Words \n', 'Words '),
  flowed('delsp', 'Donau \ndampf\n', 'Donaudampf', '; delsp=yes'),
  flowed('delsp-in-capitals', 'Donau \ndampf\n', 'Donaudampf', '; DelSp=Yes'),
  flowed('in-capitals', 'one \ntwo\n', 'one two'),
  flowed('spaces-only-line', 'one\n \ntwo\n', 'one\n\ntwo'),
  odd('flowed-said-fixed', { head: [`${PLAIN}; format=fixed`], body: 'one \ntwo\n' }, { text: 'one \ntwo' }),
  odd('flowed-of-unknown-format', { head: [`${PLAIN}; format=odd`], body: 'one \ntwo\n' }, { text: 'one \ntwo' }),
  bytes('nul-inside', 'a\0b\r\n', 'ab'),
  bytes('nul-only', '\0\0\0', ''),
  bytes('bare-cr', 'one\rtwo\r', 'one\ntwo'),
  bytes('bare-lf', 'one\ntwo\n', 'one\ntwo'),
  bytes('cr-cr-lf', 'one\r\r\ntwo\r\r\n', 'one\n\ntwo'),
  bytes('lf-cr', 'one\n\rtwo', 'one\n\ntwo'),
  bytes('form-feed', 'one\ftwo\r\n', 'one\ntwo'),
  bytes('vertical-tab', 'one\vtwo\r\n', 'one\ntwo'),
  bytes('escape-of-a-terminal', '\x1b[31mred\x1b[0m\r\n', '[31mred[0m'),
  bytes('bell-and-backspace', 'a\x07b\x08c\r\n', 'abc'),
  bytes('delete', 'a\x7fb\r\n', 'ab'),
  bytes('end-of-file-of-dos', 'words\r\n\x1a', 'words'),
  bytes('no-line-end-at-the-end', 'words', 'words'),
  bytes('dot-that-ended-smtp', 'words\r\n.\r\n', 'words\n.'),
  bytes('line-separator', `${utf8('one\u2028two\u2029three')}\r\n`, 'one\u2028two\u2029three'),
  rawMail('bytes-header-with-bare-cr', mail('bytes-header-with-bare-cr', {}).replaceAll('\n', '\r'), {
    kind: 'unreadable: empty',
  }),
  rawMail(
    'bytes-header-with-lf-body-with-crlf',
    `${mail('bytes-header-with-lf-body-with-crlf', { body: '' })}one\r\ntwo\r\n`,
    { text: 'one\ntwo' },
  ),
  rawMail(
    'bytes-header-with-crlf-body-with-lf',
    `${crlf(mail('bytes-header-with-crlf-body-with-lf', { body: '' }))}one\ntwo\n`,
    { text: 'one\ntwo' },
  ),
  rawMail(
    'bytes-empty-line-with-space',
    crlf(mail('bytes-empty-line-with-space', {})).replace('\r\n\r\n', '\r\n \r\n'),
    { kind: 'text' },
  ),
  rawMail('bytes-nothing', '', { kind: 'unreadable: empty' }),
  rawMail('bytes-one-line-end', '\r\n', { kind: 'unreadable: malformed' }),
  rawMail('bytes-one-letter', 'x', { kind: 'unreadable: malformed' }),
  rawMail('bytes-words-without-header', 'Hello Alice,\r\n\r\nthis is no mail.\r\n', { kind: 'unreadable: malformed' }),
  rawMail('bytes-of-a-picture', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01', { kind: 'unreadable: malformed' }),
];
