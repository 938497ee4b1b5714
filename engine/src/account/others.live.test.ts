/**
 * What other programs do with the mailboxes of an account, on servers that know more and less: mailboxes renamed, deleted
 * and made anew, mail moved and flagged. The client must hear of each, and never of more than happened.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { at, type ImapLine, needs, sendMail, until } from '@coi-webmail/e2e/stack';
import type { Params } from '@coi-webmail/protocol';
import { startLesserServer } from '../imap/lesser-server.fixture.ts';
import { chatId, issuerOf, type LiveStack, liveStack, mail, person, type Person } from './account.fixture.ts';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

/** Kinds of server: as it is, and with ever less that helps to notice changes. */
const SERVERS: readonly { readonly name: string; readonly hidden: readonly string[] }[] = [
  { name: 'as it is', hidden: [] },
  { name: 'without NOTIFY', hidden: ['NOTIFY'] },
  { name: 'without QRESYNC', hidden: ['QRESYNC'] },
  { name: 'without NOTIFY, IDLE, QRESYNC, CONDSTORE', hidden: ['NOTIFY', 'IDLE', 'QRESYNC', 'CONDSTORE', 'ESEARCH'] },
];

/** Alice consented earlier, has some lines, and is there. Nothing more is to be told. */
async function returning(hidden: readonly string[], mode: 'active' | 'none', lineCount: number): Promise<Person> {
  const earlier = await person(live);
  await earlier.account.call('mode.set', { mode });
  await earlier.stop();
  const imap = await earlier.imap();
  for (let count = 0; count < lineCount; count += 1) await imap.append(CHATS, line());
  await imap.logout();
  const { user } = earlier;
  if (hidden.length === 0) return settled(await person(live, { user }));
  const server = await startLesserServer(live.stack.info.ports.imap, hidden);
  const { imap: full } = await issuerOf(live);
  return settled(await person(live, { user, issuer: { imap: { ...full, port: server.port, tls: 'none' } } }));
}

async function settled(alice: Person): Promise<Person> {
  await alice.account.describe();
  await alice.account.file(10_000);
  return alice;
}

const CHATS = at('COI/Chats');
const line = () => mail({ From: 'bob@example.test', 'Message-ID': `<${chatId()}>`, 'Chat-Version': '1.0' });

async function deliver(to: Person): Promise<void> {
  const headers = { From: 'erin@elsewhere.test', To: to.user.address, 'Message-ID': `<${chatId('elsewhere.test')}>` };
  const envelope = { from: 'erin@elsewhere.test', to: [to.user.address] };
  await sendMail({ port: live.stack.info.ports.inject, ...envelope, message: mail(headers) });
}

/** Does something as another program, and waits until the client hears of the mailbox. */
async function heard(alice: Person, mailbox: string, doing: (imap: ImapLine) => Promise<unknown>): Promise<number> {
  const imap = await alice.imap();
  const earlier = alice.events.all.length;
  await doing(imap);
  await imap.logout();
  const since = performance.now();
  const isAbout = () =>
    alice.events.all.slice(earlier).some(({ event, data }) => event === 'mailbox.changed' && data.mailbox === mailbox);
  await until(async () => isAbout(), `the word about ${mailbox}`, 25_000);
  return performance.now() - since;
}

const sync = (alice: Person, params: Params<'mailbox.sync'>) => alice.account.call('mailbox.sync', params);

// Most of the time is waiting for the next look.
describe('what other programs do', { concurrency: 9 }, () => {
  for (const { name, hidden } of SERVERS) {
    const options = hidden.length === 0 ? needs('MOVE') : needs('MOVE', 'CONDSTORE', 'IDLE');

    test(`${name}: a line read elsewhere, and made unread again, is told`, options, async (t) => {
      const alice = await returning(hidden, 'active', 3);
      const first = await sync(alice, { mailbox: CHATS });
      assert.deepEqual(first.fresh, [1, 2, 3]);
      // The number of a server without MODSEQ begins when it is first asked for.
      const second = await sync(alice, { mailbox: CHATS, cursor: first.cursor });
      const flagsOf = ({ flags }: typeof second) =>
        flags.map(({ uid, flags: names }) => `${uid} ${names.filter((flag) => flag === '\\Seen').join('')}`.trim());
      const readMs = await heard(alice, CHATS, async (other) => {
        await other.command(`SELECT ${CHATS}`);
        await other.command('UID STORE 2 +FLAGS (\\Seen)');
      });
      const read = await sync(alice, { mailbox: CHATS, cursor: second.cursor });
      assert.deepEqual([read.reset, read.fresh, flagsOf(read)], [false, [], ['2 \\Seen']]);
      const unreadMs = await heard(alice, CHATS, async (other) => {
        await other.command(`SELECT ${CHATS}`);
        await other.command('UID STORE 2 -FLAGS (\\Seen)');
      });
      assert.deepEqual(flagsOf(await sync(alice, { mailbox: CHATS, cursor: read.cursor })), ['2']);
      t.diagnostic(`told after ${Math.round(readMs)} and ${Math.round(unreadMs)} ms`);
      await alice.stop();
    });

    test(`${name}: the chats mailbox, made anew by another program, is told, and starts over`, options, async () => {
      const alice = await returning(hidden, 'active', 1);
      const old = await sync(alice, { mailbox: CHATS });
      await heard(alice, CHATS, async (other) => {
        await other.command(`DELETE ${CHATS}`);
        await other.command(`CREATE ${CHATS}`);
        await other.append(CHATS, line());
        await other.append(CHATS, line());
      });
      // As a client: what it is told of it looks at, and goes on from there.
      let now = old;
      let seen: readonly number[] = [];
      let asked = -1;
      const isThere = async () => {
        const told = alice.events.of('mailbox.changed').length;
        if (told === asked) return false;
        const answer = await sync(alice, { mailbox: CHATS, cursor: now.cursor }).catch(() => undefined);
        if (answer === undefined) return false;
        asked = told;
        now = answer;
        seen = now.reset ? now.fresh : [...seen, ...now.fresh];
        return now.cursor.uidValidity !== old.cursor.uidValidity && seen.length > 1;
      };
      await until(isThere, 'the new mailbox', 25_000);
      assert.deepEqual(seen, [1, 2]);
      await alice.stop();
    });

    test(
      `${name}: the chats mailbox, renamed by another program, is part of chat no more; the next line makes it anew`,
      options,
      async () => {
        const alice = await returning(hidden, 'active', 1);
        const imap = await alice.imap();
        const old = await sync(alice, { mailbox: CHATS });
        await imap.command(`RENAME ${CHATS} ${at('Old')}`);
        const gone = await alice.events.next(
          'mailboxes.changed',
          ({ mailboxes }) =>
            mailboxes.some(({ role }) => role === 'contacts') && !mailboxes.some(({ role }) => role === 'chats'),
        );
        assert.ok(gone.mailboxes.every(({ path }) => path !== at('Old')));
        await assert.rejects(sync(alice, { mailbox: CHATS, cursor: old.cursor }), (error) =>
          isCoiError(error, 'mailbox-not-found'),
        );
        await deliver(alice);
        const { to } = await alice.events.next('message.moved');
        assert.equal(to.mailbox, CHATS);
        assert.notEqual(to.uidValidity, old.cursor.uidValidity);
        const now = async () => sync(alice, { mailbox: CHATS, cursor: old.cursor }).catch(() => old);
        await until(async () => (await now()).cursor.uidValidity !== old.cursor.uidValidity, 'the new mailbox', 25_000);
        assert.match(await imap.command(`STATUS ${at('Old')} (MESSAGES)`), /MESSAGES 1\)/);
        await imap.logout();
        await alice.stop();
      },
    );

    test(`${name}: lines moved out of the chats and deleted there are told`, options, async () => {
      const alice = await returning(hidden, 'active', 4);
      const first = await sync(alice, { mailbox: CHATS });
      await heard(alice, CHATS, async (other) => {
        await other.command(`SELECT ${CHATS}`);
        await other.command(`UID MOVE 2 ${at('Archive')}`);
        await other.command('UID STORE 3 +FLAGS (\\Deleted)');
        await other.command('UID EXPUNGE 3');
      });
      const next = await sync(alice, { mailbox: CHATS, cursor: first.cursor });
      assert.deepEqual([next.reset, next.fresh], [false, []]);
      if (next.vanished === null) assert.deepEqual(next.present, [1, 4]);
      else assert.deepEqual(next.vanished, [2, 3]);
      await alice.stop();
    });

    test(
      `${name}: a line that another program moves from the inbox to the chats is told in both`,
      options,
      async () => {
        const alice = await returning(hidden, 'none', 0);
        const [inbox, chats] = [await sync(alice, { mailbox: 'INBOX' }), await sync(alice, { mailbox: CHATS })];
        await deliver(alice);
        await alice.events.next('message.arrived');
        await alice.account.file(10_000);
        const earlier = alice.events.all.length;
        await heard(alice, CHATS, async (other) => {
          await other.command('SELECT INBOX');
          await other.command(`UID MOVE 1 ${CHATS}`);
        });
        const isGone = () =>
          alice.events.all
            .slice(earlier)
            .some(({ event, data }) =>
              event === 'message.expunged'
                ? data.uids.includes(1)
                : event === 'mailbox.changed' && data.mailbox === 'INBOX',
            );
        await until(async () => isGone(), 'the word about the inbox', 25_000);
        assert.deepEqual((await sync(alice, { mailbox: CHATS, cursor: chats.cursor })).fresh, [1]);
        assert.deepEqual((await sync(alice, { mailbox: 'INBOX', cursor: inbox.cursor })).fresh, []);
        await alice.stop();
      },
    );

    test(
      `${name}: a line that another program moves back to the inbox is pushed, and filed again`,
      options,
      async () => {
        const alice = await returning(hidden, 'active', 1);
        await heard(alice, CHATS, async (other) => {
          await other.command(`SELECT ${CHATS}`);
          await other.command('UID MOVE 1 INBOX');
        });
        const { message } = await alice.events.next('message.arrived');
        const { from, to } = await alice.events.next('message.moved');
        assert.deepEqual([from.mailbox, from.uid, to.mailbox], ['INBOX', message.uid, CHATS]);
        await alice.stop();
      },
    );

    // Without NOTIFY nobody tells; the next sign-on finds it.
    const told = hidden.includes('NOTIFY') ? [] : [needs('MOVE', 'NOTIFY', 'IDLE')];
    for (const needed of told)
      test(`${name}: an inbox that was renamed away is told, and begins anew`, needed, async () => {
        const alice = await returning(hidden, 'none', 0);
        // Dovecot tells nothing in the first second.
        await heard(alice, CHATS, (other) => other.append(CHATS, line()));
        const imap = await alice.imap();
        await imap.append('INBOX', line());
        await alice.events.next('message.arrived');
        const old = await sync(alice, { mailbox: 'INBOX' });
        assert.deepEqual(old.fresh, [1]);
        await imap.command(`RENAME INBOX ${at('Moved')}`);
        await imap.logout();
        const isAnew = async () => {
          const next = await sync(alice, { mailbox: 'INBOX', cursor: old.cursor }).catch(() => undefined);
          return next?.reset === true && next.fresh.length === 0;
        };
        await until(isAnew, 'the new inbox', 25_000);
        await alice.events.next('mailbox.changed', ({ mailbox }) => mailbox === 'INBOX');
        await alice.stop();
      });
  }
});
