/**
 * Send to shown: from the trusted key event in alice's browser to the first animation frame in which bob's shows the
 * line, over real mail servers (design §5). Beside it, in the same run, what the servers take alone, and Delta Chat.
 *
 * | metric | way |
 * |---|---|
 * | same-engine | both at one engine, 1.5 s gaps |
 * | same-engine-after-pause | the first line after minutes of silence, one per pair |
 * | idle | at two engines that share nothing: bob's is told by IMAP IDLE |
 * | adaptive-noop | the same, bob's looks often while the conversation goes on |
 * | delivery-event | the same, Dovecot tells bob's at delivery |
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../fixture/browser.ts';
import { type Conversation, startConversation } from '../fixture/conversation.ts';
import { Scene } from '../fixture/scene.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { measureDeltaChat } from './delta-chat.ts';
import { measureFloor } from './floor.ts';
import { metric, report, type Samples } from './result.ts';
import { installStopwatch, timeLine, type Times } from './stopwatch.ts';

const GAP_MS = 1_500;
/** A short line is typed in this time. */
const TYPING_MS = 1_000;
const WARM_UPS = 3;
const MAX_BASELINE_N = 100;

export interface LatencyOptions {
  readonly n: number;
  readonly pauseMs: number;
  readonly pauses: number;
}

class TimedScene extends Scene {
  override async newBrowser(): ReturnType<Scene['newBrowser']> {
    const context = await super.newBrowser();
    await installStopwatch(context);
    return context;
  }
}

async function sendLine({ alice, bob }: Conversation, text: string, gapMs: number): Promise<Times> {
  await alice.page.chat.composer.fill(text);
  await alice.page.chat.composer.focus();
  await delay(gapMs);
  return timeLine(alice.page.page, bob.page.page, text);
}

async function series(both: Conversation, name: string, n: number): Promise<Record<keyof Times, Samples>> {
  const times: Times[] = [];
  for (let turn = -WARM_UPS; turn < n; turn += 1) {
    const one = await sendLine(both, `${name} number ${turn}.`, GAP_MS);
    if (turn >= 0) times.push(one);
  }
  const of = (key: keyof Times, label: string): Samples => ({ name: label, values: times.map((one) => one[key]) });
  return {
    shown: of('shown', name),
    bubble: of('bubble', `${name}:bubble`),
    accepted: of('accepted', `${name}:accepted`),
  };
}

function sceneOn(stack: Stack, browser: Browser): TimedScene {
  return new TimedScene({ ...stack, sinkCounts: async () => stack.sink.counts() }, browser);
}

async function afterPause(stack: Stack, browser: Browser, { pauseMs, pauses }: LatencyOptions): Promise<Samples> {
  const scene = sceneOn(stack, browser);
  try {
    const pairs: Conversation[] = [];
    for (let pair = 0; pair < pauses; pair += 1) pairs.push(await startConversation(scene));
    await delay(pauseMs);
    const values: number[] = [];
    // The caret never left the field: the first key after the pause is typed a moment before Enter.
    for (const pair of pairs) values.push((await sendLine(pair, 'First after the pause.', TYPING_MS)).shown);
    return { name: 'same-engine-after-pause', values };
  } finally {
    await scene.close();
  }
}

/** An engine that shares nothing with the others: to it they are the outside world. */
async function strangerEngine(stack: Stack, config: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const port = stack.engines().length;
  const engine = await stack.startEngine({
    config: { storeFile: `${stack.info.runDir}/engine-${port}.sqlite`, ...config },
  });
  return engine.url;
}

/** A stack of its own, so that the other rows are measured without events. */
async function throughDeliveryEvents(browser: Browser, n: number): Promise<Record<keyof Times, Samples>> {
  const stack = await startStack({ webmail: false, deliveryEvents: true });
  try {
    const scene = sceneOn(stack, browser);
    const both = await startConversation(scene, { alice: { engineUrl: await strangerEngine(stack) } });
    const times = await series(both, 'delivery-event', n);
    await scene.close();
    return times;
  } finally {
    await stack.stop();
  }
}

export async function benchLatency(options: LatencyOptions): Promise<void> {
  const stack = await startStack({ webmail: false });
  const browser = await launchBrowser();
  const users = async () => [await stack.freshUser(), await stack.freshUser()] as const;
  try {
    const baselineN = Math.min(options.n, MAX_BASELINE_N);
    console.log('Mail servers alone …');
    const floor = await measureFloor(stack.info, ...(await users()), baselineN, GAP_MS);
    console.log('Delta Chat …');
    const deltaChat = await measureDeltaChat(stack.info, ...(await users()), baselineN, GAP_MS);
    const scene = sceneOn(stack, browser);
    console.log('One engine …');
    const same = await series(await startConversation(scene), 'same-engine', options.n);
    console.log('Two engines …');
    const waiting = { bob: { engineUrl: await strangerEngine(stack, { maxNearbyAccounts: 0 }) } };
    const idle = await series(await startConversation(scene, waiting), 'idle', options.n);
    const looking = { bob: { engineUrl: await strangerEngine(stack) } };
    const noop = await series(await startConversation(scene, looking), 'adaptive-noop', options.n);
    await scene.close();
    console.log('Delivery events …');
    const told = await throughDeliveryEvents(browser, options.n);
    console.log(`After a pause of ${options.pauseMs / 1000} s …`);
    const paused = await afterPause(stack, browser, options);
    await report('latency', [
      metric(same.shown, floor.accept),
      metric(paused, floor.accept),
      metric(told.shown, floor.accept),
      metric(noop.shown, floor.idle),
      metric(idle.shown, floor.idle),
      metric(same.bubble, floor.accept),
      metric(same.accepted, floor.accept),
      metric(idle.accepted, floor.accept),
      metric(floor.idle, floor.accept),
      metric(deltaChat, floor.idle),
      metric({ ...same.shown, name: 'same-engine:against-delta-chat' }, deltaChat),
    ]);
  } finally {
    await browser.close();
    await stack.stop();
  }
}
