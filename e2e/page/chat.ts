/**
 * The chat as a person uses it, whatever page it lives in: list, conversation, composer. Finds things by role and by
 * the words on the screen; element names only where a role says nothing.
 */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { eventually, throughout } from '../fixture/eventually.ts';

export type Mode = 'active' | 'none';
const MODE_WORDS: Readonly<Record<Mode, string>> = { active: 'Keep out of the inbox', none: 'Leave in the inbox' };

/** Longer than the page waits before it remembers a scroll place. */
const PLACE_SETTLES_MS = 500;
const WHEEL_NEAR_PX = 60;
/** How long the list of another filter may take. */
const LIST_TIMEOUT_MS = 700;
/** How long a line may take through IDLE on a busy machine. */
const LINE_TIMEOUT_MS = 15_000;

export interface ShownLine {
  readonly text: string;
  readonly isOwn: boolean;
}

export class ChatPage {
  readonly page: Page;
  readonly app: Locator;
  readonly composer: Locator;

  constructor(page: Page) {
    this.page = page;
    this.app = page.locator('coi-chat-app');
    this.composer = this.app.locator('coi-composer textarea');
  }

  /** The first question: where chats should live. */
  async answerConsent(mode: Mode): Promise<void> {
    const question = this.app.locator('coi-consent');
    await question.getByRole('radio', { name: MODE_WORDS[mode] }).check();
    await question.getByRole('button', { name: 'Start', exact: true }).click();
    await question.waitFor({ state: 'detached' });
  }

  /** Opens a chat with an address, as one who has never written to it. */
  async startChat(address: string): Promise<void> {
    await this.app.getByRole('button', { name: 'New chat' }).first().click();
    const field = this.app.locator('coi-new-chat').getByRole('combobox');
    await field.fill(address);
    await field.press('Enter');
    await this.composer.waitFor();
  }

  /** Opens a chat from the list by a part of its title; a stranger's first line waits among the requests. */
  async openChat(title: string): Promise<void> {
    // After a page load the chat of before opens by itself.
    if (await this.app.locator('coi-conversation header').filter({ hasText: title }).isVisible()) return;
    const row = this.row(title);
    const requests = this.app.getByRole('button', { name: /^Requests \d/ });
    const all = this.app.getByRole('button', { name: 'All', exact: true });
    await eventually(
      async () => {
        if ((await row.count()) === 0) {
          // It leaves the requests again when an answer of the user's own turns up.
          const mayBeRequest = (await requests.count()) > 0 && (await requests.getAttribute('aria-pressed')) !== 'true';
          const chip = mayBeRequest ? requests : all;
          if ((await chip.getAttribute('aria-pressed')) === 'false') await chip.click();
        }
        // The list of the other filter comes a moment after the click: only then the next one is tried.
        await row.waitFor({ timeout: LIST_TIMEOUT_MS });
      },
      { timeoutMs: LINE_TIMEOUT_MS },
    );
    await row.click();
    await this.app.locator('coi-conversation').waitFor();
  }

  row(title: string): Locator {
    return this.app.locator('coi-chat-row').filter({ hasText: title });
  }

  /** Types a line and sends it with Enter; does not wait for anything. */
  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  line(text: string): Locator {
    return this.app.locator('coi-message').filter({ hasText: text });
  }

  /** The connection is there: no banner says otherwise. */
  async online(timeoutMs: number): Promise<void> {
    const banners = this.app.getByText(/No connection\.|Chat cannot be reached\.|The mail server does not answer\./);
    await eventually(async () => assert.equal(await banners.count(), 0, 'a banner says that there is no connection'), {
      timeoutMs,
    });
  }

  /** A request becomes a chat. */
  async accept(): Promise<void> {
    await this.app.getByRole('button', { name: 'Accept' }).click();
  }

  /** All lines that are drawn now, oldest first. */
  async lines(): Promise<readonly ShownLine[]> {
    return this.app.locator('coi-message').evaluateAll((elements) =>
      elements.map((element) => {
        const { row } = element as unknown as { row: { text: string; own: boolean } };
        return { text: row.text, isOwn: row.own };
      }),
    );
  }

  /** Every line on the screen that shows the text, as whole bubble text. */
  async count(text: string): Promise<number> {
    return this.line(text).count();
  }

  /** Waits until the line is there, once. */
  async sees(text: string, timeoutMs = LINE_TIMEOUT_MS): Promise<void> {
    await this.line(text).first().waitFor({ timeout: timeoutMs });
    assert.equal(await this.count(text), 1, `"${text}" is shown more than once`);
  }

  /** Waits until the line is there once and carries the words, for example a delivery mark. */
  async seesMark(text: string, words: string | RegExp, timeoutMs = LINE_TIMEOUT_MS): Promise<void> {
    await eventually(
      async () => {
        assert.equal(await this.count(text), 1, `"${text}" is not shown once`);
        const shown = await this.line(text).evaluate((element) => {
          const delivery = element.shadowRoot?.querySelector('coi-delivery')?.shadowRoot?.textContent ?? '';
          return `${element.shadowRoot?.textContent ?? ''} ${delivery}`;
        });
        assert.ok(
          typeof words === 'string' ? shown.includes(words) : words.test(shown),
          `"${text}" is marked: ${shown.replace(/\s+/g, ' ')}`,
        );
      },
      { timeoutMs },
    );
  }

  /** Scrolls with the wheel until the line is well in view. @returns its distance from the window's top, px */
  async wheelTo(text: string): Promise<number> {
    const remembered = () => this.page.evaluate(() => JSON.stringify(sessionStorage));
    const log = this.app.getByRole('log');
    const box = await log.boundingBox();
    if (box === null) throw new Error('There is no conversation to scroll');
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const earlier = await remembered();
    await eventually(async () => {
      const distance = (await this.placeOf(text)) - box.y - box.height / 3;
      if (Math.abs(distance) > WHEEL_NEAR_PX) await this.page.mouse.wheel(0, distance);
      assert.ok(Math.abs(distance) <= WHEEL_NEAR_PX, `${distance} px away`);
    });
    await eventually(async () => assert.notEqual(await remembered(), earlier, 'the place is not remembered'));
    await eventually(async () => {
      const before = [await remembered(), await this.placeOf(text)];
      await throughout(PLACE_SETTLES_MS, async () => {
        assert.deepEqual([await remembered(), await this.placeOf(text)], before);
      });
    });
    return this.placeOf(text);
  }

  async placeOf(text: string): Promise<number> {
    return this.line(text).evaluate((element) => element.getBoundingClientRect().top);
  }
}
