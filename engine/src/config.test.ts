import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { ISSUER_KEYS, SERVER_KEYS } from './config/issuer.ts';
import { envName, KEYS } from './config/key.ts';
import { loadConfig, readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'coi-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const secret = randomBytes(32).toString('base64');
const mail = { host: 'mail.example.org', port: 993 };
const issuer = { name: 'webmail', secret, domains: ['Example.org'], imap: mail, smtp: { ...mail, port: 465 } };
const least = { issuers: [issuer] };

test('what is absent has its default, and paths start at the file', () => {
  const file = join(folder, 'engine.json');
  writeFileSync(file, JSON.stringify(least));
  const config = loadConfig(file, {});
  assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8090 });
  assert.equal(config.basePath, '/coi');
  assert.equal(config.storeFile, join(folder, 'coi-engine.sqlite'));
  assert.deepEqual(config.issuers[0]?.domains, ['example.org']);
  assert.deepEqual(config.issuers[0]?.imapNames, ['mail.example.org:993']);
  assert.equal(config.issuers[0]?.imap.tls, 'tls');
  assert.equal(config.session.hostTtlMs, 600_000);
  assert.equal(config.passwordIssuer, undefined);
});

test('the storage secret is made once, for its owner only', () => {
  const first = readConfig(least, {}, folder).storageSecret;
  const file = join(folder, 'coi-storage.secret');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readConfig(least, {}, folder).storageSecret, first);
  assert.equal(Buffer.from(readFileSync(file, 'utf8'), 'base64').length, 32);
});

test('the environment wins over the file, also for lists and objects', () => {
  const environment = {
    COI_LISTEN_PORT: '8111',
    COI_PUBLIC_ORIGINS: 'https://a.example, https://b.example',
    COI_SESSION_HOST_TTL_MS: '120000',
    COI_PASSWORD: '{"issuer":"webmail"}',
    COI_DEFAULT_MODE: 'null',
  };
  const config = readConfig({ ...least, defaultMode: 'active' }, environment, folder);
  assert.equal(config.listen.port, 8111);
  assert.deepEqual(config.publicOrigins, ['https://a.example', 'https://b.example']);
  assert.equal(config.session.hostTtlMs, 120_000);
  assert.equal(config.passwordIssuer?.name, 'webmail');
  assert.equal(config.defaultMode, null);
});

test('each setting has a sentence and its own variable', () => {
  const names = Object.keys(KEYS).map(envName);
  assert.equal(new Set(names).size, names.length);
  for (const { doc } of Object.values(KEYS)) assert.match(doc, /^[A-Z].*\.$/);
});

test('the README tells every setting', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8').replaceAll(/ +/g, ' ');
  for (const [name, { doc }] of Object.entries({ ...KEYS, ...ISSUER_KEYS, ...SERVER_KEYS })) {
    assert.ok(readme.includes(`| \`${name}\` |`) && readme.includes(`| ${doc} |`), `${name} is missing or out of date`);
  }
});

test('the example is a configuration, but for its files', () => {
  const example: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../engine.example.json'), 'utf8'));
  writeFileSync(join(folder, 'example.secret'), secret);
  const text = JSON.stringify(example)
    .replaceAll('/etc/coi-engine.secret', 'example.secret')
    .replaceAll('/var/lib/coi-engine/', '');
  assert.equal(readConfig(JSON.parse(text), {}, folder).passwordIssuer?.name, 'webmail');
});

const wrong: [string, unknown, RegExp][] = [
  ['no issuer', {}, /^Setting issuers is missing/],
  ['an empty list of issuers', { issuers: [] }, /^Setting issuers must name at least one/],
  ['a misspelt setting', { ...least, listen: { prot: 1 } }, /^Setting listen\.prot is not a setting/],
  ['a misspelt setting of an issuer', { issuers: [{ ...issuer, imaps: 1 }] }, /^Setting issuers\[0\]\.imaps is not/],
  [
    'a port that is none',
    { issuers: [{ ...issuer, imap: { ...mail, port: 0 } }] },
    /^Setting issuers\[0\]\.imap\.port/,
  ],
  ['a text where a group belongs', { ...least, session: 5 }, /^Setting session must be an object/],
  [
    'an origin with a path',
    { ...least, publicOrigins: ['https://a.example/'] },
    /^Setting publicOrigins\[0\] must be an or/,
  ],
  [
    'a host session of more than ten minutes',
    { ...least, session: { hostTtlMs: 600_001 } },
    /^Setting session\.hostTtlMs/,
  ],
  ['a short secret', { issuers: [{ ...issuer, secret: 'c2hvcnQ=' }] }, /^Setting issuers\[0\]\.secret .*openssl/],
  [
    'a secret file that is not there',
    { issuers: [{ ...issuer, secret: undefined, secretFile: 'x' }] },
    /secretFile names a/,
  ],
  ['two secrets', { issuers: [{ ...issuer, secretFile: 'x' }] }, /^Setting issuers\[0\]\.secret must not/],
  ['a domain of two issuers', { issuers: [issuer, { ...issuer, name: 'b' }] }, /^Setting issuers\[1\]\.domains/],
  [
    'two issuers of one name',
    { issuers: [issuer, { ...issuer, domains: ['b.example'] }] },
    /^Setting issuers\[1\]\.name/,
  ],
  ['an unknown issuer for passwords', { ...least, password: { issuer: 'x' } }, /^Setting password\.issuer must/],
  [
    'plain text to a server elsewhere',
    { issuers: [{ ...issuer, smtp: { ...mail, tls: 'none' } }] },
    /^Setting issuers\[0\]\.smtp\.tls must be tls or starttls/,
  ],
  ['frames smaller than messages', { ...least, maxFrameBytes: 1_048_576 }, /^Setting maxFrameBytes must be at least/],
];
for (const [what, given, message] of wrong) {
  test(`${what} is refused with a sentence that names the setting`, () => {
    assert.throws(
      () => readConfig(given, {}, folder),
      (error) => isCoiError(error, 'invalid-config') && message.test(error.message) && !error.message.includes(secret),
    );
  });
}

test('plain text to a server on this machine is allowed', () => {
  const local = { ...mail, host: '127.0.0.1', tls: 'none' };
  const config = readConfig({ issuers: [{ ...issuer, imap: local, smtp: local }] }, {}, folder);
  assert.equal(config.issuers[0]?.imap.tls, 'none');
});

test('a configuration file that is missing or no JSON is refused with a sentence', () => {
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{');
  for (const file of [broken, join(folder, 'missing.json')]) {
    assert.throws(
      () => loadConfig(file, {}),
      (error) => isCoiError(error, 'invalid-config'),
    );
  }
});
