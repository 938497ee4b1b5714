import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@coi-webmail/base';
import { decodeMessage } from './decode-message.ts';
import { mailBytes, mailNames } from './mail.fixture.ts';

/** Only what a case is about; everything else is checked by the oracles. */
const TEXTS: Readonly<Record<string, string>> = {
  'simple-text': 'Shall we have lunch at twelve?',
  'coi-text-of-the-spec': 'Dear friend,\nthis is a line that was broken by flowing.',
  'coi-group-with-semicolons': 'Hi gang, all well?',
  'coi-alternative-with-ignored-part': 'hello COI world!',
  'coi-edit-with-broken-in-reply-to': 'My dear friend, this is a message to you!',
  'coi-groupinfo-beside-text': "Hello folks, let's chat!",
  'coi-pinned': 'Hello COI world, this message is pinned!',
  'deltachat-quoted-reply': 'Reply from Bob, unencrypted',
  'deltachat-text-like-quote-and-footer': '> fake quote at start\nline2\n-- \nfooterlike',
  'gmail-reply-full-quote': 'Sounds good – see you there!',
  'gmail-attribution-on-two-lines': 'Yes.',
  'outlook-original-message': 'Fine with me.\n\nGrüße\nBob',
  'outlook-german-header-block': 'Passt!',
  'outlook-html-only': 'See you at the café.\n\nBob',
  'outlook-forward':
    'Please have a look.\n\nFrom: Carol <carol@example.net>\nSent: Monday, November 23, 2026 4:00 PM\n' +
    'To: Bob Barr <bob@example.org>\nSubject: Invoice\n\nThe invoice is attached.',
  'apple-pdf-inside-alternative': 'Here is the contract.',
  'thunderbird-flowed-reply':
    'I agree with this, and I also write a long line that is broken into two pieces.\n\n' +
    '> this line starts with a greater-than sign of my own',
  'thunderbird-german-inline-answers':
    'Am 24.11.26 um 09:01 schrieb Alice Angel:\n> Kommst du?\nJa.\n\n> Bringst du Brot mit?\nNein, schöne Grüße.',
  'french-reply': "Désolé, 5 € c'est trop.",
  'roundcube-answer-below-quote': 'Twelve is fine.',
  'reply-quote-only': 'On 2026-11-24 09:01, Alice Angel wrote:\n> Shall we meet at twelve?',
  'signature-then-quote': 'See you.',
  'sentence-that-ends-in-wrote': 'And then she wrote:\n> roses are red\nI liked it.',
  'signed-pgp-mime': 'Signed words.',
  'charset-unknown': 'café € 5',
  'charset-ascii-that-is-utf-8': 'Grüße, bis später 👋',
  'charset-none-that-is-latin1': 'Schöne Grüße',
  'charset-iso-2022-jp': 'こんにちは',
  'charset-windows-1252-called-latin1': '“Hello” – € 5',
  'charset-koi8-r': 'Привет',
  'charset-broken-utf-8': 'naïve \uFFFD( \uFFFD end',
  'charset-utf-16': 'Größe 5 €',
  'no-final-boundary': 'Words before the cut.',
  'multipart-without-boundary': 'Just words.',
  'header-ends-at-boundary': 'words',
  'nested-with-same-boundary': 'inner words',
  'boundary-with-trailing-space': 'words',
  'message-attached': 'See attached mail.',
  'base64-broken': 'Hello, world.Second part.',
  'quoted-printable-broken': '1+1=2 =zz € ä soft break\nend',
  'lf-only': 'words\nsecond line',
  'nul-and-lone-cr': 'abcd\nnext',
  'mbox-from-line': 'From the start\n>From the middle',
  'subject-only': '',
  'mailing-list-footer-part': 'Hello list.\n_______________________________________________\nlist mailing list',
  'flowed-delsp': 'supercalifragilistic',
  'related-html-with-logo':
    'News\n\nRead this page <https://example.com/a?b=1&c=2> or https://example.com\n\n• one\n• two\n  1. deep\n\n' +
    'a b\nc d\n\n  x\n   y\n\n© 2026 👋 <ok> &unknown;',
};

for (const [name, text] of Object.entries(TEXTS)) {
  test(`${name} is read as a person reads it`, () => {
    const message = decodeMessage(mailBytes(name));
    assert.equal(message.kind, 'text');
    assert.equal(message.kind === 'text' && message.text, text);
  });
}

const SERVICES: Readonly<Record<string, readonly [service: string, about: readonly string[], status?: string]>> = {
  'coi-read-receipt': ['receipt', ['chat$199509192301.23456@sample.com']],
  'receipt-deleted-unread': ['receipt', []],
  'deltachat-receipt-without-date': ['receipt', ['a065597b-0e35-4659-9934-4b2e3dab3068@localhost']],
  'deltachat-receipt-for-three': [
    'receipt',
    [
      'chat$4SicmBZ8mXxr.MA084WgNFO5W@example.test',
      'chat$sG1wp_E_3GN2.P_MtBep4bPVs@example.test',
      'chat$Lu38NTJrMjV4.pvZt70RJ86DZ@example.test',
    ],
  ],
  'deltachat-reaction': ['reaction', ['05d02704-4fd4-4ed5-9fe4-83688aee4558@localhost']],
  'gmail-reaction': ['reaction', ['chat$a1@example.com']],
  'coi-delete-request': ['deleterequest', ['chat$2131232.AKJSD@sample.com']],
  'coi-extension': ['org.example.settings', []],
  'bounce-of-postfix': ['bounce', ['chat$a9@example.com'], '5.1.1'],
  'delay-of-postfix': ['delay', ['chat$a10@example.com'], '4.4.1'],
};

for (const [name, [service, about, status]] of Object.entries(SERVICES)) {
  test(`${name} is a ${service} and no line`, () => {
    const message = decodeMessage(mailBytes(name));
    assert.ok(message.kind === 'service');
    assert.deepEqual([message.service, message.about, message.status], [service, about, status]);
  });
}

const UNREADABLE = {
  'encrypted-pgp-mime': 'encrypted',
  'encrypted-inline-pgp': 'encrypted',
  'encrypted-mixed-up-by-exchange': 'encrypted',
  'no-header': 'malformed',
  'body-empty': 'empty',
} as const;

for (const [name, reason] of Object.entries(UNREADABLE)) {
  test(`${name} cannot be shown: ${reason}`, () => {
    const message = decodeMessage(mailBytes(name));
    assert.equal(message.kind === 'unreadable' && message.reason, reason);
  });
}

const ATTACHMENTS: Readonly<Record<string, readonly string[]>> = {
  'coi-inline-image-alone': ['1 earth.jpg image/jpeg 97 inline'],
  'coi-video-with-preview': ['2 bigbuckbunny.webm video/webm 36 inline'],
  'apple-pdf-inside-alternative': ['2.2 contract.pdf application/pdf 13 inline'],
  'signed-pgp-mime': ['1.2 key.asc application/pgp-keys 3'],
  'rfc2231-names': [
    '2 Rechnung für Alice.pdf application/pdf 13',
    '3 passwdgnp.exe image/png 8 inline',
    '4 my file (1).zip application/octet-stream 3',
  ],
  'nested-with-same-boundary': ['2 outer.txt text/plain 5'],
  'message-attached': ['2 Lunch.eml message/rfc822 107'],
  digest: ['1  message/rfc822 44', '2  message/rfc822 43'],
  'related-html-with-logo': ['2  image/png 8 inline'],
};

for (const [name, expected] of Object.entries(ATTACHMENTS)) {
  test(`${name} lists its attachments by section number`, () => {
    const message = decodeMessage(mailBytes(name));
    assert.ok(message.kind === 'text');
    const found = message.attachments.map(
      (file) => `${file.part} ${file.name} ${file.type} ${file.sizeBytes}${file.inline ? ' inline' : ''}`,
    );
    assert.deepEqual(found, expected);
  });
}

test('what is folded stays in the full text', () => {
  const message = decodeMessage(mailBytes('roundcube-answer-below-quote'));
  assert.ok(message.kind === 'text');
  assert.equal(
    message.fullText,
    'On 2026-11-24 09:01, Alice Angel wrote:\n> Shall we meet at twelve?\n>\n> Alice\n\nTwelve is fine.',
  );
  const whole = decodeMessage(mailBytes('simple-text'));
  assert.equal(whole.kind === 'text' && whole.fullText, undefined);
});

test('a chat reply gives its quote apart from its text', () => {
  const message = decodeMessage(mailBytes('deltachat-quoted-reply'));
  assert.equal(message.kind === 'text' && message.quote, 'Hello Bob, first unencrypted message äöü 😀');
});

test('a mail from two people, or with two From fields, is from nobody', () => {
  assert.equal(decodeMessage(mailBytes('from-two-people')).from, undefined);
  assert.equal(decodeMessage(mailBytes('from-field-twice')).from, undefined);
});

test('the group of a message is that of its Message-ID, of an ordinary reply that of its first reference', () => {
  const message = decodeMessage(mailBytes('coi-group-with-semicolons'));
  assert.equal(message.groupId, '4321dcba1234');
  assert.equal(message.chatVersion, '1.0');
  assert.deepEqual(
    message.to.map(({ address }) => address),
    ['alice@example.com', 'bob@example.com', 'carol@example.com'],
  );
  const references = 'References: <chat$group.4321dcba1234.x@example.com>';
  assert.equal(decodeMessage(utf8(`Message-ID: <a@b>\r\n${references}\r\n\r\nx`)).groupId, '4321dcba1234');
  assert.equal(decodeMessage(utf8(`Message-ID: <chat$a@b>\r\n${references}\r\n\r\nx`)).groupId, undefined);
});

test('trace fields, automatic mail and authentication results are told', () => {
  const list = decodeMessage(mailBytes('mailing-list-footer-part'));
  assert.deepEqual(
    [list.delivered, list.automatic, list.authenticationResults],
    [true, false, ['mail.example.com; dkim=pass header.d=example.org', 'forged.example; dkim=pass']],
  );
  assert.equal(decodeMessage(mailBytes('vacation-notice')).automatic, true);
  assert.equal(decodeMessage(mailBytes('no-message-id')).delivered, false);
});

test('a guessed charset is marked', () => {
  const message = decodeMessage(mailBytes('charset-unknown'));
  assert.equal(message.kind === 'text' && message.charsetGuessed, true);
  assert.ok(!('charsetGuessed' in decodeMessage(mailBytes('simple-text'))));
});

test('a prefix that ends inside the text says so, and ends before the cut character', () => {
  const bytes = utf8('From: bob@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße');
  const cut = bytes.subarray(0, bytes.length - 2);
  const message = decodeMessage(cut, { truncated: true });
  assert.deepEqual(message.kind === 'text' && [message.text, message.truncated], ['Grü', true]);
  const whole = decodeMessage(cut);
  assert.equal(whole.kind === 'text' && whole.truncated, false);
});

test('a prefix that ends inside an attachment keeps the text and estimates the size', () => {
  const message = decodeMessage(mailBytes('no-final-boundary'), { truncated: true, sizeBytes: 78_000 });
  assert.ok(message.kind === 'text');
  assert.equal(message.truncated, false);
  const [file] = message.attachments;
  assert.ok(file !== undefined && file.sizeBytes > 55_000 && file.sizeBytes < 57_000, String(file?.sizeBytes));
});

test('a mail that nests too deep is too deep, not an error', () => {
  let mail = '';
  for (let depth = 0; depth < 60; depth++) mail += `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\n`;
  const message = decodeMessage(utf8(`${mail}\n\nwords\n`));
  assert.equal(message.kind === 'unreadable' && message.reason, 'too-deep');
});

test('every prefix of every mail is read', () => {
  for (const name of mailNames()) {
    const bytes = mailBytes(name);
    const step = Math.max(1, Math.floor(bytes.length / 40));
    for (let end = 0; end < bytes.length; end += step) decodeMessage(bytes.subarray(0, end), { truncated: true });
  }
});

test('words beside an encrypted mail that they pass on are read', () => {
  const mail =
    'From: bob@example.org\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nCan you open this?\n--a\n' +
    'Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/octet-stream\n\nx\n--b--\n--a--\n';
  const message = decodeMessage(utf8(mail));
  assert.equal(message.kind === 'text' && message.text, 'Can you open this?');
});

const SENDERS: readonly (readonly [written: string, address: string | undefined, name: string])[] = [
  ['Bob <b>Barr</b> <bob@example.org>', 'bob@example.org', 'Bob Barr'],
  ['<Bob> <bob@example.org>', 'bob@example.org', ''],
  ['Barr, Bob <bob@example.org>', 'bob@example.org', 'Barr, Bob'],
  ['=?utf-8?Q?B=C3=A4rr?=, Bob\u0001 <bob@example.org>', 'bob@example.org', 'Bärr, Bob'],
  ['Barr\u0015, Bob <bob@example.org>', 'bob@example.org', 'Barr, Bob'],
  ['Barr, Bob, Dr. <bob@example.org>', 'bob@example.org', 'Barr, Bob, Dr.'],
  ['alice@example.org, Bob <bob@example.org>', undefined, ''],
  ['Bob <bob@example.org>, Barr', undefined, ''],
];

for (const [written, address, name] of SENDERS) {
  test(`From: ${written} is ${address ?? 'nobody'}`, () => {
    const { from } = decodeMessage(utf8(`From: ${written}\r\n\r\nx`));
    assert.deepEqual([from?.address, from?.name ?? ''], [address, name]);
  });
}

test('the id that Exchange put aside is the id of the message, the new one is known too', () => {
  const ids = 'Message-ID: <new@exchange>\r\nX-Microsoft-Original-Message-ID: <chat$1@example.com>\r\n';
  const message = decodeMessage(utf8(`${ids}\r\nx`));
  assert.deepEqual([message.messageId, message.rewrittenId], ['chat$1@example.com', 'new@exchange']);
  assert.ok(!('rewrittenId' in decodeMessage(utf8('Message-ID: <a@b>\r\n\r\nx'))));
});

const EMPTY_PARTS =
  'Content-Type: multipart/alternative; boundary=a\n\n--a\n\n \n--a\nContent-Type: text/html\n\n<p></p>\n--a--\n';
const EMPTY: readonly (readonly [name: string, mail: string, isEmpty: boolean])[] = [
  ['a chat line whose parts are empty', `Chat-Version: 1.0\nSubject: Re: Lunch\n${EMPTY_PARTS}`, true],
  ['an answer whose parts are empty', `In-Reply-To: <a@b>\nSubject: Re: Lunch\n${EMPTY_PARTS}`, true],
  ['a first mail with a subject and empty parts', `Subject: Lunch?\n${EMPTY_PARTS}`, false],
  [
    'a multipart without parts',
    'Chat-Version: 1.0\nSubject: x\nContent-Type: multipart/mixed; boundary=a\n\nwords\n',
    true,
  ],
];

for (const [name, mail, isEmpty] of EMPTY) {
  test(`${name} is ${isEmpty ? 'empty' : 'its subject'}, not an empty bubble`, () => {
    const message = decodeMessage(utf8(mail));
    assert.equal(message.kind === 'unreadable' ? message.reason : message.kind, isEmpty ? 'empty' : 'text');
  });
}

test('a prefix that ends before the last part says that more may follow', () => {
  const part = (name: string) => `--a\nContent-Disposition: attachment; filename=${name}\n\n${name}\n`;
  const mail = `Content-Type: multipart/mixed; boundary=a\n\n--a\n\nPictures\n${part('1')}${part('2')}--a--\n`;
  const cut = (length: number) => {
    const message = decodeMessage(utf8(mail.slice(0, length)), { truncated: true });
    return message.kind === 'text' && [message.truncated, message.partsCut, message.attachments.length];
  };
  assert.deepEqual(cut(mail.indexOf('--a--')), [false, true, 2]);
  assert.deepEqual(cut(mail.indexOf('filename=2')), [false, true, 2]);
  assert.deepEqual(cut(mail.indexOf('ctures')), [true, true, 0]);
  assert.deepEqual(cut(mail.indexOf('\n\n')), [true, true, 0]);
  const whole = decodeMessage(utf8(mail));
  assert.ok(whole.kind === 'text' && !('partsCut' in whole) && whole.attachments.length === 2);
});
