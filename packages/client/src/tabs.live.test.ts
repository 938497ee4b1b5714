/** Tabs of alice in a real browser, over a real engine: one worker for all, the store before the socket, no loss. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ChatId, TimelineView } from '@coi-webmail/chat';
import { chosenServer, lacks, type Stack, startStack, until, type User } from '@coi-webmail/e2e/stack';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { ChatListView, Overview, SessionInfo } from './api.ts';
import { type Origin, startOrigin } from './origin.fixture.ts';
import { Person } from './person.fixture.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const MODE: 'active' | 'none' = lacks(chosenServer()).includes('MOVE') ? 'none' : 'active';

let stack: Stack;
let origin: Origin;
let folder = '';
let context: BrowserContext;
let bob: Person;
let alice: User;
let session: SessionInfo;
let withBob: ChatId;

before(async () => {
  stack = await startStack({ webmail: false });
  const engineUrl = () => stack.engines()[0]?.url ?? '';
  origin = await startOrigin(engineUrl);
  folder = await mkdtemp(join(tmpdir(), 'coi-tabs-'));
  context = await chromium.launchPersistentContext(folder, { executablePath: '/usr/bin/chromium', args: FLAGS });
  alice = await stack.freshUser();
  bob = new Person(await stack.freshUser(), engineUrl);
  await bob.signOn();
  await bob.consent();
});

after(async () => {
  bob?.leave();
  await context?.close();
  await origin?.stop();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function openTab(userKey = 'alice', withSession: SessionInfo | undefined = session): Promise<Page> {
  const tab = await context.newPage();
  tab.on('pageerror', (error) => console.error(error));
  await tab.goto(origin.url);
  await tab.evaluate(([info, key]) => page.start(info, key), [withSession, userKey] as const);
  return tab;
}

declare const page: import('./page.fixture.ts').TestPage;

const overview = (tab: Page) => tab.evaluate(() => page.overview) as Promise<Overview | undefined>;
const list = (tab: Page) => tab.evaluate(() => page.list) as Promise<ChatListView | undefined>;
const timeline = (tab: Page) => tab.evaluate(() => page.timeline) as Promise<TimelineView | undefined>;
const shown = async (tab: Page) => (await timeline(tab))?.rows.map((row) => row.text) ?? [];
const send = (tab: Page, text: string) =>
  tab.evaluate(([chatId, line]) => page.chat?.send({ chatId, text: line }), [withBob, text] as const);
const isReady = async (tab: Page) => {
  const value = await overview(tab);
  return value?.phase === 'ready' && value.connection === 'online';
};

/** Counts how often the page asks the browser to keep what is stored; the browser says no. */
const countAsking = (tab: Page) =>
  tab.evaluate(() => {
    const asking = { count: 0 };
    Object.assign(globalThis, { asking });
    navigator.storage.persist = async () => {
      asking.count += 1;
      return false;
    };
  });
const asked = (tab: Page) => tab.evaluate(() => (globalThis as unknown as { asking: { count: number } }).asking.count);

test('two tabs of alice share one socket and see each line once; the browser is asked once to keep them', async () => {
  const first = await context.newPage();
  await first.goto(origin.url);
  session = await first.evaluate(([address, password]) => page.signOn(address, password), [
    alice.address,
    alice.password,
  ] as const);
  await first.evaluate((info) => page.start(info, 'alice'), session);
  await until(async () => (await overview(first))?.phase === 'consent', 'the question of consent');
  await countAsking(first);
  await first.evaluate((mode) => page.chat?.setMode(mode), MODE);
  await until(async () => (await asked(first)) === 1, 'the browser is asked');
  await until(() => isReady(first), 'ready');
  withBob = (await first.evaluate((address) => page.chat?.startChat([address]), bob.address)) as ChatId;
  const second = await openTab();
  await until(() => isReady(second), 'the second tab ready');
  await countAsking(second);
  for (const tab of [first, second]) await tab.evaluate((chatId) => page.open(chatId), withBob);
  await send(first, 'from the first tab');
  await send(second, 'from the second tab');
  for (const tab of [first, second]) {
    await until(
      async () => (await timeline(tab))?.rows.filter((row) => row.delivery === 'sent').length === 2,
      'both lines',
    );
    assert.deepEqual(await shown(tab), ['from the first tab', 'from the second tab']);
  }
  assert.equal(origin.socketCount(), 1);
  assert.deepEqual([await asked(first), await asked(second)], [1, 0]);
  assert.equal((await overview(first))?.storage, 'evictable');
  await first.close();
  await second.close();
});

test('errors of the worker keep their code in the page', async () => {
  const tab = await openTab();
  const code = await tab.evaluate(() =>
    page.chat?.startChat(['no address']).then(
      () => 'none',
      (error: { readonly code?: string }) => error.code,
    ),
  );
  assert.equal(code, 'invalid-request');
  await tab.close();
});

test('a page load paints list, timeline and draft from the store while the engine is away', async () => {
  const earlier = await openTab();
  await until(() => isReady(earlier), 'ready');
  await earlier.evaluate(
    (chatId) => page.chat?.setDraft(chatId, { text: 'half a thought', replyTo: undefined }),
    withBob,
  );
  await earlier.close();
  origin.cut();
  const tab = await openTab();
  await tab.evaluate((chatId) => page.open(chatId), withBob);
  await until(async () => (await list(tab))?.chats.length === 1, 'the list');
  await until(async () => (await shown(tab)).length === 2, 'the timeline');
  assert.equal(await tab.evaluate(() => page.sawGone), false);
  assert.equal((await list(tab))?.chats[0]?.draft, 'half a thought');
  assert.notEqual((await overview(tab))?.connection, 'online');
  const draft = await tab.evaluate((chatId) => page.chat?.getDraft(chatId), withBob);
  assert.equal(draft?.text, 'half a thought');
  await send(tab, 'written while away');
  await until(async () => (await timeline(tab))?.rows.at(-1)?.delivery === 'queued', 'a queued bubble');
  await tab.close();
  origin.restore();
  const later = await openTab();
  await later.evaluate((chatId) => page.open(chatId), withBob);
  await until(async () => (await timeline(later))?.rows.at(-1)?.delivery === 'sent', 'it went out');
  assert.deepEqual((await shown(later)).filter((text) => text === 'written while away').length, 1);
  await later.close();
});

test('a line typed just before the window closes arrives once', async () => {
  const tab = await openTab();
  await until(() => isReady(tab), 'ready');
  await tab.evaluate((chatId) => void page.chat?.send({ chatId, text: 'bye' }), withBob);
  await tab.close({ runBeforeUnload: false });
  const isThere = async () => {
    const chats = bob.requests.value?.chats ?? [];
    return chats.some((chat) => chat.last?.text === 'bye');
  };
  await until(isThere, 'bob has it');
  const again = await openTab();
  await again.evaluate((chatId) => page.open(chatId), withBob);
  await until(async () => (await timeline(again))?.rows.at(-1)?.delivery === 'sent', 'it is sent');
  assert.equal((await shown(again)).filter((text) => text === 'bye').length, 1);
  const messageId = (await timeline(again))?.rows.at(-1)?.messageId ?? '';
  assert.equal(stack.sink.count(`<${messageId}>`), 1);
  await again.close();
});

test('a page that is left sends what its worker could not', async () => {
  const tab = await openTab();
  await until(() => isReady(tab), 'ready');
  await tab.evaluate((chatId) => page.open(chatId), withBob);
  origin.cutSockets();
  await until(async () => (await overview(tab))?.connection !== 'online', 'no socket');
  await send(tab, 'on the way out');
  await until(async () => (await timeline(tab))?.rows.at(-1)?.delivery === 'queued', 'it waits');
  await tab.goto('about:blank');
  await until(async () => bob.requests.value?.chats[0]?.last?.text === 'on the way out', 'bob has it');
  await tab.close();
  origin.restore();
  const again = await openTab();
  await again.evaluate((chatId) => page.open(chatId), withBob);
  await until(async () => (await timeline(again))?.rows.at(-1)?.delivery === 'sent', 'it is sent');
  const texts = await shown(again);
  assert.equal(texts.filter((text) => text === 'on the way out').length, 1);
  const messageId = (await timeline(again))?.rows.at(-1)?.messageId ?? '';
  assert.equal(stack.sink.count(`<${messageId}>`), 1);
  await again.close();
});

test('without SharedWorker one tab leads, and another takes over when it goes', async () => {
  const script = await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'SharedWorker'));
  const first = await openTab('alice-alone');
  await until(() => isReady(first), 'the first tab ready');
  const second = await openTab('alice-alone');
  await until(() => isReady(second), 'the second tab ready');
  for (const tab of [first, second]) await tab.evaluate((chatId) => page.open(chatId), withBob);
  await send(second, 'through the leader');
  await until(async () => (await shown(first)).includes('through the leader'), 'the first tab shows it');
  await first.close();
  await second.evaluate(() => page.chat?.warm());
  await until(() => isReady(second), 'the second tab leads');
  await send(second, 'on its own');
  await until(async () => (await timeline(second))?.rows.at(-1)?.delivery === 'sent', 'it is sent');
  const texts = await shown(second);
  assert.equal(new Set(texts).size, texts.length);
  await second.close();
  await script.dispose?.();
});

test('logout locks every tab, and wiping deletes the databases', async () => {
  const other = await context.newPage();
  await other.goto(origin.url);
  const tab = await openTab();
  await until(() => isReady(tab), 'ready');
  await tab.evaluate(() => page.chat?.signOut(true));
  await until(async () => (await overview(tab))?.phase === 'signed-out', 'signed out');
  assert.deepEqual((await list(tab))?.chats, []);
  const names = await tab.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  assert.deepEqual(names, []);
  const status = await tab.evaluate(
    async (hash) => (await fetch(`/coi/a/${hash}/session`)).status,
    session.accountHash,
  );
  assert.equal(status, 401);
});
