/** `npm run bench -- summary`: writes what `bench-results/` holds as a table into the README, between two marks. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '@coi-webmail/tooling';
import { BUDGETS } from './budget.ts';
import { type BenchResult, budgetWords, type Metric, RESULT_FOLDER } from './result.ts';

const BEGIN = '<!-- bench -->';
const END = '<!-- /bench -->';
const HEAD = '| what | budget p50 / p95 | p50 | p95 | beside it | n |\n|---|---|---|---|---|---|';

function figure(value: number, unit: Metric['unit']): string {
  const text = value >= 100 ? String(Math.round(value)) : value.toFixed(1);
  return unit === 'count' ? text : `${text} ${unit}`;
}

function rowOf(metric: Metric): string {
  const { name, unit, p50, p95, baseline, ratio, met, n } = metric;
  const mark = met === undefined ? '' : met ? ' ✓' : ' ✗';
  const beside =
    baseline === undefined ? '' : `${baseline.name} ${figure(baseline.p50, unit)} (${ratio?.toFixed(2)} ×)`;
  const cells = [
    BUDGETS[name]?.what ?? name,
    budgetWords(name),
    figure(p50, unit) + mark,
    n > 1 ? figure(p95, unit) : '',
    beside,
    n,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Metrics with a budget, in the order of the budgets; of two runs the later one counts. */
export function summaryTable(results: readonly BenchResult[]): string {
  const newest = [...results].sort((one, other) => (one.at < other.at ? -1 : 1));
  const metrics = new Map(newest.flatMap((result) => result.metrics.map((metric) => [metric.name, metric] as const)));
  const rows = Object.keys(BUDGETS).flatMap((name) => {
    const metric = metrics.get(name);
    return metric === undefined ? [] : [rowOf(metric)];
  });
  const last = newest.at(-1);
  if (last === undefined) return 'No bench was run yet.';
  const { cpu, cores, memoryGb, node } = last.machine;
  const commits = [...new Set(newest.map(({ machine }) => machine.commit))].join(', ');
  const where = `${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}; commits ${commits}; ${last.at.slice(0, 10)}.`;
  return [HEAD, ...rows, '', `Measured on ${where}`].join('\n');
}

/** @throws Error when the README has no place for it */
export function withSummary(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`README.md lacks ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${table}\n${readme.slice(end)}`;
}

export async function writeSummary(): Promise<void> {
  const names = await readdir(RESULT_FOLDER).catch(() => []);
  const texts = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(RESULT_FOLDER, name), 'utf8')),
  );
  // Traces lie there, too.
  const results = texts.map((text) => JSON.parse(text) as BenchResult).filter(({ metrics }) => Array.isArray(metrics));
  const table = summaryTable(results);
  const file = join(ROOT, 'README.md');
  await writeFile(file, withSummary(await readFile(file, 'utf8'), table));
  console.log(table);
}
