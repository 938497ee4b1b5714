/**
 * What an idle account costs the engine, and whether anything grows over time.
 *
 * | metric | way |
 * |---|---|
 * | engine-idle-tls, engine-idle-plain | resident memory over that of an empty engine, by account with one open socket |
 * | engine-idle-cpu | share of one core that 1,000 such accounts take |
 * | delta-chat-idle | one account in a Delta Chat core process |
 * | worker-heap | the worker's heap with the whole corpus, after a forced collection |
 * | day-engine-slope, day-worker-slope | growth of the collected heap over the last half of a simulated day |
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startStack } from '../stack/stack.ts';
import { usesTls } from './engine-config.ts';
import { measureDeltaChatIdle } from './delta-chat.ts';
import { closeFleet, freshUsers, openFleet } from './fleet.ts';
import { simulateDay } from './day.ts';
import { metric, type Metric, report, type Samples } from './result.ts';
import { usageOf } from './usage.ts';

/** Command connections have closed by then. */
const SETTLE_MS = 75_000;
const WATCH_MS = 60_000;

export interface MemoryOptions {
  readonly accounts: number;
  readonly hours: number;
}

interface Idle {
  readonly perAccountKb: number;
  readonly cpuPercentPerThousand: number;
}

async function measureIdle(tls: boolean, accounts: number): Promise<Idle> {
  const stack = await startStack({ webmail: false, engine: false });
  try {
    const engine = await stack.startEngine({ port: stack.info.ports.engine, config: usesTls(stack.info, tls) });
    const users = await freshUsers(stack, accounts + 1);
    // What the first account brings along is the engine's, not the account's.
    const first = await openFleet(engine.url, users.slice(0, 1));
    await delay(SETTLE_MS);
    const empty = await usageOf([engine.pid]);
    const fleet = await openFleet(engine.url, users.slice(1));
    await delay(SETTLE_MS);
    const before = await usageOf([engine.pid]);
    await delay(WATCH_MS);
    const after = await usageOf([engine.pid]);
    closeFleet([...first, ...fleet]);
    return {
      perAccountKb: (after.memoryKb - empty.memoryKb) / accounts,
      cpuPercentPerThousand: ((after.cpuMs - before.cpuMs) / WATCH_MS) * 100 * (1000 / accounts),
    };
  } finally {
    await stack.stop();
  }
}

async function measureDeltaChat(): Promise<Samples> {
  const stack = await startStack({ webmail: false, engine: false });
  try {
    return await measureDeltaChatIdle(stack.info, await freshUsers(stack, 6));
  } finally {
    await stack.stop();
  }
}

export async function benchMemory({ accounts, hours }: MemoryOptions): Promise<void> {
  console.log(`${accounts} idle accounts with TLS …`);
  const tls = await measureIdle(true, accounts);
  console.log(`${accounts} idle accounts without TLS …`);
  const plain = await measureIdle(false, accounts);
  console.log('Delta Chat …');
  const deltaChat = await measureDeltaChat();
  console.log(`A day of ${hours} hours …`);
  const day = await simulateDay(hours);
  const metrics: Metric[] = [
    metric({ name: 'engine-idle-tls', unit: 'kB', values: [tls.perAccountKb] }, deltaChat),
    metric({ name: 'engine-idle-plain', unit: 'kB', values: [plain.perAccountKb] }, deltaChat),
    metric({ name: 'engine-idle-cpu', unit: '%', values: [tls.cpuPercentPerThousand] }),
    metric(deltaChat),
    ...day.map((samples) => metric(samples)),
  ];
  await report('memory', metrics);
}
