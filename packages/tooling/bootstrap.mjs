/**
 * The door of every npm script: makes sure that the machine has what a task needs, then runs the task under the
 * pinned Node. Plain JavaScript without dependencies, because it runs first, under any Node from 20 on.
 *
 * Usage: node packages/tooling/bootstrap.mjs TASK [arguments of the task]
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDebianPackages, missingDebianPackages } from './bootstrap/debian.mjs';
import { findTask } from './bootstrap/task.mjs';
import { isInstalled } from './bootstrap/installed.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const BIN = join(ROOT, 'node_modules', '.bin');
const OLDEST_NODE = 20;
const PARENT_CHECK_MS = 500;

/** All words of this program go to standard error: standard output belongs to the task. */
function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(sentence) {
  say(sentence);
  process.exit(1);
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function pinnedPath() {
  return [BIN, process.env.PATH].join(delimiter);
}

function ensureNodeModules() {
  const wanted = readJson(join(ROOT, 'package-lock.json'));
  const present = () => readJson(join(ROOT, 'node_modules', '.package-lock.json'));
  if (isInstalled(wanted, present())) return;
  say('Installing npm packages (npm ci) …');
  // Under the pinned Node when it is there already: npm chooses by the Node that runs it.
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, PATH: existsSync(join(BIN, 'node')) ? pinnedPath() : process.env.PATH },
  });
  if (status !== 0) fail('npm ci did not succeed, see its words above; check the network and try again');
}

function ensureDebianPackages() {
  const missing = missingDebianPackages();
  if (missing.length === 0) return;
  say(`Installing Debian packages: ${missing.join(' ')} …`);
  const problem = installDebianPackages(missing);
  if (problem !== undefined) fail(problem);
}

/** The command line of a task that needs root, for a user who may become root. */
function asRoot(command) {
  if (process.getuid?.() === 0) return command;
  if (spawnSync('sudo', ['-n', 'true']).status !== 0 && !process.stdin.isTTY) {
    fail('This task needs root for the mail servers: run it as root, or as a user who may use sudo');
  }
  return ['sudo', '--preserve-env', 'env', `PATH=${pinnedPath()}`, ...command];
}

/** The parent of a process, or undefined when the process is gone. */
function parentOf(pid) {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return /\) \S (\d+)/.exec(stat)?.[1];
}

/**
 * npm runs a script in a shell, and neither of them passes on every signal that ends it: an orphan ends itself.
 * Without npm in between, a task may outlive the shell that started it.
 */
function stopWithNpm(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const family = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const atStart = family();
  setInterval(() => family() !== atStart && stop(), PARENT_CHECK_MS).unref();
}

function run(task, args) {
  const node = join(BIN, 'node');
  if (!existsSync(node)) fail(`No pinned Node for this machine (${process.platform}, ${process.arch}) in ${BIN}`);
  const command = task.command(args).map((word) => (word === 'node' ? node : word));
  const [program, ...words] = task.needsRoot ? asRoot(command) : command;
  const child = spawn(program, words, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, PATH: pinnedPath() } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to the task as well; a second one does no harm.
    process.on(signal, () => child.kill(signal));
  }
  stopWithNpm(() => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`Could not start the task: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  fail(`Node ${OLDEST_NODE} or newer is needed to start; this is ${process.versions.node}`);
}
const [name = '', ...args] = process.argv.slice(2).filter((word, index) => !(index === 1 && word === '--'));
const task = findTask(name, args);
if (task === undefined) fail(`There is no task "${name}"`);
if (task.needsDebian) ensureDebianPackages();
ensureNodeModules();
run(task, args);
