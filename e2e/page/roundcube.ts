/** Roundcube in a browser: its mail list, its own composer, and the places where our plugin shows chat. */
import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'playwright-core';
import { eventually } from '../fixture/eventually.ts';
import type { StackInfo } from '../stack/info.ts';
import type { User } from '../stack/users.ts';
import { ChatPage, type Mode } from './chat.ts';

/** The parts of Roundcube's page script that specs touch. */
interface RoundcubeWindow {
  readonly rcmail: { readonly busy: boolean; command(name: string, argument?: unknown): void };
}

export class RoundcubePage {
  readonly page: Page;
  readonly chat: ChatPage;

  private constructor(page: Page) {
    this.page = page;
    this.chat = new ChatPage(page);
  }

  /** Signs in to the webmail with our plugin, or to the stock one. */
  static async signIn(
    context: BrowserContext,
    info: StackInfo,
    user: User,
    site: 'webmail' | 'stockWebmail' = 'webmail',
  ): Promise<RoundcubePage> {
    const page = await context.newPage();
    await page.goto(info.urls[site] ?? '');
    await page.locator('#rcmloginuser').fill(user.address);
    await page.locator('#rcmloginpwd').fill(user.password);
    await page.locator('#rcmloginsubmit').click();
    const roundcube = new RoundcubePage(page);
    await roundcube.ready();
    return roundcube;
  }

  /** Another tab of the same session. */
  static async newTab(context: BrowserContext, info: StackInfo): Promise<RoundcubePage> {
    const page = await context.newPage();
    await page.goto(`${info.urls.webmail}?_task=mail`);
    const roundcube = new RoundcubePage(page);
    await roundcube.ready();
    return roundcube;
  }

  async ready(): Promise<void> {
    await this.page.locator('#taskmenu').waitFor({ state: 'attached' });
    await this.page.waitForFunction(() => {
      const { rcmail } = window as unknown as Partial<RoundcubeWindow>;
      return rcmail !== undefined && !rcmail.busy;
    });
  }

  /** By the taskbar: a full page load, as in every Roundcube. */
  async openTask(task: 'mail' | 'addressbook' | 'settings' | 'chat'): Promise<void> {
    const button = { mail: 'a.mail', addressbook: 'a.contacts', settings: 'a.settings', chat: 'a.button-coi' }[task];
    await Promise.all([
      this.page.waitForURL(new RegExp(`_task=${task}`)),
      this.page.locator(`#taskmenu ${button}`).click(),
    ]);
    await this.ready();
  }

  /** Opens the docked panel of the mail view. */
  async openPanel(): Promise<ChatPage> {
    // It opens by itself where it was open before.
    const isOpen = () => this.page.evaluate(() => document.documentElement.classList.contains('coi-open'));
    if (!(await isOpen())) await this.page.locator('a.coi-toggle:not(.disabled)').first().click();
    await this.chat.app.waitFor();
    return this.chat;
  }

  async startChatting(mode: Mode): Promise<ChatPage> {
    const chat = await this.openPanel();
    await chat.answerConsent(mode);
    return chat;
  }

  /** Subjects of the rows of the message list. */
  async subjects(): Promise<readonly string[]> {
    return this.page.locator('#messagelist tbody tr .subject a span:last-child').allInnerTexts();
  }

  /** Waits until the list has that many rows. */
  async sees(rowCount: number): Promise<void> {
    await eventually(async () => {
      await this.page.evaluate(() => (window as unknown as RoundcubeWindow).rcmail.command('checkmail'));
      assert.equal(await this.page.locator('#messagelist tbody tr.message').count(), rowCount);
    });
  }

  /** Answers a mail in Roundcube's own composer, above the full quote, and sends it. */
  async reply(uid: number, text: string, mailbox = 'INBOX'): Promise<void> {
    const base = new URL(this.page.url()).origin;
    const query = new URLSearchParams({ _task: 'mail', _action: 'compose', _reply_uid: String(uid), _mbox: mailbox });
    await this.page.goto(`${base}/?${query}`);
    await this.ready();
    const body = this.page.locator('#composebody');
    const quote = await body.inputValue();
    await body.fill(`${text}\n\n${quote.trim()}\n`);
    await Promise.all([
      this.page.waitForURL((url) => url.searchParams.get('_action') !== 'compose'),
      this.page.locator('button.send, a.send').first().click(),
    ]);
    await this.ready();
  }

  /** The number beside a mailbox; 0 when there is none. */
  async unreadBadge(mailbox = 'INBOX'): Promise<number> {
    const badge = this.page.locator(`#mailboxlist li a[rel="${mailbox}"] .unreadcount`);
    return (await badge.count()) === 0 ? 0 : Number((await badge.innerText()) || 0);
  }

  async signOut(): Promise<void> {
    await this.page.locator('#taskmenu a.logout').click();
    await this.page.locator('#rcmloginuser').waitFor();
  }

  /** The Mail | Chat toggle above the message list. */
  async showKind(kind: 'Mail' | 'Chat'): Promise<void> {
    await this.page.locator('#layout-list').getByRole('button', { name: kind, exact: true }).click();
  }

  /** The list believes that it has the focus while the caret is in the chat composer: Roundcube's keyboard trap. */
  async focusListThenComposer(): Promise<void> {
    await this.page.evaluate(() => {
      const { rcmail } = window as unknown as { rcmail: { message_list: { focused: boolean; focus(): void } } };
      rcmail.message_list.focus();
    });
    await this.chat.composer.evaluate((element: HTMLElement) => element.focus());
  }
}
