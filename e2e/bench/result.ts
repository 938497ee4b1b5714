/** What a bench found: percentiles, a table for people and `bench-results/NAME.json` for programs. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@coi-webmail/tooling';

export interface Samples {
  readonly name: string;
  /** Milliseconds. */
  readonly values: readonly number[];
}

export interface Metric {
  readonly name: string;
  readonly unit: 'ms';
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  /** What it is compared with, measured in the same run. */
  readonly baseline: { readonly name: string; readonly p50: number };
  /** p50 over the baseline's p50. */
  readonly ratio: number;
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

export function metric(samples: Samples, baseline: Samples): Metric {
  const p50 = percentile(samples.values, 0.5);
  const base = percentile(baseline.values, 0.5);
  return {
    name: samples.name,
    unit: 'ms',
    n: samples.values.length,
    p50: rounded(p50),
    p95: rounded(percentile(samples.values, 0.95)),
    baseline: { name: baseline.name, p50: rounded(base) },
    ratio: rounded(p50 / base),
  };
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

function table(metrics: readonly Metric[]): string {
  const rows = metrics.map((one) => [
    one.name,
    String(one.n),
    one.p50.toFixed(1),
    one.p95.toFixed(1),
    `${one.baseline.name} ${one.baseline.p50.toFixed(1)}`,
    one.ratio.toFixed(2),
  ]);
  const all = [['metric', 'n', 'p50 ms', 'p95 ms', 'baseline p50 ms', 'ratio'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 || column === 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return all.map(line).join('\n');
}

/** Prints the table and writes the file. */
export async function report(name: string, metrics: readonly Metric[]): Promise<void> {
  const folder = join(ROOT, 'bench-results');
  await mkdir(folder, { recursive: true });
  const result = { name, at: new Date().toISOString(), machine: machine(), metrics };
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\n${table(metrics)}\n\nbench-results/${name}.json`);
}
