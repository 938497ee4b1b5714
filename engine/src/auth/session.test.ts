import assert from 'node:assert/strict';
import test from 'node:test';
import { MemoryStore } from '../store/memory-store.ts';
import { identityOf } from './account.ts';
import { makeIssuer, TestClock } from './auth.fixture.ts';
import { Sessions } from './session.ts';
import { storageShare } from './storage-share.ts';

const issuer = makeIssuer();
const proofOf = (name: string, secret = `${name}-password`) => ({
  identity: identityOf(issuer, `${name}@a.test`),
  credentials: { login: name, secret, auth: 'password' as const },
});

function setUp() {
  const store = new MemoryStore();
  const clock = new TestClock();
  const options = { store, clock, issuers: [issuer], hostTtlMs: 600_000, passwordTtlMs: 3_600_000 };
  return { store, clock, options, sessions: new Sessions(options) };
}

test('who has the value opens the session, in every process of the Store', async () => {
  const { sessions, options } = setUp();
  const made = await sessions.create(proofOf('alice'), 'host');
  const opened = await new Sessions(options).open(made.value);
  assert.deepEqual(opened, made);
  assert.equal(opened?.credentials.secret, 'alice-password');
});

test('the Store alone shows neither address nor secret', async () => {
  const { sessions, store, clock } = setUp();
  const { id, value } = await sessions.create(proofOf('alice'), 'host');
  const record = await store.getSession(id, clock.now());
  const seen = `${JSON.stringify(record)} ${Buffer.from(record?.sealed ?? []).toString('latin1')}`;
  for (const secret of ['alice', 'password', value]) assert.ok(!seen.includes(secret));
});

test('another value, a record of another account or a tampered record opens nothing', async () => {
  const { sessions, store, clock } = setUp();
  const alice = await sessions.create(proofOf('alice'), 'host');
  const bob = await sessions.create(proofOf('bob'), 'host');
  assert.equal(await sessions.open('x'.repeat(43)), undefined);
  assert.equal(await sessions.open('../../etc/passwd'), undefined);
  const record = await store.getSession(alice.id, clock.now());
  assert.ok(record);
  assert.equal(sessions.unseal(bob.value, record), undefined);
  assert.equal(sessions.unseal(alice.value, { ...record, accountHash: bob.identity.hash }), undefined);
  const sealed = record.sealed.slice();
  sealed[20] = (sealed[20] ?? 0) ^ 1;
  assert.equal(sessions.unseal(alice.value, { ...record, sealed }), undefined);
});

test('a host session ends ten minutes after the last proof, and a fresh proof brings the newest secret', async () => {
  const { sessions, clock } = setUp();
  const made = await sessions.create(proofOf('alice'), 'host');
  clock.advance(599_999);
  const opened = await sessions.open(made.value);
  assert.ok(opened);
  const prolonged = await sessions.prolong(opened, proofOf('alice', 'new-password'));
  assert.equal(prolonged.value, made.value);
  clock.advance(599_999);
  assert.equal((await sessions.open(made.value))?.credentials.secret, 'new-password');
  clock.advance(1);
  assert.equal(await sessions.open(made.value), undefined);
});

test('an ended session is gone', async () => {
  const { sessions } = setUp();
  const made = await sessions.create(proofOf('alice'), 'password');
  await sessions.end(made);
  assert.equal(await sessions.open(made.value), undefined);
});

test('a session of an issuer or domain that left the configuration is gone', async () => {
  const { sessions, options } = setUp();
  const { value } = await sessions.create(proofOf('alice'), 'host');
  assert.equal(await new Sessions({ ...options, issuers: [] }).open(value), undefined);
  const moved = makeIssuer({ domains: ['b.test'] });
  assert.equal(await new Sessions({ ...options, issuers: [moved] }).open(value), undefined);
});

test('the account share depends on secret, issuer and address, and on nothing else', () => {
  const secret = new Uint8Array(32).fill(7);
  const share = storageShare(secret, 'webmail', 'alice@a.test');
  assert.equal(Buffer.from(share, 'base64').length, 32);
  assert.equal(storageShare(secret, 'webmail', 'Alice@A.test'), share);
  const others = [
    storageShare(secret, 'webmail', 'bob@a.test'),
    storageShare(secret, 'other', 'alice@a.test'),
    storageShare(new Uint8Array(32), 'webmail', 'alice@a.test'),
  ];
  assert.equal(new Set([share, ...others]).size, 4);
});
