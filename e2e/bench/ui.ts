/**
 * What fingers and eyes notice (design §5), in Chromium on the whole product: a chat of 10,000 lines, in the Roundcube
 * page and in the standalone one, each figure beside a plain page that shows the same texts.
 *
 * | metric | from, to |
 * |---|---|
 * | key-to-bubble | trusted key event to the frame with the bubble, in the long chat |
 * | open-chat | click on its row to the frame with its newest line; both chats were synced before |
 * | scroll-worst-frame | longest time between two frames of a scroll upwards; and how many rows jumped |
 * | warm-start | DOMContentLoaded of Roundcube's mail page to the frame with the list in the docked panel |
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { CONTEXT, launchBrowser } from '../fixture/browser.ts';
import type { Mailbox } from '../fixture/mailbox.ts';
import { RoundcubePage } from '../page/roundcube.ts';
import { StandalonePage } from '../page/standalone.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { type ChatCorpus, makeChatCorpus } from './chat-corpus.ts';
import { startWithChats } from './cold.ts';
import { openPlainPage, type ScrollTimes, scrollUp } from './frames.ts';
import { actTimes, installPaintWatch, reloadTimes, type WarmTimes } from './paint.ts';
import { type Metric, metric, report, RESULT_FOLDER, type Samples } from './result.ts';

const CHATS = 20;
const LIST_ROWS = 10;
/** One line in so many belongs to another chat than the long one. */
const OTHERS = 50;
const TURNS = 40;
const PLAIN_ROWS = 1000;
const GAP_MS = 800;
const SYNC_TIMEOUT_MS = 180_000;
const TRACE_CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline.frame', 'loading', 'blink'];

export interface UiOptions {
  readonly n: number;
  readonly lineCount: number;
}

/** Nearly all lines in one chat; the others give the list something to show. */
function longChatCorpus(lineCount: number): ChatCorpus {
  const corpus = makeChatCorpus(lineCount, CHATS);
  const lines = corpus.lines.map((line, index) => (index % OTHERS < CHATS ? line : { ...line, chat: 0 }));
  return { ...corpus, lines: lines.map((line, index) => (index === lineCount - 1 ? { ...line, chat: 0 } : line)) };
}

const titleOf = (corpus: ChatCorpus, chat: number): string =>
  corpus.chats.find(({ address }) => address === `person${chat}@far.test`)?.title ?? '';
const lastTextOf = (corpus: ChatCorpus, chat: number): string =>
  corpus.lines.findLast((line) => line.chat === chat)?.text ?? '';

/** Signs on and waits until everything lies in this browser. */
async function syncedPage(context: BrowserContext, stack: Stack, mailbox: Mailbox): Promise<StandalonePage> {
  const standalone = await StandalonePage.signIn(context, stack.info, mailbox.user);
  const { page } = standalone;
  await page.locator('coi-chat-row').nth(LIST_ROWS).waitFor();
  await page.waitForFunction(
    () => {
      const root = document.querySelector('coi-chat-app')?.shadowRoot;
      const banner = root?.querySelector('coi-banner') as (Element & { overview?: { syncProgress?: number } }) | null;
      return banner?.overview !== undefined && banner.overview.syncProgress === undefined;
    },
    undefined,
    { timeout: SYNC_TIMEOUT_MS, polling: 250 },
  );
  return standalone;
}

async function benchOpen({ page }: StandalonePage, corpus: ChatCorpus, n: number): Promise<Samples> {
  const open = (chat: number): Promise<number> => {
    const row = page.locator('coi-chat-row').filter({ hasText: titleOf(corpus, chat) });
    return actTimes(page, () => row.locator('button.row').click(), lastTextOf(corpus, chat));
  };
  const values: number[] = [];
  for (let turn = -2; turn < n; turn += 1) {
    await open(1);
    await page.waitForTimeout(GAP_MS);
    const took = await open(0);
    if (turn >= 0) values.push(took);
    await page.waitForTimeout(GAP_MS);
  }
  return { name: 'open-chat', values };
}

async function benchKeys({ page, chat }: StandalonePage, n: number): Promise<Samples> {
  const values: number[] = [];
  for (let turn = -2; turn < n; turn += 1) {
    const text = `Key number ${turn}.`;
    await chat.composer.fill(text);
    await page.waitForTimeout(GAP_MS);
    const took = await actTimes(page, () => page.keyboard.press('Enter'), text);
    if (turn >= 0) values.push(took);
  }
  return { name: 'key-to-bubble', values };
}

/** The same by the least code there can be: a field, and a list that takes its text. */
async function benchPlainKeys(page: Page, n: number): Promise<Samples> {
  await page.setContent('<textarea></textarea><ul></ul>');
  await page.evaluate(() => {
    const field = document.querySelector('textarea');
    const times: number[] = [];
    Object.assign(window, { plainTimes: times });
    field?.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      const row = document.createElement('li');
      row.textContent = field.value;
      document.querySelector('ul')?.append(row);
      requestAnimationFrame(() => times.push(performance.now() - event.timeStamp));
    });
  });
  for (let turn = 0; turn < n; turn += 1) {
    await page.locator('textarea').fill(`Key number ${turn}.`);
    await page.waitForTimeout(GAP_MS / 4);
    await page.keyboard.press('Enter');
  }
  await page.waitForTimeout(GAP_MS / 4);
  const values = await page.evaluate(() => (window as unknown as { plainTimes: number[] }).plainTimes);
  return { name: 'plain-list', values };
}

/** As a click on a plain page that then holds the texts of the newest rows. */
async function benchPlainOpen(page: Page, texts: readonly string[], n: number): Promise<Samples> {
  const values: number[] = [];
  for (let turn = 0; turn < n; turn += 1) {
    await page.setContent('<button>Open</button><div></div>');
    const took = page.evaluate(
      (lines) =>
        new Promise<number>((resolve) => {
          document.querySelector('button')?.addEventListener('click', (event) => {
            document.querySelector('div')?.append(
              ...lines.map((text) => {
                const row = document.createElement('p');
                row.textContent = text;
                return row;
              }),
            );
            requestAnimationFrame((now) => resolve(now - event.timeStamp));
          });
        }),
      texts,
    );
    await page.locator('button').click();
    values.push(await took);
  }
  return { name: 'plain-list', values };
}

/** The main thread's part of one frame. */
const MAIN_FRAME = 'WebFrameWidgetImpl::BeginMainFrame';

interface TraceEvent {
  readonly name: string;
  /** Processor time of the thread, µs. */
  readonly tdur?: number;
}

interface Scrolls {
  readonly worst: Samples;
  readonly p95: Samples;
  readonly times: readonly ScrollTimes[];
}

async function benchScroll(page: Page, kind: 'chat' | 'plain', n: number): Promise<Scrolls> {
  const times: ScrollTimes[] = [];
  for (let run = 0; run < n; run += 1) times.push(await scrollUp(page, kind, TURNS));
  const sorted = times.map(({ frames }) => frames.toSorted((one, other) => one - other));
  const name = kind === 'chat' ? 'scroll-worst-frame' : 'plain-list';
  return {
    worst: { name, values: sorted.map((frames) => frames.at(-1) ?? Number.NaN) },
    p95: { name: `${name}:p95-frame`, values: sorted.map((frames) => frames[Math.floor(frames.length * 0.95)] ?? 0) },
    times,
  };
}

/** Processor time of each frame on the page's main thread: what a busy machine adds is not in it. ms */
function frameWork(trace: { readonly traceEvents: readonly TraceEvent[] }): readonly number[] {
  const frames = trace.traceEvents.filter(({ name, tdur }) => name === MAIN_FRAME && tdur !== undefined);
  return frames.map(({ tdur = 0 }) => tdur / 1000);
}

/** One more scroll, with the browser's own record of each frame beside it; for DevTools or Perfetto. */
async function traceScroll(browser: Browser, page: Page): Promise<Samples> {
  await mkdir(RESULT_FOLDER, { recursive: true });
  const path = join(RESULT_FOLDER, 'ui-scroll.trace.json');
  await browser.startTracing(page, { path, categories: TRACE_CATEGORIES });
  const times = await scrollUp(page, 'chat', TURNS);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: TraceEvent[] };
  await pipeline(createReadStream(path), createGzip(), createWriteStream(`${path}.gz`));
  await rm(path);
  await writeFile(join(RESULT_FOLDER, 'ui-scroll.frames.json'), `${JSON.stringify(times)}\n`);
  console.log(`Frames of one scroll: ${path}.gz`);
  return { name: 'scroll:work-per-frame', values: frameWork(trace) };
}

async function warmReloads(page: Page, n: number): Promise<readonly WarmTimes[]> {
  const times: WarmTimes[] = [];
  for (let turn = -2; turn < n; turn += 1) {
    const one = await reloadTimes(page);
    if (turn >= 0) times.push(one);
  }
  return times;
}

async function benchWarm(browser: Browser, stack: Stack, mailbox: Mailbox, n: number): Promise<readonly Metric[]> {
  const runs = async (site: 'webmail' | 'stockWebmail'): Promise<readonly WarmTimes[]> => {
    const context = await browser.newContext(CONTEXT);
    try {
      await installPaintWatch(context, site === 'webmail' ? LIST_ROWS : 0);
      const webmail = await RoundcubePage.signIn(context, stack.info, mailbox.user, site);
      if (site === 'webmail') {
        await webmail.openPanel();
        await webmail.page.locator('coi-chat-row').nth(LIST_ROWS).waitFor();
        await webmail.page.waitForTimeout(SETTLES_MS);
      }
      return await warmReloads(webmail.page, n);
    } finally {
      await context.close();
    }
  };
  const stock = await runs('stockWebmail');
  const ours = await runs('webmail');
  const of = (name: string, key: keyof WarmTimes, times: readonly WarmTimes[]): Samples => ({
    name,
    values: times.map((one) => one[key]),
  });
  const baseline = of('stock-roundcube-first-frame', 'frame', stock);
  return [
    metric(of('warm-start', 'rows', ours), baseline),
    metric(of('warm-start:panel', 'panel', ours), baseline),
    metric({ ...of('warm-start:layout-shift', 'shift', ours), unit: 'count' }),
    metric({ ...of('stock-roundcube:layout-shift', 'shift', stock), unit: 'count' }),
  ];
}

/** The first sync and its writes are over. */
const SETTLES_MS = 4000;

export async function benchUi({ n, lineCount }: UiOptions): Promise<void> {
  const stack = await startStack();
  const browser = await launchBrowser();
  try {
    const corpus = longChatCorpus(lineCount);
    console.log(`Filling a mailbox with ${lineCount} lines …`);
    const mailbox = await startWithChats(stack, corpus);
    const context = await browser.newContext(CONTEXT);
    await installPaintWatch(context, 0);
    const plainPage = await (await browser.newContext(CONTEXT)).newPage();
    const texts = corpus.lines.filter(({ chat }) => chat === 0).map(({ text }) => text);
    console.log('Syncing …');
    const standalone = await syncedPage(context, stack, mailbox);
    console.log('Opening …');
    const plainOpen = await benchPlainOpen(plainPage, texts.slice(-24), n);
    const opened = await benchOpen(standalone, corpus, n);
    console.log('Scrolling …');
    await openPlainPage(plainPage, texts.slice(-PLAIN_ROWS));
    const plain = await benchScroll(plainPage, 'plain', Math.min(n, 5));
    const scrolled = await benchScroll(standalone.page, 'chat', n);
    const work = await traceScroll(browser, standalone.page);
    console.log('Typing …');
    const plainKeys = await benchPlainKeys(plainPage, n);
    await standalone.page.locator('coi-timeline .jump').click();
    const keys = await benchKeys(standalone, n);
    await context.close();
    console.log('Warm starts …');
    const warm = await benchWarm(browser, stack, mailbox, n);
    const count = (name: string, key: 'jumps' | 'lost' | 'rows' | 'passed'): Metric =>
      metric({ name: `scroll:${name}`, unit: 'count', values: scrolled.times.map((one) => one[key]) });
    await report('ui', [
      metric(keys, plainKeys),
      metric(opened, plainOpen),
      metric(scrolled.worst, plain.worst),
      metric(scrolled.p95, plain.p95),
      metric(work),
      metric({ name: 'scroll:most-work-in-a-frame', values: [Math.max(...work.values)] }),
      count('jumps', 'jumps'),
      count('frames-without-a-row-of-before', 'lost'),
      count('rows-in-page', 'rows'),
      count('rows-passed', 'passed'),
      ...warm,
    ]);
  } finally {
    await browser.close();
    await stack.stop();
  }
}
