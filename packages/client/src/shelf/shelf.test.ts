import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatId, TimelineView } from '@coi-webmail/chat';
import type { ContactAddress } from '@coi-webmail/coi';
import { aliceAt, NOON, settle, type TestClient, TestClock, TestEngine } from '../engine.fixture.ts';
import { memoryOpener } from '../store/memory-store.ts';
import { ALICE, BOB, CAROL, chatMail, chats, receipt } from '../story.fixture.ts';

const LIMITS = { rows: 200, chars: 1_000_000 };
const DAVE = 'dave@example.test' as ContactAddress;

/** A mailbox of 900 lines: bob's and carol's mixed, every third of alice; dave's one is the oldest. */
function mailbox(engine: TestEngine): void {
  engine.put('COI/Chats', chatMail('chat$dave@x', DAVE, 'long ago', NOON - 10_000_000), { flags: ['\\Seen'] });
  for (let at = 0; at < 900; at++) {
    const peer = at % 2 === 0 ? BOB : CAROL;
    const isOwn = at % 3 === 0;
    const bytes = chatMail(
      `chat$${at}@x`,
      isOwn ? ALICE : peer,
      `line ${at}`,
      NOON - (1000 - at) * 1000,
      undefined,
      peer,
    );
    engine.put('COI/Chats', bytes, { flags: isOwn ? ['$CoiOwn', '\\Seen'] : at < 400 ? ['\\Seen'] : [] });
  }
}

/** What bob's chat has, oldest first. */
const BOBS = Array.from({ length: 450 }, (_, at) => `line ${at * 2}`);
const isUnreadOf = (peer: number) => (at: number) => at % 2 === peer && at % 3 !== 0 && at >= 400;
const UNREAD_OF_BOB = Array.from({ length: 900 }, (_, at) => at).filter(isUnreadOf(0)).length;

async function start(prepare: (engine: TestEngine) => void = mailbox): Promise<TestClient> {
  const engine = new TestEngine(new TestClock());
  prepare(engine);
  const client = await aliceAt(engine, memoryOpener('durable'), { heldLimits: LIMITS });
  await client.clock.pass(100);
  return client;
}

const stateOf = ({ tabs }: TestClient) => tabs.session?.liveNow?.state;
const rowCount = (client: TestClient) => stateOf(client)?.rows.size ?? 0;
const isBounded = (client: TestClient) => rowCount(client) <= LIMITS.rows * 1.08 + 1;
const windows = ({ engine }: TestClient) => engine.calls.filter(({ method }) => method === 'message.fetch').length;

async function chatOf(client: TestClient, address: string): Promise<ChatId> {
  const found = (await chats(client)).find(({ people }) => people[0]?.address === address);
  return found?.chatId as ChatId;
}

/** Opens a chat and scrolls up to its beginning, as the screen does. */
async function scrolled(client: TestClient, chatId: ChatId): Promise<readonly string[]> {
  const views: TimelineView[] = [];
  const watch = await client.api.watchTimeline({ chatId, count: 50 }, (value) => {
    if (value !== undefined) views.push(value);
  });
  await client.clock.pass(50);
  for (let step = 0; step < 20 && views.at(-1)?.hasOlder === true; step++) {
    await client.api.growTimeline(watch, 50);
    await client.clock.pass(50);
  }
  const view = views.at(-1);
  assert.equal(view?.loadingOlder, false);
  const texts = view?.rows.map(({ text }) => text) ?? [];
  await client.api.unwatch(watch);
  return texts;
}

test('of nine hundred lines two hundred are held, and the list of chats is complete and right', async () => {
  const client = await start();
  assert.ok(isBounded(client), `${rowCount(client)} rows`);
  const list = await chats(client);
  assert.deepEqual(list.map(({ people }) => people[0]?.address).sort(), [BOB, CAROL]);
  const bob = list.find(({ people }) => people[0]?.address === BOB);
  assert.deepEqual([bob?.last?.text, bob?.unreadCount], ['line 898', UNREAD_OF_BOB]);
  const requests = await chats(client, 'requests');
  assert.deepEqual(
    requests.map(({ last }) => last?.text),
    ['long ago'],
  );
});

test('scrolling up fetches what is not held, without a hole, and what was looked at leaves again', async () => {
  const client = await start();
  const before = windows(client);
  assert.deepEqual(await scrolled(client, await chatOf(client, BOB)), BOBS);
  assert.ok(windows(client) > before);
  client.engine.deliver('COI/Chats', chatMail('chat$new@x', BOB, 'new', NOON));
  await client.clock.pass(100);
  for (let at = 0; at < 500; at++)
    client.engine.deliver('COI/Chats', chatMail(`chat$n${at}@x`, CAROL, `more ${at}`, NOON + at));
  await client.clock.pass(100);
  assert.ok(isBounded(client), `${rowCount(client)} rows`);
  assert.deepEqual(await scrolled(client, await chatOf(client, BOB)), [...BOBS, 'new']);
});

test('a worker that starts anew fetches nothing and knows what is not held', async () => {
  const client = await start();
  client.tabs.close();
  const before = windows(client);
  const again = await aliceAt(client.engine, client.stores, { heldLimits: LIMITS });
  assert.equal(windows(again), before);
  assert.ok(isBounded(again));
  const bob = (await chats(again)).find(({ people }) => people[0]?.address === BOB);
  assert.deepEqual([bob?.unreadCount, bob?.request], [UNREAD_OF_BOB, false]);
  assert.deepEqual(await scrolled(again, bob?.chatId as ChatId), BOBS);
});

test('what is not held can be read, deleted and moved by other devices', async () => {
  const client = await start();
  const { mails } = client.engine.box('COI/Chats');
  const chatId = await chatOf(client, BOB);
  const unread = async () => (await chats(client)).find((chat) => chat.chatId === chatId)?.unreadCount;
  // UID 2 is line 0.
  const [read, deleted, moved] = [406, 12, 22];
  assert.ok(!isHeld(client, 'line 404') && !isHeld(client, 'line 10'));
  const mail = mails.get(read);
  assert.ok(mail !== undefined);
  mail.flags = ['\\Seen'];
  const place = { mailbox: 'COI/Chats', uidValidity: '1' };
  client.engine.push('message.flags', { ...place, changes: [{ uid: read, flags: ['\\Seen'], modSeq: '9999' }] });
  mails.delete(deleted);
  client.engine.push('message.expunged', { ...place, uids: [deleted] });
  const bytes = mails.get(moved)?.bytes ?? new Uint8Array();
  mails.delete(moved);
  const uid = client.engine.put('INBOX', bytes, { flags: ['\\Seen'], internalAt: NOON - 980_000 });
  client.engine.push('message.moved', {
    from: { ...place, uid: moved },
    to: { mailbox: 'INBOX', uidValidity: '1', uid },
  });
  await client.clock.pass(5000);
  assert.equal(await unread(), UNREAD_OF_BOB - 1);
  assert.deepEqual(
    await scrolled(client, chatId),
    BOBS.filter((text) => text !== 'line 10'),
  );
});

const isHeld = (client: TestClient, text: string) =>
  [...(stateOf(client)?.rows.values() ?? [])].some(({ message }) => message.kind === 'text' && message.text === text);

test('what vanished while nobody listened is not waited for', async () => {
  const client = await start();
  const chatId = await chatOf(client, BOB);
  client.engine.box('COI/Chats').mails.delete(12);
  assert.deepEqual(
    await scrolled(client, chatId),
    BOBS.filter((text) => text !== 'line 10'),
  );
});

test('a new UIDVALIDITY loses and doubles no line, held or not', async () => {
  const client = await start();
  client.engine.renumber('COI/Chats');
  client.engine.push('mailboxes.changed', { mailboxes: client.engine.states() });
  await client.clock.pass(10_000);
  assert.ok(isBounded(client), `${rowCount(client)} rows`);
  assert.deepEqual(await scrolled(client, await chatOf(client, BOB)), BOBS);
});

test('receipts leave with their lines and come back with them', async () => {
  const client = await start((engine) => {
    mailbox(engine);
    for (const at of [0, 6, 12])
      engine.put('COI/Chats', receipt(`receipt${at}@x`, BOB, `chat$${at}@x`), { flags: ['\\Seen'] });
  });
  assert.equal(stateOf(client)?.services.size, 0);
  let view: TimelineView | undefined;
  const chatId = await chatOf(client, BOB);
  await client.api.watchTimeline({ chatId, count: 450 }, (value) => {
    view = value;
  });
  await client.clock.pass(100);
  assert.equal(view?.rows.length, 450);
  const read = view?.rows.filter(({ delivery }) => delivery === 'read').map(({ text }) => text);
  assert.deepEqual(read, ['line 0', 'line 6', 'line 12']);
});

test('a copy of an old line that turns up elsewhere makes no hole and no second line', async () => {
  const client = await start();
  const bytes = client.engine.box('COI/Chats').mails.get(12)?.bytes ?? new Uint8Array();
  client.engine.deliver('INBOX', bytes, { flags: ['\\Seen'], internalAt: NOON - 990_000 });
  await client.clock.pass(100);
  assert.ok(!isHeld(client, 'line 10'));
  assert.deepEqual(await scrolled(client, await chatOf(client, BOB)), BOBS);
});

test('offline a scroll ends at what is held, and goes on with the connection', async () => {
  const client = await start();
  const chatId = await chatOf(client, BOB);
  client.engine.isReachable = false;
  client.engine.drop();
  await settle();
  const held = await scrolled(client, chatId);
  assert.ok(held.length < BOBS.length);
  assert.deepEqual(held, BOBS.slice(-held.length));
  client.engine.isReachable = true;
  await client.clock.pass(10_000);
  assert.deepEqual(await scrolled(client, chatId), BOBS);
});

test('a few very long texts count as many short ones', async () => {
  const long = 'x'.repeat(20_000);
  const client = await start((engine) => {
    for (let at = 0; at < 180; at++)
      engine.put('COI/Chats', chatMail(`chat$${at}@x`, BOB, `${at} ${long}`, NOON + at * 1000));
  });
  assert.ok(rowCount(client) <= 60, `${rowCount(client)} rows`);
  assert.equal((await chats(client, 'requests'))[0]?.unreadCount, 180);
});

test('a line of now shows after one window, also in the middle of a long backfill', async () => {
  const client = await start(() => undefined);
  for (let at = 0; at < 2000; at++) {
    client.engine.put('COI/Chats', chatMail(`chat$${at}@x`, BOB, `line ${at}`, NOON - 5_000_000 + at * 1000));
  }
  let [count, shownAt] = [0, 0];
  client.engine.onFetch = () => {
    count += 1;
    if (count === 4) client.engine.deliver('COI/Chats', chatMail('chat$now@x', CAROL, 'now', NOON));
    if (shownAt === 0 && isHeld(client, 'now')) shownAt = count;
  };
  client.engine.push('mailbox.changed', { mailbox: 'COI/Chats' });
  await client.clock.pass(1000);
  assert.deepEqual([shownAt, count > 9], [5, true]);
});
