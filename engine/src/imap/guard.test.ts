/** What no test on a server can show: that no other source reaches the commands that move or remove mail. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isCoiError } from '@coi-webmail/base';
import { storeFlags } from './flag.ts';
import type { ImapSession } from './session.ts';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));

interface Source {
  readonly path: string;
  /** Without comments. */
  readonly text: string;
}

const sources: readonly Source[] = globSync('**/*.ts', { cwd: SOURCES })
  .filter((path) => !/\.(test|fixture|tmp)\.ts$/.test(path))
  .map((path) => {
    const text = readFileSync(`${SOURCES}/${path}`, 'utf8');
    return { path, text: text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '') };
  });

function pathsWith(pattern: RegExp): readonly string[] {
  return sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
}

/** What a pattern's first group matches in the sources, with where. */
function found(pattern: RegExp): readonly (readonly [name: string, path: string])[] {
  return sources.flatMap(({ path, text }) => [...text.matchAll(pattern)].map(([, name = '']) => [name, path] as const));
}

test('there are sources to read', () => {
  assert.ok(sources.length > 100);
});

test('no source but the guard names a command or a flag that moves or removes mail', () => {
  // `has('MOVE')` asks for a capability.
  assert.deepEqual(pathsWith(/(?<!has\()'(UID )?(MOVE|EXPUNGE|CLOSE|COPY|DELETE|RENAME)'/), ['imap/guard.ts']);
  assert.deepEqual(pathsWith(/\\\\deleted/i), ['imap/flag.ts', 'imap/guard.ts']);
  assert.match(sources.find(({ path }) => path === 'imap/flag.ts')?.text ?? '', /FORBIDDEN = '\\\\deleted'/);
});

test('raw commands are named where they are sent, and are these', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    APPEND: ['imap/append.ts'],
    NOTIFY: ['imap/watch.ts'],
    STATUS: ['imap/mailbox.ts'],
    'UID SORT': ['imap/order.ts'],
    'UID THREAD': ['imap/order.ts'],
    'UID STORE': ['imap/flag.ts', 'imap/guard.ts'],
    'UID MOVE': ['imap/guard.ts'],
    'UID EXPUNGE': ['imap/guard.ts'],
  };
  const calls = found(/\bexecute\(\s*([\s\S]{0,160})/g).filter(([call]) => !call.startsWith('client: ImapFlow'));
  const commands = calls.map(([call, path]) => [/^[\w.]+,\s*'[^']*',\s*'([A-Z ]+)',/.exec(call)?.[1], path] as const);
  const strays = commands.filter(([name, path]) => name === undefined || !allowed[name]?.includes(path));
  assert.deepEqual(strays, []);
  assert.deepEqual([...new Set(commands.map(([name]) => name))].sort(), Object.keys(allowed).sort());
});

test('of imapflow only what reads, looks or makes mailboxes is used', () => {
  const allowed = new Set(
    (
      'search fetch fetchOne noop list status download mailbox mailboxOpen mailboxCreate mailboxSubscribe ' +
      'capabilities enabled namespace usable isClosed maxIdleTime connect close logout on once'
    ).split(' '),
  );
  const used = found(/\b(?:client|this\.client|session\.client)\.(\w+)/g).filter(([, path]) =>
    path.startsWith('imap/'),
  );
  assert.deepEqual(
    used.filter(([name]) => !allowed.has(name)),
    [],
  );
  assert.deepEqual(
    [...allowed].filter((name) => !used.some(([one]) => one === name)),
    [],
  );
  // Its client goes no further than this folder, but for the two that list and make mailboxes.
  assert.deepEqual(
    pathsWith(/\bclient\b.*from 'imapflow'|from 'imapflow'/).filter((path) => !path.startsWith('imap/')),
    [],
  );
  assert.deepEqual(pathsWith(/\binternals\(|\bexec\(\s*command/), ['imap/execute.ts']);
});

test('flags are stored one by one, and the one that marks for removal is refused however it is written', async () => {
  let sentCount = 0;
  const client = { exec: () => Promise.resolve({ response: {}, next: () => (sentCount += 1) }) };
  const session = { client } as unknown as ImapSession;
  const refused = [
    '\\Deleted',
    '\\DELETED',
    '\\Seen \\Deleted',
    '\\Seen) (\\Deleted',
    '',
    '(\\Deleted)',
    '\\Deleted\r\n',
  ];
  for (const flag of refused) {
    for (const operation of ['add', 'remove'] as const) {
      await assert.rejects(storeFlags(session, [1], operation, ['\\Seen', flag]), (error) =>
        isCoiError(error, 'invariant'),
      );
    }
  }
  assert.equal(sentCount, 0);
  await storeFlags(session, [1], 'add', ['\\Seen', '$Chat']);
  assert.equal(sentCount, 1);
});
