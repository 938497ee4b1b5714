import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './dependency-rule.ts';
import { parseSource } from './source.ts';

const cases = [
  { path: 'packages/coi/src/a.ts', text: "import { x } from '@coi-webmail/base';", bad: 0 },
  { path: 'packages/coi/src/a.ts', text: "import { x } from '@coi-webmail/chat';", bad: 1 },
  { path: 'packages/coi/src/a.ts', text: "import {\n  x,\n  y,\n} from '@coi-webmail/engine';", bad: 1 },
  { path: 'packages/coi/src/a.ts', text: "// import { x } from '@coi-webmail/chat';", bad: 0 },
  { path: 'packages/coi/src/a.ts', text: "export * from '../../chat/src/x.ts';", bad: 1 },
  { path: 'packages/coi/src/a.ts', text: "import { readFile } from 'node:fs/promises';", bad: 1 },
  { path: 'packages/coi/src/a.test.ts', text: "import { readFile } from 'node:fs/promises';", bad: 0 },
  { path: 'packages/coi/src/a.ts', text: 'export const now = Date.now();', bad: 1 },
  { path: 'packages/coi/src/a.ts', text: "export const word = 'Date.now';", bad: 0 },
  { path: 'engine/src/account/a.ts', text: "import { ImapFlow } from 'imapflow';", bad: 1 },
  { path: 'engine/src/imap/a.ts', text: "import { ImapFlow } from 'imapflow';", bad: 0 },
  { path: 'engine/src/imap/a.live.test.ts', text: "import { startStack } from '@coi-webmail/e2e/stack';", bad: 0 },
  { path: 'web-components/src/a.ts', text: "const load = () => import('@coi-webmail/engine');", bad: 1 },
  { path: 'packages/client/src/a.ts', text: "import x from 'left-pad';", bad: 1 },
] as const;

for (const { path, text, bad } of cases) {
  test(`${path} with ${JSON.stringify(text)} has ${bad} violations`, () => {
    assert.equal(violations([parseSource(path, text)]).length, bad);
  });
}
