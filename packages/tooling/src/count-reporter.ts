/** A node:test reporter that writes one JSON line at the end: how many tests passed, failed and were skipped. */
import type { TestEvent } from 'node:test/reporters';

export default async function* count(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let last = { passed: 0, failed: 0, skipped: 0 };
  for await (const event of source) {
    // Each file has a summary of its own; the one without a file covers the run.
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    const { passed, cancelled, skipped, todo, tests } = event.data.counts;
    last = { passed, failed: tests - passed - skipped - todo, skipped: skipped + todo };
    if (cancelled > last.failed) last = { ...last, failed: cancelled };
  }
  yield `${JSON.stringify(last)}\n`;
}
