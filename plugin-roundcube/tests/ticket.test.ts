import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { check, ticketClaims } from '@coi-webmail/protocol';
import { decodeProtectedHeader, jwtDecrypt } from 'jose';
import { runScript } from './php.fixture.ts';

const SECRET = randomBytes(32);
const NOW = Math.floor(Date.now() / 1000);
const CLAIMS = {
  iss: 'roundcube',
  aud: 'coi-engine',
  iat: NOW,
  exp: NOW + 60,
  jti: 'a-ticket-is-used-once',
  login: 'alice@example.test',
  address: 'alice@example.test',
  secret: 'Pässwort mit "Zeichen" und \\',
  auth: 'password',
  imap: { host: '127.0.0.1', port: 143 },
};

const seal = (secret = SECRET) =>
  runScript('ticket.php', { claims: CLAIMS, issuer: 'roundcube', secret: secret.toString('base64') });

const OPTIONS = {
  issuer: 'roundcube',
  audience: 'coi-engine',
  keyManagementAlgorithms: ['dir'],
  contentEncryptionAlgorithms: ['A256GCM'],
};

test('a ticket is a JWE that the engine opens, and it says what the protocol asks for', async () => {
  const ticket = await seal();
  assert.deepEqual(decodeProtectedHeader(ticket), { alg: 'dir', enc: 'A256GCM', kid: 'roundcube' });
  const { payload } = await jwtDecrypt(ticket, SECRET, OPTIONS);
  assert.deepEqual(check(ticketClaims, payload, 'ticket'), CLAIMS);
});

test('no part of a ticket can be changed, and no other secret opens it', async () => {
  const parts = (await seal()).split('.');
  const flip = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
  for (const index of [0, 2, 3, 4]) {
    const changed = parts.map((part, at) => (at === index ? flip(part) : part)).join('.');
    await assert.rejects(jwtDecrypt(changed, SECRET, OPTIONS));
  }
  await assert.rejects(jwtDecrypt(await seal(randomBytes(32)), SECRET, OPTIONS));
});

test('two tickets of the same claims share no bytes that tell', async () => {
  const [one, other] = await Promise.all([seal(), seal()]);
  assert.notEqual(one.split('.')[2], other.split('.')[2]);
  assert.notEqual(one.split('.')[3], other.split('.')[3]);
});
