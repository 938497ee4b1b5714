/** What each npm script runs, and what the machine must have for it. */

const STACK = 'e2e/stack/main.ts';
const TOOLING = 'packages/tooling/src';
const DEMO = ['--name', 'demo', '--seed', '--keep'];

const TASKS = {
  start: { command: (args) => ['node', STACK, ...DEMO, ...args], needsDebian: true, needsRoot: true },
  stack: { command: (args) => ['node', STACK, ...args], needsDebian: true, needsRoot: true },
  test: { command: (args) => ['node', `${TOOLING}/test.ts`, ...args], needsDebian: true, needsRoot: true },
  e2e: {
    command: (args) => ['node', `${TOOLING}/test.ts`, '--only', 'e2e', ...args],
    needsDebian: true,
    needsRoot: true,
  },
  bench: { command: (args) => ['node', 'e2e/bench/main.ts', ...args], needsDebian: true, needsRoot: true },
  faults: { command: (args) => ['node', 'e2e/fault/main.ts', ...args], needsDebian: true, needsRoot: true },
  shots: { command: () => ['node', 'e2e/shot/main.ts'], needsDebian: true, needsRoot: true },
  servers: { command: () => ['node', 'e2e/stack/survey/main.ts'], needsDebian: true, needsRoot: true },
  check: { command: (args) => ['node', `${TOOLING}/test.ts`, '--only', 'check', ...args] },
  build: { command: (args) => ['node', `${TOOLING}/build.ts`, ...args] },
  reset: { command: () => ['node', 'e2e/stack/reset.ts'], needsRoot: true },
};

/** What an admin runs: the engine alone, without mail servers and without root. */
const ENGINE_ONLY = {
  command: (args) => ['node', 'engine/src/main.ts', ...args.filter((word) => word !== '--engine-only')],
};

export function findTask(name, args) {
  if (name === 'start' && args.includes('--engine-only')) return ENGINE_ONLY;
  return Object.hasOwn(TASKS, name) ? TASKS[name] : undefined;
}
