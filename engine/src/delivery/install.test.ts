/** What an admin gets from `dovecot-config`, without a Dovecot. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { dovecotCommand } from './command.ts';

const root = mkdtempSync(join(tmpdir(), 'coi-dovecot-'));
after(() => rmSync(root, { recursive: true, force: true }));

const key = randomBytes(32).toString('base64');
writeFileSync(join(root, 'delivery.key'), `${key}\n`);

const mail = { host: '127.0.0.1', port: 10143, tls: 'none' };
const issuer = { name: 'webmail', domains: ['a.test'], imap: mail, smtp: mail };
const withKey = { ...issuer, deliveryKeyFile: 'delivery.key' };

function configFile(name: string, config: unknown): string {
  const file = join(root, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const config = configFile('engine', { deliveryEvents: { port: 8091 }, issuers: [withKey] });
const run = (...args: string[]) => dovecotCommand(['--config', config, ...args]);
const folderOf = (name: string) => join(root, name);

test('without --write the files are shown but for the key, and nothing is written', () => {
  const folder = folderOf('shown');
  const shown = run('--folder', folder);
  assert.match(shown, /coi_delivery_url = http:\/\/127\.0\.0\.1:8091\/delivery\n/);
  assert.match(shown, /function dovecot_lua_notify_begin_txn/);
  assert.ok(!shown.includes(key));
  assert.equal(existsSync(folder), false);
});

test('only root may read the key, also where an older file had other rights', () => {
  const folder = folderOf('written');
  mkdirSync(folder);
  const keyFile = join(folder, 'coi-delivery.key');
  writeFileSync(keyFile, 'old');
  chmodSync(keyFile, 0o644);
  const said = run('--folder', folder, '--write');
  assert.equal(readFileSync(keyFile, 'utf8'), `${key}\n`);
  assert.equal(statSync(keyFile).mode & 0o777, 0o600);
  const conf = readFileSync(join(folder, 'conf.d/95-coi-delivery.conf'), 'utf8');
  assert.ok(conf.includes(`coi_delivery_key = <${keyFile}\n`) && !conf.includes(key));
  assert.ok(conf.includes(`push_notification_driver = lua:file=${folder}/coi-delivery.lua\n`));
  assert.doesNotMatch(conf, /@/);
  assert.ok(!said.includes(key) && said.includes('doveadm reload'));
});

test('--remove takes away what --write made, and nothing else', () => {
  const folder = folderOf('removed');
  run('--folder', folder, '--write');
  writeFileSync(join(folder, 'conf.d/10-mail.conf'), 'mine');
  dovecotCommand(['--folder', folder, '--remove']);
  for (const name of ['conf.d/95-coi-delivery.conf', 'coi-delivery.lua', 'coi-delivery.key']) {
    assert.equal(existsSync(join(folder, name)), false, name);
  }
  assert.equal(readFileSync(join(folder, 'conf.d/10-mail.conf'), 'utf8'), 'mine');
});

test('beside another push driver and with several engines', () => {
  const shown = run('--driver', '2', '--url', 'http://127.0.0.1:1/delivery  http://127.0.0.1:2/delivery');
  assert.match(shown, /push_notification_driver2 = lua:/);
  assert.match(shown, /coi_delivery_url = http:\/\/127\.0\.0\.1:1\/delivery http:\/\/127\.0\.0\.1:2\/delivery\n/);
});

const two = configFile('two', { issuers: [withKey, { ...withKey, name: 'other', domains: ['b.test'] }] });
const refused: [string, string[], RegExp][] = [
  ['no key', ['--config', configFile('plain', { issuers: [issuer] })], /deliveryKeyFile: make a key/],
  ['no port', ['--config', configFile('no-port', { issuers: [withKey] })], /^Set deliveryEvents\.port/],
  ['an unknown issuer', ['--config', config, '--issuer', 'x'], /^Option --issuer must/],
  ['several issuers with a key', ['--config', two, '--url', 'http://127.0.0.1:1/delivery'], /name one, --issuer/],
  ['a driver that is no number', ['--config', config, '--driver', 'x'], /^Option --driver must/],
];
for (const [what, args, message] of refused) {
  test(`${what} is refused with a sentence that says what to do`, () => {
    assert.throws(
      () => dovecotCommand(args),
      (error) => isCoiError(error, 'invalid-config') && message.test(error.message),
    );
  });
}
