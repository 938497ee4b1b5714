/**
 * Builds what a run plays with: the engine and the headless client, each as one file. That starts four times as fast as
 * the sources, and a mutant is one text in one source swapped for another on the way.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '@coi-webmail/tooling';
import { build, type Plugin } from 'esbuild';

export interface Mutation {
  /** Relative to the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Product {
  readonly engineFile: string;
  readonly clientFile: string;
}

const REQUIRE = `import { createRequire as coiRequire } from 'node:module'; const require = coiRequire(import.meta.url);`;

/** @throws Error when a text to swap is not in its source exactly once */
export async function buildProduct(folder: string, mutations: readonly Mutation[] = []): Promise<Product> {
  const engineFile = join(folder, 'engine.mjs');
  const clientFile = join(folder, 'client.mjs');
  const done = new Set<Mutation>();
  for (const [entry, outfile] of [
    ['engine/src/main.ts', engineFile],
    ['packages/client/src/headless.ts', clientFile],
  ] as const) {
    await build({
      absWorkingDir: ROOT,
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: REQUIRE },
      logLevel: 'error',
      plugins: [mutating(mutations, done)],
    });
  }
  const unused = mutations.find((mutation) => !done.has(mutation));
  if (unused !== undefined) throw new Error(`${unused.file} is in neither engine nor client`);
  return { engineFile, clientFile };
}

function mutating(mutations: readonly Mutation[], done: Set<Mutation>): Plugin {
  return {
    name: 'mutating',
    setup(context) {
      context.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const wanted = mutations.filter(({ file }) => path === join(ROOT, file));
        if (wanted.length === 0) return undefined;
        let contents = await readFile(path, 'utf8');
        for (const mutation of wanted) {
          const parts = contents.split(mutation.from);
          if (parts.length !== 2) {
            throw new Error(`${mutation.file} has ${parts.length - 1} times, not once: ${mutation.from}`);
          }
          contents = parts.join(mutation.to);
          done.add(mutation);
        }
        return { contents, loader: 'ts' as const };
      });
    },
  };
}
