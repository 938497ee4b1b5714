/** What element tests share: a page of its own per test, in a scene, and the few things that every test looks at. */
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { GalleryBrowser, type PageOptions } from './browser.fixture.ts';
import type { FakeApi } from './fake-api.ts';
import type * as people from './people.ts';

/** What the gallery page holds for tests: `declare const gallery: GalleryPage`. */
export interface GalleryPage {
  readonly api: FakeApi;
  readonly people: typeof people;
  readonly told: {
    readonly unread: number[];
    readonly opened: unknown[];
    readonly composed: unknown[];
    readonly events: unknown[];
    readonly leaked: string[];
  };
}
declare const gallery: GalleryPage;

export type Story = (name: string, scene: string, options: PageOptions, act: (page: Page) => Promise<void>) => void;

export const NARROW: PageOptions = {};
export const WIDE: PageOptions = { width: 1200, height: 800 };

export interface Gallery {
  readonly story: Story;
  readonly browser: GalleryBrowser;
}

/** One browser for the file that calls it. */
export function useGallery(): Gallery {
  let started: GalleryBrowser | undefined;
  before(async () => {
    started = await GalleryBrowser.start();
  });
  after(() => started?.stop());
  const browser = (): GalleryBrowser => {
    if (started === undefined) throw new Error('There is no browser yet');
    return started;
  };
  return {
    get browser() {
      return browser();
    },
    story: (name, scene, options, act) => {
      test(name, async () => {
        const page = await browser().open(scene, options);
        try {
          await act(page);
        } finally {
          await page.close();
        }
      });
    },
  };
}

export const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' });
/** Waits until the field holds this text: what is asked of it is drawn a moment later. */
export async function fieldHolds(page: Page, text: string): Promise<void> {
  const held = await field(page).elementHandle();
  await page.waitForFunction(([one, wanted]) => (one as HTMLTextAreaElement).value === wanted, [held, text] as const);
}
export const row = (page: Page, name: string): Locator =>
  page.getByRole('listitem').filter({ hasText: name }).locator('button.row');
export const log = (page: Page): Locator => page.getByRole('log');
export const asked = (page: Page, name: string): Promise<readonly (readonly unknown[])[]> =>
  page.evaluate((call) => gallery.api.asked(call), name);
