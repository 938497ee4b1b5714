/** One browser and one bundle for all element tests: a page per test, in the state of a scene. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Gallery, serveGallery } from './serve.fixture.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  /** More of the gallery's query, for example `lang=de`. */
  readonly query?: string;
  /** Time stands still until the test moves it with `page.clock`. */
  readonly stoppedClock?: boolean;
}

export class GalleryBrowser {
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #gallery: Gallery;
  /** What pages complained about; a test at the end wants it empty. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser, context: BrowserContext, gallery: Gallery) {
    this.#browser = browser;
    this.#context = context;
    this.#gallery = gallery;
  }

  static async start(): Promise<GalleryBrowser> {
    const gallery = await serveGallery();
    const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args: FLAGS });
    return new GalleryBrowser(browser, await browser.newContext({ reducedMotion: 'reduce' }), gallery);
  }

  /** A page, with its own session storage. Closed by the caller. */
  async open(
    scene: string,
    { width = 360, height = 640, query = '', stoppedClock = false }: PageOptions = {},
  ): Promise<Page> {
    const context = stoppedClock ? await this.#browser.newContext({ reducedMotion: 'reduce' }) : this.#context;
    if (stoppedClock) {
      await context.clock.install();
      await context.clock.pauseAt(Date.now() + 60_000);
    }
    const page = await context.newPage();
    await page.setViewportSize({ width, height });
    page.on('pageerror', (error) => this.complaints.push(`${scene}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.complaints.push(`${scene}: ${message.text()}`);
    });
    await page.goto(`${this.#gallery.url}?scene=${scene}&${query}`);
    await page.waitForFunction(
      () => document.querySelector('coi-chat-app')?.shadowRoot?.querySelector('coi-toast') !== null,
    );
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#gallery.stop();
  }
}
