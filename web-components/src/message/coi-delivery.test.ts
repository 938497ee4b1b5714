/** What becomes of a line, and what can be done about it, as a person meets it. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Page } from 'playwright-core';
import { asked, field, fieldHolds, type GalleryPage, log, NARROW, useGallery, WIDE } from '../gallery/story.fixture.ts';

declare const gallery: GalleryPage;

const { story } = useGallery();
const line = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });

/** Another own line in Bob's chat. */
const add = (page: Page, rest: object) =>
  page.evaluate(
    (given) => gallery.api.addRow(2 as never, gallery.people.row({ own: true, at: Date.now(), ...given })),
    rest,
  );

describe('a line that is held', { concurrency: 2 }, () => {
  story('counts down and can be undone: its text comes back below what is typed', 'delivery', NARROW, async (page) => {
    const held = line(page, 'I take the early train');
    await held.getByText(/Sending in [1-5] s/u).waitFor();
    await field(page).fill('By the way');
    await held.getByRole('button', { name: 'Undo' }).click();
    await held.waitFor({ state: 'detached' });
    assert.deepEqual(await asked(page, 'discard'), [['held']]);
    await fieldHolds(page, 'By the way\nI take the early train');
    await page.getByText('Not sent. The text is back in the field.').waitFor();
  });

  story('goes out at once when wanted', 'delivery', NARROW, async (page) => {
    await line(page, 'I take the early train').getByRole('button', { name: 'Send now' }).click();
    assert.deepEqual(await asked(page, 'sendNow'), [['held']]);
  });

  story('is taken back by Ctrl + Z in an empty field, and only there', 'delivery', NARROW, async (page) => {
    await field(page).fill('abc');
    await page.keyboard.press('Control+z');
    assert.deepEqual(await asked(page, 'discard'), []);
    await field(page).fill('');
    await page.keyboard.press('Control+z');
    await page.waitForFunction(() => gallery.api.asked('discard').length === 1);
    assert.deepEqual(await asked(page, 'discard'), [['held']]);
    await fieldHolds(page, 'I take the early train');
  });

  story('counts five seconds where the clock of the server is far ahead', 'direct', NARROW, async (page) => {
    await add(page, { text: 'Skewed', delivery: 'queued', cancelable: true, heldUntil: Date.now() + 300_000 });
    await line(page, 'Skewed')
      .getByText(/Sending in [3-5] s/u)
      .waitFor();
  });

  story('is told to screen readers once, and the number never', 'direct', NARROW, async (page) => {
    await add(page, { text: 'Quiet', delivery: 'queued', cancelable: true, heldUntil: Date.now() + 5000 });
    await page.getByRole('status').getByText('Ctrl + Z takes it back').waitFor({ state: 'attached' });
    const count = line(page, 'Quiet').getByText(/Sending in/u);
    assert.equal(await count.evaluate((element) => element.closest('[aria-hidden="true"]') !== null), true);
    assert.equal(await log(page).locator('[aria-live="polite"], [role="status"]').count(), 0);
    assert.match((await line(page, 'Quiet').getAttribute('aria-label')) ?? '', /Held for a few seconds$/u);
  });
});

describe('a line that waits', { concurrency: 2 }, () => {
  story('can be cancelled', 'delivery', NARROW, async (page) => {
    const waiting = line(page, 'Shall I bring the tent?');
    await waiting.getByText('your provider’s sending limit is reached').waitFor();
    await waiting.getByRole('button', { name: 'Cancel' }).click();
    await waiting.waitFor({ state: 'detached' });
    await fieldHolds(page, 'Shall I bring the tent?');
  });

  story('shows no button while it goes out as fast as ever', 'direct', { stoppedClock: true }, async (page) => {
    await add(page, { text: 'Swift', delivery: 'queued', cancelable: true });
    const swift = line(page, 'Swift');
    await swift.waitFor();
    assert.equal(await swift.getByRole('button', { name: 'Cancel' }).count(), 0);
    await page.clock.runFor(2000);
    await swift.getByRole('button', { name: 'Cancel' }).waitFor();
  });

  story('says so when it is too late', 'delivery', NARROW, async (page) => {
    await page.evaluate(() => {
      gallery.api.failNext.set('discard', Object.assign(new Error('late'), { code: 'conflict' }));
    });
    await line(page, 'Shall I bring the tent?').getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('It is too late: the message is on its way.').waitFor();
    assert.equal(await field(page).inputValue(), '');
  });

  story('whose chat was left gives its text to the draft of that chat', 'delivery', WIDE, async (page) => {
    await page.evaluate(() => {
      const discard = gallery.api.discard.bind(gallery.api);
      gallery.api.discard = async (rowId) => {
        await new Promise<void>((resolve) => {
          Object.assign(globalThis, { answer: resolve });
        });
        return discard(rowId);
      };
    });
    await line(page, 'Shall I bring the tent?').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Lake weekend' }).locator('button.row').click();
    await page.getByRole('heading', { name: 'Lake weekend' }).waitFor();
    await page.evaluate(() => (globalThis as unknown as { answer(): void }).answer());
    await page.waitForFunction(() => gallery.api.asked('setDraft').some(([chatId]) => chatId === 14));
    assert.equal(await field(page).inputValue(), '');
    assert.deepEqual((await asked(page, 'setDraft')).at(-1), [
      14,
      { text: 'Shall I bring the tent?', replyTo: undefined },
    ]);
  });
});

describe('a line that did not reach everybody', { concurrency: 2 }, () => {
  story('names who did not get it and why, three at first', 'delivery', NARROW, async (page) => {
    const partly = line(page, 'We meet at the north shore');
    await partly.getByText('Did not reach 4 of 12').waitFor();
    assert.deepEqual(await partly.getByRole('listitem').allInnerTexts(), [
      'Carol: the other mail server does not know this address',
      'Bob: the other mailbox is full',
      'Dave: the other mail server does not know this address',
    ]);
    await partly.getByRole('button', { name: '1 more' }).click();
    assert.equal(await partly.getByRole('listitem').count(), 4);
    await partly.getByRole('button', { name: 'Try again for them' }).click();
    assert.deepEqual(await asked(page, 'retry'), [['partly']]);
  });

  story('can be left so, and then nothing comes into the field', 'delivery', NARROW, async (page) => {
    await line(page, 'We meet at the north shore').getByRole('button', { name: 'Leave it' }).click();
    await page.waitForFunction(() => gallery.api.asked('discard').length === 1);
    await line(page, 'We meet at the north shore').waitFor({ state: 'detached' });
    assert.equal(await field(page).inputValue(), '');
  });

  story('tells how far it came while it goes out to many', 'delivery', NARROW, async (page) => {
    const progress = line(page, 'The programme of the summer school');
    await progress.getByText('120 of 300').waitFor();
    await page.evaluate(() =>
      gallery.api.changeRow('progress' as never, { recipients: { total: 300, done: 240, refused: [] } }),
    );
    await progress.getByText('240 of 300').waitFor();
    assert.equal(await progress.getByRole('progressbar').getAttribute('max'), '300');
  });
});

describe('a line that is in doubt', { concurrency: 2 }, () => {
  story('that came back can be written again', 'delivery', NARROW, async (page) => {
    const bounced = line(page, 'Tickets are attached');
    await bounced.getByText('It came back').waitFor();
    await bounced.getByRole('button', { name: 'Write again' }).click();
    await fieldHolds(page, 'Tickets are attached');
  });

  story('that waited for days asks before it goes out', 'delivery', NARROW, async (page) => {
    const old = line(page, 'See you on Tuesday');
    await old.getByText('Send it if it still matters').waitFor();
    await old.getByRole('button', { name: 'Send', exact: true }).click();
    assert.deepEqual(await asked(page, 'retry'), [['old']]);
  });

  story('of unknown outcome can be sent again or given up', 'delivery', NARROW, async (page) => {
    const lost = line(page, 'The key is under the pot');
    await lost.getByRole('button', { name: 'Send again' }).click();
    assert.deepEqual(await asked(page, 'resend'), [['lost']]);
    await lost.getByRole('button', { name: 'Discard' }).click();
    await lost.waitFor({ state: 'detached' });
    await fieldHolds(page, 'The key is under the pot');
  });

  story('that failed and was let go of since is written again', 'delivery', NARROW, async (page) => {
    await page.evaluate(() => {
      gallery.api.failNext.set('retry', Object.assign(new Error('gone'), { code: 'message-not-found' }));
    });
    await line(page, 'See you on Tuesday').getByRole('button', { name: 'Send', exact: true }).click();
    await page.waitForFunction(() => gallery.api.asked('retry').length === 1);
    await field(page).and(page.locator(':focus')).waitFor();
    await fieldHolds(page, 'See you on Tuesday');
  });
});

describe('a mail without words', { concurrency: 2 }, () => {
  story('says that it is empty, and opens as it is', 'delivery', NARROW, async (page) => {
    const empty = page.getByRole('article').filter({ hasText: 'Empty message' });
    await empty.getByText('This mail has nothing in it that can be shown.').waitFor();
    await empty.getByRole('button', { name: 'Open original mail' }).click();
    assert.equal(await page.evaluate(() => gallery.told.opened.length), 1);
  });

  story('whose HTML could not be read says so, and tries again', 'delivery', NARROW, async (page) => {
    const unread = page.getByRole('article').filter({ hasText: 'formatted text could not be read' });
    assert.equal(await unread.getByRole('button', { name: 'Open original mail' }).count(), 1);
    await unread.getByRole('button', { name: 'Show full message' }).click();
    await page.getByText('Carol, chair of the rowing club').waitFor();
    assert.deepEqual(await asked(page, 'fullText'), [['html']]);
    assert.equal(await page.getByText('formatted text could not be read').count(), 0);
  });
});

describe('settings', { concurrency: 2 }, () => {
  story('switch the time to undo on and off', 'evictable', NARROW, async (page) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    const undo = page.getByRole('switch', { name: /Undo sending to mail contacts/u });
    assert.equal(await undo.isChecked(), false);
    await undo.click();
    await page.waitForFunction(() => gallery.api.state.overview.settings.undoSeconds === 5);
    assert.equal(await undo.isChecked(), true);
    assert.deepEqual(await asked(page, 'setSettings'), [[{ undoSeconds: 5 }]]);
    await undo.click();
    assert.deepEqual((await asked(page, 'setSettings')).at(-1), [{ undoSeconds: 0 }]);
  });

  story('a choice that could not be stored goes back', 'evictable', NARROW, async (page) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.evaluate(() => gallery.api.failNext.set('setSettings', new Error('down')));
    const undo = page.getByRole('switch', { name: /Undo sending to mail contacts/u });
    await undo.click();
    await page.getByText('This could not be changed.').waitFor();
    assert.equal(await undo.isChecked(), false);
  });

  story('say what this browser keeps, without an alarm', 'evictable', NARROW, async (page) => {
    assert.equal(await page.locator('coi-banner .banner').count(), 0);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByText('may clear them when it runs out of room').waitFor();
    await page.getByText('2 drafts or messages that wait cannot be opened').waitFor();
  });
});
