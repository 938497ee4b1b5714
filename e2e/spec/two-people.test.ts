import assert from 'node:assert/strict';
import { PHONE, takeShot } from '../fixture/browser.ts';
import { eventually } from '../fixture/eventually.ts';
import { headerOf } from '../fixture/mail.ts';
import { story, useStage } from '../fixture/stage.ts';
import { StandalonePage } from '../page/standalone.ts';

const stage = useStage();
/** Longer than the engine looks whether the server files sent mail by itself. */
const QUIET_MS = 6_000;
const QUIET = { timeoutMs: 40_000 };

story(stage, 'alice and bob chat both ways, and each line lies once in each mailbox', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  const atAlice = await StandalonePage.signIn(await scene.newBrowser(), info, alice, { mode: 'active' });
  const atBob = await StandalonePage.signIn(await scene.newBrowser(), info, bob, { mode: 'active' });

  await atAlice.chat.startChat(bob.address);
  await atAlice.chat.send('Hello Bob, lunch at one?');
  await atAlice.chat.sees('Hello Bob, lunch at one?');
  await atBob.chat.openChat(alice.name);
  await atBob.chat.sees('Hello Bob, lunch at one?');
  await takeShot(atBob.page, 'request-1440');
  await atBob.chat.accept();
  await atBob.chat.send('Yes. 🍜 Grüße!');
  await atAlice.chat.sees('Yes. 🍜 Grüße!');
  await atAlice.chat.send('See you');
  await atBob.chat.sees('See you');
  await atAlice.chat.seesMark('See you', 'Accepted by the mail server');
  await takeShot(atAlice.page, 'two-people-1440');
  await atAlice.page.emulateMedia({ colorScheme: 'dark' });
  await takeShot(atAlice.page, 'two-people-1440-dark');
  await atBob.page.setViewportSize(PHONE);
  await takeShot(atBob.page, 'two-people-390');

  for (const person of [alice, bob]) {
    await eventually(async () => {
      const mails = (await person.mailbox.allMails()).filter(({ mailbox }) => mailbox !== 'COI/Contacts');
      assert.deepEqual(new Set(mails.map(({ mailbox }) => mailbox)), new Set(['COI/Chats']));
      const ids = mails.map(({ source }) => headerOf(source, 'Message-ID') ?? '');
      assert.equal(new Set(ids).size, 3);
      assert.equal(ids.length, 3);
      for (const id of ids) assert.equal(await scene.deliveries(id), 1);
    });
  }
});

story(stage, 'a second browser of bob shows the same chat in the same order', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  const atAlice = await StandalonePage.signIn(await scene.newBrowser(), info, alice, { mode: 'active' });
  const atBob = await StandalonePage.signIn(await scene.newBrowser(), info, bob, { mode: 'active' });
  await atAlice.chat.startChat(bob.address);
  const lines = ['one', 'two', 'three', 'four', 'five'].map((word) => `line ${word}`);
  for (const line of lines) await atAlice.chat.send(line);
  await atBob.chat.openChat(alice.name);
  for (const line of lines) await atBob.chat.sees(line);
  const second = await StandalonePage.signIn(await scene.newBrowser(), info, bob);
  await second.chat.openChat(alice.name);
  for (const line of lines) await second.chat.sees(line);
  const texts = (await second.chat.lines()).map(({ text }) => text);
  assert.deepEqual(texts, lines);
});

story(stage, 'a first send neither searches nor selects on the mail server', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  await scene.stack.startImapTrace(alice.address);
  const atAlice = await StandalonePage.signIn(await scene.newBrowser(), info, alice, { mode: 'active' });
  await atAlice.chat.startChat(bob.address);
  await atAlice.chat.send('The very first');
  await atAlice.chat.seesMark('The very first', 'Accepted by the mail server');
  // All the work of signing on is over when nothing is said any more; then one line.
  const quietAt = await eventually(async () => {
    // Looking for mail goes on as long as somebody is there.
    const work = (await scene.stack.imapTrace(alice.address)).filter(({ name }) => !/^(NOOP|IDLE|STATUS)$/.test(name));
    const last = work.at(-1)?.at ?? 0;
    assert.ok(Date.now() - last > QUIET_MS);
    return Date.now();
  }, QUIET);
  await atAlice.chat.send('And the second');
  await atAlice.chat.seesMark('And the second', 'Accepted by the mail server');
  const trace = await scene.stack.imapTrace(alice.address);
  assert.equal(trace.filter(({ name, line }) => name === 'APPEND' && line.includes('$CoiPending')).length, 2);
  const second = trace.filter(({ at }) => at > quietAt);
  const [append] = second.filter(({ name }) => name === 'APPEND');
  const before = second.filter(({ at }) => at <= (append?.at ?? 0));
  assert.deepEqual(
    before.filter(({ name }) => /SEARCH|SELECT|EXAMINE/.test(name)).map(({ line }) => line),
    [],
  );
});
