import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { type ErrorCode, isCoiError } from '@coi-webmail/base';
import { MemoryStore } from '../store/memory-store.ts';
import { makeIssuer, makeTicket, NOW, type TicketOptions } from './auth.fixture.ts';
import { redeemTicket } from './ticket.ts';

const issuer = makeIssuer();
const other = makeIssuer({ name: 'other', domains: ['b.test'], imapNames: ['127.0.0.1:20143'] });
const deps = () => ({ issuers: [issuer, other], store: new MemoryStore() });
const SECONDS = NOW / 1000;

test('a ticket proves address, login and secret of its user', async () => {
  const { identity, credentials } = await redeemTicket(await makeTicket(issuer, 'alice'), NOW, deps());
  assert.equal(identity.address, 'alice@a.test');
  assert.equal(identity.issuer, issuer);
  assert.match(identity.hash, /^[0-9a-f]{16}$/);
  assert.deepEqual(credentials, { login: 'alice', secret: 'alice-password', auth: 'password' });
});

test('clocks may differ by half a minute, either way', async () => {
  const ticket = await makeTicket(issuer, 'alice');
  await redeemTicket(ticket, NOW + 89_000, deps());
  await redeemTicket(ticket, NOW - 29_000, deps());
});

test('a ticket is good for one sign-on', async () => {
  const same = deps();
  const ticket = await makeTicket(issuer, 'alice');
  const answers = await Promise.allSettled([redeemTicket(ticket, NOW, same), redeemTicket(ticket, NOW, same)]);
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await assert.rejects(redeemTicket(ticket, NOW + 1000, same), (error) => isCoiError(error, 'auth-failed'));
});

test('a ticket without a key id fits where one issuer takes tickets', async () => {
  const ticket = await makeTicket(issuer, 'alice', { kid: null });
  const silent = makeIssuer({ name: 'silent', domains: ['c.test'], ticketSecret: undefined });
  await redeemTicket(ticket, NOW, { issuers: [silent, issuer], store: new MemoryStore() });
  await assert.rejects(redeemTicket(ticket, NOW, deps()), (error) => isCoiError(error, 'auth-failed'));
});

test('a refused ticket is not used up', async () => {
  const same = deps();
  const ticket = await makeTicket(issuer, 'alice');
  await assert.rejects(redeemTicket(ticket, NOW - 120_000, same));
  await redeemTicket(ticket, NOW, same);
});

const refused: [string, ErrorCode, TicketOptions][] = [
  ['an expired ticket', 'auth-expired', { claims: { iat: SECONDS - 200, exp: SECONDS - 31 } }],
  ['a ticket that lives too long', 'auth-failed', { claims: { exp: SECONDS + 3600 } }],
  ['a ticket from the future', 'auth-failed', { claims: { iat: SECONDS + 31, exp: SECONDS + 80 } }],
  ['a ticket without an end', 'invalid-request', { claims: { exp: undefined } }],
  ['a ticket for somebody else', 'auth-failed', { claims: { aud: 'another-service' } }],
  ['a ticket whose issuer claim is another', 'auth-failed', { claims: { iss: 'other' } }],
  ['a ticket of an unknown issuer', 'auth-failed', { kid: 'nobody' }],
  ["a ticket under another issuer's name", 'auth-failed', { kid: 'other' }],
  ['a ticket sealed with another key', 'auth-failed', { secret: new Uint8Array(randomBytes(32)) }],
  ['a ticket for an unknown host', 'permission-denied', { claims: { imap: { host: '10.0.0.1', port: 10143 } } }],
  ['a ticket for another port', 'permission-denied', { claims: { imap: { host: '127.0.0.1', port: 25 } } }],
  ["a ticket for another issuer's host", 'permission-denied', { claims: { imap: { host: '127.0.0.1', port: 20143 } } }],
  ['a ticket for a foreign address', 'permission-denied', { claims: { address: 'alice@elsewhere.test' } }],
  ["a ticket for another issuer's user", 'permission-denied', { claims: { address: 'bob@b.test' } }],
  ['a ticket for two addresses', 'permission-denied', { claims: { address: 'bob@b.test@a.test' } }],
  ['a ticket for an address with a line break', 'permission-denied', { claims: { address: 'a\r\n@a.test' } }],
  ['a ticket without a secret', 'invalid-request', { claims: { secret: undefined } }],
];
for (const [what, code, options] of refused) {
  test(`${what} is refused as ${code}`, async () => {
    const ticket = await makeTicket(issuer, 'alice', options);
    await assert.rejects(
      redeemTicket(ticket, NOW, deps()),
      (error) => isCoiError(error, code) && !error.message.includes('alice'),
    );
  });
}

test('a ticket changed in any of its parts is refused', async () => {
  const ticket = await makeTicket(issuer, 'alice');
  const parts = ticket.split('.');
  for (const at of [0, 2, 3, 4]) {
    const part = parts[at] ?? '';
    const changed = parts.with(at, `${part[0] === 'A' ? 'B' : 'A'}${part.slice(1)}`).join('.');
    await assert.rejects(redeemTicket(changed, NOW, deps()), (error) => isCoiError(error, 'auth-failed'));
  }
});

for (const text of ['', 'x', 'a.b.c', '....', `${'x'.repeat(20_000)}....`]) {
  test(`text of ${text.length} letters that is no ticket is refused`, async () => {
    await assert.rejects(redeemTicket(text, NOW, deps()), (error) => isCoiError(error, 'auth-failed'));
  });
}
