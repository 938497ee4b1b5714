import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeMailboxName } from './mailbox-name.ts';

const CASES = [
  ['INBOX', 'INBOX'],
  ['COI/Chats', 'COI/Chats'],
  ['Entwürfe', 'Entw&APw-rfe'],
  ['Tom & Jerry', 'Tom &- Jerry'],
  ['台北', '&U,BTFw-'],
  ['😀', '&2D3eAA-'],
] as const;

for (const [name, encoded] of CASES) {
  test(`the mailbox ${name} is ${encoded} to Roundcube`, () => assert.equal(encodeMailboxName(name), encoded));
}
