import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatState, CopyFacts, RowId } from '@coi-webmail/chat';
import { emptyState, reduce } from '@coi-webmail/chat';
import { type CoiMessage, identityOf } from '@coi-webmail/coi';
import type { MailboxProgress } from '../store/store.ts';
import { decodeFetched } from './decode.ts';
import { resumed } from './plan.ts';

const gone = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));

/** A mail of HTML only, as another mail program writes it. */
function htmlMail(subject: string): Uint8Array {
  const head = ['From: <bob@example.test>', 'To: <alice@example.test>', `Subject: ${subject}`, 'Message-ID: <html@x>'];
  const type = 'Content-Type: text/html; charset=utf-8';
  return Buffer.from(['Received: from mx', ...head, type, '', '<p>See <b>you</b></p>', ''].join('\r\n'));
}

function see(state: ChatState, bytes: Uint8Array, message: CoiMessage): void {
  const facts: CopyFacts = {
    place: { mailbox: 'INBOX', uidValidity: '1', uid: 7 },
    role: 'inbox',
    flags: [],
    internalAt: 1000,
    sizeBytes: bytes.length,
    digest: 'd',
    authservId: undefined,
  };
  reduce(
    state,
    { kind: 'copy-seen', identity: identityOf(message, bytes) as RowId, message, facts },
    { newChatId: () => 1 as never },
  );
}

test('mails of HTML only come without their text when the reader is gone, and whole with the next worker', async () => {
  // All before the first one that loads the reader, which stays.
  const cases = await Promise.all(
    [htmlMail('Plan'), htmlMail('')].flatMap((bytes) =>
      [false, true].map(async (truncated) => {
        const options = { truncated, sizeBytes: truncated ? 1_000_000 : bytes.length };
        return { bytes, options, first: await decodeFetched(bytes, options, gone) };
      }),
    ),
  );
  const cursor = { uidValidity: '1', highestModSeq: '1', uidNext: 8 };
  const progress = new Map<string, MailboxProgress>([['INBOX', { cursor, pending: [] }]]);
  for (const { bytes, options, first } of cases) {
    assert.ok(first.kind === 'text');
    assert.deepEqual([first.text, first.truncated, first.htmlUnread], ['', true, true]);
    const state = emptyState(['alice@example.test']);
    see(state, bytes, first);
    assert.deepEqual(resumed(progress, state.rows.values()).get('INBOX')?.pending.toRanges(), [[7, 7]]);

    see(state, bytes, await decodeFetched(bytes, options));
    const [row, ...more] = [...state.rows.values()];
    assert.equal(more.length, 0);
    assert.equal(row?.collision, false);
    assert.match(row?.message.kind === 'text' ? row.message.text : '', /See you/);
    assert.deepEqual(resumed(progress, state.rows.values()).get('INBOX')?.pending.toRanges(), []);
  }
});
