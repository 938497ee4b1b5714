/** The timeline in a real browser: where it opens, what it follows, and that nothing moves under the reader's eyes. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Page } from 'playwright-core';
import { asked, field, type GalleryPage, log, NARROW, row, useGallery, WIDE } from '../gallery/story.fixture.ts';

declare const gallery: GalleryPage;

const { story } = useGallery();

/** Text of the first message that is wholly on the screen. */
const firstVisible = (page: Page) =>
  log(page).evaluate((box) => {
    const top = box.getBoundingClientRect().top;
    const shown = [...box.querySelectorAll('coi-message')].find((one) => one.getBoundingClientRect().top >= top);
    return shown?.row.text ?? '';
  });

/** How far the log is from its end, in px. */
const fromEnd = (page: Page) => log(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);

describe('the timeline', { concurrency: 2 }, () => {
  story('opens at the line “New”', 'group', NARROW, async (page) => {
    await page.getByRole('separator').filter({ hasText: 'New' }).waitFor();
    assert.ok(await page.getByText('Then I leave mine at home.').isVisible());
  });

  story('follows new lines for someone who is at the end', 'long', NARROW, async (page) => {
    await page.evaluate(() =>
      gallery.api.addRow(10 as never, gallery.people.row({ text: 'the newest', at: Date.now() })),
    );
    await log(page).getByText('the newest').waitFor();
    assert.ok((await fromEnd(page)) < 2);
  });

  story('stays in place for someone who reads above, and counts what came', 'long', NARROW, async (page) => {
    await page.getByRole('article').nth(10).waitFor();
    await log(page).evaluate((box) => {
      box.scrollTop -= 1500;
    });
    await page.getByRole('button', { name: 'Jump to the newest message' }).waitFor();
    const reading = page
      .getByRole('article')
      .filter({ hasText: /98[0-9]: / })
      .first();
    const place = await reading.boundingBox();
    await page.evaluate(() =>
      gallery.api.addRow(10 as never, gallery.people.row({ text: 'the newest', at: Date.now() })),
    );
    const jump = page.getByRole('button', { name: 'Jump to 1 new message' });
    await jump.waitFor();
    assert.deepEqual(await reading.boundingBox(), place);
    await jump.click();
    await log(page).getByText('the newest').waitFor();
    await page.waitForFunction(() => document.querySelector('coi-chat-app') !== null);
    assert.ok((await fromEnd(page)) < 2);
  });

  story('loads older rows on the way up without a jump, and keeps the page small', 'long', NARROW, async (page) => {
    await page.getByRole('article').nth(10).waitFor();
    const shifts = await log(page).evaluate(async (box) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const worst: number[] = [];
      for (let step = 0; step < 60; step += 1) {
        const top = box.getBoundingClientRect().top;
        const shown = [...box.querySelectorAll('coi-message')].find(
          (one) => one.getBoundingClientRect().top >= top + 20,
        );
        const was = shown?.getBoundingClientRect().top ?? 0;
        const moved = Math.min(400, box.scrollTop);
        box.scrollTop -= moved;
        await frame();
        if (shown?.isConnected === true) worst.push(Math.abs(shown.getBoundingClientRect().top - was - moved));
      }
      return { worst: Math.max(...worst), count: worst.length, rows: box.querySelectorAll('coi-message').length };
    });
    assert.ok(shifts.count > 40);
    assert.ok(shifts.worst <= 1.5, `a row jumped by ${shifts.worst} px`);
    assert.ok(shifts.rows <= 160);
    assert.ok((await asked(page, 'growTimeline')).length >= 2);
  });

  story('asks for older rows before they are needed, also when they come only later', 'older', NARROW, async (page) => {
    await page.evaluate(() => {
      const rows = Array.from({ length: 40 }, (_, at) =>
        gallery.people.row({ rowId: `new-${at}` as never, text: `${at} new`, at: Date.now() - (40 - at) * 60_000 }),
      );
      gallery.api.set({ rows: new Map([[2 as never, rows]]) });
    });
    await page.getByText('39 new').waitFor();
    // The rows above come frame by frame.
    await page
      .getByRole('article')
      .filter({ hasText: /(?<!\d)0 new/u })
      .waitFor({ state: 'attached' });
    await log(page).evaluate((box) => {
      box.scrollTop = 0;
    });
    await page.getByText('Earlier messages are loading').waitFor();
    const first = page.getByRole('article').filter({ hasText: /(?<!\d)0 new/u });
    const place = await first.boundingBox();
    assert.deepEqual(await asked(page, 'growTimeline'), []);
    await page.evaluate(() => {
      const rows = gallery.api.state.rows.get(2 as never) ?? [];
      const before = Array.from({ length: 200 }, (_, at) =>
        gallery.people.row({ rowId: `old-${at}` as never, text: `${at} old`, at: Date.now() - (300 - at) * 60_000 }),
      );
      gallery.api.set({ rows: new Map([[2 as never, [...before, ...rows]]]) });
    });
    await page.waitForFunction(() => gallery.api.asked('growTimeline').length > 0);
    await page.getByText('199 old').waitFor({ state: 'attached' });
    const after = await first.boundingBox();
    assert.ok(Math.abs((after?.y ?? 0) - (place?.y ?? 0)) <= 1.5, `the first row went from ${place?.y} to ${after?.y}`);
  });

  story('of 20,000 lines is opened and scrolled with a small page and small steps', 'huge', WIDE, async (page) => {
    await page.evaluate(() => document.querySelector('coi-chat-app')?.openChat(10 as never));
    await log(page).getByText('19999: ').waitFor();
    const seen = await log(page).evaluate(async (box) => {
      const rows = () => [...box.querySelectorAll('coi-message')].map(({ row: { rowId } }) => rowId);
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const known = new Set(rows());
      let [most, step] = [known.size, 0];
      for (let at = 0; at < 240; at += 1) {
        box.scrollTop -= 60;
        await frame();
        const fresh = rows().filter((id) => !known.has(id));
        for (const id of fresh) known.add(id);
        step = Math.max(step, fresh.length);
        most = Math.max(most, rows().length);
      }
      return { most, step, total: known.size };
    });
    assert.ok(seen.total > 300, `only ${seen.total} rows were seen`);
    assert.ok(seen.most <= 160, `${seen.most} rows in the page`);
    assert.ok(seen.step <= 24, `${seen.step} rows in one frame`);
  });

  story('holds few rows again when the reader comes back to the newest', 'huge', WIDE, async (page) => {
    await page.evaluate(() => document.querySelector('coi-chat-app')?.openChat(10 as never));
    await log(page).getByText('19999: ').waitFor();
    const held = () => page.evaluate(() => document.querySelector('coi-chat-app')?.feed?.timeline?.rows.length ?? 0);
    await log(page).evaluate(async (box) => {
      for (let at = 0; at < 400; at += 1) {
        box.scrollTop -= 60;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    assert.ok((await held()) > 300);
    await page.getByRole('button', { name: 'Jump to the newest message' }).click();
    await page.waitForFunction(
      () => (document.querySelector('coi-chat-app')?.feed?.timeline?.rows.length ?? 999) <= 160,
    );
    assert.ok(await page.getByText('19999: ').isVisible());
    assert.ok((await fromEnd(page)) < 2);
  });

  story('draws a row again only when it says something else', 'direct', NARROW, async (page) => {
    await page.getByText('Shall we meet at the station?').last().waitFor();
    const drawn = await page.evaluate(async () => {
      const messages = [
        ...(document
          .querySelector('coi-chat-app')
          ?.shadowRoot?.querySelector('coi-conversation')
          ?.shadowRoot?.querySelector('coi-timeline')
          ?.shadowRoot?.querySelectorAll('coi-message') ?? []),
      ];
      const counts = new Map<string, number>();
      for (const message of messages) {
        message.addController({
          hostUpdated: () => counts.set(message.row.text, (counts.get(message.row.text) ?? 0) + 1),
        });
      }
      gallery.api.set({});
      gallery.api.changeRow(messages[2]?.row.rowId as never, { delivery: 'read' });
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return [...counts];
    });
    assert.deepEqual(drawn, [['See you at six', 1]]);
  });

  story('keeps what is selected while one scrolls on', 'long', WIDE, async (page) => {
    const text = page.getByRole('article').last().locator('.text');
    const selected = () => page.evaluate(() => String(getSelection()));
    // The page may still be settling: a hand that missed the words tries again.
    for (let tries = 0; tries < 5 && (await selected()) === ''; tries += 1) {
      await text.hover();
      const box = await text.boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + 60, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + 160, box.y + box.height / 2, { steps: 4 });
      await page.mouse.up();
    }
    assert.notEqual(await selected(), '');
    const drawn = () => log(page).evaluate((one) => one.querySelectorAll('coi-message').length);
    for (let step = 0; step < 300 && (await drawn()) <= 160; step += 1) {
      await page.mouse.wheel(0, -300);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    }
    assert.ok((await drawn()) > 160);
    assert.notEqual(await selected(), '');
  });

  story('puts no button under a finger', 'long', NARROW, async (page) => {
    const text = page.getByRole('article').last().locator('.text');
    await text.hover();
    await page.mouse.down();
    await log(page).evaluate((box) => {
      box.scrollTop -= 900;
    });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
    const jump = page.getByRole('button', { name: 'Jump to the newest message' });
    assert.equal(await jump.count(), 0);
    await page.mouse.up();
    await jump.waitFor();
  });

  story('keeps its focus when rows change around it', 'direct', NARROW, async (page) => {
    await page.getByRole('article').nth(1).focus();
    const label = await page.locator('coi-message:focus').getAttribute('aria-label');
    await page.evaluate(() => {
      gallery.api.addRow(2 as never, gallery.people.row({ text: 'another', at: Date.now() }));
      gallery.api.setOverview({ connection: 'offline' });
    });
    await log(page).getByText('another').waitFor();
    assert.equal(await page.locator('coi-message:focus').getAttribute('aria-label'), label);
  });

  story('reads out one line, and of a burst only how many', 'direct', NARROW, async (page) => {
    assert.equal(await log(page).getAttribute('aria-live'), 'off');
    await page.evaluate(() => gallery.api.addRow(2 as never, gallery.people.row({ text: 'one', at: Date.now() })));
    await page.getByRole('status').getByText('Bob: one').waitFor({ state: 'attached' });
    await page.evaluate(() => {
      for (const text of ['two', 'three', 'four'])
        gallery.api.addRow(2 as never, gallery.people.row({ text, at: Date.now() }));
    });
    await page.getByRole('status').getByText('3 new messages').waitFor({ state: 'attached' });
  });
});

describe('reading', { concurrency: 2 }, () => {
  story(
    'counts after a second in a focused page, for what is visible',
    'group',
    { stoppedClock: true },
    async (page) => {
      await page.getByText('Then I leave mine at home.').waitFor();
      await page.clock.runFor(500);
      assert.deepEqual(await asked(page, 'markRead'), []);
      await page.clock.runFor(1000);
      const rows = (await asked(page, 'markRead')).flatMap(([, rowIds]) => rowIds as string[]);
      assert.ok(rows.includes('lake-new'));
    },
  );

  story('never counts in a page that is not looked at', 'list', { stoppedClock: true }, async (page) => {
    await page.evaluate(() => {
      document.hasFocus = () => false;
    });
    await row(page, 'Lake weekend').click();
    await page.getByText('Then I leave mine at home.').waitFor();
    await page.clock.runFor(5000);
    assert.deepEqual(await asked(page, 'markRead'), []);
  });

  story('never counts in a request: the sender is not told', 'request', { stoppedClock: true }, async (page) => {
    await page.getByText('Chat with newcomer@example.org?').waitFor();
    await page.clock.runFor(5000);
    assert.deepEqual(await asked(page, 'markRead'), []);
    await page.getByRole('button', { name: 'Accept' }).click();
    assert.deepEqual(await asked(page, 'acceptChat'), [[9]]);
    await field(page).waitFor();
  });
});

describe('a page load', { concurrency: 2 }, () => {
  story(
    'comes back to chat and place after a page load, with numbers only in the storage',
    'offered',
    NARROW,
    async (page) => {
      await row(page, 'A long conversation').click();
      await page.getByRole('article').nth(10).waitFor();
      await log(page).evaluate((box) => {
        box.scrollTop -= 900;
      });
      await page.waitForFunction(() => JSON.parse(sessionStorage.getItem('coi:place') ?? '[]').length === 6);
      const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
      assert.match(stored, /^\{"coi:place":"\[[\d,-]+\]"\}$/u);
      const seen = await firstVisible(page);
      await page.reload();
      await page.getByRole('heading', { name: 'A long conversation' }).waitFor();
      await page.getByText(seen).waitFor();
      assert.equal(await firstVisible(page), seen);
      assert.equal(await page.locator('coi-chat-app:focus-within').count(), 0, 'a page load takes no focus');
    },
  );

  story('comes to the very place that was left a moment before', 'offered', NARROW, async (page) => {
    await row(page, 'A long conversation').click();
    await page.getByRole('article').nth(10).waitFor();
    const bottom = await log(page).elementHandle();
    await page.waitForFunction((box) => (box as HTMLElement).scrollTop > 900, bottom);
    const seen = await log(page).evaluate((box) => {
      box.scrollTop -= 900;
      window.dispatchEvent(new PageTransitionEvent('pagehide'));
      return sessionStorage.getItem('coi:place');
    });
    assert.equal(JSON.parse(seen ?? '[]').length, 6, 'the place was not told before the page went');
  });
});
