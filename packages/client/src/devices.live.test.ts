/** Alice in three browsers at once, on one account of a real mail server: they agree through the mailbox. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ChatId } from '@coi-webmail/chat';
import {
  at,
  chosenServer,
  type Engine,
  ImapLine,
  lacks,
  needs,
  type Stack,
  startStack,
  until,
} from '@coi-webmail/e2e/stack';
import { Person } from './person.fixture.ts';

const MODE: 'active' | 'none' = lacks(chosenServer()).includes('MOVE') ? 'none' : 'active';
/** Where lines lie once they are filed. */
const LINES = MODE === 'active' ? at('COI/Chats') : 'INBOX';

let stack: Stack;
let bob: Person;
/** Desk, phone, and a browser of somebody else. */
let browsers: readonly [Person, Person, Person];
let imap: ImapLine;
let withAlice: ChatId;
const withBob = new Map<Person, ChatId>();

const engineUrl = (): string => (stack.engines()[0] as Engine).url;

async function chatOf(person: Person): Promise<ChatId> {
  let chatId = withBob.get(person);
  if (chatId === undefined) {
    chatId = await person.client.startChat([bob.address]);
    withBob.set(person, chatId);
  }
  return chatId;
}

async function everywhere(check: (person: Person, chatId: ChatId) => Promise<unknown>): Promise<void> {
  await Promise.all(browsers.map(async (person) => check(person, await chatOf(person))));
}

const unreadIs = (count: number) => async (person: Person, chatId: ChatId) => {
  const timeline = await person.timeline(chatId);
  await timeline.until(({ chat }) => chat.unreadCount === count, `${count} unread`);
};

before(async () => {
  stack = await startStack({ webmail: false });
  const user = await stack.freshUser();
  bob = new Person(await stack.freshUser(), engineUrl);
  browsers = [new Person(user, engineUrl), new Person(user, engineUrl), new Person(user, engineUrl)];
  const [desk] = browsers;
  for (const person of [desk, bob]) {
    await person.signOn();
    await person.consent(MODE);
    await person.synced();
  }
  imap = await ImapLine.login(stack.info.ports.imap, user);
});

after(async () => {
  for (const person of [...(browsers ?? []), bob]) if (person?.isOn === true) person.leave();
  await imap?.logout().catch(() => undefined);
  await stack?.stop();
});

test('a browser that comes cold shows own lines as own, and the answers', async () => {
  const [desk, phone, other] = browsers;
  await desk.client.send({ chatId: await chatOf(desk), text: 'from the desk' });
  const request = (await bob.requests.until(({ chats }) => chats.length === 1, 'bob has a request')).chats[0];
  withAlice = request?.chatId as ChatId;
  await bob.client.acceptChat(withAlice);
  await bob.client.send({ chatId: withAlice, text: 'hello alice' });
  await desk.row(await chatOf(desk), ({ text, place }) => text === 'hello alice' && place !== undefined, 'the answer');
  for (const person of [phone, other]) {
    await person.signOn();
    await person.synced();
    const chatId = await chatOf(person);
    await person.row(
      chatId,
      ({ text, own, delivery }) => text === 'from the desk' && own && delivery === 'sent',
      'own',
    );
    await person.row(chatId, ({ text, own }) => text === 'hello alice' && !own, 'the answer');
  }
  await phone.client.send({ chatId: await chatOf(phone), text: 'from the phone' });
  await everywhere((person, chatId) =>
    person.row(
      chatId,
      ({ text, own, delivery }) => text === 'from the phone' && own && delivery === 'sent',
      'her line',
    ),
  );
  assert.deepEqual(await bob.texts(withAlice).then((texts) => texts.length > 0), true);
});

test('what was read in one is read in all, and what another mail program marks is too', async () => {
  const [, phone] = browsers;
  await everywhere(unreadIs(1));
  const chatId = await chatOf(phone);
  const unread = (await phone.timeline(chatId)).value?.rows.filter((row) => row.unread) ?? [];
  await phone.client.markRead(
    chatId,
    unread.map(({ rowId }) => rowId),
  );
  await everywhere(unreadIs(0));
  await bob.client.send({ chatId: withAlice, text: 'one more' });
  await everywhere(unreadIs(1));
  await imap.command(`SELECT ${LINES}`);
  await until(async () => /SEARCH \d/.test(await imap.command('UID SEARCH UNSEEN')), 'it is filed');
  const startedAt = performance.now();
  await imap.command('STORE 1:* +FLAGS (\\Seen)');
  await everywhere(unreadIs(0));
  const tookMs = performance.now() - startedAt;
  await imap.command('STORE * -FLAGS (\\Seen)');
  await everywhere(unreadIs(1));
  await imap.command('STORE 1:* +FLAGS (\\Seen)');
  assert.ok(tookMs < 12_000, `${tookMs} ms`);
  console.log(`read elsewhere shows in all three after ${Math.round(tookMs)} ms`);
});

test('settings and marks made in one hold in all', async () => {
  const [desk, phone, other] = browsers;
  await desk.client.setSettings({ undoSeconds: 5 });
  for (const person of [phone, other]) {
    await person.overview.until(({ settings }) => settings.undoSeconds === 5, 'the setting');
  }
  await phone.client.blockChat(await chatOf(phone), true);
  await other.list.until(({ chats }) => chats.length === 0, 'blocked');
  await other.client.blockChat(await chatOf(other), false);
  await desk.list.until(({ chats }) => chats.length === 1, 'unblocked');
});

test('a draft goes on in another browser, and is gone everywhere once it is sent', async () => {
  const [desk, phone, other] = browsers;
  const draftIs = (text: string) => async (person: Person) => {
    await person.list.until(({ chats }) => chats[0]?.draft === text, `the draft "${text}"`, 30_000);
  };
  await desk.client.setDraft(await chatOf(desk), { text: 'half a', replyTo: undefined });
  await everywhere(draftIs('half a'));
  const chatId = await chatOf(phone);
  assert.equal((await phone.client.getDraft(chatId)).text, 'half a');
  await phone.client.send({ chatId, text: 'half a thought' });
  await phone.client.setDraft(chatId, { text: '', replyTo: undefined });
  await everywhere(draftIs(''));
  await other.row(await chatOf(other), ({ text, own }) => text === 'half a thought' && own, 'the line');
  const row = await bob.row(withAlice, ({ text }) => text === 'half a thought', 'the line');
  assert.equal(stack.sink.count(`<${row.messageId}>`), 1);
});

test('a line to somebody with mail only can be undone, and nothing of it goes out', async () => {
  const [desk] = browsers;
  const carol = await stack.freshUser();
  const chatId = await desk.client.startChat([carol.address]);
  const rowId = await desk.client.send({ chatId, text: 'oops' });
  const held = await desk.row(chatId, ({ heldUntil }) => heldUntil !== undefined, 'the held line');
  assert.equal(await desk.client.discard(rowId), 'oops');
  await desk.client.send({ chatId, text: 'dear carol' });
  const sent = await desk.row(chatId, ({ text, delivery }) => text === 'dear carol' && delivery === 'sent', 'the line');
  await until(async () => stack.sink.count(`<${sent.messageId}>`, carol.address) === 1, 'carol has it');
  assert.equal(stack.sink.count(`<${held.messageId}>`), 0);
  assert.deepEqual(await desk.texts(chatId), ['dear carol']);
});

test(
  'a line deleted by another mail program leaves all three, one that is moved into the inbox stays',
  needs('MOVE'),
  async () => {
    const uidOf = async (text: string) => {
      await imap.command(`SELECT ${LINES}`);
      return /SEARCH (\d+)/.exec(await imap.command(`UID SEARCH BODY "${text}"`))?.[1];
    };
    const has = (text: string, there: boolean) => async (person: Person, chatId: ChatId) => {
      const timeline = await person.timeline(chatId);
      await timeline.until(({ rows }) => rows.some((row) => row.text === text) === there, `${text}: ${there}`, 30_000);
    };
    const deleted = await uidOf('one more');
    await imap.command(`UID STORE ${deleted} +FLAGS (\\Deleted)`);
    await imap.command(`UID EXPUNGE ${deleted}`);
    await everywhere(has('one more', false));
    const moved = await uidOf('hello alice');
    await imap.command(`UID MOVE ${moved} INBOX`);
    await everywhere(async (person, chatId) => {
      const isInPlace = ({ text, place }: { text: string; place: { mailbox: string } | undefined }) =>
        text === 'hello alice' && place !== undefined;
      await person.row(chatId, isInPlace, 'the moved line');
    });
    await bob.client.send({ chatId: withAlice, text: 'still there?' });
    await everywhere(has('still there?', true));
    await everywhere(has('hello alice', true));
  },
);

test('all three show the same lines in the same order, and so does a fourth that starts from nothing', async () => {
  const [desk] = browsers;
  const fourth = new Person(desk.user, engineUrl);
  try {
    await fourth.signOn();
    await fourth.synced();
    const expected = await desk.texts(await chatOf(desk));
    for (const person of [...browsers, fourth]) {
      const timeline = await person.timeline(await chatOf(person));
      const isSame = ({ rows }: { rows: readonly { readonly text: string }[] }) =>
        rows.map(({ text }) => text).join() === expected.join();
      await timeline.until(isSame, `the same as ${expected.join()}`, 30_000);
    }
    assert.equal((await fourth.list.until(({ chats }) => chats.length === 2, 'both chats')).unreadCount, 1);
  } finally {
    fourth.leave();
  }
});
