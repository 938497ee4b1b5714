/**
 * The mailbox guard from outside: everything that the engine does, on servers with and without MOVE, UIDPLUS and
 * keywords, with mail of other programs in each mailbox that is marked as deleted. Afterwards another program finds
 * every mail as it was.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { at, type ImapLine, needs, sendMail, until } from '@coi-webmail/e2e/stack';
import { startLesserServer } from '../imap/lesser-server.fixture.ts';
import { type FakeServer, startFakeServer } from '../smtp/fake-server.fixture.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { chatId, issuerOf, type LiveStack, liveStack, mail, person, type Person } from './account.fixture.ts';
import { type SeenMail, snapshot } from './mailbox-snapshot.fixture.ts';
import { lineFrom } from './submit/scene.fixture.ts';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

const [BOB, CHATS, CONTACTS] = ['bob@far.test', at('COI/Chats'), at('COI/Contacts')];
const OTHER_PROGRAMS = ['INBOX', ...['Sent', 'Drafts', 'Junk', 'Trash', 'Archive'].map(at)];
const OURS = ['COI/Chats', 'COI/Contacts', 'COI/Blocked'].map(at);

/** Mail of other programs: what they marked as deleted, and ordinary mail with flags of all kinds. */
async function seed(imap: ImapLine, mailbox: string): Promise<void> {
  const id = (name: string) => ({ From: 'shop@far.test', 'Message-ID': `<${name}.${mailbox}.${chatId('far.test')}>` });
  const chat = { From: 'carol@far.test', 'Message-ID': `<${chatId('far.test')}>`, 'Chat-Version': '1.0' };
  await imap.append(mailbox, mail(id('marked'), `marked in ${mailbox}`), ['\\Deleted', '\\Seen']);
  await imap.append(mailbox, mail(id('plain'), `plain in ${mailbox}`), ['\\Flagged', '\\Answered']);
  await imap.append(mailbox, mail({ ...id('answer'), 'In-Reply-To': '<nothing@far.test>' }), []);
  await imap.append(mailbox, mail(chat, `a chat line marked in ${mailbox}`), ['\\Deleted']);
  // Looks like ours and is not: without our mark that it waits, or delivered by somebody.
  const forged = { 'Chat-Content': 'org.coi-webmail.settings', Received: 'from far.test by mail.example.test' };
  await imap.append(mailbox, mail({ ...id('forged'), ...forged }, '{"mode":"none"}'), ['\\Seen']);
}

interface Play {
  readonly alice: Person;
  readonly smtp: FakeServer;
  readonly mode: 'active' | 'none';
  /** Message-IDs of lines that alice did not take back. */
  readonly own: string[];
}

async function deliver(to: Person): Promise<string> {
  const id = chatId('elsewhere.test');
  const message = mail({ From: 'erin@elsewhere.test', To: to.user.address, 'Message-ID': `<${id}>` });
  const { inject } = live.stack.info.ports;
  await sendMail({ port: inject, from: 'erin@elsewhere.test', to: [to.user.address], message });
  return id;
}

/** All that clients can ask for; `mode` last, so that filing goes on. */
async function playAll({ alice, smtp, mode, own }: Play): Promise<void> {
  const { account, events } = alice;
  await account.call('mode.set', { mode });
  for (const other of ['none', mode] as const) await account.call('mode.set', { mode: other });
  for (const path of OURS) await withImap(alice, (imap) => seed(imap, path));

  // Storage: written, replaced, refused.
  let { revision } = await account.call('storage.put', { kind: 'drafts', document: '1', ifRevision: '' });
  for (const document of ['2', '3']) {
    revision = (await account.call('storage.put', { kind: 'drafts', document, ifRevision: revision })).revision;
  }
  await assert.rejects(account.call('storage.put', { kind: 'drafts', document: '4', ifRevision: 'old' }));

  // Lines: sent, taken back while they wait, in doubt, tried again.
  const sent = lineFrom(alice, [BOB]);
  await account.call('message.submit', sent);
  own.push(sent.messageId);
  smtp.script({ answer: (step) => (step === 'MAIL' ? '451 4.3.0 Out of order' : undefined) });
  const waiting = lineFrom(alice, [BOB]);
  await assert.rejects(account.call('message.submit', waiting));
  assert.deepEqual(await account.call('submit.cancel', { messageId: waiting.messageId, giveUp: false }), {
    state: 'cancelled',
  });
  const retried = lineFrom(alice, [BOB]);
  await assert.rejects(account.call('message.submit', retried));
  smtp.script({});
  await account.call('message.submit', { ...retried, attempt: 1 });
  own.push(retried.messageId);
  smtp.script({ cutAt: 'dot' });
  const doubtful = lineFrom(alice, [BOB]);
  assert.equal((await account.call('message.submit', doubtful)).state, 'unknown');
  await account.call('submit.cancel', { messageId: doubtful.messageId, giveUp: true });
  smtp.script({});

  // Mail that comes, is read, and is decided about.
  const id = await deliver(alice);
  const { message, uidValidity } = await events.next('message.arrived', (one) =>
    Buffer.from(one.message.bytes).includes(id),
  );
  await account.call('message.flag', {
    mailbox: 'INBOX',
    uidValidity,
    uids: [message.uid],
    add: ['\\Seen'],
    remove: ['\\Flagged'],
  });
  for (const mailbox of ['INBOX', at('Sent')]) {
    const { cursor } = await account.call('mailbox.sync', { mailbox });
    const { uidValidity: validity, uidNext } = cursor;
    await account.call('mailbox.decide', { mailbox, uidValidity: validity, chat: [], upTo: uidNext });
  }
  for (const { path, role } of (await account.describe()).mailboxes) {
    const answer = await account.call('mailbox.sync', { mailbox: path });
    await account.call('mailbox.sync', { mailbox: path, cursor: answer.cursor });
    if (answer.fresh.length > 0 && role !== 'trash') {
      const place = { mailbox: path, uidValidity: answer.cursor.uidValidity };
      await account.call('message.fetch', { ...place, uids: answer.fresh.slice(0, 50) });
    }
  }
  await until(async () => (await account.file(5_000)).done, 'filing');
}

async function withImap<T>(who: Person, work: (imap: ImapLine) => Promise<T>): Promise<T> {
  const imap = await who.imap();
  try {
    return await work(imap);
  } finally {
    await imap.logout();
  }
}

const place = ({ mailbox, uidValidity, uid }: SeenMail) => `${mailbox} ${uidValidity} ${uid}`;
const described = (one: SeenMail) =>
  `${place(one)} ${one.messageId} [${one.flags.join(' ')}] ${one.digest.slice(0, 8)}`;

/** @returns what is not as it was */
function harm(earlier: readonly SeenMail[], later: readonly SeenMail[], allowed: (one: SeenMail) => boolean): string[] {
  const now = new Map(later.map((one) => [place(one), one]));
  return earlier.flatMap((one) => {
    const same = now.get(place(one));
    if (same !== undefined && described(same) === described(one)) return [];
    return allowed(one) ? [] : [`${described(one)} -> ${same === undefined ? 'gone' : described(same)}`];
  });
}

const MATRIX = [true, false].flatMap((move) =>
  [true, false].flatMap((uidplus) => [true, false].map((keywords) => ({ move, uidplus, keywords }))),
);

describe('the guard', { concurrency: 4 }, () => {
  for (const { move, uidplus, keywords } of MATRIX) {
    const lacking = [...(move ? [] : ['MOVE']), ...(uidplus ? [] : ['UIDPLUS']), ...(keywords ? [] : ['keywords'])];
    const name = lacking.length === 0 ? 'with everything' : `without ${lacking.join(', ')}`;

    test(
      `${name}: no mail of other programs is touched, whatever alice does`,
      needs('MOVE', 'UIDPLUS', 'keywords'),
      async () => {
        const hidden = lacking.filter((one) => one !== 'keywords');
        const server = await startLesserServer(live.stack.info.ports.imap, hidden, { keywords });
        const smtp = await startFakeServer({});
        const issuer = await issuerOf(live);
        const store = new MemoryStore();
        const open = (user?: Person['user']) =>
          person(live, {
            ...(user === undefined ? {} : { user }),
            deps: { store },
            issuer: {
              imap: { ...issuer.imap, port: server.port, tls: 'none' },
              smtp: { host: '127.0.0.1', port: smtp.port, tls: 'none' },
            },
          });
        const alice = await open();
        try {
          for (const path of OTHER_PROGRAMS) await withImap(alice, (imap) => seed(imap, path));
          const seeded = await withImap(alice, snapshot);
          assert.equal(seeded.length, 5 * OTHER_PROGRAMS.length);

          // Before consent: looks at everything, changes nothing.
          await alice.account.describe();
          await alice.account.call('consent.preview', {});
          for (const { path } of (await alice.account.describe()).mailboxes) {
            await alice.account.call('mailbox.sync', { mailbox: path });
          }
          await alice.account.file(2_000);
          const looked = await withImap(alice, snapshot);
          assert.deepEqual(looked.map(described), seeded.map(described));
          if (!move) {
            await assert.rejects(alice.account.call('mode.set', { mode: 'active' }), (error) =>
              isCoiError(error, 'permission-denied'),
            );
          }

          const own: string[] = [];
          await playAll({ alice, smtp, mode: move ? 'active' : 'none', own });
          // The copy of the first line waits until it is known whether the server makes one.
          const hasCopies = async () => {
            const there = new Set((await withImap(alice, snapshot)).map(({ messageId }) => messageId));
            return own.every((messageId) => there.has(messageId));
          };
          await until(hasCopies, 'the copies of her lines', 15_000);
          const played = await withImap(alice, snapshot);
          assert.deepEqual(
            harm(seeded, played, () => false),
            [],
          );
          const isForeign = ({ messageId }: SeenMail) => /^(marked|plain|answer|forged)\./.test(messageId);
          const ours = played.filter(({ mailbox }) => OURS.includes(mailbox));
          for (const path of OURS) {
            const foreign = ours.filter((one) => one.mailbox === path && isForeign(one));
            assert.deepEqual(
              foreign.map(({ flags }) => flags.join(' ')),
              ['\\Deleted \\Seen', '\\Answered \\Flagged', '', '\\Seen'],
              path,
            );
          }
          // Each line of alice lies there once; what was taken back is gone, or marked where nothing can be removed.
          const standing = played.filter(({ flags }) => !flags.includes('\\Deleted'));
          for (const messageId of own) {
            assert.equal(standing.filter((one) => one.messageId === messageId).length, 1, `${messageId} once`);
          }
          const documents = standing.filter(
            (one) => one.mailbox === CONTACTS && one.messageId.startsWith('chat$') && !isForeign(one),
          );
          assert.ok(documents.length > 0);

          // Signing off, and another process: the chats mailbox goes, a line comes, everything is read again.
          await alice.account.stop();
          const again = await open(alice.user);
          await again.account.describe();
          const settled = await withImap(again, snapshot);
          await withImap(again, (imap) => imap.command(`DELETE ${CHATS}`));
          await deliver(again);
          await again.events.next('message.arrived');
          await until(async () => (await again.account.file(5_000)).done, 'filing');
          await again.account.stop();
          const ended = await withImap(again, snapshot);
          // The settings and marks of the chat itself are replaced from time to time.
          const isDocument = ({ mailbox, messageId }: SeenMail) =>
            mailbox === CONTACTS && messageId.startsWith('chat$');
          assert.deepEqual(
            harm(settled, ended, (one) => one.mailbox === CHATS || isDocument(one)),
            [],
          );
          assert.deepEqual(
            harm(seeded, ended, () => false),
            [],
          );
          const forbidden = server
            .commands()
            .filter((command) => /^(CLOSE|EXPUNGE|MOVE|COPY|UID COPY|DELETE|RENAME)$/.test(command));
          assert.deepEqual(forbidden, []);
          for (const [lack, command] of [
            ['MOVE', 'UID MOVE'],
            ['UIDPLUS', 'UID EXPUNGE'],
          ] as const) {
            if (lacking.includes(lack)) assert.ok(!server.commands().includes(command), command);
            else assert.ok(server.commands().includes(command), command);
          }
        } finally {
          await alice.account.stop();
          await server.stop();
          await smtp.stop();
        }
      },
    );
  }
});
