import assert from 'node:assert/strict';
import { takeShot } from '../fixture/browser.ts';
import { throughout } from '../fixture/eventually.ts';
import { freshChatId, mailSource } from '../fixture/mail.ts';
import type { Scene } from '../fixture/scene.ts';
import { story, useStage } from '../fixture/stage.ts';
import { RoundcubePage } from '../page/roundcube.ts';
import { StandalonePage } from '../page/standalone.ts';

const stage = useStage();
const WATCHED_MS = 3_000;

/** dave has ordinary mail, chat mail and a half-finished deletion, read and unread. */
async function daveWithMail(scene: Scene) {
  const dave = await scene.person();
  const to = dave.address;
  const mail = (text: string, headers: readonly string[] = []) =>
    mailSource({
      from: 'Ann <ann@far.test>',
      to,
      subject: text,
      text,
      headers: ['Received: from far.test', ...headers],
    });
  await dave.mailbox.append('INBOX', mail('An ordinary mail'));
  await dave.mailbox.append('INBOX', mail('Read already'), ['\\Seen', '\\Flagged']);
  await dave.mailbox.append('INBOX', mail('Marked for deletion'), ['\\Deleted']);
  const chat = { from: 'Bob <bob@far.test>', to, headers: ['Chat-Version: 1.0', 'Received: from far.test'] };
  await dave.mailbox.append('INBOX', mailSource({ ...chat, text: 'A chat line', messageId: freshChatId() }));
  await dave.mailbox.append(
    'Sent',
    mailSource({ from: to, to: 'bob@far.test', text: 'My answer', messageId: freshChatId() }),
    ['\\Seen'],
  );
  return dave;
}

story(
  stage,
  'dave signs on and answers nothing: he sees his chats, and his mailbox stays byte-identical',
  async (scene) => {
    const dave = await daveWithMail(scene);
    const before = await dave.mailbox.snapshot();
    const page = await StandalonePage.signIn(await scene.newBrowser(), scene.stack.info, dave);
    await page.chat.app.locator('coi-consent').waitFor();
    await takeShot(page.page, 'consent-1440');
    await page.page.getByRole('button', { name: 'Not now' }).click();
    await page.chat.openChat('Bob');
    await page.chat.sees('A chat line');
    await page.chat.sees('My answer');
    await takeShot(page.page, 'consent-not-now-1440');
    await throughout(WATCHED_MS, async () => assert.equal(await dave.mailbox.snapshot(), before));
  },
);

story(stage, 'in Roundcube too, nothing changes before the question is answered', async (scene) => {
  const dave = await daveWithMail(scene);
  const before = await dave.mailbox.snapshot();
  const page = await RoundcubePage.signIn(await scene.newBrowser(), scene.stack.info, dave);
  const chat = await page.openPanel();
  await chat.app.locator('coi-consent').waitFor();
  assert.deepEqual([...(await page.subjects())].sort(), [
    'An ordinary mail',
    'Hello',
    'Marked for deletion',
    'Read already',
  ]);
  await takeShot(page.page, 'consent-roundcube-1440');
  await throughout(WATCHED_MS, async () => assert.equal(await dave.mailbox.snapshot(), before));
});
