/**
 * `npm run bench -- NAME`: measures one budget of the design on this machine and writes `bench-results/NAME.json`.
 *
 * | name | options |
 * |---|---|
 * | latency | --n samples (300), --pause seconds before a "first line after a pause" (300), --pauses how many (8) |
 * | list | --n samples (60) |
 * | cold | --n runs each way (5), --lines (20000), --chats (200) |
 * | ui | --n samples (20), --lines of one chat (10000) |
 * | catch-up | --n runs (3), --lines (5000), --chats (200) |
 * | memory | --n idle accounts (300), --hours of the simulated day (24) |
 * | summary | writes all results into README.md |
 * | scale | --n accounts (2000), --cold accounts that read everything at once (500) |
 */
import { parseArgs } from 'node:util';
import { buildAll } from '@coi-webmail/tooling';
import { benchCatchUp } from './catch-up.ts';
import { benchCold } from './cold.ts';
import { benchLatency } from './latency.ts';
import { benchList } from './list.ts';
import { benchMemory } from './memory.ts';
import { benchScale } from './scale.ts';
import { writeSummary } from './summary.ts';
import { benchUi } from './ui.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    n: { type: 'string' },
    pause: { type: 'string', default: '300' },
    pauses: { type: 'string', default: '8' },
    lines: { type: 'string' },
    chats: { type: 'string', default: '200' },
    cold: { type: 'string', default: '500' },
    hours: { type: 'string', default: '24' },
  },
});
const count = (fallback: number) => Number(values.n ?? fallback);

await buildAll();
switch (positionals[0]) {
  case 'latency':
    await benchLatency({ n: count(300), pauseMs: Number(values.pause) * 1000, pauses: Number(values.pauses) });
    break;
  case 'list':
    await benchList(count(60));
    break;
  case 'cold':
    await benchCold({ n: count(5), lineCount: Number(values.lines ?? 20_000), chatCount: Number(values.chats) });
    break;
  case 'catch-up':
    await benchCatchUp({ n: count(3), lineCount: Number(values.lines ?? 5_000), chatCount: Number(values.chats) });
    break;
  case 'memory':
    await benchMemory({ accounts: count(300), hours: Number(values.hours) });
    break;
  case 'scale':
    await benchScale({ accounts: count(2_000), cold: Number(values.cold) });
    break;
  case 'ui':
    await benchUi({ n: count(20), lineCount: Number(values.lines ?? 10_000) });
    break;
  case 'summary':
    await writeSummary();
    break;
  default:
    console.error('Say which bench: latency, list, cold, ui, catch-up, memory or scale');
    process.exitCode = 1;
}
