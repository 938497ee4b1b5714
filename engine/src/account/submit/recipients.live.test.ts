/** Lines to many, on a real mailbox and an SMTP server that is told what to say. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import type { Result } from '@coi-webmail/protocol';
import { needs, until } from '@coi-webmail/e2e/stack';
import type { Script } from '../../smtp/fake-server.fixture.ts';
import { type LiveStack, liveStack, type Person, type PersonOptions } from '../account.fixture.ts';
import { CLAIM_STALE_MS } from './claim-note.ts';
import { Deliveries } from './deliveries.ts';
import {
  chatFlags,
  keyOf,
  lineFrom as lineTo,
  type Scene,
  scene as sceneOn,
  send,
  type Submit,
} from './scene.fixture.ts';

const [BOB, CAROL, DAVE, ERIN, FRED] = [
  'bob@far.test',
  'carol@far.test',
  'dave@far.test',
  'erin@far.test',
  'fred@far.test',
];
const FIVE = [BOB, CAROL, DAVE, ERIN, FRED];
const LIMIT = ['AUTH PLAIN', 'DSN', 'LIMITS RCPTMAX=2'];

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

const scene = (script: Script, options: PersonOptions, play: (scene: Scene) => Promise<void>) =>
  sceneOn(live, script, options, play);
const lineFrom = (alice: Person, recipients: readonly string[] = FIVE): Submit => lineTo(alice, recipients);
const addressesOf = ({ rejected }: Result<'message.submit'>) => rejected.map(({ address }) => address);

test('a server that takes two recipients a time gets three transactions with the same bytes', () =>
  scene({ extensions: LIMIT }, {}, async ({ server, alice }) => {
    const line = lineFrom(alice);
    const answer = await send(alice, line);
    assert.equal(answer.state, 'sent');
    assert.deepEqual(answer.rejected, []);
    assert.deepEqual(server.envelopes, [[BOB, CAROL], [DAVE, ERIN], [FRED]]);
    assert.equal(new Set(server.messages).size, 1);
    const told = alice.events.of('submit.progress').map(({ doneCount, recipientCount }) => [doneCount, recipientCount]);
    assert.deepEqual(told, [
      [2, 5],
      [4, 5],
      [5, 5],
    ]);
    assert.equal((await chatFlags(alice)).length, 1);
  }));

test('a server that says "too many" without having told a limit teaches it', () =>
  scene({ maxRecipients: 2 }, {}, async ({ server, alice }) => {
    assert.equal((await send(alice, lineFrom(alice))).state, 'sent');
    assert.deepEqual(server.envelopes, [[BOB, CAROL], [DAVE, ERIN], [FRED]]);
    const said = server.commands.length;
    await send(alice, lineFrom(alice));
    const rcpts = server.commands.slice(said).filter((command) => command.startsWith('RCPT'));
    assert.equal(rcpts.length, 5, 'the limit is known the next time');
  }));

test('a server that calls even one recipient too many is left alone for a while', () =>
  scene(
    { answer: (step) => (step === 'RCPT' ? '452 4.5.3 Too many recipients' : undefined) },
    {},
    async ({ server, alice }) => {
      const line = lineFrom(alice);
      await assert.rejects(
        send(alice, line),
        (error) => isCoiError(error, 'throttled') && (error.retryAfterMs ?? 0) > 10_000,
      );
      assert.ok(server.commands.filter((command) => command.startsWith('MAIL')).length <= 3);
      server.script({});
      assert.deepEqual((await send(alice, { ...line, attempt: 1 })).rejected, []);
      assert.deepEqual(server.envelopes.flat().sort(), FIVE);
    },
  ));

test('who is refused and who is put off is named, also by another process, and nobody gets it twice', () =>
  scene({}, {}, async ({ server, alice, elsewhere }) => {
    server.script({
      answer: (_step, text) =>
        text.includes(CAROL) ? '550 5.1.1 Unknown' : text.includes(DAVE) ? '450 4.2.0 Greylisted' : undefined,
    });
    const line = lineFrom(alice);
    const answer = await send(alice, line);
    const rejected = [
      { address: CAROL, smtpCode: 550, status: '5.1.1' },
      { address: DAVE, smtpCode: 450, status: '4.2.0' },
    ];
    assert.deepEqual([answer.state, answer.rejected], ['sent', rejected]);
    assert.ok((answer.retryAfterMs ?? 0) >= 15_000);
    const other = await elsewhere();
    const again = await send(other, { ...line, attempt: 1 });
    assert.deepEqual([again.state, again.rejected, again.copy], ['sent', rejected, answer.copy]);
    assert.equal(server.envelopes.length, 1);
    server.script({});
    const later = await send(other, { ...line, attempt: 2, again: [DAVE] });
    assert.deepEqual(addressesOf(later), [CAROL]);
    assert.equal(later.retryAfterMs, undefined);
    assert.deepEqual(addressesOf(await send(alice, { ...line, attempt: 3, again: [BOB, CAROL] })), []);
    assert.deepEqual(server.envelopes, [[BOB, ERIN, FRED], [DAVE], [CAROL]]);
    assert.equal((await chatFlags(alice)).length, 1);
  }));

test('when everybody is put off the line waits; what was refused for good is remembered', needs('keywords'), () =>
  scene({}, {}, async ({ server, alice }) => {
    server.script({
      answer: (step, text) => (text.includes(BOB) ? '550 5.1.1 No' : step === 'RCPT' ? '451 4.7.1 Slow' : undefined),
    });
    const line = lineFrom(alice, [BOB, CAROL]);
    await assert.rejects(
      send(alice, line),
      (error) => isCoiError(error, 'throttled') && error.retryAfterMs !== undefined,
    );
    assert.match((await chatFlags(alice))[0] ?? '', /CoiPending/);
    server.script({ answer: (_step, text) => (text.includes(BOB) ? '550 5.1.1 No' : undefined) });
    assert.deepEqual(addressesOf(await send(alice, { ...line, attempt: 1 })), [BOB]);
    assert.deepEqual(server.envelopes, [[CAROL]]);
  }),
);

test('a rate limit in the middle stops the line; those who have it keep it, the others are tried when asked', () =>
  scene({ extensions: LIMIT }, {}, async ({ server, alice }) => {
    server.script({
      extensions: LIMIT,
      answer: (step, _text, count) => (step === 'MAIL' && count > 1 ? '450 4.7.1 Rate limit' : undefined),
    });
    const line = lineFrom(alice);
    const answer = await send(alice, line);
    assert.deepEqual(addressesOf(answer), [DAVE, ERIN, FRED]);
    assert.ok(answer.rejected.every(({ smtpCode }) => smtpCode === 450));
    server.script({ extensions: LIMIT });
    const later = await send(alice, { ...line, attempt: 1, again: [DAVE, ERIN, FRED] });
    assert.deepEqual(later.rejected, []);
    assert.deepEqual(server.envelopes.flat(), FIVE);
  }));

test(
  'a lost reply leaves only its own batch in doubt, and only the owner of a copy can end that',
  needs('keywords'),
  () =>
    scene({ extensions: LIMIT }, {}, async ({ server, alice, hub }) => {
      server.script({
        extensions: LIMIT,
        answer: (step, _text, count) => (step === 'dot' && count === 2 ? 'CUT' : undefined),
      });
      const line = lineFrom(alice);
      assert.equal((await send(alice, line)).state, 'unknown');
      assert.deepEqual(server.envelopes, [[BOB, CAROL], [FRED]]);
      assert.equal((await send(alice, { ...line, attempt: 1 })).state, 'unknown');
      hub.sendEvidence({ messageId: line.messageId, from: alice.user.address, by: BOB });
      assert.equal((await send(alice, { ...line, attempt: 1 })).state, 'unknown');
      assert.match((await chatFlags(alice))[0] ?? '', /CoiPending/);
      const resent = await send(alice, { ...line, attempt: 2, resend: true });
      assert.deepEqual([resent.state, resent.rejected], ['sent', []]);
      assert.deepEqual(server.envelopes, [[BOB, CAROL], [FRED], [DAVE, ERIN]]);
    }),
);

test('the copy that one of a batch has settles the batch', () =>
  scene({ extensions: LIMIT }, {}, async ({ server, alice, hub }) => {
    server.script({
      extensions: LIMIT,
      answer: (step, _text, count) => (step === 'dot' && count === 2 ? 'CUT' : undefined),
    });
    const line = lineFrom(alice);
    assert.equal((await send(alice, line)).state, 'unknown');
    hub.sendEvidence({ messageId: line.messageId, from: alice.user.address, by: ERIN });
    assert.deepEqual(await alice.events.next('submit.settled'), { messageId: line.messageId, state: 'sent' });
    assert.deepEqual((await send(alice, { ...line, attempt: 1, resend: true })).rejected, []);
    assert.equal(server.envelopes.length, 2);
  }));

for (const inDoubt of [false, true]) {
  test(
    `a process that died ${inDoubt ? 'in' : 'before'} its second batch: the next one sends to the rest, and names who was refused`,
    inDoubt ? needs('keywords') : {},
    () =>
      scene({ extensions: LIMIT }, {}, async ({ server, store, alice }) => {
        const line = lineFrom(alice);
        const key = keyOf(alice, line);
        const left = Deliveries.parse(line.messageId, undefined);
        left.set([BOB], { state: 'accepted' });
        left.set([CAROL], { state: 'refused', smtpCode: 550, status: '5.1.1' });
        if (inDoubt) left.set([DAVE, ERIN], { state: 'doubt', batch: 1 });
        const diedAt = Date.now() - 2 * CLAIM_STALE_MS;
        await store.claim(key, diedAt, CLAIM_STALE_MS);
        await store.progressClaim(key, diedAt, { recipients: left.format() }, inDoubt);
        const answer = await send(alice, { ...line, attempt: 1 });
        assert.equal(answer.state, inDoubt ? 'unknown' : 'sent');
        assert.deepEqual(addressesOf(answer), [CAROL]);
        assert.deepEqual(server.envelopes, inDoubt ? [[FRED]] : [[DAVE, ERIN], [FRED]]);
        assert.equal((await chatFlags(alice)).length, 1);
      }),
  );
}

test('a message that is refused as a whole is a failure of all; trying again sends to all', needs('keywords'), () =>
  scene({}, {}, async ({ server, alice }) => {
    server.script({ replies: { dot: '554 5.7.1 Spam' } });
    const line = lineFrom(alice);
    await assert.rejects(send(alice, line), (error) => isCoiError(error, 'permission-denied'));
    assert.deepEqual(await chatFlags(alice), []);
    server.script({});
    assert.deepEqual((await send(alice, { ...line, attempt: 1 })).rejected, []);
    assert.deepEqual(server.envelopes, [FIVE]);
    await until(async () => (await chatFlags(alice)).join() === '\\Seen $CoiOwn $Chat', 'a settled copy', 10_000);
  }),
);
