import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));

/** Whatever moves or removes mail, in raw commands or in imapflow's names. CLOSE expunges too. */
const REMOVING =
  /(?<!has\()'(UID )?(MOVE|EXPUNGE|CLOSE|COPY)'|\\\\Deleted|messageMove|messageDelete|messageCopy|mailboxClose|mailboxDelete|mailboxRename|setFlagColor|messageFlags/;

test('no source but the guard can move or remove mail', () => {
  const paths = globSync('**/*.ts', { cwd: SOURCES }).filter((path) => !/\.(test|fixture)\.ts$/.test(path));
  const found = paths.filter((path) =>
    readFileSync(`${SOURCES}/${path}`, 'utf8')
      .split('\n')
      .some((line) => REMOVING.test(line) && !/^\s*(\/?\*|\/\/)/.test(line)),
  );
  assert.deepEqual(found, ['imap/guard.ts']);
});
