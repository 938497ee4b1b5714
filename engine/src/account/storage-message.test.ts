import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStorageMessage, type StorageMessageInput, writeStorageMessage } from './storage-message.ts';

const input = (document: string, before?: StorageMessageInput['before']): StorageMessageInput => ({
  address: 'alice@example.test',
  content: 'org.coi-webmail.chats',
  messageId: 'chat$1@example.test',
  writtenAt: Date.UTC(2026, 10, 24, 12),
  document,
  before,
});

for (const document of ['{}', '{"name":"Grüße 😀"}', `{"long":"${'x'.repeat(250_000)}"}`, '']) {
  test(`a document of ${document.length} characters is read back as written`, () => {
    const message = readStorageMessage(writeStorageMessage(input(document)));
    assert.deepEqual(message, {
      content: 'org.coi-webmail.chats',
      messageId: 'chat$1@example.test',
      document,
      otherFields: [],
      otherParts: [],
    });
  });
}

test('people who meet it in their mail program can read what it is, and no line is too long', () => {
  const text = Buffer.from(writeStorageMessage(input('{}'))).toString();
  assert.match(text, /Content-Type: text\/plain; charset=utf-8\r\n\r\nThis message belongs to the chat/);
  assert.match(text, /^Date: Tue, 24 Nov 2026 12:00:00 \+0000\r$/m);
  assert.ok(text.split('\r\n').every((line) => line.length <= 998));
});

test('fields and parts that we do not know are carried over', () => {
  const first = Buffer.from(writeStorageMessage(input('1'))).toString();
  const foreign = first
    .replace('Subject:', 'X-Newer: one\r\n two\r\nSubject:')
    .replace(/--(coi-\w+)--/, '--$1\r\nContent-Type: text/x-newer\r\n\r\nkeep me\r\n--$1--');
  const before = readStorageMessage(Buffer.from(foreign));
  const again = Buffer.from(writeStorageMessage(input('2', before))).toString();
  assert.match(again, /^x-newer: one two\r\n/m);
  assert.match(again, /content-type: text\/x-newer\r\n\r\nkeep me\r\n/);
  assert.equal(readStorageMessage(Buffer.from(again))?.document, '2');
});

test('other mail is no storage message', () => {
  assert.equal(readStorageMessage(Buffer.from('Subject: Hi\r\n\r\nHello')), undefined);
});
