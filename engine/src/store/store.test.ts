import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  await two.settleClaim('k', 'released', 1001, undefined);
  assert.equal((await two.claim('k', 1001, 100)).state, 'in-flight', 'a process cannot release what it does not hold');
  await one.settleClaim('k', 'accepted', 1002, undefined);
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
  assert.equal(await one.progressClaim('k', 1102, 'copy'), false);
  assert.equal(await two.progressClaim('k', 1102, 'copy'), true);
  assert.equal((await one.claim('k', 1203, 100)).state, 'unknown');
  await one.close();
  await two.close();
});

test('a file of a newer engine, and a file that is no database, are refused with a sentence', () => {
  const foreign = freshFile();
  writeFileSync(foreign, 'not a database, but long enough to look at '.repeat(40));
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
