/**
 * A person in front of the standalone page in a real browser. What is on the screen is read from the elements that are
 * drawn. A worker dies with its page's process, without any last words.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { RowView } from '@coi-webmail/chat';
import { nameOf, type Person as Who, type Screen } from '@coi-webmail/test-support';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { CONTEXT } from '../fixture/browser.ts';
import { ChatPage } from '../page/chat.ts';
import type { User } from '../stack/users.ts';
import { areSettled, Changes, type Chatter, type ChatterOptions, Reopening, screenOf, wordsOf } from './chatter.ts';

interface Seen {
  readonly phase: string | undefined;
  readonly connection: string | undefined;
  readonly rows: readonly RowView[];
}

/** One page from its opening to its end. */
interface Life {
  readonly page: Page;
  readonly chat: ChatPage;
  seen: Seen;
  isDead: boolean;
}

const LOOK_MS = 120;
const OPEN_TRIES = 60;
const OPEN_PAUSE_MS = 250;
const STEP_TIMEOUT_MS = 5_000;
const BEFORE_TYPING_MS = 1_500;
const NOTHING: Seen = { phase: undefined, connection: undefined, rows: [] };

let upgrades = 0;

export class PagePerson implements Chatter {
  readonly who: Who;
  readonly user: User;
  readonly #options: ChatterOptions;
  readonly #browser: Browser;
  readonly #changes = new Changes();
  readonly #unsaid: string[] = [];
  readonly #reopening = new Reopening(() => (this.#isGone || this.isUp ? undefined : this.open()));
  #context: Promise<BrowserContext> | undefined;
  #life: Life | undefined;
  #isGone = false;

  constructor(options: ChatterOptions, browser: Browser) {
    this.who = options.who;
    this.user = options.user;
    this.#options = options;
    this.#browser = browser;
  }

  get isUp(): boolean {
    return this.#life !== undefined;
  }

  get isOnline(): boolean {
    return this.#life?.seen.connection === 'online';
  }

  async open(): Promise<void> {
    const life = await this.#begin(false);
    this.#life = life;
    void this.#watch(life);
    if (life.seen.phase !== 'consent') await this.#openChat(life).catch(() => undefined);
    await this.#sayAgain(life);
  }

  async upgrade(text: string): Promise<void> {
    await this.up();
    const older = this.#life;
    if (older === undefined) return this.say(text);
    const opening = this.#begin(true);
    await pause(this.#options.random.int(20, 400));
    await this.say(text);
    const newer = await opening.catch(() => undefined);
    // A fault may have ended the older page meanwhile, and another one is open.
    if (newer === undefined || this.#life !== older) {
      await within(newer?.page.close()).catch(() => undefined);
      return undefined;
    }
    this.#life = newer;
    older.isDead = true;
    await crash(older.page);
    void this.#watch(newer);
    await this.#openChat(newer).catch(() => undefined);
    await this.#sayAgain(newer);
    return undefined;
  }

  kill(): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    life.isDead = true;
    this.#options.unplug();
    void crash(life.page);
    this.#changes.tell();
  }

  openAgain(afterMs: number): Promise<void> {
    return this.#reopening.after(afterMs);
  }

  async up(): Promise<void> {
    await this.#reopening.end();
    if (!this.isUp && !this.#isGone) await this.openAgain(0);
  }

  async leave(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    await within(life.page.goto('about:blank')).catch(() => undefined);
    await this.#bury(life);
  }

  async consent(mode: 'active' | 'none'): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    await life.chat.answerConsent(mode);
    await this.until(() => life.seen.phase === 'ready', 'is ready');
    await this.#openChat(life);
  }

  async say(text: string): Promise<void> {
    await this.up();
    this.#unsaid.push(text);
    const life = this.#life;
    if (life !== undefined) await this.#hand(life, text);
  }

  /** Lines on a focused page count as read by themselves. */
  async read(): Promise<void> {
    await this.#life?.page.bringToFront().catch(() => undefined);
  }

  async accept(): Promise<void> {
    const bar = this.#life?.page.locator('coi-request-bar');
    if ((await bar?.count()) === 1) await this.#life?.chat.accept();
  }

  rows(): readonly RowView[] {
    return this.#life?.seen.rows ?? [];
  }

  screen(): Screen {
    return screenOf(this.who, this.#options.browser, this.rows());
  }

  isSettled(names: ReadonlySet<string>): boolean {
    return this.#unsaid.length === 0 && this.isOnline && areSettled(this.rows(), names);
  }

  state(): string {
    const { phase, connection, rows } = this.#life?.seen ?? NOTHING;
    return `${this.who} (${this.#options.browser}): ${phase} ${connection}; unsaid ${this.#unsaid.length}; ${wordsOf(rows)}`;
  }

  until(holds: () => boolean, what: string, timeoutMs?: number): Promise<void> {
    return this.#changes.until(holds, () => `Waited too long until ${this.who} ${what}: ${this.state()}`, timeoutMs);
  }

  async close(): Promise<void> {
    this.#isGone = true;
    if (this.#life !== undefined) this.#life.isDead = true;
    this.#life = undefined;
    await within((await this.#context)?.close()).catch(() => undefined);
  }

  /** @param isUpgrade the page brings a newer worker, as after an update of the engine */
  async #begin(isUpgrade: boolean): Promise<Life> {
    this.#context ??= this.#browser.newContext(CONTEXT);
    const page = await within((await this.#context).newPage());
    if (isUpgrade) await bringNewerWorker(page);
    const chat = new ChatPage(page);
    for (let tries = 1; ; tries += 1) {
      try {
        if ((await within(chat.app.count())) === 0) await this.#signOn(page, chat);
        const life = { page, chat, seen: NOTHING, isDead: false };
        life.seen = await look(page);
        if (life.seen.phase === 'consent' || life.seen.phase === 'ready') return life;
      } catch (error) {
        if (tries === OPEN_TRIES) throw error;
      }
      if (tries === OPEN_TRIES) throw new Error(`${this.who}'s page does not open`);
      await pause(OPEN_PAUSE_MS);
    }
  }

  async #signOn(page: Page, chat: ChatPage): Promise<void> {
    const timeout = STEP_TIMEOUT_MS;
    const button = page.getByRole('button', { name: 'Sign in' });
    if ((await within(button.count())) === 0)
      await page.goto(new URL('app/', this.#options.engineUrl()).href, { timeout });
    await chat.app.or(button).first().waitFor({ timeout });
    if ((await within(button.count())) === 0) return;
    await page.getByLabel('E-mail address').fill(this.user.address, { timeout });
    await page.getByLabel('Password').fill(this.user.password, { timeout });
    await button.click({ timeout });
    await chat.app.waitFor({ timeout });
  }

  async #openChat(life: Life): Promise<void> {
    const title = life.page.locator('coi-conversation header').filter({ hasText: this.#options.other.name });
    if (await within(title.isVisible())) return;
    await life.chat.startChat(this.#options.other.address);
  }

  /** Reads the screen again and again, as long as there is one. */
  async #watch(life: Life): Promise<void> {
    while (!life.isDead) {
      life.seen = await look(life.page).catch(() => life.seen);
      this.#changes.tell();
      await pause(LOOK_MS);
    }
  }

  async #hand(life: Life, text: string): Promise<void> {
    try {
      await this.#openChat(life);
      const composer = life.chat.composer;
      await composer.fill(text, { timeout: STEP_TIMEOUT_MS });
      await composer.press('Enter', { timeout: STEP_TIMEOUT_MS });
      this.#strikeStore();
      await this.until(() => life.isDead || isShown(life.seen.rows, text), `sees ${nameOf(text)}`);
    } catch {
      // The page is gone, or did not take it: it is typed again.
    }
    if (!life.isDead && isShown(life.seen.rows, text)) this.#said(text);
    else if (life === this.#life) await this.#again(life, text);
  }

  async #again(life: Life, text: string): Promise<void> {
    if (life.isDead) return;
    await this.until(() => life.isDead || life.seen.connection !== undefined, 'has a page');
    if (!this.#unsaid.includes(text) || life.isDead) return;
    await pause(OPEN_PAUSE_MS);
    await this.#hand(life, text);
  }

  /** A worker in the middle of storing a line: any moment now. */
  #strikeStore(): void {
    const { director, random, who } = this.#options;
    const isStruck = (['vault-put', 'idb-commit'] as const).some((step) => director()?.at({ step, who }) !== undefined);
    if (!isStruck) return;
    setTimeout(
      () => {
        this.kill();
        void this.openAgain(random.int(0, 300));
      },
      random.int(0, 40),
    );
  }

  #said(text: string): void {
    const at = this.#unsaid.indexOf(text);
    if (at !== -1) this.#unsaid.splice(at, 1);
  }

  /** What no page shows is typed again, in the same order. */
  async #sayAgain(life: Life): Promise<void> {
    if (this.#unsaid.length === 0) return;
    await this.until(() => life.isDead || life.seen.connection === 'online', 'is online again').catch(() => undefined);
    // Lines that wait are drawn a moment after the list; nobody types faster than that.
    await pause(BEFORE_TYPING_MS);
    life.seen = await look(life.page).catch(() => life.seen);
    for (const text of this.#unsaid.slice()) {
      if (life.isDead) return;
      if (isShown(life.seen.rows, text)) this.#said(text);
      else await this.#hand(life, text);
    }
  }

  async #bury(life: Life): Promise<void> {
    life.isDead = true;
    await within(life.page.close()).catch(() => undefined);
    this.#changes.tell();
  }
}

function isShown(rows: readonly RowView[], text: string): boolean {
  return rows.some((row) => nameOf(row.text) === nameOf(text));
}

function look(page: Page): Promise<Seen> {
  const seen = page.evaluate(() => {
    const app = document.querySelector('coi-chat-app') as unknown as {
      feed?: { overview?: { phase: string; connection: string } };
      shadowRoot: ShadowRoot;
    } | null;
    const rows: unknown[] = [];
    const visit = (root: ParentNode) => {
      for (const element of root.querySelectorAll('*')) {
        if (element.localName === 'coi-message') rows.push((element as unknown as { row: unknown }).row);
        else if (element.shadowRoot !== null) visit(element.shadowRoot);
      }
    };
    if (app !== null) visit(app.shadowRoot);
    const { phase, connection } = app?.feed?.overview ?? {};
    return { phase, connection, rows: rows as never[] };
  });
  return within(seen);
}

/** A browser does not always answer for a page that died. */
async function within<T>(asked: Promise<T> | undefined): Promise<Awaited<T>> {
  const silence = pause(STEP_TIMEOUT_MS, undefined, { ref: false });
  return Promise.race([
    asked as Promise<T>,
    silence.then(() => Promise.reject(new Error('The browser does not answer'))),
  ]);
}

/** The renderer dies, and the worker in it. */
async function crash(page: Page): Promise<void> {
  try {
    const session = await within(page.context().newCDPSession(page));
    await Promise.race([session.send('Page.crash'), pause(OPEN_PAUSE_MS)]);
  } catch {
    // It was gone already.
  }
  await within(page.close()).catch(() => undefined);
}

/** The page names another worker file, as pages of a newer build do. */
async function bringNewerWorker(page: Page): Promise<void> {
  upgrades += 1;
  const mark = `?newer=${upgrades}`;
  await page.route(/\/app\/.*\.js$/, async (route) => {
    const answer = await route.fetch().catch(() => undefined);
    if (answer === undefined) return route.abort();
    const body = (await answer.text()).replace(/(coi-worker-[A-Z0-9]{8}-[0-9a-f]{8}\.js)/g, `$1${mark}`);
    return route.fulfill({ response: answer, body });
  });
}
