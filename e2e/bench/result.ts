/** What a bench found: percentiles, a table for people and `bench-results/NAME.json` for programs. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@coi-webmail/tooling';
import { BUDGETS, RATIO_BUDGETS } from './budget.ts';

export const RESULT_FOLDER = join(ROOT, 'bench-results');

export type Unit = 'ms' | 'kB' | 'MB' | 'lines/s' | '%' | 'count';

export interface Samples {
  readonly name: string;
  readonly values: readonly number[];
  /** Default `ms`. */
  readonly unit?: Unit;
}

export interface Metric {
  readonly name: string;
  readonly unit: Unit;
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  /** What it is compared with, measured in the same run. */
  readonly baseline?: { readonly name: string; readonly p50: number };
  /** p50 over the baseline's p50. */
  readonly ratio?: number;
  /** Whether the design's budget was met; undefined = there is none. */
  readonly met?: boolean;
}

export interface BenchResult {
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
  readonly machine: ReturnType<typeof machine>;
  readonly metrics: readonly Metric[];
}

/** @param share 0..1 @returns the smallest value that this share of all values does not exceed */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('There is no percentile of nothing');
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

export function metric(samples: Samples, baseline?: Samples): Metric {
  const { name, values, unit = 'ms' } = samples;
  const p50 = rounded(percentile(values, 0.5));
  const p95 = rounded(percentile(values, 0.95));
  const base = baseline === undefined ? undefined : percentile(baseline.values, 0.5);
  const ratio = base === undefined ? undefined : rounded(percentile(values, 0.5) / base);
  const met = isMet(name, p50, p95, ratio);
  return {
    name,
    unit,
    n: values.length,
    p50,
    p95,
    ...(baseline === undefined || base === undefined ? {} : { baseline: { name: baseline.name, p50: rounded(base) } }),
    ...(ratio === undefined ? {} : { ratio }),
    ...(met === undefined ? {} : { met }),
  };
}

function isMet(name: string, p50: number, p95: number, ratio: number | undefined): boolean | undefined {
  const most = RATIO_BUDGETS[name];
  if (most !== undefined && ratio !== undefined) return ratio <= most;
  const budget = BUDGETS[name];
  if (budget === undefined) return undefined;
  const { p50: mostP50 = Number.POSITIVE_INFINITY, p95: mostP95 = Number.POSITIVE_INFINITY, atLeast = 0 } = budget;
  return p50 <= mostP50 && p95 <= mostP95 && p50 >= atLeast;
}

function machine() {
  const [cpu] = cpus();
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: loadavg().map(rounded),
    commit,
  };
}

/** The budget in words: `30 / 75`, `≥ 8000`, `1.05 ×`. */
export function budgetWords(name: string): string {
  const ratio = RATIO_BUDGETS[name];
  if (ratio !== undefined) return `${ratio} ×`;
  const budget = BUDGETS[name];
  if (budget === undefined) return '';
  if (budget.atLeast !== undefined) return `≥ ${budget.atLeast}`;
  return [budget.p50, budget.p95].filter((value) => value !== undefined).join(' / ');
}

const NUMBER_COLUMNS = new Set([1, 2, 3, 7]);

function table(metrics: readonly Metric[]): string {
  const rows = metrics.map((one) => [
    one.name,
    String(one.n),
    one.p50.toFixed(1),
    one.p95.toFixed(1),
    one.unit,
    budgetWords(one.name) + (one.met === undefined ? '' : one.met ? ' ok' : ' MISSED'),
    one.baseline === undefined ? '' : `${one.baseline.name} ${one.baseline.p50.toFixed(1)}`,
    one.ratio?.toFixed(2) ?? '',
  ]);
  const all = [['metric', 'n', 'p50', 'p95', 'unit', 'budget', 'baseline p50', 'ratio'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        NUMBER_COLUMNS.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

/** Prints the table and writes the file. */
export async function report(name: string, metrics: readonly Metric[]): Promise<void> {
  await mkdir(RESULT_FOLDER, { recursive: true });
  const result: BenchResult = { name, at: new Date().toISOString(), machine: machine(), metrics };
  await writeFile(join(RESULT_FOLDER, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\n${table(metrics)}\n\nbench-results/${name}.json`);
}
