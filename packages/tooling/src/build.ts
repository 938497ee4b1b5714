/**
 * Bundles what browsers load, with content hashes in the names (Roundcube and the engine let them be cached long).
 *
 * | goes to | what |
 * |---|---|
 * | build/app/ | the standalone page, served by the engine: index.html, its modules and the worker |
 * | plugin-roundcube/js/ | the plugin's modules and the worker |
 *
 * Each folder gets a manifest.json: `main` (module to load first), `worker` (module for a SharedWorker).
 * Pages find the worker by the constant `__COI_WORKER_FILE__`, the file name beside the module. Everything is `.js`,
 * because Roundcube 1.7 serves no `.mjs` and no maps.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Metafile, type OutputFile } from 'esbuild';
import { ROOT } from './root.ts';

export const WORKER_ENTRY = join(ROOT, 'packages/client/src/worker.ts');
export const STANDALONE_ENTRY = join(ROOT, 'web-components/src/entry/standalone.ts');
export const STANDALONE_PAGE = join(ROOT, 'web-components/src/entry/standalone.html');
export const ROUNDCUBE_ENTRY = join(ROOT, 'plugin-roundcube/src/main.ts');

const APP_FOLDER = join(ROOT, 'build/app');
const ROUNDCUBE_FOLDER = join(ROOT, 'plugin-roundcube/js');

/** Also what component tests need to bundle elements in the same way. */
export const SHARED_OPTIONS = {
  bundle: true,
  minify: true,
  target: 'es2022',
  platform: 'browser',
  legalComments: 'none',
  logLevel: 'warning',
  tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
} as const satisfies BuildOptions;

export interface Bundle {
  readonly folder: string;
  /** File name of the module that a page loads first. */
  readonly main: string;
  /** File name of the worker, a module; its chunks lie beside it. */
  readonly worker: string;
  readonly metafile: Metafile;
  /** The page's and the worker's. */
  readonly metafiles: readonly Metafile[];
}

function outputOf(metafile: Metafile, entry: string): string {
  const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === relative(ROOT, entry));
  if (found === undefined) throw new Error(`The bundler gave no file for ${relative(ROOT, entry)}`);
  return basename(found[0]);
}

/** Never half written: a running stack may read it at this moment. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.${process.pid}`, text);
  await rename(`${path}.${process.pid}`, path);
}

/** Eight hex digits over everything that a build made. */
function digestOf(outputs: readonly OutputFile[]): string {
  const hash = createHash('sha256');
  for (const { contents } of outputs) hash.update(contents);
  return hash.digest('hex').slice(0, 8);
}

/**
 * Puts the build's digest into every file name. The bundler's own hash is not enough: two builds can give one
 * name to chunks that export different things, and a browser that kept the old one would break.
 * @returns old name -> new name
 */
async function writeOutputs(folder: string, outputs: readonly OutputFile[]): Promise<ReadonlyMap<string, string>> {
  const digest = digestOf(outputs);
  const names = new Map(outputs.map(({ path }) => [basename(path), basename(path).replace(/\.js$/, `-${digest}.js`)]));
  for (const { path, text } of outputs) {
    await replaceFile(join(folder, newName(names, basename(path))), withNewNames(text, names));
  }
  return names;
}

function withNewNames(text: string, names: ReadonlyMap<string, string>): string {
  let renamed = text;
  for (const [from, to] of names) renamed = renamed.replaceAll(from, to);
  return renamed;
}

function renamedMetafile(metafile: Metafile, names: ReadonlyMap<string, string>): Metafile {
  return JSON.parse(withNewNames(JSON.stringify(metafile), names)) as Metafile;
}

/** Removes bundles of earlier builds only after the new ones are in place. */
async function removeOthers(folder: string, current: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith('.js') && !current.has(name)) await rm(join(folder, name), { force: true });
  }
}

function newName(names: ReadonlyMap<string, string>, old: string): string {
  return names.get(old) ?? old;
}

async function bundle(entry: string, folder: string, name: string): Promise<Bundle> {
  await mkdir(folder, { recursive: true });
  const common = {
    ...SHARED_OPTIONS,
    absWorkingDir: ROOT,
    outdir: folder,
    metafile: true as const,
    write: false as const,
  };
  const worker = await build({
    ...common,
    entryPoints: { 'coi-worker': WORKER_ENTRY },
    entryNames: '[name]-[hash]',
    chunkNames: 'coi-worker-[name]-[hash]',
    format: 'esm',
    splitting: true,
  });
  const workerNames = await writeOutputs(folder, worker.outputFiles);
  const workerFile = newName(workerNames, outputOf(worker.metafile, WORKER_ENTRY));
  const page = await build({
    ...common,
    entryPoints: { [name]: entry },
    entryNames: '[name]-[hash]',
    chunkNames: 'coi-[name]-[hash]',
    format: 'esm',
    splitting: true,
    define: { __COI_WORKER_FILE__: JSON.stringify(workerFile) },
  });
  const pageNames = await writeOutputs(folder, page.outputFiles);
  const main = newName(pageNames, outputOf(page.metafile, entry));
  await replaceFile(join(folder, 'manifest.json'), `${JSON.stringify({ main, worker: workerFile }, null, 2)}\n`);
  await removeOthers(folder, new Set([...workerNames.values(), ...pageNames.values()]));
  const metafile = renamedMetafile(page.metafile, pageNames);
  return {
    folder,
    main,
    worker: workerFile,
    metafile,
    metafiles: [metafile, renamedMetafile(worker.metafile, workerNames)],
  };
}

/** The page names its module as `./standalone.ts`; the built page names the bundle. */
async function writePage(app: Bundle): Promise<void> {
  const source = await readFile(STANDALONE_PAGE, 'utf8');
  await replaceFile(join(app.folder, 'index.html'), source.replaceAll('./standalone.ts', `./${app.main}`));
}

/** Builds every bundle whose entry exists. */
export async function buildAll(): Promise<readonly Bundle[]> {
  if (!existsSync(WORKER_ENTRY)) return [];
  const bundles: Bundle[] = [];
  if (existsSync(STANDALONE_ENTRY)) {
    const app = await bundle(STANDALONE_ENTRY, APP_FOLDER, 'coi-app');
    if (existsSync(STANDALONE_PAGE)) await writePage(app);
    bundles.push(app);
  }
  if (existsSync(ROUNDCUBE_ENTRY)) bundles.push(await bundle(ROUNDCUBE_ENTRY, ROUNDCUBE_FOLDER, 'coi-chat'));
  return bundles;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { folder, main, worker } of await buildAll()) {
    console.log(`${relative(ROOT, folder)}: ${main}, ${worker}`);
  }
}
