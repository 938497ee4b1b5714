import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { at, chosenServer, lacks, needs, sendMail, until } from '@coi-webmail/e2e/stack';
import { chatId, type LiveStack, liveStack, mail, MODE, person, type Person } from './account.fixture.ts';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

/** Everything a mailbox holds, but for `\Recent`. */
async function snapshot(dave: Person): Promise<string> {
  const imap = await dave.imap();
  const list = await imap.command('LIST "" "*"');
  const lsub = await imap.command('LSUB "" "*"');
  let text = '';
  for (const path of ['INBOX', at('Sent')]) {
    await imap.command(`EXAMINE ${path}`);
    text += await imap.command('UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])').catch(() => '');
  }
  await imap.logout();
  // Order and marks of a list are the server's bookkeeping.
  const lines = `${list}${lsub}`
    .replace(/^t\d+ OK.*$/gm, '')
    .replace(/ \\UnMarked/g, '')
    .split('\r\n');
  return `${lines.sort().join('\n')}${text.replace(/^t\d+ OK.*$/gm, '').replace(/\\Recent ?/g, '')}`;
}

test('dave, who does not answer the question, keeps a byte-identical mailbox; he reads chats all the same', async () => {
  const dave = await person(live);
  const id = chatId();
  const imap = await dave.imap();
  await imap.append('INBOX', mail({ From: 'bob@example.test', 'Message-ID': `<${id}>`, Received: 'from x' }));
  await imap.append('INBOX', mail({ From: 'shop@far.test', 'Message-ID': '<1@far.test>' }));
  await imap.logout();
  const untouched = await snapshot(dave);

  const { mode } = await dave.account.describe();
  assert.equal(mode, null);
  const inbox = await dave.account.call('mailbox.sync', { mailbox: 'INBOX' });
  assert.deepEqual(inbox.fresh, [1]);
  const { uidValidity } = inbox.cursor;
  const { messages } = await dave.account.call('message.fetch', { mailbox: 'INBOX', uidValidity, uids: [1] });
  assert.match(Buffer.from(messages[0]?.bytes ?? []).toString(), /Hello/);
  const preview = await dave.account.call('consent.preview', {});
  assert.deepEqual(preview, { chatMailCount: 1, coiServer: false, canMove: MODE === 'active' });
  assert.deepEqual((await dave.account.file(1_000)).marks, []);
  await dave.account.call('mailbox.decide', { mailbox: 'INBOX', uidValidity, chat: [2] });
  await assert.rejects(
    dave.account.call('message.flag', { mailbox: 'INBOX', uidValidity, uids: [1], add: ['\\Seen'], remove: [] }),
    (error) => isCoiError(error, 'permission-denied'),
  );
  await assert.rejects(dave.account.call('storage.put', { kind: 'chats', document: '{}', ifRevision: '' }), (error) =>
    isCoiError(error, 'permission-denied'),
  );
  await dave.stop();
  assert.equal(await snapshot(dave), untouched);
});

test('new chat mail is pushed before consent, and stays where it is', async () => {
  const dave = await person(live);
  await dave.account.describe();
  const id = chatId();
  await sendMail({
    port: live.stack.info.ports.inject,
    from: 'erin@elsewhere.test',
    to: [dave.user.address],
    message: mail({ From: 'erin@elsewhere.test', 'Message-ID': `<${id}>`, 'Chat-Version': '1.0' }),
  });
  const { mailbox, message } = await dave.events.next('message.arrived');
  assert.equal(mailbox, 'INBOX');
  assert.ok(Buffer.from(message.bytes).includes(id));
  const { fresh } = await dave.account.call('mailbox.sync', { mailbox: 'INBOX' });
  assert.deepEqual(fresh, [1]);
  assert.deepEqual(dave.events.of('message.moved'), []);
  await dave.stop();
});

test(
  'consent creates the chat mailboxes, subscribed, and files what lay there before',
  needs('MOVE', 'keywords'),
  async () => {
    const alice = await person(live);
    const imap = await alice.imap();
    const ids = [chatId(), chatId()];
    for (const id of ids)
      await imap.append('INBOX', mail({ From: 'bob@example.test', 'Message-ID': `<${id}>` }), ['\\Seen']);
    await imap.append('INBOX', mail({ From: 'shop@far.test', 'Message-ID': '<1@far.test>' }));
    await alice.account.call('mode.set', { mode: 'active' });
    await alice.events.next('message.moved', ({ from }) => from.uid === 2);
    const subscribed = await imap.command('LSUB "" "*"');
    for (const name of ['COI/Blocked', 'COI/Chats', 'COI/Contacts']) assert.ok(subscribed.includes(at(name)), name);
    await imap.command(`EXAMINE ${at('COI/Chats')}`);
    const filed = await imap.command('UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])');
    for (const id of ids) assert.ok(filed.includes(id));
    assert.match(filed, /\\Seen [^)]*\$Chat/);
    await imap.command('EXAMINE INBOX');
    assert.match(await imap.command('UID SEARCH ALL'), /\* SEARCH 3\r\n/);
    await imap.logout();
    await alice.stop();
  },
);

test('consent outlives the process', async () => {
  const alice = await person(live);
  await alice.account.call('mode.set', { mode: 'none' });
  await alice.stop();
  const again = await person(live, { user: alice.user });
  assert.equal((await again.account.describe()).mode, 'none');
  await again.account.call('mode.set', { mode: MODE });
  assert.equal((await again.account.describe()).mode, MODE);
  await again.stop();
});

test('another process hears of the consent, and of another mode, from the mailbox', needs('MOVE'), async () => {
  const alice = await person(live);
  const elsewhere = await person(live, { user: alice.user });
  assert.equal((await elsewhere.account.describe()).mode, null);
  await alice.account.call('mode.set', { mode: 'none' });
  const consentedAt = Date.now();
  await elsewhere.events.next('mode.changed', ({ mode }) => mode === 'none');
  assert.ok(Date.now() - consentedAt < (lacks(chosenServer()).includes('NOTIFY') ? 12_000 : 4_000));
  const { mailboxes } = await elsewhere.events.next('mailboxes.changed');
  assert.ok(mailboxes.some(({ role }) => role === 'chats'));
  await alice.account.call('mode.set', { mode: 'active' });
  await elsewhere.events.next('mode.changed', ({ mode }) => mode === 'active');
  await elsewhere.account.call('mode.set', { mode: 'none' });
  await alice.events.next('mode.changed', ({ mode }) => mode === 'none');
  assert.ok(elsewhere.events.of('account.state').every(({ state }) => state === 'online'));
  const { revision } = await alice.account.call('storage.put', { kind: 'drafts', document: '{}', ifRevision: '' });
  await elsewhere.events.next('storage.changed', (change) => change.revision === revision);
  await alice.stop();
  await elsewhere.stop();
});

test('where the admin consented for everybody nobody is asked', async () => {
  const alice = await person(live, { deps: { defaultMode: 'active' } });
  const { mode, mailboxes } = await alice.account.describe();
  assert.equal(mode, MODE);
  assert.ok(mailboxes.some(({ role, path }) => role === 'chats' && path === at('COI/Chats')));
  await alice.stop();
});

for (const [pool, keywords] of [
  ['user', true],
  ['nokeyword', false],
] as const) {
  test(`who consents learns that keywords ${keywords ? 'can' : 'cannot'} be stored, in each browser`, async () => {
    const alice = await person(live, { pool });
    const elsewhere = await person(live, { user: alice.user });
    assert.equal((await elsewhere.account.describe()).account.keywords, false);
    await alice.account.call('mode.set', { mode: 'none' });
    for (const { events, account } of [alice, elsewhere]) {
      const told = await events.next('mode.changed', ({ mode }) => mode === 'none');
      const isPossible = keywords && !lacks(chosenServer()).includes('keywords');
      assert.equal(told.keywords, isPossible);
      assert.equal((await account.describe()).account.keywords, isPossible);
    }
    await alice.stop();
    await elsewhere.stop();
  });
}

test('a document is stored although somebody deleted the mailbox for it', async () => {
  const alice = await person(live);
  await alice.account.call('mode.set', { mode: 'none' });
  const { revision } = await alice.account.call('storage.put', { kind: 'drafts', document: '1', ifRevision: '' });
  const imap = await alice.imap();
  await imap.command(`DELETE ${at('COI/Contacts')}`);
  await imap.logout();
  // Whoever builds on what is gone is told so.
  const put = (ifRevision: string) =>
    alice.account.call('storage.put', { kind: 'drafts', document: '2', ifRevision }).then(
      () => 'stored',
      (error: unknown) => (isCoiError(error) ? error.code : 'internal'),
    );
  await until(async () => (await put(revision)) === 'conflict', 'the conflict', 25_000);
  assert.equal(await put(''), 'stored');
  assert.equal((await alice.account.call('storage.get', { kind: 'drafts' })).document, '2');
  await alice.stop();
});
