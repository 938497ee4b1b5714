/**
 * What a person sees while scrolling, taken inside the page: the time between frames, and whether rows that stay on the
 * screen move as one and with the hand. A row that is pushed by another, or moves against the hand, is a jump.
 *
 * Looking costs the page a little time in each frame; the plain page beside it is looked at in the same way.
 */
import type { Page } from 'playwright-core';

export interface ScrollTimes {
  /** Between the beginnings of two frames, ms. */
  readonly frames: readonly number[];
  readonly jumps: number;
  /** Frames in which nothing of the frame before was on the screen any more. */
  readonly lost: number;
  /** Rows that were in the page at most. */
  readonly rows: number;
  /** Rows that passed the screen. */
  readonly passed: number;
}

/** Where rows are: a scroller and its rows, by a function that runs in the page. */
export type RowsOf = 'chat' | 'plain';

interface ProbeWindow {
  coiFrames: { stop(): ScrollTimes };
}

const WHEEL_PX = 240;
const WHEEL_GAP_MS = 33;
/** A smooth scroll goes on after the last turn of the wheel. */
const GLIDE_MS = 350;

/** Runs in the page. */
function installFrameProbe(kind: RowsOf): void {
  const TOLERANCE_PX = 1.5;
  const timeline = () =>
    document
      .querySelector('coi-chat-app')
      ?.shadowRoot?.querySelector('coi-conversation')
      ?.shadowRoot?.querySelector('coi-timeline')?.shadowRoot;
  const scroller = kind === 'chat' ? timeline()?.querySelector('.log') : document.querySelector('#log');
  if (!scroller) throw new Error('There is nothing to scroll');
  const selector = kind === 'chat' ? 'coi-message' : 'p';
  const keyOf = (element: Element) =>
    kind === 'chat' ? (element as unknown as { row: { rowId: string } }).row.rowId : element.textContent;
  const times = { frames: [] as number[], jumps: 0, lost: 0, rows: 0, passed: 0 };
  const seen = new Set<unknown>();
  let [before, at, isOn] = [new Map<unknown, number>(), 0, true];
  const look = (now: number) => {
    if (!isOn) return;
    if (at > 0) times.frames.push(now - at);
    at = now;
    const { top, bottom } = scroller.getBoundingClientRect();
    const rows = scroller.querySelectorAll(selector);
    const places = new Map<unknown, number>();
    for (const row of rows) {
      const box = row.getBoundingClientRect();
      if (box.bottom > top && box.top < bottom) places.set(keyOf(row), box.top);
    }
    const moves = [...places].flatMap(([key, place]) => {
      const was = before.get(key);
      return was === undefined ? [] : [place - was];
    });
    if (before.size > 0 && moves.length === 0) times.lost += 1;
    const [least, most] = [Math.min(...moves), Math.max(...moves)];
    if (moves.length > 0 && (least < -TOLERANCE_PX || most - least > TOLERANCE_PX)) times.jumps += 1;
    times.rows = Math.max(times.rows, rows.length);
    for (const key of places.keys()) seen.add(key);
    before = places;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  (window as unknown as ProbeWindow).coiFrames = {
    stop: () => {
      isOn = false;
      return { ...times, passed: seen.size };
    },
  };
}

/** Turns the wheel upwards, as a hand does that looks for something. */
export async function scrollUp(page: Page, kind: RowsOf, turns: number): Promise<ScrollTimes> {
  const box = await page.locator(kind === 'chat' ? 'coi-timeline .log' : '#log').boundingBox();
  if (box === null) throw new Error('There is nothing to scroll');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(installFrameProbe, kind);
  for (let turn = 0; turn < turns; turn += 1) {
    await page.mouse.wheel(0, -WHEEL_PX);
    await page.waitForTimeout(WHEEL_GAP_MS);
  }
  await page.waitForTimeout(GLIDE_MS);
  return page.evaluate(() => (window as unknown as ProbeWindow).coiFrames.stop());
}

/** A page that holds the same texts and nothing else. */
export async function openPlainPage(page: Page, texts: readonly string[]): Promise<void> {
  await page.setContent(
    '<!doctype html><style>body{margin:0;font:16px sans-serif}#log{height:100vh;overflow:auto}' +
      'p{margin:4px 12px;padding:6px 10px;background:#eef}</style><div id="log"></div>',
  );
  await page.evaluate((lines) => {
    const log = document.querySelector('#log');
    log?.append(
      ...lines.map((text) => {
        const row = document.createElement('p');
        row.textContent = text;
        return row;
      }),
    );
    log?.scrollTo({ top: log.scrollHeight });
  }, texts);
}
