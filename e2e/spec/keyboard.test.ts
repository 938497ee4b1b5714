import assert from 'node:assert/strict';
import { mailSource } from '../fixture/mail.ts';
import { story, useStage } from '../fixture/stage.ts';
import { RoundcubePage } from '../page/roundcube.ts';

const stage = useStage();
const KEYS = [
  'Delete',
  'Backspace',
  'ArrowDown',
  'ArrowUp',
  'Enter',
  'Control+a',
  'd',
  'r',
  'Home',
  'End',
  'PageDown',
  'Escape',
];

story(stage, 'keys typed in the composer never touch a mail, not even Delete and Backspace', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  for (const subject of ['first', 'second', 'third']) {
    await alice.mailbox.append(
      'INBOX',
      mailSource({ from: 'ann@far.test', to: alice.address, subject, headers: ['Received: x'] }),
    );
  }
  const page = await RoundcubePage.signIn(await scene.newBrowser(), scene.stack.info, alice);
  const chat = await page.startChatting('active');
  await chat.startChat(bob.address);
  const before = await alice.mailbox.mails('INBOX');
  const asked: string[] = [];
  page.page.on('request', (request) => {
    if (/_action=(move|delete|mark|show|preview)/.test(request.url())) asked.push(request.url());
  });
  // The trap: the list has a selected mail and believes that it has the focus.
  await page.page.locator('#messagelist tbody tr').first().click();
  await page.focusListThenComposer();
  await chat.composer.fill('');
  for (const key of KEYS) await page.page.keyboard.press(key);
  assert.deepEqual(
    asked.filter((url) => !/_action=(show|preview)/.test(url)),
    [],
  );
  const after = await alice.mailbox.mails('INBOX');
  assert.deepEqual(
    after.map(({ uid }) => uid),
    before.map(({ uid }) => uid),
  );
  assert.equal((await alice.mailbox.mails('Trash')).length, 0);
});
