/** What delivery reports of the mail servers of the world tell (RFC 3464, and words). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBounceHead } from './bounce-text.ts';
import { decodeMessage } from './decode-message.ts';
import { mailBytes } from './mail.fixture.ts';
import type { ServiceMessage } from './message.ts';
import { readHeaders } from './mime/header-block.ts';

function reportOf(name: string): ServiceMessage {
  const message = decodeMessage(mailBytes(name));
  assert.ok(message.kind === 'service', `${name} is a ${message.kind}`);
  return message;
}

/** One line per recipient. */
const REPORTS: Readonly<Record<string, readonly [service: string, about: string, recipients: readonly string[]]>> = {
  'bounce-of-postfix': [
    'bounce',
    'chat$a9@example.com',
    ['relayed carol@example.net 2.0.0', 'failed nobody@example.net (nobody@example.net) 5.1.1 550'],
  ],
  'delay-of-postfix': ['delay', 'chat$a10@example.com', ['delayed slow@example.net 4.4.1']],
  'bounce-of-gmail': ['bounce', 'chat$b1@example.com', ['failed nobody@example.net 5.1.1 550']],
  'bounce-of-exchange-online': [
    'bounce',
    'chat$b2@example.com',
    [
      'failed carol.smith@example.net (carol@example.net) 5.2.2 554',
      'delayed dave@example.net (dave@example.net) 4.4.7 400',
    ],
  ],
  'bounce-of-exim-in-words': [
    'bounce',
    'chat$b3@example.com',
    ['failed nobody@example.net 5.1.1 550', 'failed carol@example.net'],
  ],
  'delay-of-exim-in-words': ['delay', 'chat$b4@example.com', ['delayed slow@example.net']],
  'bounce-of-qmail': [
    'bounce',
    'chat$b5@example.com',
    ['failed nobody@example.net 5.1.1 550', 'failed carol@example.net 4.4.1'],
  ],
};

for (const [name, [service, about, recipients]] of Object.entries(REPORTS)) {
  test(`${name} tells what became of whom`, () => {
    const message = reportOf(name);
    assert.equal(message.service, service);
    assert.deepEqual(message.about, [about]);
    assert.equal(message.report?.nullSender, true);
    const said = message.report?.recipients.map((each) => {
      const original = each.original === undefined ? undefined : `(${each.original})`;
      return [each.action, each.address, original, each.status, each.smtpCode]
        .filter((part) => part !== undefined)
        .join(' ');
    });
    assert.deepEqual(said, recipients);
  });
}

test('the envelope id of the submission comes back, as it was given', () => {
  assert.equal(reportOf('bounce-of-exchange-online').report?.envelopeId, 'MFZWKYLEPF2GQ2LTMFZWKYLEPF');
  assert.equal(reportOf('bounce-of-gmail').report?.envelopeId, undefined);
});

test('a report whose returned message was cut off is known by what Gmail names', () => {
  const text = new TextDecoder().decode(mailBytes('bounce-of-gmail'));
  const cut = new TextEncoder().encode(text.slice(0, text.lastIndexOf('Content-Type: message/rfc822')));
  const message = decodeMessage(cut, { truncated: true });
  assert.deepEqual(message.kind === 'service' && message.about, ['chat$b1@example.com']);
});

test('a bounce in words that somebody forwards is a mail', () => {
  const bytes = mailBytes('bounce-forwarded-by-a-person');
  assert.equal(decodeMessage(bytes).kind, 'text');
  assert.equal(isBounceHead(readHeaders(bytes)), false);
});

test('words of a mail server without a returned Message-ID stay a mail', () => {
  const text = new TextDecoder().decode(mailBytes('bounce-of-qmail'));
  const without = new TextEncoder().encode(text.slice(0, text.indexOf('Message-ID:')));
  assert.equal(decodeMessage(without).kind, 'text');
});
