import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CoiError } from '@coi-webmail/base';
import { at, needs, sendMail, until } from '@coi-webmail/e2e/stack';
import {
  chatId,
  type LiveStack,
  liveStack,
  mail,
  MODE,
  newHub,
  person,
  type Person,
  type PersonOptions,
} from './account.fixture.ts';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

async function consenting(mode: 'active' | 'none', options: PersonOptions = {}): Promise<Person> {
  const someone = await person(live, options);
  await someone.account.call('mode.set', { mode });
  return someone;
}

async function deliver(to: Person, headers: Readonly<Record<string, string>>): Promise<void> {
  const message = mail({ From: 'erin@elsewhere.test', To: to.user.address, ...headers });
  await sendMail({ port: live.stack.info.ports.inject, from: 'erin@elsewhere.test', to: [to.user.address], message });
}

async function uidsIn(someone: Person, path: string, criteria = 'ALL'): Promise<number[]> {
  const imap = await someone.imap();
  await imap.command(`EXAMINE ${path}`);
  const found = /\* SEARCH([ \d]*)\r\n/.exec(await imap.command(`UID SEARCH ${criteria}`))?.[1] ?? '';
  await imap.logout();
  return found.trim() === '' ? [] : found.trim().split(' ').map(Number);
}

async function decided(someone: Person): Promise<void> {
  for (;;) if ((await someone.account.file(5_000)).done) return;
}

for (const [name, headers] of [
  ['Chat-Version', { 'Message-ID': '<x1@elsewhere.test>', 'Chat-Version': '1.0' }],
  ['a chat Message-ID', { 'Message-ID': `<${chatId('elsewhere.test')}>` }],
  [
    'a first reference to chat, folded',
    { 'Message-ID': '<x2@elsewhere.test>', References: '\r\n <chat$abc@example.test>\r\n <y@far.test>' },
  ],
] as const) {
  test(
    `active: mail marked by ${name} is pushed, then moved, and the client learns its new place`,
    needs('MOVE'),
    async () => {
      const bob = await consenting('active');
      await deliver(bob, headers);
      const { message, uidValidity } = await bob.events.next('message.arrived');
      const { from, to } = await bob.events.next('message.moved');
      assert.deepEqual(from, { mailbox: 'INBOX', uidValidity, uid: message.uid });
      assert.equal(to.mailbox, at('COI/Chats'));
      assert.deepEqual(await uidsIn(bob, 'INBOX'), []);
      assert.deepEqual(await uidsIn(bob, at('COI/Chats'), 'KEYWORD $Chat'), [to.uid]);
      assert.deepEqual(bob.events.of('message.expunged'), []);
      await bob.stop();
    },
  );
}

test('a line that could not be pushed makes the clients sync', async () => {
  const refused = new CoiError('overloaded', 'The engine has no memory left for this');
  const budget = { usedBytes: 0, use: () => Promise.reject(refused) };
  const bob = await consenting(MODE, { deps: { budget } });
  await deliver(bob, { 'Message-ID': `<${chatId('elsewhere.test')}>` });
  let asked = 0;
  await until(async () => {
    const told = bob.events.of('mailbox.changed').filter(({ mailbox }) => mailbox === 'INBOX').length;
    if (told === asked) return false;
    asked = told;
    return (await bob.account.call('mailbox.sync', { mailbox: 'INBOX' })).fresh.length > 0;
  }, 'The word that something came');
  assert.deepEqual(bob.events.of('message.arrived'), []);
  await bob.stop();
});

test(
  'none: chat mail is tagged and stays, ordinary mail is left alone, the mark moves over both',
  needs('keywords'),
  async () => {
    const bob = await consenting('none');
    await deliver(bob, { 'Message-ID': '<shop@elsewhere.test>' });
    await deliver(bob, { 'Message-ID': `<${chatId()}>` });
    await bob.events.next('message.arrived');
    await decided(bob);
    assert.deepEqual(await uidsIn(bob, 'INBOX'), [1, 2]);
    assert.deepEqual(await uidsIn(bob, 'INBOX', 'KEYWORD $Chat'), [2]);
    const { marks, mode, keywords } = await bob.account.file(1_000);
    assert.equal(mode, 'none');
    assert.equal(keywords, true);
    assert.equal(marks.find(({ mailbox }) => mailbox === 'INBOX')?.uid, 2);
    await bob.stop();
  },
);

for (const mode of ['active', 'none'] as const) {
  test(
    `${mode}, keywords forbidden: chat mail is known all the same, also to the next process`,
    mode === 'active' ? needs('MOVE') : {},
    async () => {
      const bob = await consenting(mode, { pool: 'nokeyword' });
      await deliver(bob, { 'Message-ID': '<shop@elsewhere.test>' });
      await deliver(bob, { 'Message-ID': `<${chatId()}>` });
      await bob.events.next('message.arrived');
      await decided(bob);
      assert.deepEqual(await uidsIn(bob, 'INBOX'), mode === 'active' ? [1] : [1, 2]);
      assert.equal((await bob.account.file(1_000)).keywords, false);
      await bob.stop();
      const again = await person(live, { user: bob.user });
      const { fresh } = await again.account.call('mailbox.sync', { mailbox: 'INBOX' });
      assert.deepEqual(fresh, mode === 'active' ? [] : [2]);
      await again.stop();
    },
  );
}

test(
  'mail without a mark waits for the client; what it calls chat is filed, the rest counts as mail',
  needs('MOVE'),
  async () => {
    const bob = await consenting('active');
    await deliver(bob, { 'Message-ID': '<a@elsewhere.test>', 'In-Reply-To': '<legacy-line@elsewhere.test>' });
    await deliver(bob, { 'Message-ID': '<b@elsewhere.test>', 'In-Reply-To': '<newsletter@elsewhere.test>' });
    const first = await bob.events.next('mail.undecided', ({ mails }) => mails.some(({ uid }) => uid === 1));
    assert.deepEqual(first.mails[0], {
      uid: 1,
      messageId: 'a@elsewhere.test',
      parent: 'legacy-line@elsewhere.test',
      report: false,
    });
    await bob.events.next('mail.undecided', ({ mails }) => mails.some(({ uid }) => uid === 2));
    assert.equal((await bob.account.file(1_000)).done, false);
    const { uidValidity } = first;
    await bob.account.call('mailbox.decide', { mailbox: 'INBOX', uidValidity, chat: [1], upTo: 2 });
    await bob.events.next('message.moved', ({ from }) => from.uid === 1);
    assert.deepEqual(await uidsIn(bob, 'INBOX'), [2]);
    const { done, marks } = await bob.account.file(1_000);
    assert.equal(done, true);
    assert.equal(marks.find(({ mailbox }) => mailbox === 'INBOX')?.uid, 2);
    await bob.stop();
  },
);

test(
  'with nobody there the engine knows answers by the lines in the chats mailbox, and leaves the rest',
  needs('MOVE'),
  async () => {
    const bob = await consenting('active');
    const imap = await bob.imap();
    await imap.append(at('COI/Chats'), mail({ From: bob.user.address, 'Message-ID': '<line@elsewhere.test>' }));
    await imap.logout();
    bob.account.setSocketCount(0);
    const to = { To: bob.user.address };
    await deliver(bob, { ...to, 'Message-ID': '<r1@elsewhere.test>', 'In-Reply-To': '<line@elsewhere.test>' });
    await deliver(bob, {
      To: `${bob.user.address}, carol@far.test`,
      'Message-ID': '<r2@elsewhere.test>',
      'In-Reply-To': '<line@elsewhere.test>',
    });
    await deliver(bob, { ...to, 'Message-ID': '<r3@elsewhere.test>', 'In-Reply-To': '<other@elsewhere.test>' });
    await bob.events.next('message.moved', ({ from }) => from.uid === 1);
    for (let left: number[] = []; left.length !== 2; left = await uidsIn(bob, 'INBOX'));
    await bob.account.file(1_000);
    assert.deepEqual(await uidsIn(bob, 'INBOX'), [2, 3]);
    await bob.stop();
  },
);

test('a backlog of 700 mails is filed without a client, by one request', needs('MOVE'), async () => {
  const bob = await consenting('active');
  await bob.stop();
  const imap = await bob.imap();
  for (let index = 1; index <= 700; index += 1) {
    const kinds = [
      { 'Chat-Version': '1.0' },
      { 'Message-ID': `<${chatId()}>` },
      { References: '<chat$x@example.test>' },
    ];
    const headers = index % 20 === 0 ? kinds[index % 3] : { 'In-Reply-To': '<news@far.test>' };
    await imap.append('INBOX', mail({ From: 'x@far.test', 'Message-ID': `<m${index}@far.test>`, ...headers }));
  }
  await imap.logout();
  const later = await person(live, { user: bob.user, sockets: 0 });
  const { marks } = await later.account.file(10_000);
  assert.equal((await uidsIn(bob, at('COI/Chats'))).length, 35);
  assert.equal((await uidsIn(bob, 'INBOX')).length, 665);
  assert.ok(marks.some(({ mailbox }) => mailbox === 'INBOX'));
  await later.stop();
});

test('an answer to a chat line written in a mail program is filed from Sent', needs('MOVE'), async () => {
  const alice = await consenting('active');
  const imap = await alice.imap();
  const headers = {
    From: alice.user.address,
    'Message-ID': '<own@example.test>',
    'In-Reply-To': '<chat$1@example.test>',
  };
  await imap.append(at('Sent'), mail({ ...headers, References: '<chat$1@example.test>' }), ['\\Seen']);
  await imap.logout();
  const { from } = await alice.events.next('message.moved');
  assert.equal(from.mailbox, at('Sent'));
  assert.equal((await alice.events.next('message.arrived')).mailbox, at('Sent'));
  await alice.stop();
});

test('changing from none to active moves what was only tagged so far', needs('MOVE'), async () => {
  const bob = await consenting('none');
  await deliver(bob, { 'Message-ID': `<${chatId()}>` });
  await bob.events.next('message.arrived');
  await decided(bob);
  await bob.account.call('mode.set', { mode: 'active' });
  await bob.events.next('message.moved');
  assert.deepEqual(await uidsIn(bob, 'INBOX'), []);
  await bob.stop();
});

test('the chats mailbox, deleted by another program, comes back when a line arrives', needs('MOVE'), async () => {
  const bob = await consenting('active');
  await bob.account.call('mailbox.sync', { mailbox: 'INBOX' });
  const imap = await bob.imap();
  await imap.command(`DELETE ${at('COI/Chats')}`);
  await imap.logout();
  await deliver(bob, { 'Message-ID': `<${chatId()}>` });
  await bob.events.next('message.moved');
  assert.equal((await uidsIn(bob, at('COI/Chats'))).length, 1);
  await bob.stop();
});

test('two processes of one account file each mail once', needs('MOVE'), async () => {
  const hub = newHub();
  const bob = await consenting('active', { deps: { hub } });
  const other = await person(live, { user: bob.user, deps: { hub } });
  await other.account.describe();
  for (let index = 0; index < 10; index += 1) await deliver(bob, { 'Message-ID': `<${chatId()}>` });
  for (
    let left = [0];
    left.length > 0 || (await uidsIn(bob, at('COI/Chats'))).length < 10;
    left = await uidsIn(bob, 'INBOX')
  );
  assert.equal((await uidsIn(bob, at('COI/Chats'))).length, 10);
  await bob.stop();
  await other.stop();
});

test(
  'a line that was filed is flagged at its new place, though the client names the old one',
  needs('MOVE'),
  async () => {
    const bob = await consenting('active');
    await deliver(bob, { 'Message-ID': `<${chatId()}>` });
    const { message, uidValidity } = await bob.events.next('message.arrived');
    await bob.events.next('message.moved');
    const old = { mailbox: 'INBOX', uidValidity };
    await bob.account.call('message.flag', { ...old, uids: [message.uid], add: ['\\Seen'], remove: [] });
    assert.equal((await uidsIn(bob, at('COI/Chats'), 'SEEN')).length, 1);
    const raw = await bob.account.part({ ...old, uid: message.uid, part: 'raw' });
    let length = 0;
    for await (const chunk of raw.stream) length += chunk.length;
    assert.equal(length, raw.sizeBytes);
    await bob.stop();
  },
);
