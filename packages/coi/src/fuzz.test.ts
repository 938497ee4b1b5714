/**
 * Any bytes are read: corpus mails with bytes flipped, cut, put in, doubled and spliced together, and mails that end at
 * every byte.
 *
 * COI_FUZZ_MUTANTS sets how many are made, COI_FUZZ_SEED where chance starts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMessage } from './decode-message.ts';
import { identityOf } from './identity.ts';
import { mailBytes, mailNames, seeded } from './mail.fixture.ts';
import { chatMarkOf, directParentOf } from './mark.ts';
import type { CoiMessage, TextMessage } from './message.ts';
import { readHeaders } from './mime/header-block.ts';
import { oddBytes, oddNames } from './odd-mail/all.fixture.ts';

const SEED = Number(process.env['COI_FUZZ_SEED'] ?? 20_261_124);
const MUTANTS = Number(process.env['COI_FUZZ_MUTANTS'] ?? 24_000);
/** Larger ones are for the linear tests. */
const MAX_BYTES = 6000;

const CORPUS = [...mailNames().map(mailBytes), ...oddNames().map(oddBytes)].filter(({ length }) => length < MAX_BYTES);

const TOKENS = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  '--',
  '--b1',
  '--b1--',
  '=?utf-8?B?',
  '?=',
  '<',
  '>',
  '"',
  '(',
  ')',
  ';',
  ',',
];
const MORE_TOKENS = [
  '\0',
  '=',
  '=0D=0A',
  '&#',
  '&amp;',
  '<div',
  '<!--',
  ': ',
  '\xff',
  '\xc3',
  '\xe2\x82',
  '\x1b$B',
  'boundary=',
];
const LONG_TOKENS = [
  'Content-Type: multipart/mixed; boundary=b1\r\n\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Disposition: attachment; filename*=',
  '\r\n> quoted\r\n',
  '\r\n-- \r\n',
  'Chat-Version: 1.0\r\n',
];
const INSERTED = [...TOKENS, ...MORE_TOKENS, ...LONG_TOKENS].map((text) => new Uint8Array(Buffer.from(text, 'latin1')));

type Random = (below: number) => number;

function mutant(random: Random): Uint8Array {
  let bytes = CORPUS[random(CORPUS.length)] as Uint8Array;
  for (let count = 1 + random(6); count > 0; count--) bytes = mutate(bytes, random);
  return bytes;
}

function mutate(mail: Uint8Array, random: Random): Uint8Array {
  const at = random(mail.length + 1);
  const end = Math.min(mail.length, at + random(60));
  switch (random(7)) {
    case 0: {
      const flipped = mail.slice();
      flipped.fill((flipped[at] ?? 0) ^ (1 << random(8)), at, at + 1);
      return flipped;
    }
    case 1:
      return join(mail.subarray(0, at), mail.subarray(end));
    case 2:
      return join(mail.subarray(0, at), INSERTED[random(INSERTED.length)] as Uint8Array, mail.subarray(at));
    case 3:
      return join(mail.subarray(0, end), mail.subarray(at));
    case 4: {
      const other = CORPUS[random(CORPUS.length)] as Uint8Array;
      return join(mail.subarray(0, at), other.subarray(random(other.length)));
    }
    case 5:
      return mail.slice().fill(random(256), at, end);
    default:
      return mail.subarray(0, at);
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

test(`${MUTANTS} mutated mails are read and keep all promises (seed ${SEED})`, () => {
  for (let number = 0; number < MUTANTS; number++) {
    const bytes = mutant(seeded(SEED + number));
    try {
      const message = decodeMessage(bytes, number % 2 === 0 ? {} : { truncated: true, sizeBytes: bytes.length * 2 });
      promises(message, bytes);
    } catch (error) {
      throw new Error(`Mutant ${number} of seed ${SEED}:\n${Buffer.from(bytes).toString('latin1')}`, { cause: error });
    }
  }
});

// oxlint-disable-next-line no-control-regex -- the promise is that there are none
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/;
// oxlint-disable-next-line no-control-regex -- the same, and no line ends
const LINE_CONTROLS = /[\u0000-\u001f\u007f]/;

function promises(message: CoiMessage, bytes: Uint8Array): void {
  assert.equal(identityOf(message, bytes), identityOf(message, bytes.slice()));
  const headers = readHeaders(bytes);
  chatMarkOf(headers);
  directParentOf(headers);
  assert.ok(!LINE_CONTROLS.test(message.subject));
  for (const { address, name } of [message.from, ...message.to, ...message.cc].filter((each) => each !== undefined)) {
    assert.ok(address.includes('@') && address === address.toLowerCase() && address.length <= 254, address);
    assert.ok(!LINE_CONTROLS.test(name));
  }
  assert.ok(message.dateAt === undefined || Number.isSafeInteger(message.dateAt));
  for (const id of [message.messageId, message.inReplyTo, ...message.references]) {
    assert.ok(id === undefined || /^[^\s<>]+$/.test(id), id);
  }
  // What is kept of a mail is no larger than a few times the mail.
  assert.ok(JSON.stringify(message).length < bytes.length * 12 + 2000);
  if (message.kind === 'text') textPromises(message);
}

function textPromises({ text, quote, fullText, attachments }: TextMessage): void {
  for (const each of [text, quote ?? '', fullText ?? '']) {
    assert.ok(!CONTROLS.test(each) && each.isWellFormed());
  }
  assert.ok(!/\n\s*$/.test(text) && fullText !== text);
  for (const file of attachments) {
    assert.ok(file.sizeBytes >= 0 && /^\d+(\.\d+)*$/.test(file.part) && !/[/\\]/.test(file.name), JSON.stringify(file));
  }
}

/** What ends a prefix may be half a tag, an escape or a character. */
const SLACK = 80;
const CUT_NAMES = [
  'simple-text',
  'gmail-reply-full-quote',
  'thunderbird-flowed-reply',
  'outlook-html-only',
  'related-html-with-logo',
  'rfc2231-names',
  'coi-video-with-preview',
  'deltachat-quoted-reply',
  'bounce-of-postfix',
  'coi-read-receipt',
  'charset-iso-2022-jp',
  'quoted-printable-broken',
];

for (const name of CUT_NAMES) {
  test(`${name} is read wherever it ends, and its beginning is the beginning of the whole`, () => {
    const bytes = mailBytes(name);
    const whole = wordsOf(decodeMessage(bytes));
    for (let end = 0; end <= bytes.length; end++) {
      const prefix = bytes.subarray(0, end);
      const cut = decodeMessage(prefix, { truncated: true, sizeBytes: bytes.length });
      promises(cut, prefix);
      if (cut.kind !== 'text' || whole === undefined) continue;
      const words = wordsOf(cut) ?? '';
      const sure = words.slice(0, Math.max(0, words.length - (cut.truncated ? SLACK : 0)));
      assert.ok(whole.startsWith(sure), `At ${end}: ${sure}`);
    }
  });
}

function wordsOf(message: CoiMessage): string | undefined {
  if (message.kind !== 'text') return undefined;
  return `${message.quote ?? ''} ${message.fullText ?? message.text}`.replace(/\s+/g, ' ').trim();
}

test('odd mails are read wherever they end', () => {
  const random = seeded(SEED);
  for (const bytes of CORPUS) {
    for (let count = 0; count < 8; count++) {
      const prefix = bytes.subarray(0, random(bytes.length + 1));
      promises(decodeMessage(prefix, { truncated: true, sizeBytes: bytes.length }), prefix);
    }
  }
});
