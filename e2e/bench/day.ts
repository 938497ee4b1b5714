/**
 * A simulated day: every "hour" two people chat, switch chats, lose the connection and reload, and then both heaps are
 * collected and read. What still grows in the last half of the day would grow for ever.
 */
import type { Browser, CDPSession } from 'playwright-core';
import { launchBrowser } from '../fixture/browser.ts';
import { type Conversation, startConversation } from '../fixture/conversation.ts';
import { Scene } from '../fixture/scene.ts';
import { freePort, HOST } from '../stack/port.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { fillChats, makeChatCorpus } from './chat-corpus.ts';
import type { Samples } from './result.ts';

/** Years of chat that alice has already; a heap that holds nothing else would grow by what is said. */
const LINES_BEFORE = 20_000;
const CHATS_BEFORE = 200;
const LINES_AN_HOUR = 40;

/** A debugger session that collects garbage and reads the heap. MB. */
interface HeapProbe {
  read(): Promise<number>;
  close(): void;
}

const MB = 2 ** 20;

/** @param debugUrl WebSocket of Node's inspector */
async function nodeHeap(debugUrl: string): Promise<HeapProbe> {
  const socket = new WebSocket(debugUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('The inspector refused')));
  });
  let lastId = 0;
  const ask = (method: string) =>
    new Promise<Record<string, number>>((resolve) => {
      lastId += 1;
      const id = lastId;
      const listener = ({ data }: MessageEvent) => {
        const answer = JSON.parse(String(data)) as { id?: number; result: Record<string, number> };
        if (answer.id !== id) return;
        socket.removeEventListener('message', listener);
        resolve(answer.result);
      };
      socket.addEventListener('message', listener);
      socket.send(JSON.stringify({ id, method }));
    });
  return {
    async read() {
      await ask('HeapProfiler.collectGarbage');
      return ((await ask('Runtime.getHeapUsage'))['usedSize'] ?? 0) / MB;
    },
    close: () => socket.close(),
  };
}

/** The one shared worker of a browser that has only one open. */
async function workerHeap(browser: Browser, url: string): Promise<HeapProbe> {
  const cdp = (await browser.newBrowserCDPSession()) as CDPSession & {
    send(method: string, params?: object): Promise<unknown>;
    on(event: string, listener: (data: never) => void): unknown;
  };
  const { targetInfos } = (await cdp.send('Target.getTargets', { filter: [{}] })) as {
    targetInfos: readonly { readonly targetId: string; readonly type: string; readonly url: string }[];
  };
  const target = targetInfos.filter((one) => one.type === 'shared_worker' && one.url.startsWith(url)).at(-1);
  if (target === undefined) throw new Error('There is no worker');
  const { sessionId } = (await cdp.send('Target.attachToTarget', { targetId: target.targetId, flatten: false })) as {
    sessionId: string;
  };
  let lastId = 0;
  const waiting = new Map<number, (result: Record<string, number>) => void>();
  cdp.on('Target.receivedMessageFromTarget', ({ message }: { readonly message: string }) => {
    const answer = JSON.parse(message) as { id: number; result: Record<string, number> };
    waiting.get(answer.id)?.(answer.result);
    waiting.delete(answer.id);
  });
  const ask = (method: string) =>
    new Promise<Record<string, number>>((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      const message = JSON.stringify({ id: lastId, method });
      cdp.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
    });
  return {
    async read() {
      await ask('HeapProfiler.collectGarbage');
      return ((await ask('Runtime.getHeapUsage'))['usedSize'] ?? 0) / MB;
    },
    close: () => void cdp.detach().catch(() => undefined),
  };
}

async function inspectorOf(port: number): Promise<string> {
  const [target] = (await (await fetch(`http://${HOST}:${port}/json/list`)).json()) as {
    readonly webSocketDebuggerUrl: string;
  }[];
  return target?.webSocketDebuggerUrl ?? '';
}

/** Runs in the page. */
function hasChats(count: number): boolean {
  const list = document.querySelector('coi-chat-app')?.shadowRoot?.querySelector('coi-chat-list');
  const { view } = (list ?? {}) as { readonly view?: { readonly chats: readonly unknown[] } };
  return (view?.chats.length ?? 0) > count;
}

async function chatForAnHour({ alice, bob }: Conversation, hour: number): Promise<void> {
  for (let line = 0; line < LINES_AN_HOUR; line += 1) {
    const [from, to] = line % 2 === 0 ? [alice, bob] : [bob, alice];
    const text = `Hour ${hour}, line ${line}.`;
    await from.page.chat.send(text);
    await to.page.chat.line(text).first().waitFor();
  }
  await alice.context.setOffline(true);
  await alice.context.setOffline(false);
  await alice.page.chat.online(30_000);
}

/** Growth over the last half in percent an hour, by a straight line through the values. */
export function slopePercent(values: readonly number[]): number {
  const half = values.slice(Math.floor(values.length / 2));
  const meanX = (half.length - 1) / 2;
  const meanY = half.reduce((sum, value) => sum + value, 0) / half.length;
  let [over, under] = [0, 0];
  for (const [x, y] of half.entries()) {
    over += (x - meanX) * (y - meanY);
    under += (x - meanX) ** 2;
  }
  return under === 0 ? 0 : (over / under / meanY) * 100;
}

async function runDay(stack: Stack, browser: Browser, engineHeap: HeapProbe, hours: number) {
  const scene = new Scene({ ...stack, sinkCounts: async () => stack.sink.counts() }, browser);
  try {
    const both = await startConversation(scene);
    const { person, page } = both.alice;
    await fillChats(person.mailbox, 'COI/Chats', makeChatCorpus(LINES_BEFORE, CHATS_BEFORE));
    await page.page.waitForFunction(hasChats, CHATS_BEFORE, { timeout: 120_000 });
    // Only alice's worker is left to look at: bob sits in a browser of his own.
    const worker = await workerHeap(browser, new URL(stack.info.urls.app).origin);
    const values = { engine: [] as number[], worker: [] as number[], full: await worker.read() };
    for (let hour = 1; hour <= hours; hour += 1) {
      await chatForAnHour(both, hour);
      values.engine.push(await engineHeap.read());
      values.worker.push(await worker.read());
      console.log(
        `Hour ${hour}: engine ${values.engine.at(-1)?.toFixed(1)} MB, worker ${values.worker.at(-1)?.toFixed(1)} MB`,
      );
    }
    worker.close();
    return values;
  } finally {
    await scene.close();
  }
}

export async function simulateDay(hours: number): Promise<readonly Samples[]> {
  const stack = await startStack({ webmail: false, engine: false });
  const browser = await launchBrowser();
  const inspector = await freePort();
  try {
    await stack.startEngine({ port: stack.info.ports.engine, env: { NODE_OPTIONS: `--inspect=${HOST}:${inspector}` } });
    const engineHeap = await nodeHeap(await inspectorOf(inspector));
    const values = await runDay(stack, browser, engineHeap, hours);
    engineHeap.close();
    return [
      { name: 'worker-heap', unit: 'MB', values: [values.full] },
      { name: 'day-engine-heap', unit: 'MB', values: values.engine },
      { name: 'day-worker-heap', unit: 'MB', values: values.worker },
      { name: 'day-engine-slope', unit: '%', values: [slopePercent(values.engine)] },
      { name: 'day-worker-slope', unit: '%', values: [slopePercent(values.worker)] },
    ];
  } finally {
    await browser.close();
    await stack.stop();
  }
}
