import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MailboxRole, Params } from '@coi-webmail/protocol';
import { aliceAt, NOON, settle, type TestClient, type TestEngine } from '../engine.fixture.ts';
import { BOB, brief, CAROL, chatMail, chats, chatWith, rows, start, withBob } from '../story.fixture.ts';

const fetched = ({ engine }: TestClient) =>
  engine.calls.flatMap(({ method, params }) =>
    method === 'message.fetch' ? (params as Params<'message.fetch'>).uids : [],
  );

const texts = async (client: TestClient) => (await rows(client, await chatWith(client, BOB))).map(({ text }) => text);

/** Another program changes the mailboxes; the engine tells the full list. */
function told(engine: TestEngine): void {
  engine.push('mailboxes.changed', { mailboxes: engine.states() });
}

test('a mailbox that was deleted elsewhere takes its lines with it, after a look at all others', async () => {
  const client = await start((engine) => {
    withBob(engine);
    engine.put('INBOX', chatMail('chat$bob2@x', BOB, 'in the inbox', NOON));
  });
  assert.deepEqual(await texts(client), ['Hello', 'Hi', 'in the inbox']);
  client.engine.mailboxes.delete('COI/Chats');
  told(client.engine);
  await client.clock.pass(5000);
  assert.deepEqual(await texts(client), ['in the inbox']);
});

test('a mailbox that was deleted and made anew is read from its beginning', async () => {
  const client = await start(withBob);
  const old = client.engine.box('COI/Chats');
  client.engine.mailboxes.set('COI/Chats', { ...old, uidValidity: '77', uidNext: 1, mails: new Map() });
  client.engine.put('COI/Chats', chatMail('chat$bob1@x', BOB, 'Hello', NOON - 60_000));
  told(client.engine);
  await client.clock.pass(5000);
  assert.deepEqual(await texts(client), ['Hello']);
});

test('a renamed mailbox with the same role keeps its lines: none is lost, none is there twice', async () => {
  const client = await start(withBob);
  const old = client.engine.box('COI/Chats');
  client.engine.mailboxes.delete('COI/Chats');
  client.engine.mailboxes.set('Chats', { ...old, uidValidity: '8' });
  told(client.engine);
  await client.clock.pass(5000);
  assert.deepEqual(await texts(client), ['Hello', 'Hi']);
  const [hello] = await rows(client, await chatWith(client, BOB));
  assert.equal(hello?.place?.mailbox, 'Chats');
});

test('a mailbox that vanishes between two questions is no end of the sync', async () => {
  const client = await start(withBob);
  client.engine.mailboxes.delete('Sent');
  client.engine.push('mailbox.changed', { mailbox: 'Sent' });
  client.engine.deliver('COI/Chats', chatMail('chat$bob2@x', BOB, 'still here', NOON));
  await client.clock.pass(5000);
  assert.deepEqual(await texts(client), ['Hello', 'Hi', 'still here']);
});

test('a mail that another program moves out of the chats stays while it is in a watched mailbox', async () => {
  const client = await start(withBob);
  const { mails } = client.engine.box('COI/Chats');
  const mail = mails.get(1);
  mails.delete(1);
  client.engine.push('message.expunged', { mailbox: 'COI/Chats', uidValidity: '1', uids: [1] });
  await settle();
  assert.deepEqual(await texts(client), ['Hello', 'Hi']);
  client.engine.put('INBOX', mail?.bytes ?? new Uint8Array(), { flags: ['\\Seen'] });
  client.engine.push('mailbox.changed', { mailbox: 'INBOX' });
  await client.clock.pass(5000);
  const lines = await rows(client, await chatWith(client, BOB));
  assert.deepEqual(lines.map(brief), ['Hello: there', 'Hi: sent']);
  assert.deepEqual([lines[0]?.place?.mailbox, lines[0]?.unread], ['INBOX', false]);
});

test('a mail that another program moves into the trash leaves, and comes back when it is put back', async () => {
  const client = await start(withBob);
  const { mails } = client.engine.box('COI/Chats');
  const bytes = mails.get(1)?.bytes ?? new Uint8Array();
  mails.delete(1);
  client.engine.push('message.expunged', { mailbox: 'COI/Chats', uidValidity: '1', uids: [1] });
  await client.clock.pass(5000);
  assert.deepEqual(await texts(client), ['Hi']);
  client.engine.deliver('COI/Chats', bytes, { internalAt: NOON - 60_000 });
  await settle();
  assert.deepEqual(await texts(client), ['Hello', 'Hi']);
});

test('a mail that is moved before it was fetched is fetched where it lies', async () => {
  const client = await start();
  const { engine } = client;
  for (let at = 0; at < 300; at++) engine.put('INBOX', chatMail(`chat$${at}@x`, BOB, `line ${at}`, NOON + at));
  let windows = 0;
  engine.onFetch = () => {
    windows += 1;
    if (windows !== 1) return;
    // Filed by the engine while the client reads the newest.
    const inbox = engine.box('INBOX').mails;
    const bytes = inbox.get(1)?.bytes ?? new Uint8Array();
    inbox.delete(1);
    const uid = engine.put('COI/Chats', bytes);
    const from = { mailbox: 'INBOX', uidValidity: '1', uid: 1 };
    engine.push('message.moved', { from, to: { mailbox: 'COI/Chats', uidValidity: '1', uid } });
  };
  engine.push('mailbox.changed', { mailbox: 'INBOX' });
  await client.clock.pass(5000);
  const [request] = await chats(client, 'requests');
  assert.equal(request?.unreadCount, 300);
});

test('a deletion that is only told as a change of the mailbox takes the line away, too', async () => {
  const client = await start(withBob);
  client.engine.box('COI/Chats').mails.delete(1);
  client.engine.push('mailbox.changed', { mailbox: 'COI/Chats' });
  await settle();
  assert.deepEqual(await texts(client), ['Hello', 'Hi']);
  await client.clock.pass(5000);
  assert.deepEqual(await texts(client), ['Hi']);
});

test('what happens to a line that just came is seen, although the cursor is older', async () => {
  const client = await start(withBob);
  const { engine } = client;
  // Something else takes the UID between: the cursor cannot pass the line.
  engine.put('COI/Chats', chatMail('chat$other@x', CAROL, 'x', NOON), { isChat: false });
  engine.deliver('COI/Chats', chatMail('chat$bob2@x', BOB, 'read elsewhere', NOON + 1000));
  engine.deliver('COI/Chats', chatMail('chat$bob3@x', BOB, 'deleted elsewhere', NOON + 2000));
  await settle();
  engine.flag('COI/Chats', 4, ['\\Seen']);
  engine.box('COI/Chats').mails.delete(5);
  engine.push('mailbox.changed', { mailbox: 'COI/Chats' });
  await client.clock.pass(5000);
  assert.deepEqual(await texts(client), ['Hello', 'Hi', 'read elsewhere']);
  assert.equal((await chats(client))[0]?.unreadCount, 1);
});

test('lines that came one after the other are not fetched once more', async () => {
  const client = await start(withBob);
  for (let at = 0; at < 20; at++) {
    client.engine.deliver('COI/Chats', chatMail(`chat$n${at}@x`, BOB, `line ${at}`, NOON + at * 1000));
  }
  await settle();
  client.engine.flag('COI/Chats', 22, ['\\Seen']);
  client.engine.push('mailbox.changed', { mailbox: 'COI/Chats' });
  await client.clock.pass(5000);
  assert.deepEqual(fetched(client), [2, 1]);
  assert.equal((await chats(client))[0]?.unreadCount, 20);
});

test('what another program marks read or unread shows at once', async () => {
  const client = await start(withBob);
  const unread = async () => (await chats(client))[0]?.unreadCount;
  const flag = (flags: readonly string[]) =>
    client.engine.push('message.flags', {
      mailbox: 'COI/Chats',
      uidValidity: '1',
      changes: [{ uid: 1, flags: [...flags], modSeq: '900' }],
    });
  assert.equal(await unread(), 1);
  flag(['\\Seen']);
  assert.equal(await unread(), 0);
  flag([]);
  assert.equal(await unread(), 1);
});

test('flags and deletions of the time away come with the next connection', async () => {
  const client = await start((engine) => {
    withBob(engine);
    engine.put('COI/Chats', chatMail('chat$bob2@x', BOB, 'second', NOON));
  });
  client.tabs.close();
  client.engine.flag('COI/Chats', 1, ['\\Seen']);
  client.engine.box('COI/Chats').mails.delete(3);
  const again = await aliceAt(client.engine, client.stores);
  await again.clock.pass(5000);
  assert.deepEqual(await texts(again), ['Hello', 'Hi']);
  assert.equal((await chats(again))[0]?.unreadCount, 0);
  assert.deepEqual(fetched(again).length, 3);
});

test('a burst of fifty lines is applied together and keeps its order', async () => {
  const client = await start(withBob);
  const expected = Array.from({ length: 50 }, (_, at) => `line ${at}`);
  for (const [at, text] of expected.entries()) {
    client.engine.deliver('COI/Chats', chatMail(`chat$burst${at}@x`, BOB, text, NOON + at * 1000));
  }
  await settle();
  assert.deepEqual((await texts(client)).slice(2), expected);
});

test('a long backlog is one range in the store, and a connection that breaks in its middle loses nothing', async () => {
  const client = await start(withBob);
  const { engine } = client;
  for (let at = 0; at < 2000; at++)
    engine.put('INBOX', chatMail(`chat$${at}@x`, CAROL, `line ${at}`, NOON - 5_000_000 + at));
  let windows = 0;
  engine.onFetch = () => {
    windows += 1;
    if (windows === 3) engine.drop();
  };
  engine.push('mailbox.changed', { mailbox: 'INBOX' });
  await settle();
  const { cache } = await client.stores.open('0123456789abcdef', new Uint8Array(), () => undefined);
  const inbox = (await cache.load()).progress.get('INBOX');
  assert.equal(inbox?.pending.length, 1);
  await client.clock.pass(30_000);
  const [request] = await chats(client, 'requests');
  assert.equal(request?.unreadCount, 2000);
  assert.equal(new Set(fetched(client)).size <= 2002, true);
});

test('the role of a mailbox may change: what is no longer watched is not read', async () => {
  const client = await start((engine) => {
    withBob(engine);
    engine.put('Sent', chatMail('chat$alice9@x', 'alice@example.test' as never, 'from elsewhere', NOON), {
      flags: ['\\Seen'],
    });
  });
  assert.deepEqual(await texts(client), ['Hello', 'Hi', 'from elsewhere']);
  const sent = client.engine.box('Sent');
  client.engine.mailboxes.set('Sent', { ...sent, role: 'junk' satisfies MailboxRole });
  told(client.engine);
  await client.clock.pass(5000);
  assert.deepEqual(await texts(client), ['Hello', 'Hi']);
});

test('a client that knows nothing reads the last to arrive first, then the last of each conversation, then the rest', async () => {
  const client = await start((engine) => {
    for (let n = 1; n <= 600; n += 1)
      engine.put('COI/Chats', chatMail(`chat$${n}@x`, BOB, `line ${n}`, NOON - n * 1000));
    engine.orders.arrival.push(...Array.from({ length: 300 }, (_, index) => index + 1));
    engine.orders.thread.push(150, 1, 999, 150);
  });
  await client.clock.pass(1000);
  const windows = client.engine.calls.flatMap(({ method, params }) =>
    method === 'message.fetch' ? [(params as Params<'message.fetch'>).uids] : [],
  );
  assert.deepEqual(
    windows[0],
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
  assert.ok(windows.slice(1, 3).some((uids) => String(uids) === '150'));
  assert.equal(new Set(windows.flat()).size, 600);
  assert.equal(windows.flat().length, 600);
});
