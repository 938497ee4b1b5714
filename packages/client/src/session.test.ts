import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoiError } from '@coi-webmail/base';
import type { ChatId, RowView, TimelineView } from '@coi-webmail/chat';
import { type ContactAddress, encodeText, type MessageId } from '@coi-webmail/coi';
import { decodeFrame, type Params } from '@coi-webmail/protocol';
import type { ChatListView } from './api.ts';
import type { ParcelView } from './chat-api.ts';
import { MemoryCache } from './store/memory-store.ts';
import type { StoreOpener } from './store/store.ts';
import { aliceAt, NOON, settle, type TestClient, TestClock, TestEngine } from './engine.fixture.ts';

const ALICE = 'alice@example.test' as ContactAddress;
const BOB = 'bob@example.test' as ContactAddress;
const CAROL = 'carol@example.test' as ContactAddress;

/** A chat mail as the mail server delivers it. */
function chatMail(id: string, from: ContactAddress, text: string, at = NOON, answers?: string): Uint8Array {
  const bytes = encodeText({
    messageId: id as MessageId,
    from: { address: from, name: '' },
    to: [{ address: from === ALICE ? BOB : ALICE, name: '' }],
    dateAt: at,
    text,
    references: answers === undefined ? [] : [answers as MessageId],
    ...(answers === undefined ? {} : { inReplyTo: answers as MessageId }),
  });
  return Buffer.concat([Buffer.from('Received: from mx\r\n'), bytes]);
}

function plainMail(id: string, from: ContactAddress, answers: string, text: string): Uint8Array {
  const head = [
    `From: <${from}>`,
    `To: <${ALICE}>`,
    'Subject: Re: x',
    `Message-ID: <${id}>`,
    `In-Reply-To: <${answers}>`,
  ];
  return Buffer.from(['Received: from mx', ...head, '', text, ''].join('\r\n'));
}

function bounce(id: string, about: string): Uint8Array {
  return Buffer.from(
    [
      'Received: from mx',
      'From: <mailer-daemon@example.test>',
      `To: <${ALICE}>`,
      `Message-ID: <${id}>`,
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      '',
      'Sorry.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx',
      '',
      'Final-Recipient: rfc822; bob@example.test',
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${about}>`,
      '',
      '--b--',
      '',
    ].join('\r\n'),
  );
}

async function start(prepare: (engine: TestEngine) => void = () => undefined): Promise<TestClient> {
  const engine = new TestEngine(new TestClock());
  prepare(engine);
  return aliceAt(engine);
}

async function chatWith({ api }: TestClient, address: string): Promise<ChatId> {
  const chatId = await api.startChat([address]);
  await settle();
  return chatId;
}

async function rows({ api }: TestClient, chatId: ChatId): Promise<readonly RowView[]> {
  let view: TimelineView | undefined;
  const watch = await api.watchTimeline({ chatId, count: 1000 }, (value) => {
    view = value;
  });
  await settle();
  await api.unwatch(watch);
  return view?.rows ?? [];
}

async function chats({ api }: TestClient, filter: 'all' | 'requests' = 'all'): Promise<ChatListView['chats']> {
  let list: ChatListView | undefined;
  const watch = await api.watchChats({ filter, search: '' }, (value) => {
    list = value;
  });
  await settle();
  await api.unwatch(watch);
  return list?.chats ?? [];
}

const brief = (row: RowView | undefined) => `${row?.text}: ${row?.delivery ?? row?.provisional ?? 'there'}`;

/** Bob is known to use chat, and alice has answered him. */
function withBob(engine: TestEngine): void {
  engine.put('COI/Chats', chatMail('chat$bob1@x', BOB, 'Hello', NOON - 60_000));
  engine.put('COI/Chats', chatMail('chat$alice1@x', ALICE, 'Hi', NOON - 50_000, 'chat$bob1@x'), {
    flags: ['$CoiOwn', '\\Seen'],
  });
}

const unknown = async () => ({ state: 'unknown' as const, rejected: [] });
const noAnswer = () => new Promise<never>(() => undefined);
const refused = async (): Promise<never> => {
  throw new CoiError('recipient-rejected', 'Refused', { details: { smtpCode: 550, status: '5.1.1' } });
};

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
      [500, 50],
      [450, 200],
      [250, 200],
      [50, 50],
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
  assert.deepEqual([line?.delivery, line?.deliveryReason, line?.deliveryDetail], ['failed', 'bounced', '5.1.1']);
  assert.deepEqual(
    client.engine.decided.flatMap(({ chat: uids }) => uids),
    [1],
  );
});

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
  const left = await (await client.stores.open('0123456789abcdef', new Uint8Array(), () => undefined)).vault.load();
  assert.equal([...left.keys()].filter((key) => key.startsWith('outbox:')).length, 0);
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
  assert.equal(client.engine.submitted.length, 2);
  assert.deepEqual((await rows(client, chatId)).slice(-3).map(brief), ['one: sent', 'two: sent', 'Got two: there']);
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

test('a line refused for one of two stays failed after a retry, and says who did not get it', async () => {
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
  const told = async () => {
    const line = (await rows(client, chatId)).at(-1);
    return [line?.delivery, line?.deliveryReason, line?.deliveryDetail];
  };
  const expected = ['failed', 'recipient-unknown', '1/2: carol@example.test 550 5.1.1'];
  assert.deepEqual(await told(), expected);
  await client.api.retry(rowId);
  await settle();
  assert.equal(client.engine.submitted.length, 2);
  assert.deepEqual(await told(), expected);
  client.engine.deliver('COI/Chats', chatMail('chat$bob9@x', BOB, 'something else', NOON - 1000));
  client.engine.push('submit.settled', { messageId: client.engine.submitted[0]?.messageId ?? '', state: 'sent' });
  await settle();
  assert.deepEqual(await told(), expected);
  client.tabs.close();
  const again = await aliceAt(client.engine, client.stores);
  const line = (await rows(again, chatId)).at(-1);
  assert.deepEqual([line?.delivery, line?.deliveryDetail], ['failed', expected[2]]);
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
  client.engine.storage = { revision: 'other', document: JSON.stringify(elsewhere) };
  await client.api.acceptChat(request?.chatId as ChatId);
  await settle();
  assert.equal((await chats(client)).length, 1);
  const written = JSON.parse(client.engine.storage.document ?? '') as typeof elsewhere;
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
