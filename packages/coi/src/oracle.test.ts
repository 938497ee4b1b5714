/**
 * Our reader against postal-mime and mailparser over all of test-data, our writer read back by both.
 *
 * Where the oracles differ from us on purpose or by fault, the mail is named with the reason.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AddressObject, simpleParser } from 'mailparser';
import PostalMime, { type Address } from 'postal-mime';
import { parseContactAddress } from './address.ts';
import { selectBody } from './body.ts';
import { decodeMessage } from './decode-message.ts';
import { encodeText } from './encode.ts';
import { mailBytes, mailNames } from './mail.fixture.ts';
import type { ContactAddress, MessageId } from './message.ts';
import { parseMailboxes } from './mime/address-list.ts';
import { formatLines, readFixed, readFlowed } from './mime/flowed.ts';
import { textOf } from './mime/part.ts';
import { readMime } from './mime/read.ts';
import { cleanText } from './text.ts';

/** Facts that the oracle reads otherwise, and why we do not follow. */
const POSTAL: Readonly<Record<string, readonly string[]>> = {
  'addresses-that-are-odd': ['from', 'to'], // comment with a comment inside; route; quoted local part
  'charset-ascii-that-is-utf-8': ['text'], // takes the label at its word
  'charset-none-that-is-latin1': ['subject', 'text'], // UTF-8 only
  'from-two-people': ['from'], // tells the first one only
  'multipart-without-boundary': ['text'], // drops the words
  'nul-and-lone-cr': ['id', 'subject', 'text'], // keeps controls
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
  'nul-and-lone-cr': ['id', 'subject', 'text'], // keeps controls
};

function squeeze(text: string | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}

/** All plain text of a mail, nothing folded. */
function plainTextOf(bytes: Uint8Array): string {
  const { texts } = selectBody(readMime(bytes));
  return texts
    .filter((part) => part.type === 'text/plain')
    .map((part) => {
      const text = cleanText(textOf(part).text);
      const isFlowed = part.parameters.get('format')?.toLowerCase() === 'flowed';
      const delSp = part.parameters.get('delsp') === 'yes';
      return formatLines(isFlowed ? readFlowed(text, delSp) : readFixed(text));
    })
    .join('\n');
}

function ours(bytes: Uint8Array) {
  const { headers } = readMime(bytes);
  const message = decodeMessage(bytes);
  const addresses = (values: readonly string[]) => parseMailboxes(values).map(({ address }) => address);
  return {
    subject: squeeze(message.subject),
    from: addresses(headers.all('from').slice(0, 1)),
    to: addresses(headers.all('to')),
    id: message.messageId ?? '',
    text: squeeze(plainTextOf(bytes)),
  };
}

function flat(addresses: readonly Address[] | undefined): readonly { address: string; name: string }[] {
  return (addresses ?? []).flatMap((entry) =>
    entry.group === undefined ? [{ address: entry.address ?? '', name: entry.name }] : flat(entry.group),
  );
}

function valid(addresses: readonly string[]): readonly ContactAddress[] {
  return addresses.flatMap((address) => parseContactAddress(address) ?? []);
}

for (const name of mailNames()) {
  test(`postal-mime reads ${name} as we do`, async () => {
    const bytes = mailBytes(name);
    const mine = ours(bytes);
    const oracle = await new PostalMime({ forceRfc822Attachments: true }).parse(bytes);
    const theirs = {
      subject: squeeze(oracle.subject),
      from: valid(oracle.from === undefined ? [] : flat([oracle.from]).map(({ address }) => address)),
      to: valid(flat(oracle.to).map(({ address }) => address)),
      id: (oracle.messageId ?? '').replace(/[<>\s]/g, ''),
      text: squeeze(oracle.text),
    };
    compare(mine, theirs, POSTAL[name] ?? []);
  });

  test(`mailparser reads ${name} as we do`, async () => {
    const bytes = mailBytes(name);
    const mine = ours(bytes);
    const oracle = await simpleParser(Buffer.from(bytes), {
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipImageLinks: true,
    });
    const theirs = {
      subject: squeeze(oracle.subject),
      from: valid(people(oracle.from)),
      to: valid(people(oracle.to)),
      id: (oracle.messageId ?? '').replace(/[<>\s]/g, ''),
      text: squeeze(oracle.text),
    };
    compare(mine, theirs, PARSER[name] ?? []);
  });
}

function people(field: AddressObject | AddressObject[] | undefined): readonly string[] {
  const objects = field === undefined ? [] : Array.isArray(field) ? field : [field];
  return objects.flatMap((object) =>
    object.value.flatMap((entry) => entry.group?.map((member) => member.address ?? '') ?? [entry.address ?? '']),
  );
}

function compare(mine: object, theirs: object, except: readonly string[]): void {
  const only = (value: object) =>
    Object.fromEntries(Object.entries(value).filter(([key]) => key in theirs && !except.includes(key)));
  assert.deepEqual(only(mine), only(theirs));
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
