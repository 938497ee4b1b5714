/**
 * A node:test reporter that writes one JSON line at the end: how many tests passed, failed and were skipped, and which
 * files failed.
 */
import type { TestEvent } from 'node:test/reporters';

export interface FileCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failedFiles: readonly string[];
  /** Of failed tests. */
  readonly names: readonly string[];
}

export default async function* count(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let last = { passed: 0, failed: 0, skipped: 0 };
  const failedFiles = new Set<string>();
  const names: string[] = [];
  for await (const { type, data } of source) {
    // A file that broke before it could test anything is a failed test of its own name.
    if (type === 'test:fail' && data.name.endsWith('.test.ts')) failedFiles.add(data.name);
    else if (type === 'test:fail' && data.details.type !== 'suite') names.push(data.name);
    if (type !== 'test:summary') continue;
    const { passed, cancelled, skipped, todo, tests } = data.counts;
    const failed = Math.max(cancelled, tests - passed - skipped - todo);
    // Each file has a summary of its own; the one without a file covers the run.
    if (data.file === undefined) last = { passed, failed, skipped: skipped + todo };
    else if (failed > 0) failedFiles.add(data.file);
  }
  yield `${JSON.stringify({ ...last, failedFiles: [...failedFiles], names })}\n`;
}
