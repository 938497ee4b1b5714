/**
 * Takes the times inside the pages: the trusted key event in one, and in both the first animation frame after a text
 * was in the DOM.
 *
 * All pages are of one browser on one machine, so `performance.timeOrigin + performance.now()` is one clock.
 */
import type { BrowserContext, Page } from 'playwright-core';

interface StopwatchWindow {
  coiStopwatch: {
    /** Of the last trusted Enter. */
    keyAt: number;
    expect(text: string): void;
    /** Frame in which a message with the text was first there, and the one in which it was marked as accepted. */
    shown: Promise<number>;
    accepted: Promise<number>;
  };
}

/** Runs in the page before its own scripts: watches every shadow root that is made. */
function install(acceptedWords: string): void {
  const now = () => performance.timeOrigin + performance.now();
  let expected = '';
  let resolveShown: ((at: number) => void) | undefined;
  let resolveAccepted: ((at: number) => void) | undefined;
  const watch: StopwatchWindow['coiStopwatch'] = {
    keyAt: 0,
    expect: (text) => {
      expected = text;
      watch.shown = new Promise((resolve) => {
        resolveShown = resolve;
      });
      watch.accepted = new Promise((resolve) => {
        resolveAccepted = resolve;
      });
    },
    shown: Promise.resolve(0),
    accepted: Promise.resolve(0),
  };
  (window as unknown as StopwatchWindow).coiStopwatch = watch;
  addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Enter' && event.isTrusted) watch.keyAt = performance.timeOrigin + event.timeStamp;
    },
    { capture: true },
  );
  const look = (root: ShadowRoot) => {
    const text = root.textContent ?? '';
    if (expected === '' || !text.includes(expected)) return;
    const [shown, accepted] = [resolveShown, text.includes(acceptedWords) ? resolveAccepted : undefined];
    resolveShown = undefined;
    if (accepted !== undefined) resolveAccepted = undefined;
    requestAnimationFrame(() => {
      shown?.(now());
      accepted?.(now());
    });
  };
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (this: Element, init: ShadowRootInit): ShadowRoot {
    const root = attachShadow.call(this, init);
    if (this.localName === 'coi-message') {
      new MutationObserver(() => look(root)).observe(root, { childList: true, subtree: true, characterData: true });
    }
    return root;
  };
}

export async function installStopwatch(context: BrowserContext): Promise<void> {
  await context.addInitScript(install, 'Accepted by the mail server');
}

export interface Times {
  /** Milliseconds since the key event. */
  readonly bubble: number;
  readonly accepted: number;
  readonly shown: number;
}

const expectText = (page: Page, text: string) =>
  page.evaluate((wanted) => (window as unknown as StopwatchWindow).coiStopwatch.expect(wanted), text);

/** The composer of `from` holds the text already: presses Enter and waits until both pages have shown it. */
export async function timeLine(from: Page, to: Page, text: string): Promise<Times> {
  await Promise.all([expectText(from, text), expectText(to, text)]);
  await from.keyboard.press('Enter');
  const [shown, own] = await Promise.all([
    to.evaluate(() => (window as unknown as StopwatchWindow).coiStopwatch.shown),
    from.evaluate(async () => {
      const { coiStopwatch } = window as unknown as StopwatchWindow;
      const [bubble, accepted] = await Promise.all([coiStopwatch.shown, coiStopwatch.accepted]);
      return { keyAt: coiStopwatch.keyAt, bubble, accepted };
    }),
  ]);
  return { bubble: own.bubble - own.keyAt, accepted: own.accepted - own.keyAt, shown: shown - own.keyAt };
}
