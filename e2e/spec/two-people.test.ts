import assert from 'node:assert/strict';
import { takeShot } from '../fixture/browser.ts';
import { eventually } from '../fixture/eventually.ts';
import { headerOf } from '../fixture/mail.ts';
import { story, useStage } from '../fixture/stage.ts';
import { StandalonePage } from '../page/standalone.ts';

const stage = useStage();

story(stage, 'alice and bob chat both ways, and each line lies once in each mailbox', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  const atAlice = await StandalonePage.signIn(await scene.newBrowser(), info, alice, { mode: 'active' });
  const atBob = await StandalonePage.signIn(await scene.newBrowser(), info, bob, { mode: 'active' });

  await atAlice.chat.startChat(bob.address);
  await atAlice.chat.send('Hello Bob, lunch at one?');
  await atAlice.chat.sees('Hello Bob, lunch at one?');
  await atBob.chat.row(alice.name).waitFor();
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

  for (const text of ['Hello Bob, lunch at one?', 'Yes. 🍜 Grüße!', 'See you']) {
    for (const person of [alice, bob]) {
      await eventually(async () => {
        const copies = await person.mailbox.withText(text);
        assert.deepEqual(
          copies.map(({ mailbox }) => mailbox),
          ['COI/Chats'],
          `${text} of ${person.name}`,
        );
      });
    }
    const [copy] = await alice.mailbox.withText(text);
    assert.equal(await scene.deliveries(headerOf(copy?.source ?? '', 'Message-ID') ?? ''), 1);
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
