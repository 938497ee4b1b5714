import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoiError, fromUtf8, utf8 } from '@coi-webmail/base';
import type { ChatId, RefusedRecipient } from '@coi-webmail/chat';
import { decodeFrame, type Params } from '@coi-webmail/protocol';
import type { ParcelView } from '../chat-api.ts';
import { aliceAt, NOON, settle, type TestClient } from '../engine.fixture.ts';
import {
  BOB,
  brief,
  CAROL,
  chatMail,
  chatWith,
  noAnswer,
  refused,
  rows,
  start,
  unknown,
  withBob,
} from '../story.fixture.ts';
import { EnvelopeIds } from './envelope-id.ts';

/** What the vault still has of the outbox. */
async function left({ stores }: TestClient): Promise<readonly string[]> {
  const { vault } = await stores.open('0123456789abcdef', new Uint8Array(), () => undefined);
  return [...(await vault.load()).keys()].filter((key) => key.startsWith('outbox:'));
}

test('a lost answer is asked for again with the same bytes, until the copy replaces the outbox line', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(noAnswer);
  await client.api.send({ chatId, text: 'Once' });
  await settle();
  client.engine.drop();
  await client.clock.pass(3000);
  const [first, second, ...more] = client.engine.submitted;
  assert.equal(more.length, 0);
  assert.deepEqual([first?.attempt, second?.attempt, second?.resend], [0, 1, undefined]);
  assert.deepEqual(first?.bytes, second?.bytes);
  assert.deepEqual((await rows(client, chatId)).map(brief), ['Hello: there', 'Hi: sent', 'Once: sent']);
  client.engine.deliver('COI/Chats', first?.bytes ?? new Uint8Array(), { flags: ['$CoiOwn', '\\Seen'] });
  await settle();
  assert.deepEqual((await rows(client, chatId)).map(brief), ['Hello: there', 'Hi: sent', 'Once: sent']);
  assert.deepEqual(await left(client), []);
});

test('no reply after the final dot: a chat client gets it once more, then the user is asked', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(unknown, unknown);
  await client.api.send({ chatId, text: 'Sure?' });
  await client.clock.pass(59_000);
  assert.equal(client.engine.submitted.length, 1);
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'Sure?: sending');
  await client.clock.pass(2000);
  assert.deepEqual(
    client.engine.submitted.map(({ resend }) => resend),
    [undefined, true],
  );
  await client.clock.pass(120_000);
  assert.equal(client.engine.submitted.length, 2);
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'Sure?: unknown');
});

test('no reply after the final dot: for ordinary mail the user is asked at once, and nothing goes out unasked', async () => {
  const client = await start();
  const chatId = await chatWith(client, CAROL);
  client.engine.outcomes.push(unknown);
  const rowId = await client.api.send({ chatId, text: 'Lunch?' });
  await client.clock.pass(600_000);
  assert.equal(client.engine.submitted.length, 1);
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'Lunch?: unknown');
  await client.api.resend(rowId);
  await settle();
  assert.equal(client.engine.submitted[1]?.resend, true);
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'Lunch?: sent');
});

test('evidence settles a line in doubt: the word of the engine, or an answer to it', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(unknown, unknown);
  await client.api.send({ chatId, text: 'one' });
  await client.api.send({ chatId, text: 'two' });
  await settle();
  const [one, two] = client.engine.submitted;
  client.engine.push('submit.settled', { messageId: one?.messageId ?? '', state: 'sent' });
  client.engine.deliver('COI/Chats', chatMail('chat$bob3@x', BOB, 'Got two', NOON + 1000, two?.messageId));
  await client.clock.pass(120_000);
  assert.ok(client.engine.submitted.every(({ resend }) => resend !== true));
  assert.deepEqual((await rows(client, chatId)).slice(-3).map(brief), ['one: sent', 'two: sent', 'Got two: there']);
});

test('a new connection asks about lines in doubt, sends nothing, and leaves time for witnesses', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(unknown);
  client.engine.queryAnswers.push({ state: 'unknown', rejected: [] });
  await client.api.send({ chatId, text: 'Sure?' });
  await client.clock.pass(58_000);
  client.engine.drop();
  await client.clock.pass(4000);
  assert.deepEqual([client.engine.queries.length, client.engine.queries[0]?.resend], [1, undefined]);
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'Sure?: sending');
  client.engine.drop();
  await client.clock.pass(2000);
  assert.equal(brief((await rows(client, chatId)).at(-1)), 'Sure?: sent');
  await client.clock.pass(120_000);
  assert.equal(client.engine.submitted.length, 1);
});

test('lines of one writer are in order, also when a new clock is behind', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  await client.api.send({ chatId, text: 'one' });
  await settle();
  client.tabs.close();
  client.engine.serverNow = () => client.clock.now() - 20_000;
  const restarted = await aliceAt(client.engine, client.stores);
  await restarted.clock.pass(1000);
  await restarted.api.send({ chatId, text: 'two' });
  await settle();
  const dates = client.engine.submitted.map(({ bytes }) =>
    Date.parse(/^Date: (.+)\r$/m.exec(fromUtf8(bytes) ?? '')?.[1] ?? ''),
  );
  assert.deepEqual(dates, [NOON, NOON]);
});

test('a refused line says why and holds up nobody; discarding gives its text back', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(refused);
  const rowId = await client.api.send({ chatId, text: 'refused' });
  await client.api.send({ chatId, text: 'next' });
  await settle();
  const lines = await rows(client, chatId);
  assert.deepEqual(lines.slice(-2).map(brief), ['refused: failed', 'next: sent']);
  assert.deepEqual([lines.at(-2)?.deliveryReason, lines.at(-2)?.deliveryDetail], ['recipient-unknown', '550 5.1.1']);
  assert.equal(await client.api.discard(rowId), 'refused');
  await settle();
  assert.deepEqual((await rows(client, chatId)).slice(-1).map(brief), ['next: sent']);
});

test('a line refused for one of two is sent, and names who did not get it; trying again asks for that one only', async () => {
  const client = await start(withBob);
  const chatId = (await client.api.startChat([BOB, CAROL])) as ChatId;
  const rejected = [{ address: CAROL, smtpCode: 550, status: '5.1.1' }];
  client.engine.outcomes.push(async () => {
    // The copy is told of before the answer.
    client.engine.deliver('COI/Chats', client.engine.submitted[0]?.bytes ?? new Uint8Array(), {
      flags: ['$CoiOwn', '\\Seen'],
    });
    await settle();
    return { state: 'sent', rejected };
  });
  const rowId = await client.api.send({ chatId, text: 'to both' });
  await settle();
  await settle();
  const standing = async (from = client) => {
    const line = (await rows(from, chatId)).at(-1);
    return [line?.delivery, line?.retriable, line?.recipients?.done, ...(line?.recipients?.refused ?? []).map(told)];
  };
  const told = ({ person, reason, detail }: RefusedRecipient) => `${person.address} ${reason} ${detail}`;
  const expected = ['sent', true, 2, `${CAROL} recipient-unknown 550 5.1.1`];
  assert.deepEqual(await standing(), expected);
  client.engine.outcomes.push(async () => ({ state: 'sent', rejected }));
  await client.api.retry(rowId);
  await client.clock.pass(10);
  assert.deepEqual(
    client.engine.submitted.map(({ attempt, again }) => [attempt, again]),
    [
      [0, undefined],
      [1, [CAROL]],
    ],
  );
  assert.deepEqual(await standing(), expected);
  client.tabs.close();
  const restarted = await aliceAt(client.engine, client.stores);
  assert.deepEqual(await standing(restarted), expected);
  await restarted.api.retry(rowId);
  await restarted.clock.pass(10);
  assert.deepEqual(client.engine.submitted.at(-1)?.again, [CAROL]);
  assert.equal((await rows(restarted, chatId)).at(-1)?.recipients, undefined);
  assert.deepEqual(await left(restarted), []);
});

test('recipients whom the mail server puts off are asked for later, until it takes or refuses them', async () => {
  const client = await start(withBob);
  client.engine.keepsCopies = true;
  const chatId = (await client.api.startChat([BOB, CAROL])) as ChatId;
  const greylisted = [{ address: CAROL, smtpCode: 451, status: '4.7.1' }];
  client.engine.outcomes.push(async () => ({ state: 'sent', rejected: greylisted, retryAfterMs: 30_000 }));
  await client.api.send({ chatId, text: 'to both' });
  await client.api.send({ chatId, text: 'next' });
  await settle();
  const standing = async () => {
    const line = (await rows(client, chatId)).at(-2);
    return [line?.delivery, line?.recipients?.done, line?.recipients?.total, line?.recipients?.refused.length];
  };
  assert.deepEqual(await standing(), ['sent', 1, 2, 0]);
  // The next line does not wait for them.
  assert.equal(client.engine.submitted.length, 2);
  client.engine.outcomes.push(async () => {
    throw new CoiError('throttled', 'Slowly', { retryAfterMs: 5000 });
  });
  await client.clock.pass(30_000);
  assert.equal(client.engine.submitted.length, 3);
  await client.clock.pass(5000);
  assert.deepEqual(
    client.engine.submitted.slice(2).map(({ again }) => again),
    [[CAROL], [CAROL]],
  );
  assert.deepEqual(await standing(), ['sent', undefined, undefined, undefined]);
});

test('no reply about one of two: who may have it is named, and trying again is the decision to send once more', async () => {
  const client = await start(withBob);
  client.engine.keepsCopies = true;
  const chatId = (await client.api.startChat([BOB, CAROL])) as ChatId;
  client.engine.outcomes.push(
    async () => ({ state: 'sent', rejected: [{ address: CAROL, smtpCode: 550, status: '5.1.1' }] }),
    unknown,
  );
  const rowId = await client.api.send({ chatId, text: 'to both' });
  await settle();
  await client.api.retry(rowId);
  await client.clock.pass(120_000);
  assert.equal(client.engine.submitted.length, 2);
  const line = (await rows(client, chatId)).at(-1);
  assert.equal(line?.delivery, 'sent');
  assert.deepEqual(
    line?.recipients?.refused.map(({ reason }) => reason),
    ['unknown-outcome'],
  );
  await client.api.retry(rowId);
  await client.clock.pass(10);
  assert.deepEqual(
    client.engine.submitted.map(({ again, resend }) => [again, resend]),
    [
      [undefined, undefined],
      [[CAROL], undefined],
      [[CAROL], true],
    ],
  );
  assert.equal((await rows(client, chatId)).at(-1)?.recipients, undefined);
});

test('a line with many recipients says how far it came', async () => {
  const client = await start(withBob);
  const chatId = (await client.api.startChat([BOB, CAROL])) as ChatId;
  const answer = Promise.withResolvers<{ state: 'sent'; rejected: [] }>();
  client.engine.outcomes.push(() => answer.promise);
  await client.api.send({ chatId, text: 'to both' });
  await settle();
  const messageId = client.engine.submitted[0]?.messageId ?? '';
  client.engine.push('submit.progress', { messageId, doneCount: 1, recipientCount: 2 });
  await settle();
  const line = (await rows(client, chatId)).at(-1);
  assert.deepEqual([line?.delivery, line?.recipients?.done, line?.recipients?.total], ['sending', 1, 2]);
  answer.resolve({ state: 'sent', rejected: [] });
  await settle();
  assert.equal((await rows(client, chatId)).at(-1)?.recipients, undefined);
});

test('every request names the same envelope id, and it is a secret of the account', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.outcomes.push(async () => ({ state: 'in-flight', rejected: [], retryAfterMs: 100 }));
  await client.api.send({ chatId, text: 'Hello' });
  await client.clock.pass(200);
  const [first, second] = client.engine.submitted;
  assert.match(first?.envelopeId ?? '', /^[a-z2-7]{26}$/);
  assert.equal(second?.envelopeId, first?.envelopeId);
  assert.equal(await new EnvelopeIds(utf8('share')).of(first?.messageId ?? ''), first?.envelopeId);
  assert.notEqual(await new EnvelopeIds(utf8('other')).of(first?.messageId ?? ''), first?.envelopeId);
});

test('the age of a line counts also while the worker lives', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.isReachable = false;
  client.engine.drop();
  await client.api.send({ chatId, text: 'old news' });
  await settle();
  // As a machine that slept.
  client.clock.set(client.clock.now() + 7 * 24 * 3_600_000);
  let parcels: readonly ParcelView[] = [];
  await client.api.watchQueued((value) => {
    parcels = value;
  });
  assert.equal(parcels.length, 0);
  client.engine.isReachable = true;
  await client.clock.pass(60_000);
  const line = (await rows(client, chatId)).at(-1);
  assert.deepEqual([line?.delivery, line?.deliveryReason, client.engine.submitted.length], ['failed', 'too-old', 0]);
});

test('a line that was sent but whose copy never came makes the engine look once more', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  await client.api.send({ chatId, text: 'no copy' });
  await settle();
  client.tabs.close();
  const again = await aliceAt(client.engine, client.stores);
  await again.clock.pass(20_000);
  assert.deepEqual(
    client.engine.queries.map(({ attempt }) => attempt),
    [1, 1],
  );
  assert.equal(brief((await rows(again, chatId)).at(-1)), 'no copy: sent');
  await again.clock.pass(24 * 3_600_000);
  assert.deepEqual([client.engine.queries.length, client.engine.submitted.length], [5, 1]);
});

test('a page that closes asks about a line at work, too, and nothing once it is answered', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  let parcels: readonly ParcelView[] = [];
  await client.api.watchQueued((value) => {
    parcels = value;
  });
  const answer = Promise.withResolvers<{ state: 'sent'; rejected: [] }>();
  client.engine.outcomes.push(() => answer.promise);
  await client.api.send({ chatId, text: 'at work' });
  await client.api.send({ chatId, text: 'next' });
  await settle();
  const asked = parcels.map(({ body }) => {
    const frame = decodeFrame(body);
    const { attempt, bytes } = ('params' in frame ? frame.params : undefined) as Params<'message.submit'>;
    return [attempt, /(at work|next)\r\n/.exec(Buffer.from(bytes).toString())?.[1]];
  });
  assert.deepEqual(asked, [
    [1, 'at work'],
    [0, 'next'],
  ]);
  assert.equal(client.engine.submitted.length, 1);
  answer.resolve({ state: 'sent', rejected: [] });
  await settle();
  assert.equal(parcels.length, 0);
});

test('lines of one chat keep their order while the mail server is down; another chat does not wait', async () => {
  const client = await start(withBob);
  const [chatId, other] = [await chatWith(client, BOB), await chatWith(client, CAROL)];
  client.engine.outcomes.push(async () => {
    throw new CoiError('smtp-unavailable', 'Down', { retryAfterMs: 5000 });
  });
  for (const text of ['first', 'second']) await client.api.send({ chatId, text });
  await client.api.send({ chatId: other, text: 'elsewhere' });
  await settle();
  const sent = () =>
    client.engine.submitted.map(({ bytes }) => /(first|second|elsewhere)\r\n/.exec(Buffer.from(bytes).toString())?.[1]);
  assert.deepEqual(sent(), ['first', 'elsewhere']);
  assert.equal((await rows(client, chatId)).at(-2)?.deliveryReason, 'mail-server-down');
  await client.clock.pass(5000);
  assert.deepEqual(sent(), ['first', 'elsewhere', 'first', 'second']);
});

test('a line that waited for a week asks before it goes out', async () => {
  const client = await start(withBob);
  const chatId = await chatWith(client, BOB);
  client.engine.isReachable = false;
  client.engine.drop();
  const rowId = await client.api.send({ chatId, text: 'old news' });
  await settle();
  client.tabs.close();
  await client.clock.pass(7 * 24 * 3_600_000);
  client.engine.isReachable = true;
  const again = await aliceAt(client.engine, client.stores);
  await again.clock.pass(1000);
  const line = (await rows(again, chatId)).at(-1);
  assert.deepEqual([line?.delivery, line?.deliveryReason, client.engine.submitted.length], ['failed', 'too-old', 0]);
  await again.api.retry(rowId);
  await settle();
  assert.equal(brief((await rows(again, chatId)).at(-1)), 'old news: sent');
});
