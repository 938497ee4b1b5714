/** Lines that are taken back, and copies that a process that died could not store. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { at, needs, until } from '@coi-webmail/e2e/stack';
import { startLesserServer } from '../../imap/lesser-server.fixture.ts';
import type { Script } from '../../smtp/fake-server.fixture.ts';
import { issuerOf, type LiveStack, liveStack, type Person, type PersonOptions } from '../account.fixture.ts';
import { CLAIM_STALE_MS } from './claim-note.ts';
import { Deliveries } from './deliveries.ts';
import { chatFlags, keyOf, lineFrom, type Scene, scene as sceneOn, send, type Submit } from './scene.fixture.ts';

const [BOB, CAROL] = ['bob@far.test', 'carol@far.test'];
const AWAY: Script = { answer: (step) => (step === 'MAIL' ? '451 4.3.0 Out of order' : undefined) };

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

const scene = (script: Script, options: PersonOptions, play: (scene: Scene) => Promise<void>) =>
  sceneOn(live, script, options, play);
const cancel = (who: Person, { messageId }: Submit, giveUp = false) =>
  who.account.call('submit.cancel', { messageId, giveUp });
const isTakenBack = (error: unknown) => isCoiError(error, 'conflict') && error.details?.['cancelled'] === true;
const isAway = (error: unknown) => isCoiError(error, 'smtp-unavailable');

test(
  'a line that waits is taken back with its pending copy, and a request that comes late sends nothing',
  needs('keywords'),
  () =>
    scene(AWAY, {}, async ({ server, alice, elsewhere }) => {
      const line = lineFrom(alice, [BOB]);
      await assert.rejects(send(alice, line), isAway);
      assert.match((await chatFlags(alice)).join(), /CoiPending/);
      assert.deepEqual(await cancel(alice, line), { state: 'cancelled' });
      assert.deepEqual(await chatFlags(alice), []);
      server.script({});
      for (const who of [alice, await elsewhere()]) {
        await assert.rejects(send(who, { ...line, attempt: 1 }), isTakenBack);
        assert.deepEqual(await cancel(who, line), { state: 'cancelled' });
      }
      assert.deepEqual(server.messages, []);
      assert.deepEqual(await chatFlags(alice), []);
    }),
);

test('a line that nobody asked about yet stays cancelled, too', () =>
  scene({}, {}, async ({ server, alice }) => {
    const line = lineFrom(alice, [BOB]);
    assert.deepEqual(await cancel(alice, line), { state: 'cancelled' });
    await assert.rejects(send(alice, line), isTakenBack);
    assert.deepEqual(server.messages, []);
  }));

test('a line that is being sent, here or at another process, cannot be taken back meanwhile', () =>
  scene({}, {}, async ({ store, alice, elsewhere }) => {
    const other = await elsewhere();
    const line = lineFrom(alice, [BOB]);
    const answer = send(alice, line);
    assert.deepEqual(await cancel(alice, line), { state: 'in-flight' });
    assert.equal((await answer).state, 'sent');
    assert.deepEqual(await cancel(other, line), { state: 'sent' });
    const second = lineFrom(alice, [BOB]);
    await store.claim(keyOf(alice, second), Date.now(), CLAIM_STALE_MS);
    assert.deepEqual(await cancel(other, second), { state: 'in-flight' });
  }));

test('a line of unknown outcome is taken back only when the user gives it up; evidence comes too late then', () =>
  scene({ cutAt: 'dot' }, {}, async ({ alice, hub }) => {
    const line = lineFrom(alice, [BOB]);
    assert.equal((await send(alice, line)).state, 'unknown');
    assert.deepEqual(await cancel(alice, line), { state: 'unknown' });
    assert.deepEqual(await cancel(alice, line, true), { state: 'cancelled' });
    assert.deepEqual(await chatFlags(alice), []);
    hub.sendEvidence({ messageId: line.messageId, from: alice.user.address, by: BOB });
    await assert.rejects(send(alice, { ...line, attempt: 1, resend: true }), isTakenBack);
  }));

test('a line that stopped half-way is sent to nobody else', () =>
  scene({}, {}, async ({ server, store, alice }) => {
    const line = lineFrom(alice, [BOB, CAROL]);
    const left = Deliveries.parse(line.messageId, undefined);
    left.set([BOB], { state: 'accepted' });
    const diedAt = Date.now() - 2 * CLAIM_STALE_MS;
    await store.claim(keyOf(alice, line), diedAt, CLAIM_STALE_MS);
    await store.progressClaim(keyOf(alice, line), diedAt, { recipients: left.format() }, false);
    assert.deepEqual(await cancel(alice, line), { state: 'sent' });
    const answer = await send(alice, { ...line, attempt: 1, again: [CAROL] });
    assert.deepEqual([answer.state, answer.rejected], ['sent', [{ address: CAROL, smtpCode: 554 }]]);
    assert.deepEqual(server.messages, []);
  }));

test('the process died between the word and the copy: the next one removes the copy', () =>
  scene(AWAY, {}, async ({ store, alice, elsewhere }) => {
    const line = lineFrom(alice, [BOB]);
    await assert.rejects(send(alice, line), isAway);
    await store.claim(keyOf(alice, line), Date.now(), CLAIM_STALE_MS);
    await store.settleClaim(keyOf(alice, line), 'cancelled', Date.now(), {});
    await elsewhere();
    await until(async () => (await chatFlags(alice)).length === 0, 'an empty mailbox', 10_000);
  }));

test('a Store that forgot a pending line cannot tell whether it was sent: the user is asked', needs('keywords'), () =>
  scene({}, {}, async ({ server, alice }) => {
    const line = lineFrom(alice, [BOB]);
    const imap = await alice.imap();
    await imap.append(at('COI/Chats'), line.bytes, ['\\Seen', '$CoiOwn', '$Chat', '$CoiPending']);
    await imap.logout();
    assert.equal((await send(alice, { ...line, attempt: 1 })).state, 'unknown');
    assert.deepEqual(server.messages, []);
    assert.equal((await send(alice, { ...line, attempt: 2, resend: true })).state, 'sent');
    assert.equal(server.messages.length, 1);
    await until(async () => (await chatFlags(alice)).join() === '\\Seen $CoiOwn $Chat', 'a settled copy', 10_000);
  }),
);

test(
  'keywords forbidden, and the process died before it stored the copy: two who ask store one',
  needs('UIDPLUS'),
  () =>
    scene({}, { pool: 'nokeyword' }, async ({ server, store, alice, elsewhere }) => {
      const other = await elsewhere();
      const line = lineFrom(alice, [BOB]);
      await store.claim(keyOf(alice, line), Date.now(), CLAIM_STALE_MS);
      await store.settleClaim(keyOf(alice, line), 'accepted', Date.now(), {});
      const asked = [alice, other].map((who) => send(who, { ...line, attempt: 1 }));
      assert.deepEqual(
        (await Promise.all(asked)).map(({ state }) => state),
        ['sent', 'sent'],
      );
      const { copy } = await send(alice, { ...line, attempt: 2 });
      assert.equal(copy?.uid, 1);
      assert.deepEqual(await chatFlags(alice), ['\\Seen']);
      assert.deepEqual(server.messages, []);
    }),
);

test(
  'without UIDPLUS the copy is found by its Message-ID; one that is taken back stays, marked as deleted',
  needs('keywords'),
  async () => {
    const lesser = await startLesserServer(live.stack.info.ports.imap, ['UIDPLUS']);
    const { imap } = await issuerOf(live);
    const issuer = { imap: { ...imap, port: lesser.port, tls: 'none' as const } };
    try {
      await scene({}, { issuer }, async ({ server, alice }) => {
        const sent = await send(alice, lineFrom(alice, [BOB]));
        assert.deepEqual([sent.state, sent.copy], ['sent', undefined]);
        await until(async () => (await chatFlags(alice)).join() === '\\Seen $CoiOwn $Chat', 'a settled copy', 10_000);
        server.script(AWAY);
        const line = lineFrom(alice, [BOB]);
        await assert.rejects(send(alice, line), isAway);
        assert.deepEqual(await cancel(alice, line), { state: 'cancelled' });
        assert.match((await chatFlags(alice))[1] ?? '', /\\Deleted.*\$CoiPending/);
      });
    } finally {
      await lesser.stop();
    }
  },
);
