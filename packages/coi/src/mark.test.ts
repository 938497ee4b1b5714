import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@coi-webmail/base';
import { chatMarkOf, directParentOf } from './mark.ts';
import { readHeaders } from './mime/header-block.ts';

const marks = [
  { header: 'Chat-Version: 1.0', mark: 'chat-version' },
  { header: 'CHAT-VERSION:\t1.0;x=y', mark: 'chat-version' },
  { header: 'Message-ID: <chat$1@example.com>', mark: 'message-id' },
  { header: 'Message-ID:\n <chat$1@example.com>', mark: 'message-id' },
  { header: 'References: <chat$1@example.com> <a@b>', mark: 'references' },
  { header: 'References: <a@b> <chat$1@example.com>', mark: undefined },
  { header: 'In-Reply-To: <chat$1@example.com>', mark: undefined },
  { header: 'Subject: Chat-Version: 1.0', mark: undefined },
  { header: 'Message-ID: <CHAT$1@example.com>', mark: undefined },
] as const;

for (const { header, mark } of marks) {
  test(`${JSON.stringify(header)} marks chat by ${mark ?? 'nothing'}`, () => {
    assert.equal(
      chatMarkOf(readHeaders(utf8(`From: bob@example.org\r\n${header}\r\n\r\nChat-Version: 1.0\r\n`))),
      mark,
    );
  });
}

test('the direct parent is In-Reply-To, else the last reference', () => {
  const parent = (header: string) => directParentOf(readHeaders(utf8(header)));
  assert.equal(parent('In-Reply-To: <c@d> <e@f>\r\nReferences: <a@b>'), 'c@d');
  assert.equal(parent('References: <a@b>\r\n <e@f>'), 'e@f');
  assert.equal(parent('Subject: x'), undefined);
});
