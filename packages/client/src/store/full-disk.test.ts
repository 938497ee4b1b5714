import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoiError } from '@coi-webmail/base';
import { aliceAt, NOON, settle, TestClock, TestEngine } from '../engine.fixture.ts';
import { BOB, brief, CAROL, chatMail, chats, chatWith, overview, rows, withBob } from '../story.fixture.ts';
import { memoryOpener } from './memory-store.ts';
import type { CacheStore, StoreOpener, VaultStore } from './store.ts';

/** A disk that is full when the test says so: writes fail in the middle of their transaction, and change nothing. */
class Disk {
  isFull = false;
  /** Rows more than these do not fit. */
  room = Number.POSITIVE_INFINITY;
  refusals = 0;
  readonly opener: StoreOpener;
  readonly #rows = new Set<string>();

  constructor() {
    const inner = memoryOpener('durable');
    this.opener = {
      ...inner,
      open: async (...args) => {
        const stores = await inner.open(...args);
        return { ...stores, cache: this.#cache(stores.cache), vault: this.#vault(stores.vault) };
      },
    };
  }

  #refuse(): void {
    this.refusals += 1;
    throw new CoiError('quota-exceeded', 'Browser storage is full');
  }

  #cache(cache: CacheStore): CacheStore {
    return {
      head: () => cache.head(),
      newest: (...args) => cache.newest(...args),
      load: () => cache.load(),
      close: () => cache.close(),
      commit: async (batch, all) => {
        const after = new Set([...this.#rows, ...batch.rows].filter((id) => !batch.removedRows.has(id as never)));
        if (this.isFull || after.size > this.room) this.#refuse();
        this.#rows.clear();
        for (const id of after) this.#rows.add(id);
        await cache.commit(batch, all);
      },
    };
  }

  #vault(vault: VaultStore): VaultStore {
    return {
      load: () => vault.load(),
      delete: (key) => vault.delete(key),
      close: () => vault.close(),
      put: async (key, document) => {
        if (this.isFull) this.#refuse();
        await vault.put(key, document);
      },
    };
  }
}

test('on a full disk chats go on from memory, the page is told, and all is written when there is room again', async () => {
  const disk = new Disk();
  const engine = new TestEngine(new TestClock());
  withBob(engine);
  const client = await aliceAt(engine, disk.opener);
  const chatId = await chatWith(client, BOB);
  disk.isFull = true;
  engine.deliver('COI/Chats', chatMail('chat$bob2@x', BOB, 'while it was full', NOON - 1000));
  const sent = await client.api.send({ chatId, text: 'mine' });
  await client.api.setDraft(chatId, { text: 'half', replyTo: undefined });
  await settle();
  assert.equal((await overview(client))?.storage, 'full');
  assert.deepEqual((await rows(client, chatId)).map(brief).slice(2), ['while it was full: there', 'mine: sent']);
  assert.equal(engine.submitted.length, 1);
  // Nothing of it is on the disk: a cursor there would hide the line from the next worker.
  const lost = await aliceAt(engine, disk.opener);
  assert.ok((await rows(lost, await chatWith(lost, BOB))).some(({ text }) => text === 'while it was full'));
  lost.tabs.close();
  disk.isFull = false;
  await client.clock.pass(120_000);
  assert.equal((await overview(client))?.storage, 'durable');
  client.tabs.close();
  const fetches = () => engine.calls.filter(({ method }) => method === 'message.fetch').length;
  const before = fetches();
  const again = await aliceAt(engine, disk.opener);
  assert.equal(fetches(), before);
  assert.deepEqual((await rows(again, chatId)).map(brief).slice(2), ['while it was full: there', 'mine: sent']);
  assert.ok(sent.startsWith('chat$'));
  assert.equal((await again.api.getDraft(chatId)).text, 'half');
});

test('a disk with little room keeps the newest lines and gives up the oldest', async () => {
  const disk = new Disk();
  disk.room = 700;
  const engine = new TestEngine(new TestClock());
  for (let at = 0; at < 1500; at++) {
    engine.put(
      'COI/Chats',
      chatMail(`chat$${at}@x`, at % 2 === 0 ? BOB : CAROL, `line ${at}`, NOON - 2_000_000 + at * 1000),
    );
  }
  const client = await aliceAt(engine, disk.opener);
  await client.clock.pass(300_000);
  assert.ok(disk.refusals > 0);
  assert.equal((await overview(client))?.storage, 'durable');
  const list = await chats(client, 'requests');
  assert.deepEqual(
    list.map(({ unreadCount }) => unreadCount),
    [750, 750],
  );
  assert.deepEqual(
    list.map(({ last }) => last?.text),
    ['line 1499', 'line 1498'],
  );
  client.tabs.close();
  const again = await aliceAt(engine, disk.opener);
  const shown = await chats(again, 'requests');
  assert.deepEqual(
    shown.map(({ unreadCount }) => unreadCount),
    [750, 750],
  );
});
