import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { launchProfile, takeShot } from '../fixture/browser.ts';
import { story, useStage } from '../fixture/stage.ts';
import { RoundcubePage } from '../page/roundcube.ts';
import { StandalonePage } from '../page/standalone.ts';

/** The shortest that may be configured; 10 minutes by default. */
const HOST_TTL_MS = 60_000;
const SIGNED_OUT_TIMEOUT_MS = HOST_TTL_MS + 30_000;
const stage = useStage({ engineConfig: { session: { hostTtlMs: HOST_TTL_MS } } });
const PLANTED = 'zebrafink-im-kirschbaum';
const CONTROL = 'control-wolpertinger-plain';

/** Files below a folder that hold the text, as UTF-8 or UTF-16. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const needles = [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (needles.some((needle) => bytes.includes(needle))) found.push(path.slice(folder.length));
  }
  return found;
}

story(stage, 'a signed-out browser profile holds no word of a chat, and would if it were not sealed', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  const folder = await mkdtemp(join(tmpdir(), 'coi-profile-'));
  try {
    const context = await launchProfile(folder);
    const page = await StandalonePage.signIn(context, info, alice, { mode: 'active' });
    await page.chat.startChat(bob.address);
    await page.chat.send(`A secret: ${PLANTED}`);
    await page.chat.seesMark(PLANTED, 'Accepted by the mail server');
    await page.chat.composer.fill(`Draft: ${PLANTED}`);
    await page.page.evaluate(async (text) => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const open = indexedDB.open('control', 1);
        open.addEventListener('upgradeneeded', () => open.result.createObjectStore('rows'));
        open.addEventListener('success', () => resolve(open.result));
        open.addEventListener('error', () => reject(open.error ?? new Error('The control store did not open')));
      });
      const transaction = database.transaction('rows', 'readwrite');
      transaction.objectStore('rows').put({ text: `A secret: ${text}` }, 1);
      await new Promise((resolve) => transaction.addEventListener('complete', resolve));
      database.close();
    }, CONTROL);
    // A reload reads it all back from the store, so it was written.
    await page.page.reload();
    await page.chat.openChat(bob.name);
    await page.chat.sees(PLANTED);
    await page.signOut();
    await context.close();
    assert.notEqual((await filesWith(folder, CONTROL)).length, 0, 'the search finds nothing at all');
    assert.deepEqual(await filesWith(folder, PLANTED), []);
    assert.deepEqual(await filesWith(folder, bob.address), []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

story(stage, 'on a shared computer sign-out leaves no database behind', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const context = await scene.newBrowser();
  const page = await StandalonePage.signIn(context, scene.stack.info, alice, { mode: 'active', isShared: true });
  await page.chat.startChat(bob.address);
  await page.chat.send('Left behind?');
  await page.chat.seesMark('Left behind?', 'Accepted by the mail server');
  await page.signOut();
  const names = await page.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  assert.deepEqual(names, []);
});

story(stage, "when Roundcube's session ended on the server, every tab shows that chat is signed out", async (scene) => {
  const alice = await scene.person();
  const { info } = scene.stack;
  const context = await scene.newBrowser();
  const first = await RoundcubePage.signIn(context, info, alice);
  await first.startChatting('active');
  const second = await RoundcubePage.newTab(context, info);
  await second.openPanel();
  const database = new DatabaseSync(join(info.runDir, 'webmail', 'roundcube.sqlite'));
  database.exec('PRAGMA busy_timeout = 5000; DELETE FROM session');
  database.close();
  for (const { chat } of [first, second]) {
    // Roundcube may notice first: then its own sign-in form stands where chat was.
    const signedOut = chat.app.getByText('You are signed out').or(chat.page.locator('#rcmloginuser'));
    await signedOut.first().waitFor({ timeout: SIGNED_OUT_TIMEOUT_MS });
  }
  await takeShot(first.page, 'signed-out-roundcube-1440');
});

story(stage, 'signing out of Roundcube signs chat out at once', async (scene) => {
  const alice = await scene.person();
  const { info } = scene.stack;
  const context = await scene.newBrowser();
  const first = await RoundcubePage.signIn(context, info, alice);
  await first.startChatting('active');
  const second = await RoundcubePage.newTab(context, info);
  await second.openPanel();
  await first.signOut();
  await second.chat.app.getByText('You are signed out').first().waitFor();
  const cookies = (await context.cookies()).filter(({ name }) => name.startsWith('coi_session'));
  assert.deepEqual(cookies, []);
});
