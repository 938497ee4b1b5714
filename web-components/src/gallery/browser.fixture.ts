/** One browser and one bundle for all element tests: a page per test, in the state of a scene. */
import { type Browser, chromium, type Page } from 'playwright-core';
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
}

export class GalleryBrowser {
  readonly #browser: Browser;
  readonly #gallery: Gallery;
  /** What pages complained about; a test at the end wants it empty. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser, gallery: Gallery) {
    this.#browser = browser;
    this.#gallery = gallery;
  }

  static async start(): Promise<GalleryBrowser> {
    const gallery = await serveGallery();
    const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
    return new GalleryBrowser(await chromium.launch({ executablePath, args: FLAGS }), gallery);
  }

  /** A page of its own, with its own storage. Closed by the caller. */
  async open(scene: string, { width = 360, height = 640, query = '' }: PageOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    const page = await context.newPage();
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
