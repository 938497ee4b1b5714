/**
 * A node:test reporter that writes one JSON line at the end: how many tests passed, failed and were skipped, and which
 * files failed.
 */
import type { TestEvent } from 'node:test/reporters';

export interface FileCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Paths of files with a failed test, and names of those tests. */
  readonly failures: Readonly<Record<string, readonly string[]>>;
}

export default async function* count(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let last = { passed: 0, failed: 0, skipped: 0 };
  const failures: Record<string, string[]> = {};
  for await (const { type, data } of source) {
    if (type === 'test:fail') {
      const names = (failures[data.file ?? data.name] ??= []);
      if (data.details.type !== 'suite') names.push(data.name);
    }
    // Each file has a summary of its own; the one without a file covers the run.
    if (type !== 'test:summary' || data.file !== undefined) continue;
    const { passed, cancelled, skipped, todo, tests } = data.counts;
    last = { passed, failed: tests - passed - skipped - todo, skipped: skipped + todo };
    if (cancelled > last.failed) last = { ...last, failed: cancelled };
  }
  yield `${JSON.stringify({ ...last, failures })}\n`;
}
