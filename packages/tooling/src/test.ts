/**
 * `npm test`: every check and every test, cheap ones first, and one last line with the sum.
 *
 * | stage | what |
 * |---|---|
 * | check | format, types, lint, dependency rule, bundle sizes |
 * | unit | tests beside the sources: pure ones, servers without mail, elements in a browser |
 * | live | `*.live.test.ts`, on one shared stack of real mail servers (environment variable COI_STACK) |
 * | e2e | stories in real browsers, e2e/spec |
 *
 * Usage: test.ts [--only STAGE] [--imap SERVER] [words that a test file's path must contain]
 *
 * `--imap` names an IMAP server of e2e/stack (dovecot, cyrus, dovecot-bare) and may be repeated: the live tests run on
 * each of them. A run of a whole stage must not have fewer tests than test-floor.json says.
 *
 * Long parts take turns from day to day, see long-parts.ts; a run of some stages or files has none.
 *
 * Machines stall: when a few files fail, they are run once more, one at a time. What passes then is named in the last
 * lines, so that a test that needs it again and again is seen.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { FileCounts } from './count-reporter.ts';
import { longParts } from './long-parts.ts';
import { ROOT } from './root.ts';
import { belowFloor, readTestFloor } from './test-floor.ts';

const REPORTER = join(ROOT, 'packages/tooling/src/count-reporter.ts');
const FILE_TIMEOUT_MS = 15 * 60_000;
/** More failed files than these are no accident. */
const MOST_FILES_AGAIN = 3;
const EVERYWHERE = '{packages,engine,web-components,plugin-roundcube,e2e}/**/*.test.ts';

interface Stage {
  readonly name: string;
  readonly needsStack: boolean;
  readonly has: (path: string) => boolean;
}

type Counts = Omit<FileCounts, 'failedFiles' | 'names'>;

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };
const DEFAULT_SERVER = 'dovecot';

const isCheck = (path: string) => path.startsWith('packages/tooling/') && path.endsWith('.check.test.ts');
const isLive = (path: string) => path.endsWith('.live.test.ts');
const isStory = (path: string) => path.startsWith('e2e/spec/');

const STAGES: readonly Stage[] = [
  { name: 'check', needsStack: false, has: isCheck },
  { name: 'unit', needsStack: false, has: (path) => !isCheck(path) && !isLive(path) && !isStory(path) },
  { name: 'live', needsStack: true, has: isLive },
  { name: 'e2e', needsStack: true, has: isStory },
];

const { values, positionals } = parseArgs({
  options: { only: { type: 'string', multiple: true }, imap: { type: 'string', multiple: true } },
  allowPositionals: true,
});

/** Children get the signals that end this run, so that nothing is left behind. */
const children = new Set<{ kill(signal: NodeJS.Signals): boolean }>();
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isStopping = true;
    for (const child of children) child.kill('SIGTERM');
  });
}

type Env = Readonly<Record<string, string>>;

/** Names of tests that passed only when they were run again. */
const secondTime: string[] = [];

/** Runs test files with node:test; a run that breaks before it could count is one failure. */
async function runOnce(files: readonly string[], env: Env, concurrency: number): Promise<FileCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'coi-test-'));
  const counted = join(folder, 'counts.json');
  // What a test leaves open must not hold up the run.
  const args = [
    '--test',
    `--test-timeout=${FILE_TIMEOUT_MS}`,
    `--test-concurrency=${concurrency}`,
    '--test-force-exit',
  ];
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  const counter = [`--test-reporter=${REPORTER}`, `--test-reporter-destination=${counted}`];
  const child = spawn(process.execPath, [...args, ...reporters, ...counter, ...files], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  children.add(child);
  const [code] = await once(child, 'exit');
  children.delete(child);
  const text = await readFile(counted, 'utf8').catch(() => '');
  await rm(folder, { recursive: true, force: true });
  const counts: FileCounts = text === '' ? { ...NOTHING, failedFiles: [], names: [] } : JSON.parse(text);
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function runFiles(files: readonly string[], env: Env = {}): Promise<Counts> {
  const { failedFiles: again, names, ...first } = await runOnce(files, env, 2);
  if (isStopping || again.length === 0 || again.length > MOST_FILES_AGAIN) return first;
  console.log(`\n-- once more, one at a time: ${again.map((path) => relative(ROOT, path)).join(', ')}`);
  const { failed } = await runOnce(again, env, 1);
  if (failed > 0) return first;
  secondTime.push(...names);
  return { ...first, passed: first.passed + first.failed, failed: 0 };
}

/** @returns the JSON of a running stack, and how to stop it */
async function startSharedStack(imap: string): Promise<{ readonly json: string; stop(): Promise<void> }> {
  const main = join(ROOT, 'e2e/stack/main.ts');
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', process.execPath, main, '--json', '--imap', imap], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const exited = once(child, 'exit');
  const first = once(createInterface({ input: child.stdout }), 'line');
  const line = await Promise.race([first, exited.then(() => undefined)]);
  if (line === undefined) throw new Error('The shared stack did not start');
  return {
    json: String(line[0]),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      children.delete(child);
    },
  };
}

async function runOnStack(files: readonly string[], imap: string): Promise<Counts> {
  const stack = await startSharedStack(imap);
  try {
    return await runFiles(files, { COI_STACK: stack.json, COI_IMAP: imap });
  } finally {
    await stack.stop();
  }
}

async function runStage(stage: Stage, files: readonly string[], servers: readonly string[]): Promise<Counts> {
  console.log(`\n== ${stage.name}: ${files.length} files`);
  if (!stage.needsStack) return checked(stage.name, await runFiles(files));
  const total = { ...NOTHING };
  for (const imap of stage.name === 'live' ? servers : [DEFAULT_SERVER]) {
    if (isStopping) break;
    if (servers.length > 1 || imap !== DEFAULT_SERVER) console.log(`-- on ${imap}`);
    const run = imap === DEFAULT_SERVER ? stage.name : `${stage.name}:${imap}`;
    add(total, checked(run, await runOnStack(files, imap)));
  }
  return total;
}

/** Where all files ran, none may be missing. */
function checked(run: string, counts: Counts): Counts {
  const problem = isStopping || positionals.length > 0 ? undefined : belowFloor(readTestFloor(), run, counts.passed);
  if (problem === undefined) return counts;
  console.error(problem);
  return { ...counts, failed: counts.failed + 1 };
}

function add(total: Record<keyof Counts, number>, counts: Counts): void {
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key];
}

const unknown = values.only?.find((name) => !STAGES.some((stage) => stage.name === name));
if (unknown !== undefined) {
  console.error(`There is no stage "${unknown}"; stages are ${STAGES.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}
const paths = globSync(EVERYWHERE, { cwd: ROOT, exclude: (path) => path.includes('node_modules') }).sort();
const wanted = paths.filter((path) => positionals.every((word) => path.includes(word)));
const isWhole = values.only === undefined && positionals.length === 0;
const parts = isWhole ? longParts(process.env['COI_LONG'], Date.now()) : [];
if (isWhole) console.log(`Long parts of this run: ${parts.join(', ') || 'none'}`);
if (parts.includes('pages')) process.env['COI_PAGES'] = '1';
const servers = values.imap ?? [DEFAULT_SERVER, ...parts.filter((part) => part !== 'pages')];
const total = { ...NOTHING };
for (const stage of STAGES) {
  const files = wanted.filter(stage.has);
  if (isStopping || files.length === 0 || !(values.only?.includes(stage.name) ?? true)) continue;
  const counts = await runStage(stage, files, servers).catch((error: unknown): Counts => {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  add(total, counts);
}
if (secondTime.length > 0) console.log(`\nPassed only when run again: ${secondTime.join('; ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || total.passed === 0 || isStopping ? 1 : 0);
