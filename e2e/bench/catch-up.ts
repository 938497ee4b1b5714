/**
 * Catch-up: a browser that knew everything was closed, thousands of lines came, and it is opened again. Counted from
 * the moment it is online until every line is stored and in the list. Delta Chat core on the same servers beside it:
 * from the start of its network until the mailbox is read.
 */
import { CONTEXT, launchBrowser } from '../fixture/browser.ts';
import { startStack } from '../stack/stack.ts';
import { fillChats, makeChatCorpus } from './chat-corpus.ts';
import { restartEngine, startWithChats } from './cold.ts';
import { measureDeltaChatCatchUp } from './delta-chat.ts';
import { installListProbe, listTimes, signOnBrowser } from './list-probe.ts';
import { metric, report } from './result.ts';

const MONTH_MS = 30 * 86_400_000;

export interface CatchUpOptions {
  readonly n: number;
  readonly lineCount: number;
  readonly chatCount: number;
}

export async function benchCatchUp({ n, lineCount, chatCount }: CatchUpOptions): Promise<void> {
  const stack = await startStack({ webmail: false });
  const browser = await launchBrowser();
  try {
    const rates: number[] = [];
    for (let turn = 0; turn < n; turn += 1) {
      const context = await browser.newContext(CONTEXT);
      const corpus = makeChatCorpus(lineCount, chatCount, 0);
      // The user has written to everybody once, so that nobody is a stranger.
      const earlier = makeChatCorpus(chatCount, chatCount, 1, Date.now() - MONTH_MS);
      const mailbox = await startWithChats(stack, earlier);
      await signOnBrowser(context, stack.info.urls.engine, mailbox.user);
      const before = await context.newPage();
      await before.goto(stack.info.urls.app);
      await before.locator('coi-chat-row').first().waitFor();
      await before.close();
      await fillChats(mailbox, 'COI/Chats', corpus, []);
      await restartEngine(stack);
      await installListProbe(context, corpus, lineCount);
      const page = await context.newPage();
      await page.goto(stack.info.urls.app);
      const times = await listTimes(page);
      console.log(JSON.stringify(times));
      rates.push(lineCount / ((times.synced - times.online) / 1000));
      await context.close();
    }
    console.log('Delta Chat …');
    const deltaChat = await measureDeltaChatCatchUp(stack.info, await stack.freshUser(), lineCount);
    await report('catch-up', [
      metric({ name: 'catch-up', unit: 'lines/s', values: rates }, deltaChat),
      metric(deltaChat),
    ]);
  } finally {
    await browser.close();
    await stack.stop();
  }
}
