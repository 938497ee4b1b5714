/** From a trusted event, or the page's own DOMContentLoaded, to the first frame that shows a thing. Runs in the page. */
import type { BrowserContext, Page } from 'playwright-core';

export interface WarmTimes {
  /** Milliseconds after DOMContentLoaded; the frame in which it was drawn. */
  readonly frame: number;
  readonly panel: number;
  readonly rows: number;
  /** Sum of what the browser calls layout shift, of the whole page. */
  readonly shift: number;
}

interface PaintWindow {
  coiWarm: Promise<WarmTimes>;
  coiActAt: number;
}

const TIMEOUT_MS = 30_000;

/** Runs in each page before its own scripts. */
function install({ rows, timeoutMs }: { readonly rows: number; readonly timeoutMs: number }): void {
  const page = window as unknown as PaintWindow;
  page.coiActAt = 0;
  const note = (event: Event) => {
    if (event.isTrusted) page.coiActAt = event.timeStamp;
  };
  for (const type of ['click', 'keydown']) addEventListener(type, note, { capture: true });
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
      if (!hadRecentInput) shift += value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
  page.coiWarm = new Promise((resolve, reject) => {
    let [loadedAt, frame, panel] = [0, 0, 0];
    const look = () => {
      // The frame's own time may lie before the event.
      const now = performance.now();
      const root = document.querySelector('coi-chat-app')?.shadowRoot;
      const list = root?.querySelector('coi-chat-list')?.shadowRoot;
      const shown = [...(list?.querySelectorAll('coi-chat-row') ?? [])];
      const since = now - loadedAt;
      if (frame === 0) frame = since;
      if (panel === 0 && list?.querySelector('header') != null) panel = since;
      if (shown.length >= rows && shown.every((row) => (row.shadowRoot?.textContent?.trim() ?? '') !== '')) {
        // Whatever moves moves soon after.
        setTimeout(() => resolve({ frame, panel, rows: since, shift }), 1000);
      } else if (since > timeoutMs && rows > 0) reject(new Error(`The list shows ${shown.length} rows`));
      else requestAnimationFrame(look);
    };
    document.addEventListener('DOMContentLoaded', () => {
      loadedAt = performance.now();
      requestAnimationFrame(look);
    });
  });
  // A page that is only a step on the way fails nobody.
  page.coiWarm.catch(() => undefined);
}

/** @param rows so many rows of the list must be shown */
export async function installPaintWatch(context: BrowserContext, rows: number): Promise<void> {
  await context.addInitScript(install, { rows, timeoutMs: TIMEOUT_MS });
}

export async function reloadTimes(page: Page): Promise<WarmTimes> {
  await page.reload();
  return page.evaluate(() => (window as unknown as PaintWindow).coiWarm);
}

/** Clicks or presses a key, and waits for the frame in which the last message says this. @returns ms since the event */
export async function actTimes(page: Page, act: () => Promise<void>, lastText: string): Promise<number> {
  const shown = page.evaluate(
    ({ text, timeoutMs }) =>
      new Promise<number>((resolve, reject) => {
        const start = performance.now();
        const look = (now: number) => {
          const log = document
            .querySelector('coi-chat-app')
            ?.shadowRoot?.querySelector('coi-conversation')
            ?.shadowRoot?.querySelector('coi-timeline')?.shadowRoot;
          const last = [...(log?.querySelectorAll('coi-message') ?? [])].at(-1);
          if (last?.shadowRoot?.textContent?.includes(text) === true) {
            resolve(now - (window as unknown as PaintWindow).coiActAt);
          } else if (now - start > timeoutMs) reject(new Error(`"${text}" is not the last line`));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    { text: lastText, timeoutMs: TIMEOUT_MS },
  );
  await act();
  return shown;
}
