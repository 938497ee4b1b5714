import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountLock } from './account-lock.ts';
import { aliceAt, NOON, settle, TestClock, TestEngine } from './engine.fixture.ts';
import { memoryOpener } from './store/memory-store.ts';
import { BOB, brief, CAROL, chatMail, chatWith, overview, rows, start, withBob } from './story.fixture.ts';

/** One lock for all workers of a browser; whoever comes takes it from who holds it. */
class StolenLock {
  #onLost: (() => void) | undefined;

  readonly make = (): AccountLock => ({
    acquire: async (onLost) => {
      this.#onLost?.();
      this.#onLost = onLost;
    },
    release: () => undefined,
  });
}

test('a newer worker takes over in the middle of a send: the line goes out once, and the old one writes nothing more', async () => {
  const lock = new StolenLock();
  const stores = memoryOpener('durable');
  const engine = new TestEngine(new TestClock());
  withBob(engine);
  const old = await aliceAt(engine, stores, { lock: lock.make });
  const chatId = await chatWith(old, BOB);
  const answer = Promise.withResolvers<{ state: 'sent'; rejected: [] }>();
  engine.outcomes.push(() => answer.promise);
  await old.api.send({ chatId, text: 'in between' });
  await old.api.setDraft(chatId, { text: 'typed in the old one', replyTo: undefined });
  await settle();
  const next = await aliceAt(engine, stores, { lock: lock.make });
  answer.resolve({ state: 'sent', rejected: [] });
  await settle();
  assert.equal((await overview(old))?.phase, 'version');
  await assert.rejects(old.api.send({ chatId, text: 'too late' }));
  engine.deliver('COI/Chats', chatMail('chat$bob2@x', BOB, 'to the new one', NOON - 1000));
  await settle();
  // The new one asked for the line that it found; the engine folds that by its Message-ID.
  assert.deepEqual(
    engine.submitted.map(({ attempt }) => attempt),
    [0, 1],
  );
  assert.equal(new Set(engine.submitted.map(({ messageId }) => messageId)).size, 1);
  assert.deepEqual((await rows(next, chatId)).map(brief).slice(2), ['to the new one: there', 'in between: sent']);
  assert.equal((await next.api.getDraft(chatId)).text, 'typed in the old one');
  const { vault, cache } = await stores.open('0123456789abcdef', new Uint8Array(), () => undefined);
  const documents = await vault.load();
  const lines = [...documents.keys()].filter((key) => key.startsWith('outbox:'));
  assert.equal(lines.length, 1);
  assert.equal((documents.get(lines[0] ?? '') as { state: string }).state, 'sent');
  assert.equal((await cache.load()).rows.length, 3);
});

for (const minutes of [-5, 5]) {
  test(`a clock that is wrong by ${minutes} minutes changes neither order nor undo nor waiting`, async () => {
    const engine = new TestEngine(new TestClock());
    // The engine's clock is right, this machine's is not.
    const server = () => engine.clock.now() - minutes * 60_000;
    engine.serverNow = server;
    const client = await aliceAt(engine);
    const chatId = await chatWith(client, BOB);
    engine.deliver('COI/Chats', chatMail('chat$bob2@x', BOB, 'before', server() - 2000), {
      internalAt: server() - 2000,
    });
    await client.api.send({ chatId, text: 'mine' });
    await settle();
    const own = engine.submitted[0]?.bytes ?? new Uint8Array();
    assert.equal(Date.parse(/^Date: (.+)\r$/m.exec(Buffer.from(own).toString())?.[1] ?? ''), server());
    engine.deliver('COI/Chats', chatMail('chat$bob3@x', BOB, 'after', server() + 2000), {
      internalAt: server() + 2000,
    });
    await settle();
    assert.deepEqual(
      (await rows(client, chatId)).map(({ text }) => text),
      ['before', 'mine', 'after'],
    );
    await client.api.setSettings({ undoSeconds: 5 });
    await client.api.send({ chatId: await chatWith(client, CAROL), text: 'held' });
    await client.clock.pass(4900);
    assert.equal(engine.submitted.length, 1);
    await client.clock.pass(200);
    assert.equal(engine.submitted.length, 2);
    // Written before the engine answers: the last known difference holds.
    client.tabs.close();
    engine.isReachable = false;
    const offline = await aliceAt(engine, client.stores);
    await offline.api.send({ chatId, text: 'offline' });
    const line = (await rows(offline, chatId)).at(-1);
    assert.ok(Math.abs((line?.at ?? 0) - server()) < 1000);
  });
}

test('two users of one browser: who comes second sees nothing of the first, also while the first one has a line to send', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  await client.api.setDraft(chatId, { text: 'secret of alice', replyTo: undefined });
  client.engine.isReachable = false;
  client.engine.drop();
  await client.api.send({ chatId, text: 'unsent of alice' });
  client.engine.isReachable = true;
  client.engine.address = 'carol@example.test';
  for (const mailbox of client.engine.mailboxes.values()) mailbox.mails.clear();
  client.engine.storage.clear();
  // The host page of carol reaches the worker that alice left alive.
  await client.api.setSession({
    accountHash: 'fedcba9876543210',
    address: 'carol@example.test',
    storageShare: 'b3RoZXI=',
    expiresAt: client.clock.now() + 3_600_000,
  });
  await client.clock.pass(60_000);
  const seen = await overview(client);
  assert.deepEqual([seen?.address, seen?.queuedCount, seen?.unreadChats], ['carol@example.test', 0, 0]);
  assert.deepEqual(await rows(client, chatId), []);
  assert.equal((await client.api.getDraft(chatId)).text, '');
  assert.equal(client.engine.submitted.length, 0);
  await client.api.setSession({
    accountHash: '0123456789abcdef',
    address: 'alice@example.test',
    storageShare: 'c2hhcmU=',
    expiresAt: client.clock.now() + 3_600_000,
  });
  await client.clock.pass(1000);
  assert.equal((await client.api.getDraft(await chatWith(client, BOB))).text, 'secret of alice');
  // Asked once more for the copy that never came.
  assert.equal(new Set(client.engine.submitted.map(({ messageId }) => messageId)).size, 1);
});
