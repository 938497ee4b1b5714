/**
 * Our reader against postal-mime and mailparser over the mails of test-data, our writer read back by both. The odd
 * mails beside them: odd-mail/.
 *
 * Where the oracles differ from us on purpose or by fault, the mail is named with the reason.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { encodeText } from './encode.ts';
import { mailBytes, mailNames } from './mail.fixture.ts';
import type { ContactAddress, MessageId } from './message.ts';
import { differing, ourFacts, parserFacts, people, postalFacts, squeeze } from './oracle.fixture.ts';

/** Facts that the oracle reads otherwise, and why we do not follow. */
const POSTAL: Readonly<Record<string, readonly string[]>> = {
  'addresses-that-are-odd': ['from', 'to'], // comment with a comment inside; route; quoted local part
  'charset-ascii-that-is-utf-8': ['text'], // takes the label at its word
  'charset-none-that-is-latin1': ['subject', 'text'], // UTF-8 only
  'from-two-people': ['from'], // tells the first one only
  'multipart-without-boundary': ['text'], // drops the words
  'nul-and-lone-cr': ['subject', 'id', 'text'], // keeps controls
  'rfc2231-names': ['files'], // keeps path and what turns text around
  'signed-pgp-mime': ['files'], // lists the signature
  'thunderbird-flowed-reply': ['text'], // does not join flowed quotes
  'words-split-inside-a-character': ['subject'], // decodes each word by itself
};
const PARSER: Readonly<Record<string, readonly string[]>> = {
  'bounce-of-exchange-online': ['text'], // shows the delivery report
  'bounce-of-gmail': ['text'], // the same
  'bounce-of-postfix': ['text'], // shows the delivery report
  'delay-of-postfix': ['text'], // the same
  'charset-none-that-is-latin1': ['subject', 'text'], // UTF-8 only
  'charset-unknown': ['subject', 'text'], // does not guess
  'coi-pinned': ['text'], // a text with an unknown disposition is a file to it
  'deltachat-reaction': ['text'], // the same
  digest: ['text'], // attached mails are text to it
  'multipart-without-boundary': ['text'], // drops the words
  'nul-and-lone-cr': ['subject', 'id', 'text'], // keeps controls
  'rfc2231-names': ['files'], // keeps path and what turns text around
  'signed-pgp-mime': ['files'], // lists the signature
};

for (const name of mailNames()) {
  test(`postal-mime reads ${name} as we do`, async () => {
    const bytes = mailBytes(name);
    assert.deepEqual(differing(ourFacts(bytes), await postalFacts(bytes)), POSTAL[name] ?? []);
  });

  test(`mailparser reads ${name} as we do`, async () => {
    const bytes = mailBytes(name);
    assert.deepEqual(differing(ourFacts(bytes), await parserFacts(bytes)), PARSER[name] ?? []);
  });
}

test('both oracles read what we write', async () => {
  const text = 'Grüße 😀 '.repeat(40).trim();
  const bytes = encodeText({
    messageId: 'chat$1@example.com' as MessageId,
    from: { address: 'alice@example.com' as ContactAddress, name: 'Ängel, "Alice"' },
    to: [
      { address: 'bob@example.org' as ContactAddress, name: 'Bob' },
      { address: 'carol@example.net' as ContactAddress, name: '' },
    ],
    dateAt: Date.parse('2026-11-24T02:28:35Z'),
    subject: 'Über lange Betreffzeilen mit Umlauten und 😀, die gefaltet werden müssen',
    text,
    references: [],
  });
  const postal = await new PostalMime().parse(bytes);
  const parser = await simpleParser(Buffer.from(bytes));
  for (const oracle of [postal, parser]) {
    assert.equal(oracle.subject, 'Über lange Betreffzeilen mit Umlauten und 😀, die gefaltet werden müssen');
    assert.equal(squeeze(oracle.text), text);
    assert.equal(oracle.messageId, '<chat$1@example.com>');
  }
  assert.deepEqual([postal.from?.name, postal.from?.address], ['Ängel, "Alice"', 'alice@example.com']);
  assert.deepEqual(people(parser.to), ['bob@example.org', 'carol@example.net']);
  assert.equal(parser.from?.value[0]?.name, 'Ängel, "Alice"');
  assert.equal(parser.date?.toISOString(), '2026-11-24T02:28:35.000Z');
});
