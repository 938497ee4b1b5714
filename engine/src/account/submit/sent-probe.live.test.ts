/** Servers that file what is submitted by themselves: found out once per account, and never doubled. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { at, needs, until } from '@coi-webmail/e2e/stack';
import type { Script } from '../../smtp/fake-server.fixture.ts';
import { type LiveStack, liveStack, type Person, type PersonOptions } from '../account.fixture.ts';
import { chatFlags, lineFrom, type Scene, scene as sceneOn, send, type Submit } from './scene.fixture.ts';

const BOB = 'bob@far.test';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

const scene = (script: Script, options: PersonOptions, play: (scene: Scene) => Promise<void>) =>
  sceneOn(live, script, options, play);

/** @param saving the server puts a copy of its own into Sent when it takes the line */
async function sendLine(alice: Person, saving?: Scene['server']): Promise<Submit> {
  const line = lineFrom(alice, [BOB]);
  const imap = await alice.imap();
  let saved: Promise<unknown> = Promise.resolve();
  saving?.script({
    answer: (step) => {
      if (step === 'dot') saved = imap.append(at('Sent'), line.bytes, ['\\Seen']);
      return undefined;
    },
  });
  const answer = await send(alice, line);
  await saved;
  await imap.logout();
  assert.equal(answer.state, 'sent');
  return line;
}

/** Copies of a message in all mailboxes that may hold one. */
async function copiesOf(alice: Person, { messageId }: Submit): Promise<number> {
  const imap = await alice.imap();
  let count = 0;
  for (const path of [at('Sent'), at('COI/Chats')]) {
    await imap.command(`EXAMINE ${path}`);
    const found = await imap.command(`UID SEARCH UNDELETED HEADER Message-ID "${messageId}"`);
    count +=
      /SEARCH((?: \d+)*)/
        .exec(found)?.[1]
        ?.trim()
        .split(' ')
        .filter((uid) => uid !== '').length ?? 0;
  }
  await imap.logout();
  return count;
}

for (const pool of ['user', 'nokeyword'] as const) {
  const name = pool === 'user' ? '' : ', keywords forbidden';
  test(
    `a server that saves sent mail${name}: one copy of the first line and of each one after it`,
    needs('keywords'),
    () =>
      scene({}, { pool }, async ({ server, store, alice, elsewhere }) => {
        const first = await sendLine(alice, server);
        const key = `saves-sent:${alice.account.identity.hash}`;
        await until(async () => (await store.getValue(key))?.includes('"saves":true') === true, 'the word', 10_000);
        await until(async () => (await copiesOf(alice, first)) === 1, 'one copy of the first line', 10_000);
        const second = await sendLine(alice, server);
        const third = await sendLine(await elsewhere(), server);
        for (const line of [second, third]) assert.equal(await copiesOf(alice, line), 1);
      }),
  );
  test(
    `a server that saves nothing${name}: the copy of the first line is ours, and it is asked once`,
    needs('keywords'),
    () =>
      scene({}, { pool }, async ({ store, alice }) => {
        const first = await sendLine(alice);
        const key = `saves-sent:${alice.account.identity.hash}`;
        await until(async () => (await store.getValue(key))?.includes('"saves":false') === true, 'the word', 10_000);
        const flags = pool === 'user' ? '\\Seen $CoiOwn $Chat' : '\\Seen';
        await until(async () => (await chatFlags(alice)).join() === flags, 'our copy', 10_000);
        assert.equal(await copiesOf(alice, first), 1);
      }),
  );
}

test('a Store that forgot, and a server that saves sent mail: its copy tells that the line was sent', async () => {
  let sent: Submit | undefined;
  let user: Person['user'] | undefined;
  await scene({}, {}, async ({ server, store, alice }) => {
    await store.putValue(`saves-sent:${alice.account.identity.hash}`, JSON.stringify({ saves: true, at: 0 }));
    sent = await sendLine(alice, server);
    ({ user } = alice);
  });
  await scene({}, { user: user as Person['user'] }, async ({ server, store, alice }) => {
    await store.putValue(`saves-sent:${alice.account.identity.hash}`, JSON.stringify({ saves: true, at: 0 }));
    assert.equal((await send(alice, { ...(sent as Submit), attempt: 1 })).state, 'sent');
    assert.deepEqual(server.messages, []);
  });
});

test('an account that stops while its server is being asked keeps its copy', needs('keywords'), () =>
  scene({}, { pool: 'nokeyword' }, async ({ alice }) => {
    const first = await sendLine(alice);
    await alice.stop();
    assert.equal(await copiesOf(alice, first), 1);
  }),
);
