/** Which lines a browser that knows nothing reads first, on a real mailbox. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { at } from '@coi-webmail/e2e/stack';
import { chatId, type LiveStack, liveStack, mail, MODE, person } from './account.fixture.ts';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

const NOON = Date.parse('2026-11-20T12:00:00Z');

/** Two chats, filed in another order than they were written in: UID -> minute. */
const ARRIVALS = [
  { chat: 'first', minute: 30, own: false },
  { chat: 'second', minute: 10, own: true },
  { chat: 'first', minute: 40, own: true },
  { chat: 'first', minute: 20, own: false },
  { chat: 'second', minute: 50, own: false },
  { chat: 'second', minute: 5, own: false },
] as const;

test('the last to arrive, and the last of each conversation, whatever order they were filed in', async () => {
  const alice = await person(live);
  try {
    await alice.account.call('mode.set', { mode: MODE });
    const ids = { first: chatId(), second: chatId() };
    const imap = await alice.imap();
    for (const { chat, minute, own } of ARRIVALS) {
      const headers = {
        From: own ? alice.user.address : 'bob@example.test',
        'Message-ID': `<${chatId()}>`,
        References: `<${ids[chat]}>`,
      };
      const bytes = mail({ ...headers, 'In-Reply-To': `<${ids[chat]}>`, 'Chat-Version': '1.0' }, 'Hello');
      await imap.append(at('COI/Chats'), bytes, own ? ['$CoiOwn'] : [], new Date(NOON + minute * 60_000));
    }
    const capabilities = await imap.command('CAPABILITY');
    await imap.logout();
    const order = (by: 'arrival' | 'thread') => alice.account.call('mailbox.order', { mailbox: at('COI/Chats'), by });
    const [arrival, thread] = [await order('arrival'), await order('thread')];
    assert.deepEqual(arrival.uids, / SORT\b/.test(capabilities) ? [5, 3, 1, 4, 2, 6] : []);
    assert.deepEqual(thread.uids, / THREAD=REF/.test(capabilities) ? [5, 3, 1] : []);
    assert.equal(arrival.uidValidity, thread.uidValidity);
  } finally {
    await alice.stop();
  }
});
