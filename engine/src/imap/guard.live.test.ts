import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { at, ImapLine, needs } from '@coi-webmail/e2e/stack';
import { issuerOf, type LiveStack, liveStack, mail } from '../account/account.fixture.ts';
import { appendMessage } from './append.ts';
import { storeFlags } from './flag.ts';
import { type Removal, remove } from './guard.ts';
import { createMailbox } from './mailbox.ts';
import { ImapSession } from './session.ts';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

async function setUp() {
  const user = await live.stack.freshUser();
  const imap = await ImapLine.login(live.stack.info.ports.imap, user);
  const issuer = await issuerOf(live);
  const session = await ImapSession.open(issuer.imap, { login: user.address, secret: user.password, auth: 'password' });
  const look = async (): Promise<string> => {
    await imap.command('EXAMINE INBOX');
    return /\* SEARCH([ \d]*)\r\n/.exec(await imap.command('UID SEARCH ALL'))?.[1]?.trim() ?? '';
  };
  const stop = async () => {
    session.close();
    await imap.logout();
  };
  return { imap, session, look, stop };
}

const storage = (kind: string) =>
  mail({ 'Message-ID': `<${kind}@example.test>`, 'Chat-Content': `org.coi-webmail.${kind}` });

for (const [name, removal] of [
  ['a mail that is no storage message', { kind: 'replaced', uids: [1], content: 'org.coi-webmail.chats' }],
  ['a storage message of another kind', { kind: 'replaced', uids: [2, 3], content: 'org.coi-webmail.chats' }],
  ['a line that is not pending', { kind: 'cancelled', uids: [1] }],
] satisfies [string, Removal][]) {
  test(`the guard refuses to remove ${name}`, async () => {
    const { imap, session, look, stop } = await setUp();
    await imap.append('INBOX', mail({ 'Message-ID': '<plain@far.test>' }));
    await imap.append('INBOX', storage('chats'));
    await imap.append('INBOX', storage('drafts'));
    const inbox = await session.select('INBOX', 'write');
    await assert.rejects(remove(session, inbox, removal), (error) => isCoiError(error, 'invariant'));
    assert.equal(await look(), '1 2 3');
    assert.doesNotMatch(await imap.command('UID FETCH 1:* (FLAGS)'), /Deleted/);
    await stop();
  });
}

test('what is replaced goes, what somebody else marked as deleted stays', needs('UIDPLUS'), async () => {
  const { imap, session, look, stop } = await setUp();
  await imap.append('INBOX', mail({ 'Message-ID': '<foreign@far.test>' }), ['\\Deleted']);
  await imap.append('INBOX', storage('chats'));
  const inbox = await session.select('INBOX', 'write');
  await remove(session, inbox, { kind: 'replaced', uids: [2], content: 'org.coi-webmail.chats' });
  assert.equal(await look(), '1');
  await stop();
});

test('nothing is removed in a mailbox that was opened for reading', async () => {
  const { imap, session, look, stop } = await setUp();
  await imap.append('INBOX', storage('chats'));
  const inbox = await session.select('INBOX', 'read');
  const removal: Removal = { kind: 'replaced', uids: [1], content: 'org.coi-webmail.chats' };
  await assert.rejects(remove(session, inbox, removal), (error) => isCoiError(error, 'invariant'));
  assert.equal(await look(), '1');
  await stop();
});

test(
  'a move tells where each message went, also into a mailbox with a name beyond ASCII',
  needs('MOVE', 'UIDPLUS'),
  async () => {
    const { imap, session, look, stop } = await setUp();
    for (const id of ['a', 'b', 'c']) await imap.append('INBOX', mail({ 'Message-ID': `<${id}@far.test>` }));
    await createMailbox(session.client, at('Grüße & 日本'));
    const place = await appendMessage(session, at('Grüße & 日本'), mail({ 'Message-ID': '<d@far.test>' }), []);
    const inbox = await session.select('INBOX', 'write');
    const moved = await remove(session, inbox, { kind: 'filed', uids: [1, 3, 77], to: at('Grüße & 日本') });
    assert.deepEqual(
      moved.map(({ uid, to }) => [uid, to?.uid, to?.uidValidity === place?.uidValidity]),
      [
        [1, 2, true],
        [3, 3, true],
      ],
    );
    assert.equal(await look(), '2');
    await stop();
  },
);

test('a NO and a BAD become errors that say what they mean', async () => {
  const { session, stop } = await setUp();
  await assert.rejects(session.select(at('Nowhere'), 'read'), (error) => isCoiError(error, 'mailbox-not-found'));
  await assert.rejects(appendMessage(session, at('Nowhere'), mail({}), []), (error) =>
    isCoiError(error, 'mailbox-not-found'),
  );
  await session.select('INBOX', 'write');
  await assert.rejects(appendMessage(session, 'INBOX', mail({}), ['not(a)flag']), (error) =>
    isCoiError(error, 'imap-unavailable'),
  );
  await assert.rejects(storeFlags(session, [1], 'add', ['\\Deleted']), (error) => isCoiError(error, 'invariant'));
  await storeFlags(session, [1], 'add', ['\\Seen']);
  await stop();
});
