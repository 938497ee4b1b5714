import assert from 'node:assert/strict';
import test from 'node:test';
import { listedUids, RoundcubeHttp } from '@coi-webmail/e2e/fixture/roundcube-http.ts';
import { CHAT_MARKS, chat, chatSide, consent, mail, newPerson, openWebmail, useStack } from './stack.fixture.ts';

const stack = useStack(true);
const SLOWEST_MS = 2_000;

test('with the engine gone Roundcube goes on, and chat mails stay out of the list all the same', async () => {
  const people = [];
  for (const [mode, pool] of [
    ['active', 'user'],
    ['none', 'user'],
    ['active', 'nokeyword'],
    ['none', 'nokeyword'],
  ] as const) {
    const person = await newPerson(stack, pool);
    await consent(stack, person, mode);
    const known = await openWebmail(person);
    await known.action('list', { _mbox: 'INBOX' });
    people.push({ ...person, name: `${mode}, ${pool}`, known });
  }
  // Consented elsewhere and never seen by this webmail.
  const stranger = await newPerson(stack);
  await consent(stack, stranger, 'active');
  const dave = await newPerson(stack);

  for (const engine of stack.own.engines()) engine.kill('SIGKILL');
  const everyone = [...people, { ...stranger, name: 'stranger', known: undefined }];
  for (const { user, mailbox, name, known } of everyone) {
    await mailbox.append('INBOX', mail(user.address, 'one'));
    await mailbox.appendAll(
      'INBOX',
      CHAT_MARKS.map((mark) => chat(user.address, mark, mark)),
    );
    await mailbox.append('INBOX', mail(user.address, 'two'));
    const startedAt = performance.now();
    for (const webmail of [known, await RoundcubeHttp.signIn(stack.own.info.urls.webmail ?? '', user)]) {
      if (webmail === undefined) continue;
      const list = await webmail.action('list', { _mbox: 'INBOX' });
      assert.equal(list.env?.['messagecount'], 2, name);
      assert.equal(listedUids(list).length, 2, name);
    }
    assert.ok(performance.now() - startedAt < SLOWEST_MS, name);
  }

  await dave.mailbox.append('INBOX', mail(dave.user.address, 'one'));
  await dave.mailbox.append('INBOX', chat(dave.user.address, 'two', 'chat-version'));
  const list = await (await openWebmail(dave)).action('list', { _mbox: 'INBOX' });
  assert.equal(list.env?.['messagecount'], 2);
});

test('with the engine gone the chat side still lists the lines that nobody filed', async () => {
  const engine = await stack.own.startEngine({ port: stack.own.info.ports.engine });
  const alice = await newPerson(stack);
  await consent(stack, alice, 'active');
  await alice.mailbox.append('INBOX', chat(alice.user.address, 'filed', 'message-id'));
  const webmail = await openWebmail(alice);
  await webmail.action('list', { _mbox: 'INBOX' });
  engine.kill('SIGKILL');
  await alice.mailbox.append('INBOX', chat(alice.user.address, 'unfiled', 'message-id'));
  const list = await webmail.action('list', await chatSide(webmail));
  const names = [...(list.exec ?? '').matchAll(/"subject":"(chat \w+)/g)].map(([, name]) => name);
  assert.deepEqual(names.sort(), ['chat filed', 'chat unfiled']);
});
