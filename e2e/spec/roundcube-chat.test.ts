import assert from 'node:assert/strict';
import { DRAWER, PHONE, takeShot } from '../fixture/browser.ts';
import { eventually } from '../fixture/eventually.ts';
import { story, useStage } from '../fixture/stage.ts';
import { RoundcubePage } from '../page/roundcube.ts';

const stage = useStage();
const LONG_CHAT = 40;

story(
  stage,
  'alice and bob chat from Roundcube, and bob sees each line once in each of his two tabs',
  async (scene) => {
    const [alice, bob] = [await scene.person(), await scene.person()];
    const { info } = scene.stack;
    const atAlice = await RoundcubePage.signIn(await scene.newBrowser(), info, alice);
    const alicesChat = await atAlice.startChatting('active');
    const bobs = await scene.newBrowser();
    const atBob = await RoundcubePage.signIn(bobs, info, bob);
    const bobsChat = await atBob.startChatting('active');
    const secondTab = await RoundcubePage.newTab(bobs, info);
    const secondChat = await secondTab.openPanel();

    await alicesChat.startChat(bob.address);
    await alicesChat.send('Hello from Roundcube');
    for (const chat of [bobsChat, secondChat]) {
      await chat.openChat(alice.name);
      await chat.sees('Hello from Roundcube');
    }
    await bobsChat.accept();
    await secondChat.send('Written in the second tab');
    await bobsChat.sees('Written in the second tab');
    await alicesChat.sees('Written in the second tab');
    await alicesChat.send('And back');
    for (const chat of [bobsChat, secondChat]) await chat.sees('And back');
    await takeShot(atAlice.page, 'roundcube-1440');
    await atAlice.page.emulateMedia({ colorScheme: 'dark' });
    await takeShot(atAlice.page, 'roundcube-1440-dark');
    for (const [name, size] of Object.entries({ 1024: DRAWER, 390: PHONE })) {
      await atBob.page.setViewportSize(size);
      await atBob.page.reload();
      await atBob.ready();
      await takeShot(atBob.page, `roundcube-${name}`);
      const narrow = await atBob.openPanel();
      await narrow.openChat(alice.name);
      await narrow.sees('And back');
      await takeShot(atBob.page, `roundcube-${name}-open`);
    }
  },
);

story(stage, 'a task switch keeps chat, scroll place and draft, and paints before the socket is up', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const page = await RoundcubePage.signIn(await scene.newBrowser(), scene.stack.info, alice);
  const chat = await page.startChatting('active');
  await chat.startChat(bob.address);
  for (let line = 1; line <= LONG_CHAT; line += 1) await chat.send(`line number ${line}.`);
  await chat.seesMark(`line number ${LONG_CHAT}.`, 'Accepted by the mail server', 30_000);
  await chat.composer.fill('a half-written thought');
  const placeBefore = await chat.wheelTo('line number 12.');

  await page.openTask('addressbook');
  // The socket is held back: what is painted now comes from the store.
  await page.page.routeWebSocket(/\/coi\//, () => undefined);
  await page.openTask('mail');
  await page.openPanel();
  await chat.line('line number 12.').waitFor();
  assert.equal(await chat.composer.inputValue(), 'a half-written thought');
  await eventually(async () => {
    const placeAfter = await chat.placeOf('line number 12.');
    assert.ok(Math.abs(placeAfter - placeBefore) <= 2, `moved from ${placeBefore} to ${placeAfter}`);
  });
  await takeShot(page.page, 'restored-1440');
});
