import assert from 'node:assert/strict';
import test from 'node:test';
import { CoiError, isCoiError } from '@coi-webmail/base';
import type { VerifyLogin } from '../account/service.ts';
import { makeIssuer, TestClock } from './auth.fixture.ts';
import { signOnByPassword } from './password.ts';
import { RateLimit } from './rate-limit.ts';

const issuer = makeIssuer();

const verify: VerifyLogin = async (_, { login, secret }) => {
  if (secret === 'down') throw new CoiError('imap-unavailable', 'No answer');
  if (secret !== 'right') throw new CoiError('auth-failed', `LOGIN of ${login} failed`);
};

function setUp(limits = { ip: 5, account: 3 }) {
  const clock = new TestClock();
  const deps = {
    issuer,
    verifyLogin: verify,
    perIp: new RateLimit(limits.ip, clock),
    perAccount: new RateLimit(limits.account, clock),
  };
  const attempt = (address: string, password: string, clientIp = '192.0.2.1') =>
    signOnByPassword({ address, password, clientIp }, deps);
  return { clock, deps, attempt };
}

test('the right password signs its user on, however the address is written', async () => {
  const { identity, credentials } = await setUp().attempt(' Alice@A.test ', 'right');
  assert.equal(identity.address, 'alice@a.test');
  assert.equal(credentials.login, 'alice@a.test');
});

test('every refusal sounds the same and names nobody', async () => {
  const { attempt } = setUp({ ip: 50, account: 50 });
  const tries: [string, string][] = [
    ['alice@a.test', 'wrong'],
    ['alice@elsewhere.test', 'right'],
    ['alice', 'right'],
    ['a"b@a.test', 'right'],
    ['alice@a.test', ''],
    ['alice@a.test', 'right\r\nA1 DELETE INBOX'],
    ['alice@a.test', 'x'.repeat(2000)],
  ];
  const messages = new Set<string>();
  for (const [address, password] of tries) {
    await assert.rejects(attempt(address, password), (error) => {
      assert.ok(isCoiError(error, 'auth-failed'));
      messages.add(error.message);
      return true;
    });
  }
  assert.deepEqual([...messages], ['Address or password is not right']);
});

test('too many failures of one account are refused for a while, even with the right password', async () => {
  const { attempt, clock } = setUp();
  for (let at = 0; at < 3; at++) await assert.rejects(attempt('alice@a.test', 'wrong', `192.0.2.${at}`));
  await assert.rejects(
    attempt('alice@a.test', 'right', '192.0.2.9'),
    (error) => isCoiError(error, 'throttled') && (error.retryAfterMs ?? 0) > 0,
  );
  await attempt('bob@a.test', 'right', '192.0.2.9');
  clock.advance(20_000);
  await attempt('alice@a.test', 'right', '192.0.2.9');
});

test('too many failures from one address are refused, and one client does not get around it with IPv6', async () => {
  const { attempt } = setUp();
  const ip = (at: number) => `2001:db8::${at}`;
  for (let at = 1; at <= 5; at++) await assert.rejects(attempt(`user${at}@a.test`, 'wrong', ip(at)));
  await assert.rejects(attempt('alice@a.test', 'right', ip(6)), (error) => isCoiError(error, 'throttled'));
  await attempt('alice@a.test', 'right', '2001:db8:1::1');
});

test('good sign-ons and a mail server that is down count for nothing', async () => {
  const { attempt } = setUp();
  for (let at = 0; at < 20; at++) {
    await attempt('alice@a.test', 'right');
    await assert.rejects(attempt('alice@a.test', 'down'), (error) => isCoiError(error, 'imap-unavailable'));
  }
});

test('where no issuer offers it nobody signs on by password', async () => {
  const { deps } = setUp();
  const attempt = { address: 'alice@a.test', password: 'right', clientIp: '192.0.2.1' };
  await assert.rejects(signOnByPassword(attempt, { ...deps, issuer: undefined }), (error) =>
    isCoiError(error, 'permission-denied'),
  );
});
