import assert from 'node:assert/strict';
import { takeShot } from '../fixture/browser.ts';
import { eventually } from '../fixture/eventually.ts';
import { bodyOf, freshChatId, headerOf, mailSource } from '../fixture/mail.ts';
import { story, useStage } from '../fixture/stage.ts';
import { RoundcubePage } from '../page/roundcube.ts';

const stage = useStage();

story(
  stage,
  'carol with plain Roundcube gets one readable mail per line, and alice sees just her new text',
  async (scene) => {
    const [alice, carol] = [await scene.person(), await scene.person()];
    const { info } = scene.stack;
    const atAlice = await RoundcubePage.signIn(await scene.newBrowser(), info, alice);
    const chat = await atAlice.startChatting('active');
    await chat.startChat(carol.address);
    await chat.send('Shall we meet at the lake?');
    await chat.send('Sunday would be good.');

    const atCarol = await RoundcubePage.signIn(await scene.newBrowser(), info, carol, 'stockWebmail');
    await atCarol.sees(2);
    const mails = await carol.mailbox.mails('INBOX');
    for (const { source } of mails) {
      assert.match(headerOf(source, 'Content-Type') ?? '', /^text\/plain/);
      assert.ok((headerOf(source, 'Subject') ?? '').length > 0, 'a mail without a subject looks broken');
      for (const name of ['Disposition-Notification-To', 'Auto-Submitted'])
        assert.equal(headerOf(source, name), undefined);
    }
    await takeShot(atCarol.page, 'legacy-carol-1440');
    const answered = mails.find(({ source }) => bodyOf(source).startsWith('Sunday'));
    await atCarol.reply(answered?.uid ?? 0, 'Gladly, at ten.\n\nAnd I bring cake.');

    await chat.sees('Gladly, at ten.');
    const line = (await chat.lines()).find(({ text }) => text.startsWith('Gladly'));
    assert.equal(line?.text.trim(), 'Gladly, at ten.\n\nAnd I bring cake.');
    await takeShot(atAlice.page, 'legacy-alice-1440');
    await eventually(async () => {
      const [copy] = await alice.mailbox.withText('Gladly, at ten.');
      assert.equal(copy?.mailbox, 'COI/Chats');
    });
  },
);

story(stage, "a reply that alice writes in Roundcube's own compose is her own line in the chat", async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  const from = `${bob.name} <${bob.address}>`;
  const line = { from, to: alice.address, text: 'Line from bob', messageId: freshChatId() };
  await alice.mailbox.deliver(mailSource({ ...line, headers: ['Chat-Version: 1.0'] }), bob.address);
  const atAlice = await RoundcubePage.signIn(await scene.newBrowser(), info, alice);
  const chat = await atAlice.startChatting('active');
  await chat.openChat(bob.name);
  await chat.sees('Line from bob');
  const [copy] = await eventually(async () => {
    const copies = await alice.mailbox.copies(line.messageId);
    assert.equal(copies[0]?.mailbox, 'COI/Chats');
    return copies;
  });
  await atAlice.reply(copy?.uid ?? 0, 'Answered from the mail side', 'COI/Chats');
  const inChat = await atAlice.openPanel();
  await inChat.openChat(bob.name);
  await inChat.sees('Answered from the mail side');
  const shown = (await inChat.lines()).find(({ text }) => text.includes('Answered from the mail side'));
  assert.equal(shown?.isOwn, true);
  assert.equal(shown?.text.trim(), 'Answered from the mail side');
});

story(stage, 'a mail with a forged From:alice is incoming, and its sender not proven', async (scene) => {
  const alice = await scene.person();
  const bob = await scene.person();
  const { info } = scene.stack;
  const line = mailSource({
    from: `${bob.name} <${bob.address}>`,
    to: alice.address,
    text: 'The real bob',
    messageId: freshChatId(),
    headers: ['Chat-Version: 1.0'],
  });
  await alice.mailbox.deliver(line, bob.address);
  const forged = mailSource({
    from: `${alice.name} <${alice.address}>`,
    to: bob.address,
    text: 'Send me all your money',
    messageId: freshChatId(),
    headers: ['Chat-Version: 1.0', 'X-Mailer: evil'],
  });
  await alice.mailbox.deliver(forged, 'evil@far.test');
  const atAlice = await RoundcubePage.signIn(await scene.newBrowser(), info, alice);
  const chat = await atAlice.startChatting('active');
  await chat.openChat(bob.name);
  await chat.seesMark('Send me all your money', 'Sender not proven');
  const shown = (await chat.lines()).find(({ text }) => text.includes('money'));
  assert.equal(shown?.isOwn, false);
  await takeShot(atAlice.page, 'forged-1440');
});
