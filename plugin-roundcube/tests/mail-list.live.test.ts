import assert from 'node:assert/strict';
import test from 'node:test';
import { headerOf } from '@coi-webmail/e2e/fixture/mail.ts';
import { eventually } from '@coi-webmail/e2e/fixture/eventually.ts';
import { listedUids, type RoundcubeAnswer, type RoundcubeHttp } from '@coi-webmail/e2e/fixture/roundcube-http.ts';
import { at, type Pool } from '@coi-webmail/e2e/stack';
import {
  CHAT_MARKS,
  chat,
  chatSide,
  consent,
  mail,
  newPerson,
  openWebmail,
  type Person,
  useStack,
} from './stack.fixture.ts';

const stack = useStack();
const MAIL_COUNT = 120;
const CHAT_COUNT = 30;
const PAGE_ROWS = 50;
const SORTS = ['', 'subject_ASC', 'arrival_DESC', 'date_ASC'];

function* arrivals(to: string): Generator<string> {
  for (let index = 0; index < MAIL_COUNT; index += 1) {
    yield mail(to, String(index));
    if (index % (MAIL_COUNT / CHAT_COUNT) === 0) yield chat(to, String(index), CHAT_MARKS[index % 3] ?? 'message-id');
  }
}

async function uidsOf({ mailbox }: Person, start: string, name = 'INBOX'): Promise<readonly number[]> {
  const all = await mailbox.mails(name);
  return all.filter(({ source }) => headerOf(source, 'Subject')?.startsWith(start)).map(({ uid }) => uid);
}

const sorted = (uids: readonly number[]) => [...uids].sort((one, other) => one - other);

async function everyRow(webmail: RoundcubeHttp, fields: Readonly<Record<string, string>>): Promise<readonly number[]> {
  const found: number[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await webmail.action('list', { _mbox: 'INBOX', ...fields, _page: String(page) });
    found.push(...listedUids(answer));
    if (page >= Number(answer.env?.['pagecount'])) return found;
  }
}

function unread(answer: RoundcubeAnswer, name: string): number {
  const counts = [...(answer.exec ?? '').matchAll(/set_unread_count\("([^"]+)",(\d+)/g)];
  return Number(counts.findLast(([, found]) => found === name)?.[2] ?? Number.NaN);
}

const CASES: readonly (readonly [string, 'active' | 'none', Pool])[] = [
  ['active', 'active', 'user'],
  ['none', 'none', 'user'],
  ['active without keywords', 'active', 'nokeyword'],
  ['none without keywords', 'none', 'nokeyword'],
];

for (const [name, mode, pool] of CASES) {
  test(`in mode ${name}, alice's list, counts, search and new-mail check know only mail`, async () => {
    const alice = await newPerson(stack, pool);
    await consent(stack, alice, mode);
    await alice.mailbox.appendAll('INBOX', arrivals(alice.user.address));
    const webmail = await openWebmail(alice);
    const first = await webmail.action('list', { _mbox: 'INBOX' });
    const mails = await uidsOf(alice, 'mail');
    assert.equal(mails.length, MAIL_COUNT);
    assert.equal(first.env?.['messagecount'], MAIL_COUNT);
    assert.equal(first.env?.['pagecount'], Math.ceil(MAIL_COUNT / PAGE_ROWS));
    assert.deepEqual(sorted(listedUids(first)), sorted(mails).slice(-PAGE_ROWS));
    for (const sort of SORTS) assert.deepEqual(sorted(await everyRow(webmail, { _sort: sort })), sorted(mails));
    const threads = await webmail.action('list', { _mbox: 'INBOX', _threads: '1', _page: '1' });
    assert.equal(threads.env?.['messagecount'], MAIL_COUNT);
    await webmail.action('list', { _mbox: 'INBOX', _threads: '0', _page: '1' });
    assert.equal(unread(await webmail.action('getunread'), 'INBOX'), MAIL_COUNT);
    for (const scope of ['base', 'all']) {
      const search = { _mbox: 'INBOX', _q: 'chat', _headers: 'subject', _scope: scope };
      assert.deepEqual(listedUids(await webmail.action('search', search)), []);
    }
    const found = await webmail.action('search', {
      _mbox: 'INBOX',
      _q: 'mail 77',
      _headers: 'subject',
      _scope: 'base',
    });
    assert.equal(listedUids(found).length, 1);
  });

  test(`in mode ${name}, a chat line that comes in is no new mail, and a mail is`, async () => {
    const alice = await newPerson(stack, pool);
    await consent(stack, alice, mode);
    await alice.mailbox.append('INBOX', mail(alice.user.address, 'first'));
    const webmail = await openWebmail(alice);
    await webmail.action('list', { _mbox: 'INBOX' });
    const check = { _mbox: 'INBOX', _list: '1', _folderlist: '1', _last: '1' };
    await webmail.post('check-recent', check);
    await alice.mailbox.appendAll(
      'INBOX',
      CHAT_MARKS.map((mark) => chat(alice.user.address, mark, mark)),
    );
    const quiet = await webmail.post('check-recent', check);
    assert.deepEqual(listedUids(quiet), []);
    assert.doesNotMatch(quiet.exec ?? '', /recent|newmail_notifier/);
    assert.equal(unread(quiet, 'INBOX'), 1);
    await alice.mailbox.append('INBOX', mail(alice.user.address, 'second'));
    const told = await webmail.post('check-recent', check);
    assert.deepEqual(sorted(listedUids(told)), await uidsOf(alice, 'mail'));
    assert.equal(unread(told, 'INBOX'), 2);
  });

  test(`in mode ${name}, "all messages" are the mails of the list`, async () => {
    const alice = await newPerson(stack, pool);
    await consent(stack, alice, mode);
    await alice.mailbox.appendAll('INBOX', arrivals(alice.user.address));
    const webmail = await openWebmail(alice);
    await webmail.action('list', { _mbox: 'INBOX' });
    await webmail.post('mark', { _uid: '*', _flag: 'read', _mbox: 'INBOX' });
    const all = await alice.mailbox.allMails();
    for (const { source, flags } of all) {
      const subject = headerOf(source, 'Subject') ?? '';
      if (/^(mail|chat) /.test(subject)) assert.equal(flags.includes('\\Seen'), subject.startsWith('mail '), subject);
    }
    await webmail.post('move', { _uid: '*', _mbox: 'INBOX', _target_mbox: at('Trash') });
    assert.equal((await uidsOf(alice, 'mail', at('Trash'))).length, MAIL_COUNT);
    assert.equal((await uidsOf(alice, 'chat', at('Trash'))).length, 0);
    const trash = await webmail.action('list', { _mbox: at('Trash') });
    assert.equal(trash.env?.['messagecount'], MAIL_COUNT);
    const kept = (await alice.mailbox.allMails()).filter(({ source }) =>
      headerOf(source, 'Subject')?.startsWith('chat'),
    );
    assert.equal(kept.length, CHAT_COUNT);
  });
}

test('dave has not consented: his list is the stock list, and his mailbox stays as it is', async () => {
  const dave = await newPerson(stack);
  await dave.mailbox.appendAll('INBOX', arrivals(dave.user.address));
  const before = await dave.mailbox.snapshot();
  const webmail = await openWebmail(dave);
  const list = await webmail.action('list', { _mbox: 'INBOX' });
  assert.equal(list.env?.['messagecount'], MAIL_COUNT + CHAT_COUNT);
  await webmail.post('check-recent', { _mbox: 'INBOX', _list: '1' });
  assert.equal(await dave.mailbox.snapshot(), before);
});

test('the chat side lists exactly the chat lines, also those that are not filed yet', async () => {
  for (const mode of ['active', 'none'] as const) {
    const alice = await newPerson(stack);
    await consent(stack, alice, mode);
    await alice.mailbox.appendAll('INBOX', arrivals(alice.user.address));
    const webmail = await openWebmail(alice);
    await webmail.action('list', { _mbox: 'INBOX' });
    const list = await webmail.action('list', await chatSide(webmail));
    assert.equal(list.env?.['messagecount'], CHAT_COUNT, mode);
    const names = [...(list.exec ?? '').matchAll(/"subject":"(\w+) /g)].map(([, word]) => word);
    assert.equal(names.length, CHAT_COUNT);
    assert.deepEqual([...new Set(names)], ['chat']);
    const mails = await webmail.action('list', { _mbox: 'INBOX' });
    assert.equal(mails.env?.['messagecount'], MAIL_COUNT);
  }
});

test('"all messages" on the chat side are the chat lines', async () => {
  const alice = await newPerson(stack);
  await consent(stack, alice, 'none');
  await alice.mailbox.appendAll('INBOX', arrivals(alice.user.address));
  const webmail = await openWebmail(alice);
  const side = await chatSide(webmail);
  await webmail.action('list', side);
  await webmail.post('move', { ...side, _uid: '*', _target_mbox: at('Trash') });
  assert.equal((await uidsOf(alice, 'chat', at('Trash'))).length, CHAT_COUNT);
  assert.equal((await uidsOf(alice, 'mail')).length, MAIL_COUNT);
});

test('a chat line that comes in while the chat side is open is shown, and not announced as mail', async () => {
  const alice = await newPerson(stack);
  await consent(stack, alice, 'active');
  await alice.mailbox.append(at('COI/Chats'), chat(alice.user.address, 'first', 'message-id'));
  const webmail = await openWebmail(alice);
  await webmail.action('list', { _mbox: at('COI/Chats'), _coi_view: 'chat' });
  const check = { _mbox: at('COI/Chats'), _list: '1', _folderlist: '1', _coi_view: 'chat' };
  await webmail.post('check-recent', check);
  await alice.mailbox.append(at('COI/Chats'), chat(alice.user.address, 'second', 'message-id'));
  const answer = await webmail.post('check-recent', check);
  assert.equal(listedUids(answer).length, 2);
  assert.doesNotMatch(JSON.stringify(answer.callbacks ?? []), /newmail/);
});

test('the chat folders are not in the folder list, but in the settings', async () => {
  const alice = await newPerson(stack);
  await consent(stack, alice, 'active');
  const webmail = await openWebmail(alice);
  await eventually(async () => assert.doesNotMatch(await webmail.openMail(), /rel="COI/));
  assert.doesNotMatch((await webmail.action('getunread')).exec ?? '', /COI/);
  assert.match(await webmail.get('?_task=settings&_action=folders'), /COI\/Chats|"COI\\\/Chats"|COI/);
});
