import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatId } from '@coi-webmail/chat';
import { aliceAt, settle, type TestClient } from '../engine.fixture.ts';
import { memoryOpener } from '../store/memory-store.ts';
import { BOB, CAROL, chats, chatWith, overview, start, withBob } from '../story.fixture.ts';

/** Another browser of alice. */
function elsewhere({ engine }: TestClient): Promise<TestClient> {
  return aliceAt(engine, memoryOpener('durable'));
}

async function draftIn(client: TestClient, chatId: ChatId): Promise<string> {
  return (await client.api.getDraft(chatId)).text;
}

const writes = ({ engine }: TestClient, kind: string) =>
  engine.calls.filter(({ method, params }) => method === 'storage.put' && (params as { kind: string }).kind === kind);

test('a setting holds here at once and follows the account to other browsers', async () => {
  const client = await start(withBob);
  const other = await elsewhere(client);
  await client.api.setSettings({ undoSeconds: 5 });
  assert.equal((await overview(client))?.settings.undoSeconds, 5);
  await settle();
  assert.equal((await overview(other))?.settings.undoSeconds, 5);
  const third = await elsewhere(client);
  assert.equal((await overview(third))?.settings.undoSeconds, 5);
});

test('a setting made offline survives the worker and goes out later; what another version wrote stays', async () => {
  const client = await start(withBob);
  client.engine.isReachable = false;
  client.engine.drop();
  await client.api.setSettings({ undoSeconds: 5 });
  client.tabs.close();
  client.engine.isReachable = true;
  client.engine.write('preferences', JSON.stringify({ settings: { undoSeconds: 0, later: 7 }, more: 1 }));
  const again = await aliceAt(client.engine, client.stores);
  await again.clock.pass(1000);
  assert.equal((await overview(again))?.settings.undoSeconds, 5);
  const written: unknown = JSON.parse(client.engine.storage.get('preferences')?.document ?? '');
  assert.deepEqual(written, { settings: { undoSeconds: 5, later: 7 }, more: 1, version: 1 });
});

test('a document that makes no sense changes no setting', async () => {
  const client = await start(withBob);
  client.engine.write('preferences', '[]');
  client.engine.write('preferences', JSON.stringify({ settings: { undoSeconds: 'many' } }));
  client.engine.write('drafts', JSON.stringify({ drafts: { 'address:bob@example.test': { text: 7 }, x: null } }));
  await settle();
  assert.equal((await overview(client))?.settings.undoSeconds, 0);
  assert.equal((await chats(client))[0]?.draft, '');
});

test('a draft goes to the mailbox ten seconds later at most, as one write, and shows in the other browser', async () => {
  const client = await start(withBob);
  const other = await elsewhere(client);
  const chatId = await chatWith(client, BOB);
  for (const text of ['h', 'ha', 'half']) {
    await client.api.setDraft(chatId, { text, replyTo: undefined });
    await client.clock.pass(1000);
  }
  assert.equal(writes(client, 'drafts').length, 0);
  await client.clock.pass(10_000);
  assert.equal(writes(client, 'drafts').length, 1);
  assert.equal((await chats(other))[0]?.draft, 'half');
  assert.equal(await draftIn(other, await chatWith(other, BOB)), 'half');
  await client.api.setDraft(chatId, { text: '', replyTo: undefined });
  await client.clock.pass(11_000);
  assert.equal((await chats(other))[0]?.draft, '');
});

test('a draft that is sent before ten seconds are over costs the mailbox nothing', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  const before = client.engine.calls.length;
  for (const text of ['q', 'quick', '']) await client.api.setDraft(chatId, { text, replyTo: undefined });
  await client.clock.pass(60_000);
  assert.deepEqual(client.engine.calls.slice(before), []);
  const { vault } = await client.stores.open('0123456789abcdef', new Uint8Array(), () => undefined);
  assert.deepEqual([...(await vault.load()).keys()], []);
});

test('the newest draft wins, but not under the hands of who types here', async () => {
  const client = await start(withBob);
  const other = await elsewhere(client);
  const [here, there] = [await chatWith(client, BOB), await chatWith(other, BOB)];
  await client.api.setDraft(here, { text: 'typed first', replyTo: undefined });
  await client.clock.pass(4000);
  await other.api.setDraft(there, { text: 'typed second', replyTo: undefined });
  await client.clock.pass(3000);
  // The other one types on while the first draft arrives there, and its own is newer.
  await other.api.setDraft(there, { text: 'typed second, and on', replyTo: undefined });
  await client.clock.pass(3500);
  assert.equal(await draftIn(other, there), 'typed second, and on');
  await client.clock.pass(10_000);
  assert.equal(await draftIn(client, here), 'typed second, and on');
  // Somebody's clock is ahead: theirs counts as newer, but what is typed right now stays.
  await client.api.setDraft(here, { text: 'my words', replyTo: undefined });
  const at = client.clock.now() + 60_000;
  client.engine.write('drafts', JSON.stringify({ drafts: { [`address:${BOB}`]: { text: 'from the future', at } } }));
  await settle();
  assert.equal(await draftIn(client, here), 'my words');
  await client.clock.pass(30_000);
  assert.equal(await draftIn(client, here), 'from the future');
});

test('drafts of two chats typed in two browsers are both kept', async () => {
  const client = await start(withBob);
  const other = await elsewhere(client);
  await client.api.setDraft(await chatWith(client, BOB), { text: 'to bob', replyTo: undefined });
  await other.api.setDraft(await chatWith(other, CAROL), { text: 'to carol', replyTo: undefined });
  await client.clock.pass(25_000);
  for (const browser of [client, other, await elsewhere(client)]) {
    assert.equal(await draftIn(browser, await chatWith(browser, BOB)), 'to bob');
    assert.equal(await draftIn(browser, await chatWith(browser, CAROL)), 'to carol');
  }
});

test('before consent drafts and settings stay in this browser', async () => {
  const client = await start((engine) => {
    engine.mode = null;
    withBob(engine);
  });
  await client.api.setSettings({ undoSeconds: 5 });
  await client.api.setDraft(await chatWith(client, BOB), { text: 'half', replyTo: undefined });
  await client.clock.pass(60_000);
  assert.equal(client.engine.storage.size, 0);
  await client.api.setMode('active');
  await settle();
  assert.deepEqual([...client.engine.storage.keys()].sort(), ['drafts', 'preferences']);
});

test('lines read offline are told to the mailbox by the next worker', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.isReachable = false;
  client.engine.drop();
  await client.api.markRead(chatId, ['chat$bob1@x bob@example.test' as never]);
  client.tabs.close();
  client.engine.isReachable = true;
  const again = await aliceAt(client.engine, client.stores);
  await settle();
  assert.deepEqual(client.engine.box('COI/Chats').mails.get(1)?.flags, ['\\Seen']);
  assert.equal((await chats(again))[0]?.unreadCount, 0);
  const { vault } = await client.stores.open('0123456789abcdef', new Uint8Array(), () => undefined);
  assert.equal((await vault.load()).has('read'), false);
});
