import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { at, until, needs } from '@coi-webmail/e2e/stack';
import { MAX_WINDOW_BYTES } from '@coi-webmail/protocol';
import {
  chatId,
  type LiveStack,
  liveStack,
  mail,
  MODE,
  person,
  type Person,
  type PersonOptions,
} from './account.fixture.ts';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

async function consenting(options: PersonOptions = {}): Promise<Person> {
  const someone = await person(live, options);
  await someone.account.call('mode.set', { mode: MODE });
  return someone;
}

const chatMail = (text = 'Hello', more: Readonly<Record<string, string>> = {}) =>
  mail({ From: 'bob@example.test', 'Message-ID': `<${chatId()}>`, 'Chat-Version': '1.0', ...more }, text);

async function fill(who: Person, mailbox: string, mails: readonly Uint8Array[]): Promise<void> {
  const imap = await who.imap();
  for (const bytes of mails) await imap.append(mailbox, bytes);
  await imap.logout();
}

test('a cursor leads to what changed since: new, flagged and vanished mail', needs('QRESYNC'), async () => {
  const alice = await consenting();
  await fill(alice, at('COI/Chats'), [chatMail(), chatMail(), chatMail()]);
  const first = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats') });
  assert.deepEqual([first.reset, first.fresh], [true, [1, 2, 3]]);

  const nothing = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats'), cursor: first.cursor });
  assert.deepEqual([nothing.reset, nothing.fresh, nothing.flags, nothing.vanished], [false, [], [], []]);

  const imap = await alice.imap();
  await imap.append(at('COI/Chats'), chatMail());
  await imap.command(`SELECT ${at('COI/Chats')}`);
  await imap.command('UID STORE 1 +FLAGS (\\Seen)');
  await imap.command('UID STORE 2 +FLAGS (\\Deleted)');
  await imap.command('EXPUNGE');
  await imap.logout();
  const next = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats'), cursor: first.cursor });
  assert.deepEqual([next.reset, next.fresh, next.vanished, next.present], [false, [4], [2], null]);
  assert.deepEqual(
    next.flags.map(({ uid, flags }) => [uid, flags.filter((flag) => flag !== '\\Recent')]),
    [[1, ['\\Seen']]],
  );
  assert.equal(next.cursor.uidNext, 5);
  await alice.stop();
});

test('a mailbox that was made anew has other UIDs: the client starts over, old places are refused', async () => {
  const alice = await consenting();
  await fill(alice, at('COI/Chats'), [chatMail()]);
  const old = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats') });
  const imap = await alice.imap();
  await imap.command(`DELETE ${at('COI/Chats')}`);
  await imap.command(`CREATE ${at('COI/Chats')}`);
  await imap.append(at('COI/Chats'), chatMail());
  await imap.append(at('COI/Chats'), chatMail());
  await imap.logout();
  let now = old;
  await until(async () => {
    now = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats'), cursor: old.cursor }).catch(() => now);
    return now.cursor.uidValidity !== old.cursor.uidValidity;
  }, 'another UIDVALIDITY');
  assert.deepEqual([now.reset, now.fresh], [true, [1, 2]]);
  // For a moment it may count as gone.
  await until(async () => {
    const place = { mailbox: at('COI/Chats'), uidValidity: old.cursor.uidValidity };
    const error: unknown = await alice.account.call('message.fetch', { ...place, uids: [1] }).then(
      () => assert.fail('An old place was taken for a new one'),
      (reason: unknown) => reason,
    );
    assert.ok(isCoiError(error, 'uid-validity-changed') || isCoiError(error, 'mailbox-not-found'), String(error));
    return isCoiError(error, 'uid-validity-changed');
  }, 'the refusal');
  await alice.stop();
});

test('in the inbox only chat mail is told of', async () => {
  const alice = await consenting();
  await alice.account.call('mode.set', { mode: 'none' });
  const plain = mail({ From: 'shop@far.test', 'Message-ID': '<1@far.test>' });
  await fill(alice, 'INBOX', [plain, chatMail(), plain, chatMail()]);
  let answer = await alice.account.call('mailbox.sync', { mailbox: 'INBOX' });
  assert.deepEqual(answer.fresh, [2, 4]);
  await alice.account.file(2_000);
  const imap = await alice.imap();
  await imap.command('SELECT INBOX');
  await imap.command('UID STORE 1:2 +FLAGS (\\Flagged)');
  await imap.logout();
  answer = await alice.account.call('mailbox.sync', { mailbox: 'INBOX', cursor: answer.cursor });
  assert.deepEqual(answer.fresh, []);
  assert.deepEqual(
    answer.flags.filter(({ flags }) => flags.includes('\\Flagged')).map(({ uid }) => uid),
    [2],
  );
  await alice.stop();
});

test('mailboxes outside chat are nobody’s business', async () => {
  const alice = await consenting();
  await assert.rejects(alice.account.call('mailbox.sync', { mailbox: at('Archive') }), (error) =>
    isCoiError(error, 'mailbox-not-found'),
  );
  await alice.stop();
});

test('a window is newest first, of whole small mails and prefixes of large ones, and names what had no room', async () => {
  const alice = await consenting();
  const large = chatMail('x'.repeat(60) + '\r\n'.repeat(100_000));
  await fill(alice, at('COI/Chats'), [chatMail('first'), ...Array.from({ length: 20 }, () => large), chatMail('last')]);
  const { cursor, fresh } = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats') });
  const { uidValidity } = cursor;
  const window = await alice.account.call('message.fetch', {
    mailbox: at('COI/Chats'),
    uidValidity,
    uids: [...fresh, 99],
  });
  assert.equal(window.messages[0]?.uid, 22);
  assert.equal(window.messages[0]?.complete, true);
  assert.equal(window.messages[1]?.complete, false);
  assert.equal(window.messages[1]?.bytes.length, 65_536);
  assert.equal(window.messages[1]?.sizeBytes, large.length);
  const carried = window.messages.reduce((sum, { bytes }) => sum + bytes.length, 0);
  assert.ok(carried <= MAX_WINDOW_BYTES);
  assert.deepEqual(
    [...window.messages.map(({ uid }) => uid), ...window.rest].sort((a, b) => a - b),
    fresh,
  );
  await alice.stop();
});

test('encrypted mail is carried whole', async () => {
  const alice = await consenting();
  const type = 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"';
  const encrypted = chatMail(`--b\r\n${'0123456789abcdef\r\n'.repeat(10_000)}--b--`, { 'Content-Type': type });
  await fill(alice, at('COI/Chats'), [encrypted]);
  const { cursor, fresh } = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats') });
  const { messages } = await alice.account.call('message.fetch', {
    mailbox: at('COI/Chats'),
    uidValidity: cursor.uidValidity,
    uids: fresh,
  });
  assert.equal(messages[0]?.complete, true);
  assert.deepEqual(Buffer.from(messages[0]?.bytes ?? []), encrypted);
  await alice.stop();
});

async function read(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a part is streamed decoded, the whole message as it is; lines are sent meanwhile', async () => {
  const alice = await consenting();
  const picture = Buffer.from(Array.from({ length: 900_000 }, (_, index) => index % 251));
  const base64 = (picture.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n');
  const body = `--b\r\n\r\nHello\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n--b--`;
  const message = chatMail(body, { 'Content-Type': 'multipart/mixed; boundary="b"' });
  await fill(alice, at('COI/Chats'), [message]);
  const { cursor } = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats') });
  const place = { mailbox: at('COI/Chats'), uidValidity: cursor.uidValidity, uid: 1 };

  const part = await alice.account.part({ ...place, part: '2' });
  assert.equal(part.type, 'image/png');
  await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats') });
  assert.deepEqual(await read(part.stream), picture);

  const raw = await alice.account.part({ ...place, part: 'raw' });
  assert.equal(raw.sizeBytes, message.length);
  assert.deepEqual(await read(raw.stream), message);

  const text = await alice.account.part({ ...place, part: '1' });
  assert.equal((await read(text.stream)).toString().trim(), 'Hello');

  await assert.rejects(alice.account.part({ ...place, uid: 77, part: '1' }), (error) =>
    isCoiError(error, 'message-not-found'),
  );
  await alice.stop();
});

test('a reader that gives up a part frees the way for the next', async () => {
  const alice = await consenting();
  await fill(alice, at('COI/Chats'), [chatMail('x'.repeat(70).concat('\r\n').repeat(40_000))]);
  const { cursor } = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats') });
  const place = { mailbox: at('COI/Chats'), uidValidity: cursor.uidValidity, uid: 1, part: 'raw' };
  const first = await alice.account.part(place);
  for await (const chunk of first.stream) {
    assert.ok(chunk.length > 0);
    break;
  }
  assert.ok((await read((await alice.account.part(place)).stream)).length > 2_000_000);
  await alice.stop();
});

test('seen here is seen there, and the other way round', needs('QRESYNC'), async () => {
  const alice = await consenting();
  await alice.account.call('mode.set', { mode: 'none' });
  await fill(alice, 'INBOX', [chatMail()]);
  const { message, uidValidity } = await alice.events.next('message.arrived');
  await alice.account.call('message.flag', {
    mailbox: 'INBOX',
    uidValidity,
    uids: [message.uid],
    add: ['\\Seen'],
    remove: [],
  });
  const imap = await alice.imap();
  await imap.command('SELECT INBOX');
  assert.match(await imap.command('UID SEARCH SEEN'), /SEARCH 1\r\n/);
  await imap.command('UID STORE 1 -FLAGS (\\Seen)');
  await imap.command('UID STORE 1 +FLAGS (\\Flagged)');
  await imap.logout();
  await alice.events.next('message.flags', ({ changes }) => {
    const [change] = changes;
    return change?.uid === 1 && change.flags.includes('\\Flagged') && !change.flags.includes('\\Seen');
  });
  await alice.stop();
});

test('what happens in the chats mailbox and is deleted in the inbox is told', needs('QRESYNC'), async () => {
  const alice = await consenting();
  await alice.account.call('mode.set', { mode: 'none' });
  await fill(alice, 'INBOX', [chatMail()]);
  const { uidValidity } = await alice.events.next('message.arrived');
  const imap = await alice.imap();
  await imap.append(at('COI/Chats'), chatMail());
  await alice.events.next('mailbox.changed', ({ mailbox }) => mailbox === at('COI/Chats'));
  await imap.command('SELECT INBOX');
  await imap.command('UID STORE 1 +FLAGS (\\Deleted)');
  await imap.command('EXPUNGE');
  await imap.logout();
  const gone = await alice.events.next('message.expunged');
  assert.deepEqual(gone, { mailbox: 'INBOX', uidValidity, uids: [1] });
  await alice.stop();
});

test('a document is kept in the mailbox: newest wins, a stale writer is told, all browsers hear of it', async () => {
  const alice = await consenting();
  const elsewhere = await person(live, { user: alice.user });
  await elsewhere.account.describe();
  assert.deepEqual(await alice.account.call('storage.get', { kind: 'chats' }), { revision: '', document: null });
  const document = JSON.stringify({ muted: ['grüße'], long: 'x'.repeat(200_000) });
  const { revision } = await alice.account.call('storage.put', { kind: 'chats', document, ifRevision: '' });
  const heard = await elsewhere.events.next('storage.changed', ({ kind }) => kind === 'chats');
  assert.equal(heard.revision, revision);
  assert.deepEqual(await elsewhere.account.call('storage.get', { kind: 'chats' }), { revision, document });
  await assert.rejects(
    elsewhere.account.call('storage.put', { kind: 'chats', document: '{}', ifRevision: '' }),
    (error) => isCoiError(error, 'conflict'),
  );
  const second = await elsewhere.account.call('storage.put', { kind: 'chats', document: '{}', ifRevision: revision });
  assert.deepEqual(await alice.account.call('storage.get', { kind: 'chats' }), { ...second, document: '{}' });
  const imap = await alice.imap();
  await imap.command(`EXAMINE ${at('COI/Contacts')}`);
  const found = await imap.command('UID SEARCH SEEN HEADER Chat-Content org.coi-webmail.chats');
  assert.match(found, /SEARCH [\d ]+\r\n/);
  await imap.logout();
  await alice.stop();
  await elsewhere.stop();
});
