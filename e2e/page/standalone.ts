/** The standalone page: sign in with address and password, chat over the whole width. */
import type { BrowserContext, Page } from 'playwright-core';
import type { StackInfo } from '../stack/info.ts';
import type { User } from '../stack/users.ts';
import { ChatPage, type Mode } from './chat.ts';

export interface StandaloneOptions {
  /** Engine base URL; default the stack's first engine. */
  readonly engineUrl?: string;
  /** "This is a shared computer". */
  readonly isShared?: boolean;
}

export class StandalonePage {
  readonly page: Page;
  readonly chat: ChatPage;

  private constructor(page: Page) {
    this.page = page;
    this.chat = new ChatPage(page);
  }

  static async open(
    context: BrowserContext,
    info: StackInfo,
    options: StandaloneOptions = {},
  ): Promise<StandalonePage> {
    const page = await context.newPage();
    await page.goto(new URL('app/', options.engineUrl ?? info.urls.engine).href);
    return new StandalonePage(page);
  }

  async fillSignIn(user: User, options: StandaloneOptions = {}): Promise<void> {
    await this.page.getByLabel('E-mail address').fill(user.address);
    await this.page.getByLabel('Password').fill(user.password);
    if (options.isShared === true) await this.page.getByLabel('This is a shared computer').check();
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Signs in and, with a mode, answers the first question. */
  static async signIn(
    context: BrowserContext,
    info: StackInfo,
    user: User,
    options: StandaloneOptions & { readonly mode?: Mode } = {},
  ): Promise<StandalonePage> {
    const standalone = await StandalonePage.open(context, info, options);
    await standalone.fillSignIn(user, options);
    await standalone.chat.app.waitFor();
    if (options.mode !== undefined) await standalone.chat.answerConsent(options.mode);
    return standalone;
  }

  /** By the menu, as a person does. */
  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Settings' }).first().click();
    await this.page.getByRole('button', { name: 'Sign out of chat' }).click();
    await this.page
      .locator('coi-dialog')
      .getByRole('button', { name: /Sign out/ })
      .click();
    await this.page.getByLabel('E-mail address').waitFor();
  }
}
