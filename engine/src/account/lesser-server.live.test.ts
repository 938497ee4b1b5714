import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { at, sendMail, until, needs } from '@coi-webmail/e2e/stack';
import { type LesserServer, startLesserServer } from '../imap/lesser-server.fixture.ts';
import {
  chatId,
  issuerOf,
  type LiveStack,
  liveStack,
  mail,
  person,
  type Person,
  type PersonOptions,
} from './account.fixture.ts';

/** These tests take something away from a server that has all of it. */
const FULL = needs('MOVE', 'UIDPLUS', 'CONDSTORE', 'IDLE', 'keywords');

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

interface Lesser {
  readonly alice: Person;
  readonly server: LesserServer;
  stop(): Promise<void>;
}

async function without(
  hidden: readonly string[],
  mode: 'active' | 'none',
  options: PersonOptions = {},
): Promise<Lesser> {
  const server = await startLesserServer(live.stack.info.ports.imap, hidden);
  const issuer = await issuerOf(live);
  const alice = await person(live, {
    ...options,
    issuer: { imap: { ...issuer.imap, port: server.port, tls: 'none' } },
  });
  await alice.account.call('mode.set', { mode });
  await alice.events.next('mailboxes.changed');
  return {
    alice,
    server,
    stop: async () => {
      await alice.stop();
      await server.stop();
    },
  };
}

async function deliver(to: Person): Promise<void> {
  const headers = { From: 'erin@elsewhere.test', To: to.user.address, 'Message-ID': `<${chatId()}>` };
  await sendMail({
    port: live.stack.info.ports.inject,
    from: 'erin@elsewhere.test',
    to: [to.user.address],
    message: mail(headers),
  });
}

async function look(who: Person, path: string): Promise<string> {
  const imap = await who.imap();
  await imap.command(`EXAMINE ${path}`);
  const text = await imap.command('UID FETCH 1:* (FLAGS)').catch(() => '');
  await imap.logout();
  return text.replace(/^t\d+ .*$/gm, '').trim();
}

const REMOVING = /^(UID )?(MOVE|COPY|EXPUNGE|CLOSE)$/;

test('without MOVE nothing is moved, not even by copying; consent to it is refused', FULL, async () => {
  const { alice, server, stop } = await without(['MOVE'], 'none');
  await assert.rejects(alice.account.call('mode.set', { mode: 'active' }), (error) =>
    isCoiError(error, 'permission-denied'),
  );
  assert.equal((await alice.account.call('consent.preview', {})).canMove, false);
  await deliver(alice);
  await alice.events.next('message.arrived');
  await until(async () => /\$Chat/.test(await look(alice, 'INBOX')), 'the tag');
  assert.deepEqual(
    server.commands().filter((name) => /^(UID )?(MOVE|COPY)$/.test(name)),
    [],
  );
  await stop();
});

test('without MOVE a mode that another server allowed acts as none', FULL, async () => {
  const bob = await person(live);
  await bob.account.call('mode.set', { mode: 'active' });
  await bob.stop();
  const server = await startLesserServer(live.stack.info.ports.imap, ['MOVE']);
  const issuer = await issuerOf(live);
  const again = await person(live, {
    user: bob.user,
    issuer: { imap: { ...issuer.imap, port: server.port, tls: 'none' } },
  });
  await again.account.describe();
  await deliver(again);
  await until(async () => /\$Chat/.test(await look(again, 'INBOX')), 'the tag');
  assert.deepEqual(
    server.commands().filter((name) => /^(UID )?(MOVE|COPY)$/.test(name)),
    [],
  );
  await again.stop();
  await server.stop();
});

test('without UIDPLUS nothing is expunged: a replaced document stays, marked', FULL, async () => {
  const { alice, server, stop } = await without(['UIDPLUS'], 'active');
  const { revision } = await alice.account.call('storage.put', { kind: 'drafts', document: '1', ifRevision: '' });
  await alice.account.call('storage.put', { kind: 'drafts', document: '2', ifRevision: revision });
  assert.equal((await alice.account.call('storage.get', { kind: 'drafts' })).document, '2');
  assert.deepEqual(
    server.commands().filter((name) => /EXPUNGE|CLOSE/.test(name)),
    [],
  );
  assert.match(await look(alice, at('COI/Contacts')), /\\Deleted/);
  await stop();
});

test('replacing a document leaves alone what other programs marked as deleted', FULL, async () => {
  const { alice, server, stop } = await without([], 'active');
  const imap = await alice.imap();
  await imap.append(at('COI/Contacts'), mail({ From: 'x@far.test', 'Message-ID': '<foreign@far.test>' }), [
    '\\Deleted',
  ]);
  await imap.logout();
  const { revision } = await alice.account.call('storage.put', { kind: 'drafts', document: '1', ifRevision: '' });
  await alice.account.call('storage.put', { kind: 'drafts', document: '2', ifRevision: revision });
  assert.equal(((await look(alice, at('COI/Contacts'))).match(/\\Deleted/g) ?? []).length, 1);
  assert.deepEqual(
    server.commands().filter((name) => REMOVING.test(name) && name !== 'UID MOVE' && name !== 'UID EXPUNGE'),
    [],
  );
  await stop();
});

test('without QRESYNC and CONDSTORE what is there is told, to be compared', FULL, async () => {
  const { alice, stop } = await without(['QRESYNC', 'CONDSTORE'], 'active');
  const imap = await alice.imap();
  for (let index = 0; index < 3; index += 1) {
    await imap.append(at('COI/Chats'), mail({ From: 'x@far.test', 'Message-ID': `<${chatId()}>` }));
  }
  const first = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats') });
  await imap.command(`SELECT ${at('COI/Chats')}`);
  await imap.command('UID STORE 1 +FLAGS (\\Seen)');
  await imap.command('UID STORE 2 +FLAGS (\\Deleted)');
  await imap.command('UID EXPUNGE 2');
  await imap.logout();
  const next = await alice.account.call('mailbox.sync', { mailbox: at('COI/Chats'), cursor: first.cursor });
  assert.deepEqual([next.reset, next.fresh, next.vanished, next.present], [false, [], null, [1, 3]]);
  assert.ok(next.flags.some(({ uid, flags }) => uid === 1 && flags.includes('\\Seen')));
  await stop();
});

test('without NOTIFY the inbox is pushed all the same', FULL, async () => {
  const { alice, server, stop } = await without(['NOTIFY'], 'active');
  await deliver(alice);
  await alice.events.next('message.arrived');
  assert.ok(server.commands().includes('IDLE'));
  assert.ok(!server.commands().includes('NOTIFY'));
  await stop();
});

test('without NOTIFY a consent given elsewhere is found by the next poll', FULL, async () => {
  const server = await startLesserServer(live.stack.info.ports.imap, ['NOTIFY']);
  const issuer = await issuerOf(live);
  const alice = await person(live, { issuer: { imap: { ...issuer.imap, port: server.port, tls: 'none' } } });
  assert.equal((await alice.account.describe()).mode, null);
  const elsewhere = await person(live, { user: alice.user });
  await elsewhere.account.call('mode.set', { mode: 'active' });
  await until(async () => alice.events.of('mode.changed').length > 0, 'the consent', 20_000);
  assert.deepEqual(alice.events.of('mode.changed'), [{ mode: 'active', keywords: true }]);
  await elsewhere.account.call('mode.set', { mode: 'none' });
  await until(async () => alice.events.of('mode.changed').length > 1, 'the other mode', 20_000);
  assert.equal((await alice.account.describe()).mode, 'none');
  await alice.stop();
  await elsewhere.stop();
  await server.stop();
});

test("without MOVE the admin's mode for all leaves mail where it is, and accounts work", FULL, async () => {
  const server = await startLesserServer(live.stack.info.ports.imap, ['MOVE']);
  const issuer = await issuerOf(live);
  const alice = await person(live, {
    deps: { defaultMode: 'active' },
    issuer: { imap: { ...issuer.imap, port: server.port, tls: 'none' } },
  });
  assert.equal((await alice.account.describe()).mode, 'none');
  await alice.stop();
  await server.stop();
});

test('with everything switched off at once chat still works, and nothing is removed', async () => {
  const hidden = [
    'MOVE',
    'UIDPLUS',
    'QRESYNC',
    'CONDSTORE',
    'NOTIFY',
    'LITERAL+',
    'LITERAL-',
    'SPECIAL-USE',
    'ESEARCH',
    'LIST-STATUS',
  ];
  const { alice, server, stop } = await without(hidden, 'none', { pool: 'nokeyword' });
  await deliver(alice);
  await alice.events.next('message.arrived');
  const { fresh } = await alice.account.call('mailbox.sync', { mailbox: 'INBOX' });
  assert.deepEqual(fresh, [1]);
  assert.deepEqual(
    server.commands().filter((name) => REMOVING.test(name)),
    [],
  );
  await stop();
});
