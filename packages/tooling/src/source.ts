/** Reads the repository's sources for the rules about them: what a file imports, and its code without comments. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.ts';

export interface Source {
  /** Relative to the repository. */
  readonly path: string;
  readonly isTest: boolean;
  readonly imports: readonly string[];
  /** Without comments; strings emptied. */
  readonly code: string;
}

/** Formatted sources write module names in single quotes; a double-quoted string is data. */
const IMPORT = /\b(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(?:\(\s*)?'([^']+)'/g;
const DATA = /"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
/** A comment, a string or a template; regular expressions with quotes in them are rare enough to be left. */
const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

function withoutComments(text: string): string {
  return text.replace(TOKEN, (token) => (token.startsWith('/') ? ' ' : token));
}

export function parseSource(path: string, text: string): Source {
  const bare = withoutComments(text);
  return {
    path,
    isTest:
      /\.(test|contract|fixture|test-d)\.ts$/.test(path) || /^e2e\/|^packages\/(tooling|test-support)\//.test(path),
    imports: [...bare.replace(DATA, '""').matchAll(IMPORT)].map(([, name = '']) => name),
    code: bare.replace(TOKEN, (token) => (token.startsWith('`') ? token : "''")),
  };
}

export function readSources(): readonly Source[] {
  const paths = globSync('{packages/*,engine,web-components,plugin-roundcube,e2e}/**/*.ts', {
    cwd: ROOT,
    exclude: (path) => path.includes('node_modules') || path.endsWith('/dist'),
  });
  return paths
    .filter((path) => !path.endsWith('.d.ts') && !path.includes('/dist/') && !path.includes('/js/'))
    .map((path) => parseSource(path, readFileSync(join(ROOT, path), 'utf8')));
}
