/**
 * Who may import whom: the dependency rule as tables, and the violations in a set of sources.
 *
 * Tests may use more (the stack, builders, oracles) but not another package's insides either.
 */
import type { Source } from './source.ts';

const SCOPE = '@coi-webmail/';

/** Package -> packages of ours that its sources may import. */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  base: [],
  coi: ['base'],
  protocol: ['base', 'coi'],
  crypto: ['base', 'coi'],
  chat: ['base', 'coi'],
  client: ['base', 'coi', 'chat', 'protocol', 'crypto'],
  engine: ['base', 'coi', 'protocol'],
  'web-components': ['base', 'chat', 'client'],
  'plugin-roundcube': ['web-components'],
  tooling: [],
  'test-support': [],
  /** Of client and chat the fault runner takes types only: it loads what it builds. */
  e2e: ['base', 'coi', 'chat', 'client', 'protocol', 'test-support', 'tooling'],
};

/** What tests of any package may import besides. */
const FOR_TESTS = ['tooling', 'e2e', 'test-support', 'protocol'];

/** Outside library -> the folders that own it. A library that is not here has no owner and may not be used. */
export const OWNERS: Readonly<Record<string, readonly string[]>> = {
  imapflow: ['engine/src/imap/', 'e2e/fixture/'],
  nodemailer: ['engine/src/smtp/', 'e2e/fixture/'],
  mailparser: ['engine/src/mime/', 'packages/coi/'],
  'postal-mime': ['packages/coi/'],
  openpgp: ['packages/crypto/'],
  idb: ['packages/client/'],
  comlink: ['packages/client/'],
  valibot: ['packages/protocol/'],
  lit: ['web-components/'],
  '@lit/localize': ['web-components/'],
  'linkify-it': ['web-components/'],
  'bootstrap-icons': ['web-components/'],
  ws: ['engine/src/server/', 'packages/client/src/headless'],
  jose: ['engine/src/auth/'],
  esbuild: ['packages/tooling/'],
  'playwright-core': ['e2e/'],
};

/** Libraries that tests of every package may use. */
const TEST_LIBRARIES = ['playwright-core', 'esbuild', 'ws', 'jose'];

/** Packages that run in browsers: no Node modules in their sources. */
const ISOMORPHIC = ['base', 'coi', 'chat', 'protocol', 'crypto', 'client', 'web-components', 'plugin-roundcube'];
/** The headless client for tests, and scripts that write a source (icons, emoji). */
const NODE_FILE = /\/headless|\/generate\.ts$/;
const PURE = ['base', 'coi', 'chat', 'protocol', 'crypto'];
const IMPURE =
  /\b(fetch\s*\(|setTimeout|setInterval|Date\.now|new Date\(\)|Math\.random|indexedDB|process\.|document\.|window\.|localStorage)/;

/** The system clock is the one place in a pure package that reads the time. */
const IMPURE_BY_DESIGN = ['packages/base/src/clock.ts'];

export function packageOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'packages' ? second : top;
}

function libraryOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function violationOf(source: Source, name: string): string | undefined {
  const { path, isTest } = source;
  const from = packageOf(path);
  if (name.startsWith('node:')) {
    const isNodePart = isTest || NODE_FILE.test(path) || !ISOMORPHIC.includes(from);
    return isNodePart ? undefined : 'runs in browsers and may not import Node modules';
  }
  if (name.startsWith('.')) {
    const target = new URL(name, `file:///${path}`).pathname.slice(1);
    if (packageOf(target) === from || (isTest && target.startsWith('e2e/stack/'))) return undefined;
    return 'reaches into another package by path';
  }
  if (name.startsWith(SCOPE)) {
    const to = name.slice(SCOPE.length).split('/')[0] ?? '';
    if (to === from || ALLOWED[from]?.includes(to) === true || (isTest && FOR_TESTS.includes(to))) return undefined;
    return `${from} may not import ${to}`;
  }
  const library = libraryOf(name);
  if (OWNERS[library]?.some((folder) => path.startsWith(folder)) === true) return undefined;
  return isTest && TEST_LIBRARIES.includes(library) ? undefined : 'belongs to another folder or to none';
}

export function violations(sources: readonly Source[]): readonly string[] {
  const found: string[] = [];
  for (const source of sources) {
    for (const name of source.imports) {
      const violation = violationOf(source, name);
      if (violation !== undefined) found.push(`${source.path}: ${name}: ${violation}`);
    }
    const isPure = PURE.includes(packageOf(source.path)) && !source.isTest && !IMPURE_BY_DESIGN.includes(source.path);
    const impure = isPure ? IMPURE.exec(source.code)?.[1] : undefined;
    if (impure !== undefined) found.push(`${source.path}: uses ${impure}, which pure packages get handed in`);
  }
  return found;
}
