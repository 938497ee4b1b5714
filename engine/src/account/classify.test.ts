import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify, isPlainReply, type Verdict } from './classify.ts';
import { readOuterHead } from './head.ts';

const head = (...lines: readonly string[]) => readOuterHead(Buffer.from(`${lines.join('\r\n')}\r\n\r\nBody: chat\r\n`));

const CASES: readonly [string, Verdict, readonly string[]][] = [
  ['Chat-Version', 'chat', ['Message-ID: <1@far.test>', 'Chat-Version: 1.0']],
  ['a chat Message-ID', 'chat', ['message-id:<chat$1@far.test>']],
  ['a chat Message-ID in capitals', 'mail', ['Message-ID: <CHAT$1@far.test>']],
  ['a first reference to chat', 'chat', ['References: <chat$1@far.test> <2@far.test>']],
  ['a folded first reference to chat', 'chat', ['References:', ' <chat$1@far.test>']],
  ['a later reference to chat', 'undecided', ['References: <2@far.test> <chat$1@far.test>']],
  ['an answer', 'undecided', ['In-Reply-To: <2@far.test>']],
  ['a receipt or bounce', 'undecided', ['Content-Type: multipart/report; report-type=delivery-status']],
  ['a bounce in words', 'undecided', ['Return-Path: <>', 'From: MAILER-DAEMON@far.test']],
  ['words of a person who calls himself so', 'mail', ['Return-Path: <bob@far.test>', 'From: MAILER-DAEMON@far.test']],
  ['chat in the body only', 'mail', ['Message-ID: <1@far.test>', 'Subject: chat$']],
  ['nothing at all', 'mail', []],
];

for (const [name, verdict, lines] of CASES) {
  test(`mail with ${name} is ${verdict}`, () => {
    assert.equal(classify(head(...lines), []), verdict);
  });
}

test('the tag of an earlier look counts, in any case', () => {
  assert.equal(classify(head(), ['\\Seen', '$chat']), 'chat');
});

test('the direct parent is In-Reply-To, else the last reference', () => {
  assert.equal(head('In-Reply-To: <a@x>', 'References: <b@x> <c@x>').parent, 'a@x');
  assert.equal(head('References: <b@x> <c@x>').parent, 'c@x');
});

test('an answer to one person counts as chat, an answer that brings in others does not', () => {
  const known = new Set(['line@example.test']);
  const answer = (to: string) => head(`To: ${to}`, 'In-Reply-To: <line@example.test>');
  assert.equal(isPlainReply(answer('bob@example.test'), known), true);
  assert.equal(isPlainReply(answer('bob@example.test, carol@example.test'), known), false);
  assert.equal(isPlainReply(head('To: bob@example.test', 'In-Reply-To: <other@x>'), known), false);
});
