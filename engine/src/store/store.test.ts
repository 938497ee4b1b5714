import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { MemoryStore } from './memory-store.ts';
import { SqliteStore } from './sqlite-store.ts';
import { storeContract } from './store.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'coi-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let fileCount = 0;
const freshFile = () => join(folder, `${(fileCount += 1)}.sqlite`);

storeContract('memory', () => new MemoryStore());
storeContract('SQLite', () => new SqliteStore(freshFile()));

test('what one process wrote another one reads, also after the first has ended', async () => {
  const file = freshFile();
  const one = new SqliteStore(file);
  const two = new SqliteStore(file);
  await one.claim('k', 1000, 100);
  assert.equal((await two.claim('k', 1001, 100)).state, 'in-flight');
  await two.settleClaim('k', 'released', 1001, {});
  assert.equal((await two.claim('k', 1001, 100)).state, 'in-flight', 'a process cannot release what it does not hold');
  await one.settleClaim('k', 'accepted', 1002, {});
  await one.close();
  assert.equal((await two.claim('k', 1003, 100)).state, 'accepted');
  await two.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a process that was silent too long has lost its claim to another one', async () => {
  const file = freshFile();
  const [one, two] = [new SqliteStore(file), new SqliteStore(file)];
  await one.claim('k', 1000, 100);
  assert.equal((await two.claim('k', 1101, 100)).state, 'new');
  await one.touchClaim('k', 9000);
  assert.equal(await one.progressClaim('k', 1102, { copy: 'copy' }, true), false);
  assert.equal(await two.progressClaim('k', 1102, { copy: 'copy' }, true), true);
  assert.equal((await one.claim('k', 1203, 100)).state, 'unknown');
  await one.close();
  await two.close();
});

test('a file of an earlier engine is taken over with its claims', async () => {
  const file = freshFile();
  const earlier = new DatabaseSync(file);
  earlier.exec(`CREATE TABLE claim (key TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL,
    is_progressed INTEGER NOT NULL, since_at INTEGER NOT NULL, touched_at INTEGER NOT NULL, copy TEXT) WITHOUT ROWID;
    INSERT INTO claim VALUES ('k', 'accepted', 'one', 1, 1000, 1000, 'copy'); PRAGMA user_version = 1;`);
  earlier.close();
  const store = new SqliteStore(file);
  const note = { copy: 'copy', recipients: undefined };
  assert.deepEqual(await store.claim('k', 1001, 100), { state: 'accepted', acceptedAt: 1000, note });
  await store.close();
});

test('a file of a newer engine, and a file that is no database, are refused with a sentence', () => {
  const foreign = freshFile();
  writeFileSync(foreign, 'not a database, but long enough to look at '.repeat(40));
  const newer = freshFile();
  const database = new DatabaseSync(newer);
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.throws(
    () => new SqliteStore(newer),
    (error) => isCoiError(error, 'invalid-config'),
  );
  assert.throws(
    () => new SqliteStore(foreign),
    (error) => isCoiError(error, 'invalid-config'),
  );
  assert.throws(
    () => new SqliteStore(join(folder, 'nowhere', 'x.sqlite')),
    (error) => isCoiError(error, 'invalid-config'),
  );
});

test('of many processes that claim the same submits at once, each submit is new to exactly one', async () => {
  const file = freshFile();
  await new SqliteStore(file).close();
  const script = join(folder, 'claimer.ts');
  writeFileSync(
    script,
    `import { SqliteStore } from ${JSON.stringify(join(import.meta.dirname, 'sqlite-store.ts'))};
    const store = new SqliteStore(${JSON.stringify(file)});
    const won = [];
    for (let at = 0; at < 200; at++) if ((await store.claim('k' + at, 1000, 1000)).state === 'new') won.push(at);
    await store.close();
    process.send(won);`,
  );
  const claimers = [fork(script), fork(script), fork(script)];
  const won = await Promise.all(
    claimers.map(async (claimer) => {
      const [answer] = (await once(claimer, 'message')) as [number[]];
      claimer.disconnect();
      return answer;
    }),
  );
  assert.deepEqual(
    won.flat().toSorted((one, other) => one - other),
    Array.from({ length: 200 }, (_, at) => at),
  );
});
