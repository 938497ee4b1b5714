import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoiError } from '@coi-webmail/base';
import type { ParcelView } from '../chat-api.ts';
import { aliceAt, settle } from '../engine.fixture.ts';
import { BOB, brief, CAROL, chatWith, lineOf, noAnswer, rows, start, unknown, withBob } from '../story.fixture.ts';

test('a line that nobody was asked to send is discarded here, also offline', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.isReachable = false;
  client.engine.drop();
  const rowId = await client.api.send({ chatId, text: 'not yet' });
  assert.equal((await rows(client, chatId)).at(-1)?.cancelable, true);
  assert.equal(await client.api.discard(rowId), 'not yet');
  client.engine.isReachable = true;
  await client.clock.pass(60_000);
  assert.equal(client.engine.submitted.length, 0);
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'Hi: sent');
});

test('a line that was asked for is taken back by the engine only; offline it stays', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(async () => {
    throw new CoiError('smtp-unavailable', 'Down', { retryAfterMs: 3_600_000 });
  });
  const rowId = await client.api.send({ chatId, text: 'stuck' });
  await client.api.send({ chatId, text: 'next' });
  await settle();
  client.engine.isReachable = false;
  client.engine.drop();
  await assert.rejects(client.api.discard(rowId), { code: 'engine-unreachable' });
  assert.equal(brief((await rows(client, chatId)).at(-2)), 'stuck: queued');
  client.engine.outcomes.push(async () => {
    throw new CoiError('smtp-unavailable', 'Down', { retryAfterMs: 3_600_000 });
  });
  client.engine.isReachable = true;
  await client.clock.pass(60_000);
  assert.equal(client.engine.submitted.length, 2);
  assert.equal(await client.api.discard(rowId), 'stuck');
  await settle();
  // What waited behind it goes at once.
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'next: sent');
});

test('while the engine is at work with a line, taking it back is tried a few times, then it is too late', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(async () => {
    throw new CoiError('smtp-unavailable', 'Down', { retryAfterMs: 3_600_000 });
  });
  const rowId = await client.api.send({ chatId, text: 'too late' });
  await settle();
  const busy = async () => ({ state: 'in-flight' as const });
  client.engine.cancels.push(busy, busy, busy, busy);
  const refusal = assert.rejects(client.api.discard(rowId), { code: 'conflict' });
  await client.clock.pass(5000);
  await refusal;
  assert.equal(client.engine.calls.filter(({ method }) => method === 'submit.cancel').length, 4);
  client.engine.cancels.push(busy, async () => ({ state: 'cancelled' }));
  client.engine.outcomes.push(noAnswer);
  assert.equal(client.engine.submitted.length, 2);
});

test('a line that went out meanwhile cannot be discarded, and says so', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(async () => {
    throw new CoiError('timeout', 'No answer', { retryAfterMs: 3_600_000 });
  });
  const rowId = await client.api.send({ chatId, text: 'gone' });
  await settle();
  client.engine.cancels.push(async () => ({ state: 'sent' }));
  await assert.rejects(client.api.discard(rowId), { code: 'conflict' });
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'gone: sent');
});

test('a line in doubt is given up by the user', async () => {
  const client = await start();
  const chatId = await chatWith(client, CAROL);
  client.engine.outcomes.push(unknown);
  const rowId = await client.api.send({ chatId, text: 'Lunch?' });
  await client.clock.pass(61_000);
  assert.equal(await client.api.discard(rowId), 'Lunch?');
  const [cancel] = client.engine.calls.filter(({ method }) => method === 'submit.cancel');
  assert.deepEqual(cancel?.params, { messageId: client.engine.submitted[0]?.messageId, giveUp: true });
  assert.deepEqual(await rows(client, chatId), []);
});

test('a line whose taking back was done but not told is written anew under another id', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(async () => {
    throw new CoiError('smtp-unavailable', 'Down', { retryAfterMs: 5000 });
  });
  const rowId = await client.api.send({ chatId, text: 'after all' });
  await settle();
  client.engine.cancels.push(() => {
    client.engine.drop();
    return new Promise<never>(() => undefined);
  });
  await assert.rejects(client.api.discard(rowId), { code: 'engine-unreachable' });
  client.engine.outcomes.push(async () => {
    throw new CoiError('conflict', 'Taken back', { details: { cancelled: true } });
  });
  await client.clock.pass(10_000);
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'after all: failed');
  await client.api.retry(rowId);
  await settle();
  const ids = client.engine.submitted.map(({ messageId }) => messageId);
  assert.equal(new Set(ids.slice(0, 2)).size, 1);
  assert.notEqual(ids[2], ids[1]);
  assert.deepEqual((await rows(client, chatId)).slice(2).map(brief), ['after all: sent']);
});

test('a line to somebody with mail only waits five seconds and can be undone; to a chat client it does not', async () => {
  const client = await start(withBob);
  await client.api.setSettings({ undoSeconds: 5 });
  const [bob, carol] = [await chatWith(client, BOB), await chatWith(client, CAROL)];
  await client.api.send({ chatId: bob, text: 'to bob' });
  const undone = await client.api.send({ chatId: carol, text: 'oops' });
  await settle();
  assert.deepEqual(client.engine.submitted.map(lineOf), ['to bob']);
  const held = (await rows(client, carol)).at(-1);
  assert.deepEqual([held?.delivery, held?.heldUntil], ['queued', client.clock.now() + 5000]);
  await client.clock.pass(4900);
  assert.equal(await client.api.discard(undone), 'oops');
  await client.api.send({ chatId: carol, text: 'better' });
  await client.clock.pass(4900);
  assert.equal(client.engine.submitted.length, 1);
  await client.clock.pass(200);
  assert.deepEqual(client.engine.submitted.map(lineOf), ['to bob', 'better']);
  assert.equal((await rows(client, carol)).at(-1)?.heldUntil, undefined);
});

test('sending now ends the hold, of the lines before it too, and keeps their order', async () => {
  const client = await start();
  await client.api.setSettings({ undoSeconds: 5 });
  const chatId = await chatWith(client, CAROL);
  await client.api.send({ chatId, text: 'one' });
  const second = await client.api.send({ chatId, text: 'two' });
  await client.api.send({ chatId, text: 'three' });
  await client.api.sendNow(second);
  await settle();
  assert.deepEqual(client.engine.submitted.map(lineOf), ['one', 'two']);
  await client.clock.pass(5000);
  assert.deepEqual(client.engine.submitted.map(lineOf), ['one', 'two', 'three']);
});

test('a hold survives a restart of the worker; a clock that was set back makes it no longer', async () => {
  const client = await start();
  await client.api.setSettings({ undoSeconds: 5 });
  const chatId = await chatWith(client, CAROL);
  await client.api.send({ chatId, text: 'held' });
  await client.clock.pass(2000);
  client.tabs.close();
  client.clock.set(client.clock.now() - 3_600_000);
  const again = await aliceAt(client.engine, client.stores);
  assert.equal(brief((await rows(again, chatId)).at(-1)), 'held: queued');
  await again.clock.pass(4900);
  assert.equal(client.engine.submitted.length, 0);
  await again.clock.pass(200);
  assert.deepEqual(client.engine.submitted.map(lineOf), ['held']);
});

test('a page that closes sends what is held; then only the engine can take it back', async () => {
  const client = await start();
  await client.api.setSettings({ undoSeconds: 5 });
  const chatId = await chatWith(client, CAROL);
  const rowId = await client.api.send({ chatId, text: 'held' });
  await settle();
  let parcels: readonly ParcelView[] = [];
  await client.api.watchQueued((value) => {
    parcels = value;
  });
  assert.equal(parcels.length, 1);
  client.engine.outcomes.push(noAnswer);
  await client.api.bye();
  await settle();
  const [request] = client.engine.submitted;
  assert.deepEqual([request?.attempt, lineOf(request)], [1, 'held']);
  client.engine.drop();
  await settle();
  client.engine.cancels.push(async () => ({ state: 'sent' }));
  await assert.rejects(client.api.discard(rowId), { code: /engine-unreachable|conflict/ });
});
