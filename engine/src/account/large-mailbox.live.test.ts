/** Mailboxes with very much mail, and very large mail: nothing waits for the backlog, and little of it is in memory. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { at, type ImapLine, needs, sendMail, until } from '@coi-webmail/e2e/stack';
import { PREFIX_BYTES } from '@coi-webmail/protocol';
import { startLesserServer } from '../imap/lesser-server.fixture.ts';
import { chatId, issuerOf, type LiveStack, liveStack, mail, person, type Person } from './account.fixture.ts';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

/** More than a pass looks at in one step. */
const BACKLOG = 6_300;
const CHAT_EVERY = 3;
const AT_ONCE = 500;

/** Many mails by few commands (RFC 3502, RFC 7888). */
async function fill(imap: ImapLine, mailbox: string, count: number): Promise<void> {
  for (let first = 1; first <= count; first += AT_ONCE) {
    const mails = Array.from({ length: Math.min(AT_ONCE, count - first + 1) }, (_, offset) => {
      const isChat = (first + offset) % CHAT_EVERY === 0;
      const id = isChat ? chatId('far.test') : `${first + offset}.${chatId('far.test').slice(5)}`;
      const bytes = Buffer.from(mail({ From: 'x@far.test', 'Message-ID': `<${id}>` }, `Mail ${first + offset}`));
      return ` () {${bytes.length}+}\r\n${bytes.toString('latin1')}`;
    });
    await imap.command(`APPEND ${mailbox}${mails.join('')}`);
  }
}

async function countIn(imap: ImapLine, mailbox: string): Promise<number> {
  return Number(/MESSAGES (\d+)/.exec(await imap.command(`STATUS ${mailbox} (MESSAGES)`))?.[1]);
}

async function deliver(to: Person): Promise<string> {
  const id = chatId('elsewhere.test');
  const message = mail({ From: 'erin@elsewhere.test', To: to.user.address, 'Message-ID': `<${id}>` });
  const { inject } = live.stack.info.ports;
  await sendMail({ port: inject, from: 'erin@elsewhere.test', to: [to.user.address], message });
  return id;
}

const FULL = needs('MOVE', 'keywords');
test(
  'of 6,300 mails each third is chat: all are filed, a line that comes meanwhile is pushed first',
  FULL,
  async () => {
    const earlier = await person(live);
    await earlier.account.call('mode.set', { mode: 'active' });
    await earlier.stop();
    const imap = await earlier.imap();
    await fill(imap, 'INBOX', BACKLOG);
    // Far away each step takes long enough to see what comes between two.
    const server = await startLesserServer(live.stack.info.ports.imap, [], { delayMs: 50 });
    const issuer = await issuerOf(live);
    const far = { imap: { ...issuer.imap, port: server.port, tls: 'none' as const } };
    const alice = await person(live, { user: earlier.user, issuer: far });
    await alice.events.next('message.moved');
    const id = await deliver(alice);
    await alice.events.next('message.arrived', ({ message }) => Buffer.from(message.bytes).includes(id));
    const filedBefore = alice.events.of('message.moved').length;
    const chatCount = Math.floor(BACKLOG / CHAT_EVERY);
    assert.ok(filedBefore < chatCount, `${filedBefore} of ${chatCount} were filed before the line was pushed`);
    // What clients ask meanwhile is answered between two steps.
    const { fresh } = await alice.account.call('mailbox.sync', { mailbox: at('COI/Contacts') });
    assert.ok(fresh.length > 0);
    assert.ok(alice.events.of('message.moved').length < chatCount);
    await until(async () => (await alice.account.file(5_000)).done, 'the whole backlog', 60_000);
    assert.equal(await countIn(imap, 'INBOX'), BACKLOG - chatCount);
    assert.equal(await countIn(imap, at('COI/Chats')), chatCount + 1);
    await imap.logout();
    await alice.stop();
  },
);

test('of a mail of 50 MB a client gets the first bytes, and the engine no more', async () => {
  const bytes = 50_000_000;
  const earlier = await person(live);
  await earlier.account.call('mode.set', { mode: 'none' });
  await earlier.stop();
  const imap = await earlier.imap();
  const head = Buffer.from(mail({ From: 'x@far.test', 'Message-ID': `<${chatId('far.test')}>` }, ''));
  await imap.append('INBOX', Buffer.concat([head, Buffer.alloc(bytes, `${'x'.repeat(70)}\r\n`)]));
  await imap.logout();
  const alice = await person(live, { user: earlier.user });
  const { cursor, fresh } = await alice.account.call('mailbox.sync', { mailbox: 'INBOX' });
  assert.deepEqual(fresh, [1]);
  globalThis.gc?.();
  const earlierUse = process.memoryUsage();
  const place = { mailbox: 'INBOX', uidValidity: cursor.uidValidity };
  const { messages } = await alice.account.call('message.fetch', { ...place, uids: fresh });
  const use = process.memoryUsage();
  const [message] = messages;
  assert.deepEqual([message?.bytes.length, message?.complete], [PREFIX_BYTES, false]);
  assert.ok((message?.sizeBytes ?? 0) > bytes);
  const grown = use.heapUsed + use.external - earlierUse.heapUsed - earlierUse.external;
  assert.ok(grown < bytes / 5, `${grown} bytes more`);
  await alice.stop();
});
