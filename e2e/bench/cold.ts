/**
 * Cold start: a browser that knows nothing meets a mailbox with years of chat (design §5). Each run restarts the
 * engine and takes a new browser; half of them also without the mail server's own header cache.
 *
 * Times run from the start of the page's navigation (signed on already, as in a webmail) to the animation frame in
 * which the list is right: its first 20 rows, all of it, and when the sync is over.
 */
import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CONTEXT, launchBrowser } from '../fixture/browser.ts';
import { ImapLine } from '../stack/imap-line.ts';
import { Mailbox } from '../fixture/mailbox.ts';
import { signOn, Wire } from '../fixture/wire.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import type { User } from '../stack/users.ts';
import { type ChatCorpus, fillChats, makeChatCorpus } from './chat-corpus.ts';
import { installListProbe, type ListTimes, listTimes, signOnBrowser } from './list-probe.ts';
import { metric, report, type Samples } from './result.ts';

export interface ColdOptions {
  readonly n: number;
  readonly lineCount: number;
  readonly chatCount: number;
}

/** Restarts the engine, so that it has no connection and no memory of the account. */
export async function restartEngine(stack: Stack): Promise<void> {
  for (const engine of stack.engines()) await engine.stop();
  await stack.startEngine({ port: stack.info.ports.engine });
}

/** Removes what the mail server remembers of headers. */
async function dropServerCache(stack: Stack, user: User): Promise<void> {
  const pattern = join(stack.info.runDir, 'mail', '**', user.address, '**', 'dovecot.index.cache');
  let removed = 0;
  for await (const file of glob(pattern)) {
    await rm(file);
    removed += 1;
  }
  if (removed === 0) throw new Error('There is no header cache of the mail server to remove');
}

/** What the mail server needs to give everything, without any of our code: one FETCH of all bodies. */
async function fetchAll(stack: Stack, user: User): Promise<number> {
  const imap = await ImapLine.login(stack.info.ports.imap, user);
  const start = performance.now();
  await imap.command('EXAMINE "COI/Chats"');
  await imap.command('UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.65536>)');
  const took = performance.now() - start;
  await imap.logout();
  return took;
}

/** A fresh account with consent, whose chats mailbox holds the corpus. */
export async function startWithChats(stack: Stack, corpus: ChatCorpus): Promise<Mailbox> {
  const mailbox = new Mailbox(stack.info, await stack.freshUser());
  const wire = await Wire.connect(await signOn(stack.info.urls.engine, mailbox.user));
  await wire.call('mode.set', { mode: 'active' });
  wire.close();
  await fillChats(mailbox, 'COI/Chats', corpus);
  return mailbox;
}

export async function benchCold({ n, lineCount, chatCount }: ColdOptions): Promise<void> {
  const stack = await startStack({ webmail: false });
  const browser = await launchBrowser();
  try {
    const corpus = makeChatCorpus(lineCount, chatCount);
    console.log(`Filling a mailbox with ${lineCount} lines in ${chatCount} chats …`);
    const { user } = await startWithChats(stack, corpus);
    const run = async (): Promise<ListTimes> => {
      const context = await browser.newContext(CONTEXT);
      try {
        await signOnBrowser(context, stack.info.urls.engine, user);
        await installListProbe(context, corpus);
        const page = await context.newPage();
        await page.goto(stack.info.urls.app);
        return await listTimes(page);
      } finally {
        await context.close();
      }
    };
    const raw: number[] = [];
    const times: Record<'cached' | 'uncached', ListTimes[]> = { cached: [], uncached: [] };
    for (let turn = 0; turn < n; turn += 1) {
      for (const state of ['cached', 'uncached'] as const) {
        for (const engine of stack.engines()) await engine.stop();
        if (state === 'uncached') await dropServerCache(stack, user);
        else raw.push(await fetchAll(stack, user));
        await restartEngine(stack);
        const one = await run();
        times[state].push(one);
        console.log(`${state}: ${JSON.stringify(one)}`);
      }
    }
    const of = (name: string, key: keyof ListTimes, state: 'cached' | 'uncached'): Samples => ({
      name,
      values: times[state].map((one) => one[key]),
    });
    const baseline: Samples = { name: 'raw-fetch-of-all', values: raw };
    const synced = of('cold-synced', 'synced', 'cached');
    await report('cold', [
      metric(of('cold-first-screen', 'firstScreen', 'cached'), baseline),
      metric(of('cold-complete-list', 'completeList', 'cached'), baseline),
      metric(of('cold-first-screen-no-cache', 'firstScreen', 'uncached'), baseline),
      metric(of('cold-complete-list-no-cache', 'completeList', 'uncached'), baseline),
      metric(synced, baseline),
      metric({ name: 'cold-lines-per-s', unit: 'lines/s', values: synced.values.map((ms) => lineCount / (ms / 1000)) }),
    ]);
  } finally {
    await browser.close();
    await stack.stop();
  }
}
