/** How many bytes a browser loads, gzipped: a module with what it imports at once, and one that comes later. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Bundle } from './build.ts';

/** Output files that load together with the given one. */
function staticClosure(bundle: Bundle, start: string, found = new Set<string>()): Set<string> {
  if (found.has(start)) return found;
  found.add(start);
  const output = bundle.metafile.outputs[start];
  for (const { path, kind } of output?.imports ?? []) {
    if (kind === 'import-statement') staticClosure(bundle, path, found);
  }
  return found;
}

function gzipBytes(bundle: Bundle, files: ReadonlySet<string>): number {
  return [...files]
    .map((file) => gzipSync(readFileSync(join(bundle.folder, basename(file))), { level: 9 }).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

function outputs(bundle: Bundle, has: (name: string, entryPoint: string | undefined) => boolean): string[] {
  return Object.entries(bundle.metafile.outputs)
    .filter(([name, { entryPoint }]) => has(name, entryPoint))
    .map(([name]) => name);
}

/** What a page loads before the panel is opened. */
export function closedBytes(bundle: Bundle): number {
  const [main = ''] = outputs(bundle, (name) => basename(name) === bundle.main);
  return gzipBytes(bundle, staticClosure(bundle, main));
}

/** What it has loaded with the panel open: the first module and the elements. */
export function openBytes(bundle: Bundle): number {
  const files = new Set<string>();
  const starts = outputs(
    bundle,
    (name, entryPoint) => basename(name) === bundle.main || entryPoint === 'web-components/src/entry/app.ts',
  );
  for (const start of starts) staticClosure(bundle, start, files);
  return gzipBytes(bundle, files);
}

/** What the worker loads before the first paint. */
export function workerFirstBytes(bundle: Bundle): number {
  const { start, metafile } = workerStart(bundle);
  return gzipBytes(bundle, staticClosure({ ...bundle, metafile }, start));
}

/** What every start of the worker loads: that, and the state behind the first paint. */
export function workerBytes(bundle: Bundle): number {
  const { start, metafile } = workerStart(bundle);
  const own = { ...bundle, metafile };
  const files = staticClosure(own, start);
  for (const live of outputs(own, (_, entryPoint) => entryPoint === 'packages/client/src/live.ts')) {
    staticClosure(own, live, files);
  }
  return gzipBytes(bundle, files);
}

function workerStart(bundle: Bundle) {
  for (const metafile of bundle.metafiles) {
    const start = Object.keys(metafile.outputs).find((name) => basename(name) === bundle.worker);
    if (start !== undefined) return { start, metafile };
  }
  throw new Error(`No build made ${bundle.worker}`);
}
