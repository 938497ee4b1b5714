import assert from 'node:assert/strict';
import { takeShot } from '../fixture/browser.ts';
import { eventually } from '../fixture/eventually.ts';
import { freshChatId, freshMessageId, headerOf, mailSource } from '../fixture/mail.ts';
import { listedUids, type RoundcubeAnswer, RoundcubeHttp } from '../fixture/roundcube-http.ts';
import type { Person, Scene } from '../fixture/scene.ts';
import { story, useStage } from '../fixture/stage.ts';
import { signOn, Wire } from '../fixture/wire.ts';
import type { Mode } from '../page/chat.ts';
import { RoundcubePage } from '../page/roundcube.ts';
import type { Pool } from '../stack/users.ts';

const stage = useStage({ own: true });
const MAIL_COUNT = 450;
const CHAT_COUNT = 50;
const PAGE_ROWS = 50;
const RECEIVED = 'Received: from far.test by mail.example.test';

const mail = (to: string, index: number) =>
  mailSource({ from: 'Ann <ann@far.test>', to, subject: `mail ${index}`, text: 'ordinary', headers: [RECEIVED] });

/** A chat line by each of the marks in turn: Chat-Version, Message-ID alone, first of References alone. */
function chat(to: string, index: number): string {
  const common = { from: 'Bob <bob@far.test>', to, subject: `chat ${index}`, text: 'chat' };
  switch (index % 3) {
    case 0:
      return mailSource({ ...common, messageId: freshChatId(), headers: [RECEIVED, 'Chat-Version: 1.0'] });
    case 1:
      return mailSource({ ...common, messageId: freshChatId(), headers: [RECEIVED] });
    default: {
      const first = freshChatId();
      const headers = [RECEIVED, `References: ${first}\r\n ${freshMessageId()}`, `In-Reply-To: ${first}`];
      return mailSource({ ...common, messageId: freshMessageId(), headers });
    }
  }
}

/** Mail that comes in while nobody is signed on: every tenth is chat. */
function* arrivals(to: string): Generator<string> {
  for (let index = 0; index < MAIL_COUNT + CHAT_COUNT; index += 1) {
    yield index % 10 === 5 ? chat(to, Math.floor(index / 10)) : mail(to, index);
  }
}

async function consent(scene: Scene, person: Person, mode: Mode): Promise<void> {
  const wire = await Wire.connect(await signOn(scene.stack.info.urls.engineByProxy ?? '', person));
  await wire.call('mode.set', { mode });
  wire.close();
}

/** Another engine takes over that knows no account: from now on nobody is signed on. */
async function forgetEveryone(): Promise<void> {
  const { own } = stage;
  for (const engine of own.engines()) await engine.stop();
  const fresh = await own.startEngine();
  await own.setEnginePort(fresh.port);
}

function subjectsOf(mails: readonly { readonly source: string }[]): readonly string[] {
  return mails.map(({ source }) => headerOf(source, 'Subject') ?? '');
}

/** Every row of every page, as UIDs. */
async function everyRow(
  webmail: RoundcubeHttp,
  fields: Readonly<Record<string, string>> = {},
): Promise<readonly number[]> {
  const found: number[] = [];
  for (let page = 1; ; page += 1) {
    const rows = listedUids(await webmail.action('list', { _mbox: 'INBOX', _page: String(page), ...fields }));
    found.push(...rows);
    if (rows.length < PAGE_ROWS) return found;
  }
}

function unreadOf(answer: RoundcubeAnswer, mailbox: string): number {
  const counts = [...(answer.exec ?? '').matchAll(/set_unread_count\("([^"]+)",(\d+)/g)];
  return Number(counts.findLast(([, name]) => name === mailbox)?.[2] ?? Number.NaN);
}

const CASES: readonly (readonly [string, Mode, Pool])[] = [
  ['in mode active', 'active', 'user'],
  ['in mode none', 'none', 'user'],
  ['in mode active where keywords are forbidden', 'active', 'nokeyword'],
  ['in mode none where keywords are forbidden', 'none', 'nokeyword'],
];

for (const [where, mode, pool] of CASES) {
  story(
    stage,
    `${where}: 500 mails came while alice was away, and no list, count or search shows one of the 50 chat lines`,
    async (scene) => {
      const alice = await scene.person(pool);
      const { info } = scene.stack;
      await consent(scene, alice, mode);
      await forgetEveryone();
      await alice.mailbox.appendAll('INBOX', arrivals(alice.address));
      const inbox = await alice.mailbox.mails('INBOX');
      assert.equal(inbox.length, MAIL_COUNT + CHAT_COUNT);
      const ordinary = inbox
        .filter(({ source }) => headerOf(source, 'Subject')?.startsWith('mail '))
        .map(({ uid }) => uid);

      const webmail = await RoundcubeHttp.signIn(info.urls.webmail ?? '', alice);
      const first = await webmail.action('list', { _mbox: 'INBOX' });
      assert.equal(first.env?.['messagecount'], MAIL_COUNT);
      assert.equal(first.env?.['pagecount'], MAIL_COUNT / PAGE_ROWS);
      const rows = await everyRow(webmail);
      assert.deepEqual(
        [...rows].sort((one, other) => one - other),
        ordinary,
      );
      assert.equal(unreadOf(await webmail.action('getunread'), 'INBOX'), MAIL_COUNT);

      const found = await webmail.action('search', { _mbox: 'INBOX', _q: 'chat', _headers: 'subject', _scope: 'base' });
      assert.deepEqual(listedUids(found), []);
      const everywhere = await webmail.action('search', {
        _mbox: 'INBOX',
        _q: 'chat',
        _headers: 'subject',
        _scope: 'all',
      });
      assert.deepEqual(listedUids(everywhere), []);

      const fresh = await RoundcubeHttp.signIn(info.urls.webmail ?? '', alice);
      await fresh.action('list', { _mbox: 'INBOX' });
      await alice.mailbox.append('INBOX', chat(alice.address, 0));
      const quiet = await fresh.post('check-recent', { _mbox: 'INBOX', _list: '1' });
      assert.doesNotMatch(quiet.exec ?? '', /newmail_notifier|chat 0/);
      assert.equal(unreadOf(quiet, 'INBOX'), MAIL_COUNT);
      await alice.mailbox.append('INBOX', mail(alice.address, 9_999));
      const told = await fresh.post('check-recent', { _mbox: 'INBOX', _list: '1' });
      assert.equal(listedUids(told).length, PAGE_ROWS);
      assert.match(told.exec ?? '', /mail 9999/);

      await webmail.openMail();
      await webmail.action('list', { _mbox: 'INBOX' });
      await webmail.post('mark', { _uid: '*', _flag: 'read', _mbox: 'INBOX' });
      await eventually(async () => {
        const all = await alice.mailbox.allMails();
        const chats = all.filter(({ source }) => headerOf(source, 'Subject')?.startsWith('chat '));
        assert.ok(
          chats.every(({ flags }) => !flags.includes('\\Seen')),
          'a chat line was marked read with the mails',
        );
        const mails = all.filter(({ source }) => headerOf(source, 'Subject')?.startsWith('mail '));
        assert.ok(mails.every(({ flags }) => flags.includes('\\Seen')));
      });
      await webmail.post('move', { _uid: '*', _mbox: 'INBOX', _target_mbox: 'Trash' });
      const trash = subjectsOf(await alice.mailbox.mails('Trash'));
      assert.equal(trash.length, MAIL_COUNT + 1);
      assert.ok(trash.every((subject) => subject.startsWith('mail ')));
      const kept = (await alice.mailbox.allMails()).filter(({ source }) =>
        headerOf(source, 'Subject')?.startsWith('chat '),
      );
      assert.equal(kept.length, CHAT_COUNT + 1);
    },
  );
}

for (const mode of ['active', 'none'] as const) {
  story(stage, `in mode ${mode}: the Chat toggle of the message list shows exactly the chat lines`, async (scene) => {
    const alice = await scene.person();
    const { info } = scene.stack;
    await consent(scene, alice, mode);
    for (let index = 0; index < 6; index += 1) {
      await alice.mailbox.append('INBOX', mail(alice.address, index));
      await alice.mailbox.append('INBOX', chat(alice.address, index));
    }
    const page = await RoundcubePage.signIn(await scene.newBrowser(), info, alice);
    await eventually(async () => assert.equal((await page.subjects()).length, 6));
    assert.ok((await page.subjects()).every((subject) => subject.startsWith('mail ')));
    assert.equal(await page.unreadBadge(), 6);
    await takeShot(page.page, `mail-list-${mode}-1440`);
    await page.showKind('Chat');
    await eventually(async () => {
      const shown = [...(await page.subjects())].sort();
      assert.deepEqual(shown, ['chat 0', 'chat 1', 'chat 2', 'chat 3', 'chat 4', 'chat 5']);
    });
    await takeShot(page.page, `chat-list-${mode}-1440`);
    await page.showKind('Mail');
    await eventually(async () => assert.ok((await page.subjects()).every((subject) => subject.startsWith('mail '))));
  });
}

story(
  stage,
  'the engine is down: Roundcube works on, and chat lines stay out of the list all the same',
  async (scene) => {
    const alice = await scene.person();
    const { own } = stage;
    const { webmail: base = '' } = own.info.urls;
    await consent(scene, alice, 'active');
    for (let index = 0; index < 3; index += 1) await alice.mailbox.append('INBOX', mail(alice.address, index));
    const earlier = await RoundcubeHttp.signIn(base, alice);
    assert.equal(listedUids(await earlier.action('list', { _mbox: 'INBOX' })).length, 3);
    for (const engine of own.engines()) await engine.stop();
    try {
      for (let index = 0; index < 6; index += 1) await alice.mailbox.append('INBOX', chat(alice.address, index));
      await alice.mailbox.append('INBOX', mail(alice.address, 3));
      for (const webmail of [earlier, await RoundcubeHttp.signIn(base, alice)]) {
        await webmail.openMail();
        assert.equal(listedUids(await webmail.action('list', { _mbox: 'INBOX' })).length, 4);
        assert.equal(unreadOf(await webmail.action('getunread'), 'INBOX'), 4);
      }
    } finally {
      await own.setEnginePort((await own.startEngine()).port);
    }
  },
);
