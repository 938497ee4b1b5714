/**
 * `npm run shots`: the pictures of the README, taken from the real product. alice and bob of the demo talk in
 * Roundcube; nothing is drawn by hand. Writes `docs/shots/*.png`.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, buildAll } from '@coi-webmail/tooling';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { CONTEXT, DESKTOP, DRAWER, launchBrowser, PHONE } from '../fixture/browser.ts';
import { eventually } from '../fixture/eventually.ts';
import { RoundcubePage } from '../page/roundcube.ts';
import { seedDemo } from '../stack/seed.ts';
import { startStack } from '../stack/stack.ts';

/** What the message element was given to show. */
interface RowView {
  readonly provisional: string | undefined;
}

const FOLDER = join(ROOT, 'docs/shots');
const DARK: BrowserContextOptions = { ...CONTEXT, colorScheme: 'dark' };

/** With the pointer out of the way and every line at rest. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await eventually(async () => {
    const states = await page
      .locator('coi-message')
      .evaluateAll((elements) => elements.map((element) => (element as unknown as { row: RowView }).row.provisional));
    assert.ok(states.every((state) => state === undefined));
  });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
  console.log(`docs/shots/${name}.png`);
}

await mkdir(FOLDER, { recursive: true });
await buildAll();
const stack = await startStack({ name: 'shots' });
const browser = await launchBrowser();
try {
  await seedDemo(stack.info);
  const { alice, bob } = stack.info.users;
  const { info } = stack;
  const atBob = await RoundcubePage.signIn(await browser.newContext(CONTEXT), info, bob);
  const bobChat = await atBob.startChatting('active');
  const atAlice = await RoundcubePage.signIn(await browser.newContext(CONTEXT), info, alice);
  await shoot(atAlice.page, 'mail-before-consent-1440');
  await atAlice.openPanel();
  await atAlice.page.getByText(/\d+ chat mails/).waitFor();
  await shoot(atAlice.page, 'consent-1440');
  const chat = await atAlice.startChatting('active');
  await atAlice.sees(9);
  await shoot(atAlice.page, 'list-1440');
  await chat.openChat('Bob');
  await bobChat.openChat('Alice');
  await chat.send('Oat milk, please ☕');
  await bobChat.sees('Oat milk, please ☕');
  await bobChat.send('Done. I keep a seat by the window for you.');
  await chat.sees('Done. I keep a seat by the window for you.');
  await bobChat.send('And the boards are planed: https://example.test/bench');
  await chat.sees('And the boards are planed');
  await chat.send('🎉');
  await bobChat.sees('🎉');
  await chat.seesMark('🎉', 'Accepted by the mail server');
  await shoot(atAlice.page, 'roundcube-1440');
  await atAlice.openTask('chat');
  await atAlice.chat.openChat('Bob');
  await atAlice.chat.sees('🎉');
  await shoot(atAlice.page, 'chat-view-1440');

  const looks: readonly [string, BrowserContextOptions][] = [
    ['dark-1440', { ...DARK, viewport: DESKTOP }],
    ['drawer-1024', { ...CONTEXT, viewport: DRAWER }],
    ['phone-390', { ...CONTEXT, viewport: PHONE }],
    ['phone-dark-390', { ...DARK, viewport: PHONE }],
  ];
  for (const [name, options] of looks) {
    const webmail = await RoundcubePage.signIn(await browser.newContext(options), info, alice);
    const panel = await webmail.openPanel();
    await panel.row('Bob').waitFor();
    await shoot(webmail.page, `list-${name}`);
    await panel.openChat('Bob');
    await panel.sees('🎉');
    await shoot(webmail.page, `roundcube-${name}`);
    if (name !== 'dark-1440') continue;
    await webmail.openTask('chat');
    await webmail.chat.openChat('Bob');
    await webmail.chat.sees('🎉');
    await shoot(webmail.page, 'chat-view-dark-1440');
  }
} finally {
  await browser.close();
  await stack.stop();
}
