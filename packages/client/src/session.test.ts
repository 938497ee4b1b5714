import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatId } from '@coi-webmail/chat';
import type { ContactAddress } from '@coi-webmail/coi';
import { aliceAt, NOON, settle } from './engine.fixture.ts';
import { MemoryCache } from './store/memory-store.ts';
import type { StoreOpener } from './store/store.ts';
import { BOB, CAROL, chatMail, plainMail, bounce, start, rows, chats, brief, withBob } from './story.fixture.ts';

test('five hundred mails come in windows, newest first, and once', async () => {
  const client = await start((engine) => {
    for (let at = 0; at < 500; at++) engine.put('INBOX', chatMail(`chat$${at}@x`, BOB, `line ${at}`, NOON + at * 1000));
  });
  await client.clock.pass(10);
  const [request] = await chats(client, 'requests');
  assert.equal(request?.unreadCount, 500);
  const windows = client.engine.calls.flatMap(({ method, params }) =>
    method === 'message.fetch' ? [(params as { uids: number[] }).uids] : [],
  );
  assert.deepEqual(
    windows.map((uids) => [uids[0], uids.length]),
    [
      [500, 100],
      [400, 200],
      [200, 200],
    ],
  );
});

test('a new UIDVALIDITY loses and doubles no line', async () => {
  const client = await start(withBob);
  const [chat] = await chats(client);
  client.engine.renumber('COI/Chats');
  client.engine.push('mailboxes.changed', { mailboxes: client.engine.states() });
  await client.clock.pass(5000);
  assert.deepEqual((await rows(client, chat?.chatId as ChatId)).map(brief), ['Hello: there', 'Hi: sent']);
  assert.equal((await rows(client, chat?.chatId as ChatId))[0]?.place?.uid, 100);
});

test('a line that another device deleted leaves after a pass, one that moved stays', async () => {
  const client = await start(withBob);
  const [chat] = await chats(client);
  const mailbox = client.engine.box('COI/Chats');
  mailbox.mails.delete(1);
  client.engine.push('message.expunged', { mailbox: 'COI/Chats', uidValidity: '1', uids: [1] });
  await settle();
  assert.equal((await rows(client, chat?.chatId as ChatId)).length, 2);
  await client.clock.pass(5000);
  assert.deepEqual((await rows(client, chat?.chatId as ChatId)).map(brief), ['Hi: sent']);
});

test('a line that waits for its copy to turn up elsewhere outlives the worker, until a pass has looked', async () => {
  const client = await start(withBob);
  client.engine.box('COI/Chats').mails.delete(1);
  client.engine.push('message.expunged', { mailbox: 'COI/Chats', uidValidity: '1', uids: [1] });
  await settle();
  client.tabs.close();
  const { cache } = await client.stores.open('0123456789abcdef', new Uint8Array(), () => undefined);
  assert.equal((await cache.load()).rows.length, 2);
  const again = await aliceAt(client.engine, client.stores);
  await again.clock.pass(5000);
  const [chat] = await chats(again);
  assert.deepEqual((await rows(again, chat?.chatId as ChatId)).map(brief), ['Hi: sent']);
});

test('a reconnect resumes by sequence number and fetches nothing anew', async () => {
  const client = await start(withBob);
  client.engine.drop();
  client.engine.deliver('COI/Chats', chatMail('chat$bob2@x', BOB, 'meanwhile', NOON));
  const before = client.engine.calls.length;
  await client.clock.pass(1000);
  const [chat] = await chats(client);
  assert.equal(chat?.last?.text, 'meanwhile');
  const methods = client.engine.calls.slice(before).map(({ method }) => method);
  assert.ok(!methods.includes('mailbox.sync') && !methods.includes('message.fetch'), methods.join());
});

test('a worker that starts anew goes on from its cursor', async () => {
  const client = await start(withBob);
  client.tabs.close();
  client.engine.put('COI/Chats', chatMail('chat$bob2@x', BOB, 'meanwhile', NOON));
  const before = client.engine.calls.length;
  const again = await aliceAt(client.engine, client.stores);
  assert.equal((await chats(again))[0]?.last?.text, 'meanwhile');
  const fetched = client.engine.calls.slice(before).filter(({ method }) => method === 'message.fetch');
  assert.deepEqual(
    fetched.map(({ params }) => (params as { uids: number[] }).uids),
    [[3]],
  );
});

test('before consent nothing is told to the mailbox', async () => {
  const client = await start((engine) => {
    engine.mode = null;
    withBob(engine);
    engine.put('INBOX', plainMail('plain@x', CAROL, 'chat$alice1@x', 'me too'), {
      isChat: false,
      undecided: { parent: 'chat$alice1@x', report: false },
    });
  });
  const [chat] = await chats(client);
  const [hello] = await rows(client, chat?.chatId as ChatId);
  await client.api.markRead(chat?.chatId as ChatId, hello === undefined ? [] : [hello.rowId]);
  await client.api.acceptChat(chat?.chatId as ChatId);
  await assert.rejects(client.api.send({ chatId: chat?.chatId as ChatId, text: 'no' }), { code: 'permission-denied' });
  await settle();
  const methods = new Set(client.engine.calls.map(({ method }) => method));
  assert.deepEqual([...methods].sort(), ['hello', 'mailbox.sync', 'message.fetch', 'storage.get']);
});

test('ordinary mail that answers a line is chat, other mail is not', async () => {
  const client = await start((engine) => {
    withBob(engine);
    engine.put('INBOX', plainMail('answer@x', BOB, 'chat$alice1@x', 'By mail'), {
      isChat: false,
      undecided: { parent: 'chat$alice1@x', report: false },
    });
    engine.put('INBOX', plainMail('other@x', CAROL, 'newsletter@x', 'Buy'), {
      isChat: false,
      undecided: { parent: 'newsletter@x', report: false },
    });
  });
  await client.clock.pass(100);
  const [chat] = await chats(client);
  assert.equal(chat?.last?.text, 'By mail');
  assert.deepEqual(
    client.engine.decided.flatMap(({ chat: uids }) => uids),
    [1],
  );
  assert.equal(client.engine.decided.at(-1)?.upTo, 2);
  assert.equal((await chats(client, 'requests')).length, 0);
});

test('a word on mail that did not reach the engine is said again', async () => {
  const client = await start(withBob);
  client.engine.failing.add('mailbox.decide');
  client.engine.deliver('INBOX', plainMail('other@x', CAROL, 'newsletter@x', 'Buy'), {
    isChat: false,
    undecided: { parent: 'newsletter@x', report: false },
  });
  await client.clock.pass(60_000);
  assert.equal(client.engine.decided.at(-1)?.upTo, 1);
});

test('a bounce is chat when it names a line of ours, and fails that line', async () => {
  const client = await start((engine) => {
    withBob(engine);
    engine.put('INBOX', bounce('b1@mx', 'chat$alice1@x'), { isChat: false, undecided: { report: true } });
    engine.put('INBOX', bounce('b2@mx', 'somebody-else@x'), { isChat: false, undecided: { report: true } });
  });
  await client.clock.pass(100);
  const [chat] = await chats(client);
  const line = (await rows(client, chat?.chatId as ChatId))[1];
  assert.deepEqual(
    [line?.delivery, line?.deliveryReason, line?.deliveryDetail],
    ['failed', 'recipient-unknown', '5.1.1'],
  );
  assert.deepEqual(
    client.engine.decided.flatMap(({ chat: uids }) => uids),
    [1],
  );
});

test('the fast lane shows lines of accepted people only, until their copy is missing', async () => {
  const client = await start(withBob);
  const [chat] = await chats(client);
  const lane = (id: string, from: ContactAddress, text: string) => {
    const bytes = chatMail(id, from, text, NOON);
    client.engine.push('lane.message', { messageId: id, from, acceptedAt: client.clock.now(), bytes });
  };
  lane('chat$lane1@x', BOB, 'quick');
  lane('chat$lane2@x', CAROL, 'stranger');
  await settle();
  assert.equal(brief((await rows(client, chat?.chatId as ChatId)).at(-1)), 'quick: lane');
  assert.equal((await chats(client, 'requests')).length, 0);
  await client.clock.pass(21_000);
  assert.equal(brief((await rows(client, chat?.chatId as ChatId)).at(-1)), 'quick: missing');
  client.engine.deliver('COI/Chats', chatMail('chat$lane1@x', BOB, 'quick', NOON));
  await settle();
  assert.equal(brief((await rows(client, chat?.chatId as ChatId)).at(-1)), 'quick: there');
});

test('a line read on the fast lane is marked when its copy comes, and again where it moved to', async () => {
  const client = await start(withBob);
  const [chat] = await chats(client);
  const bytes = chatMail('chat$lane1@x', BOB, 'quick', NOON);
  client.engine.push('lane.message', { messageId: 'chat$lane1@x', from: BOB, acceptedAt: client.clock.now(), bytes });
  await settle();
  const line = (await rows(client, chat?.chatId as ChatId)).at(-1);
  await client.api.markRead(chat?.chatId as ChatId, line === undefined ? [] : [line.rowId]);
  const uid = client.engine.deliver('INBOX', bytes);
  await settle();
  assert.deepEqual(client.engine.box('INBOX').mails.get(uid)?.flags, ['\\Seen']);
  const moved = client.engine.put('COI/Chats', bytes);
  client.engine.push('message.moved', {
    from: { mailbox: 'INBOX', uidValidity: '1', uid },
    to: { mailbox: 'COI/Chats', uidValidity: '1', uid: moved },
  });
  await settle();
  assert.deepEqual(client.engine.box('COI/Chats').mails.get(moved)?.flags, ['\\Seen']);
});

test('accepting a chat is written to the mailbox, also when another device wrote first', async () => {
  const client = await start((engine) => engine.put('INBOX', chatMail('chat$bob1@x', BOB, 'Hello')));
  const [request] = await chats(client, 'requests');
  const elsewhere = { version: 1, later: 'kept', marks: { 'address:carol@example.test': { muted: true } } };
  client.engine.storage.set('chats', { revision: 'other', document: JSON.stringify(elsewhere) });
  await client.api.acceptChat(request?.chatId as ChatId);
  await settle();
  assert.equal((await chats(client)).length, 1);
  const written = JSON.parse(client.engine.storage.get('chats')?.document ?? '') as typeof elsewhere;
  assert.equal(written.later, 'kept');
  assert.deepEqual(Object.keys(written.marks).sort(), ['address:bob@example.test', 'address:carol@example.test']);
});

test('drafts survive the worker and show in the list', async () => {
  const client = await start(withBob);
  const [chat] = await chats(client);
  await client.api.setDraft(chat?.chatId as ChatId, { text: 'half a thought', replyTo: undefined });
  assert.equal((await chats(client))[0]?.draft, 'half a thought');
  client.tabs.close();
  const again = await aliceAt(client.engine, client.stores);
  assert.equal((await again.api.getDraft(chat?.chatId as ChatId)).text, 'half a thought');
});

test('a draft outlives the cache: the chat has another id then, and the same draft', async () => {
  const client = await start(withBob);
  const [before] = await chats(client);
  await client.api.setDraft(before?.chatId as ChatId, { text: 'half a thought', replyTo: undefined });
  client.tabs.close();
  const { vault } = await client.stores.open('0123456789abcdef', new Uint8Array(), () => undefined);
  const lost: StoreOpener = {
    ...client.stores,
    open: async () => ({ cache: new MemoryCache(), vault, storage: 'durable', lockedItems: 0 }),
  };
  const again = await aliceAt(client.engine, lost);
  const [after] = await chats(again);
  assert.notEqual(after?.chatId, before?.chatId);
  assert.equal(after?.draft, 'half a thought');
  assert.equal((await again.api.getDraft(after?.chatId as ChatId)).text, 'half a thought');
  assert.equal((await again.api.getDraft(before?.chatId as ChatId)).text, '');
});
