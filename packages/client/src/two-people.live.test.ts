/** Alice and bob chat over real mail servers and a real engine process, without a browser. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ChatId } from '@coi-webmail/chat';
import { at, type Engine, ImapLine, sendMail, type Stack, startStack, until } from '@coi-webmail/e2e/stack';
import { Person } from './person.fixture.ts';

let stack: Stack;
let alice: Person;
let bob: Person;
let withBob: ChatId;
let withAlice: ChatId;

const engine = (): Engine => stack.engines()[0] as Engine;
const engineUrl = (): string => engine().url;

before(async () => {
  stack = await startStack({ webmail: false });
  alice = new Person(await stack.freshUser(), engineUrl);
  bob = new Person(await stack.freshUser(), engineUrl);
});

after(async () => {
  alice?.leave();
  bob?.leave();
  await stack?.stop();
});

test('alice and bob sign on by password and consent', async () => {
  for (const person of [alice, bob]) {
    await person.signOn();
    assert.equal(person.overview.value?.phase, 'consent');
    await person.consent();
    await person.synced();
  }
});

test('a line of alice reaches bob as a request, is accepted and answered', async () => {
  withBob = await alice.client.startChat([bob.address]);
  await alice.client.send({ chatId: withBob, text: 'Hello Bob 👋' });
  await alice.row(withBob, (row) => row.text === 'Hello Bob 👋' && row.delivery === 'sent', 'her line sent');
  const { chats } = await bob.requests.until(({ chats: shown }) => shown.length === 1, 'bob has a request');
  const [request] = chats;
  assert.equal(request?.unreadCount, 1);
  assert.deepEqual(
    request?.people.map(({ address }) => address),
    [alice.address],
  );
  withAlice = request?.chatId as ChatId;
  await bob.client.acceptChat(withAlice);
  await bob.list.until(({ chats: shown }) => shown.length === 1, 'bob accepted');
  await bob.client.send({ chatId: withAlice, text: 'Hi Alice' });
  await alice.row(withBob, (row) => row.text === 'Hi Alice' && !row.own && row.place !== undefined, 'the answer');
  assert.deepEqual(await alice.texts(withBob), ['Hello Bob 👋', 'Hi Alice']);
  assert.deepEqual(await bob.texts(withAlice), ['Hello Bob 👋', 'Hi Alice']);
});

test('twenty lines both ways are shown once, in one order, on both sides, and went out once', async () => {
  const sent = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  for (const [index, text] of sent.entries()) {
    const [person, chatId] = index % 3 === 2 ? [bob, withAlice] : [alice, withBob];
    await person.client.send({ chatId, text });
  }
  for (const [person, chatId] of [
    [alice, withBob],
    [bob, withAlice],
  ] as const) {
    const isDone = async () => {
      const { value } = await person.timeline(chatId);
      const rows = value?.rows ?? [];
      return (
        rows.length === 22 && rows.every((row) => row.place !== undefined && (!row.own || row.delivery === 'sent'))
      );
    };
    await until(isDone, 'all lines are on both sides', 20_000);
  }
  assert.deepEqual(await alice.texts(withBob), await bob.texts(withAlice));
  assert.deepEqual((await alice.texts(withBob)).toSorted(), ['Hello Bob 👋', 'Hi Alice', ...sent].toSorted());
  for (const row of (await alice.timeline(withBob)).value?.rows ?? []) {
    assert.equal(stack.sink.count(`<${row.messageId}>`), 1);
  }
});

test('what bob read is read everywhere', async () => {
  const timeline = await bob.timeline(withAlice);
  const unread = timeline.value?.rows.filter((row) => row.unread) ?? [];
  assert.ok(unread.length > 0);
  await bob.client.markRead(
    withAlice,
    unread.map((row) => row.rowId),
  );
  await timeline.until(({ chat }) => chat.unreadCount === 0, 'bob has read all');
  const imap = await ImapLine.login(stack.info.ports.imap, bob.user);
  await until(async () => {
    await imap.command(`SELECT ${at('COI/Chats')}`);
    return /SEARCH\s*\r\n/.test(await imap.command('UID SEARCH UNSEEN'));
  }, 'the mailbox has no unread line');
  await imap.logout();
});

test('an engine that was killed and started again loses and doubles nothing', async () => {
  const { port } = engine();
  const killed = engine();
  killed.kill('SIGKILL');
  await killed.exited;
  await alice.overview.until(({ connection }) => connection !== 'online', 'alice lost the engine');
  await alice.client.send({ chatId: withBob, text: 'while it was down' });
  await stack.startEngine({ port });
  await bob.row(withAlice, (row) => row.text === 'while it was down' && row.place !== undefined, 'the line');
  const mine = await alice.row(
    withBob,
    (row) => row.text === 'while it was down' && row.delivery === 'sent',
    'it sent',
  );
  assert.equal(stack.sink.count(`<${mine.messageId}>`, bob.address), 1);
  assert.equal((await alice.texts(withBob)).filter((text) => text === 'while it was down').length, 1);
});

test('a second browser of alice shows the same chat from the mailbox alone', async () => {
  const other = new Person(alice.user, engineUrl);
  await other.signOn();
  await other.synced();
  const { chats } = await other.list.until(({ chats: shown }) => shown.length === 1, 'she has the chat');
  const chatId = chats[0]?.chatId as ChatId;
  const timeline = await other.timeline(chatId);
  await timeline.until(({ rows }) => rows.length === 23, 'all lines');
  assert.deepEqual(await other.texts(chatId), await alice.texts(withBob));
  await alice.client.send({ chatId: withBob, text: 'seen in both' });
  await other.row(chatId, (row) => row.text === 'seen in both' && row.own && row.delivery === 'sent', 'her own line');
  other.leave();
});

test('a browser that comes back shows its store, and what came meanwhile', async () => {
  alice.leave();
  await bob.client.send({ chatId: withAlice, text: 'are you there?' });
  await alice.signOn();
  await alice.row(withBob, (row) => row.text === 'are you there?', 'what came meanwhile');
  assert.deepEqual(await alice.texts(withBob), await bob.texts(withAlice));
});

test('carol answers by ordinary mail, and alice sees what she wrote', async () => {
  const carol = await stack.freshUser();
  const withCarol = await alice.client.startChat([carol.address]);
  await alice.client.send({ chatId: withCarol, text: 'Lunch?' });
  const mine = await alice.row(withCarol, (row) => row.delivery === 'sent', 'her line');
  const reply = [
    `From: Carol <${carol.address}>`,
    `To: ${alice.address}`,
    'Subject: Re: Lunch?',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <reply.${Date.now()}@elsewhere.test>`,
    `In-Reply-To: <${mine.messageId}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Yes, at noon.',
    '',
    `On Tue, 24 Nov 2026 at 12:00, <${alice.address}> wrote:`,
    '> Lunch?',
    '',
  ].join('\r\n');
  await sendMail({ port: stack.info.ports.inject, from: carol.address, to: [alice.address], message: reply });
  const row = await alice.row(withCarol, (each) => !each.own, 'the reply');
  assert.equal(row.text, 'Yes, at noon.');
  assert.equal(row.folded, true);
  assert.equal(row.sender.dialect, 'legacy');
});
