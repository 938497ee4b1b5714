import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toImapError } from './errors.ts';

const failure = (fields: object) => Object.assign(new Error('failed'), fields);

const cases = [
  {
    name: 'a certificate of an unknown authority',
    fields: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    code: 'tls-untrusted',
  },
  {
    name: 'a certificate of another name',
    fields: { code: 'ERR_TLS_CERT_ALTNAME_INVALID', tlsFailed: true },
    code: 'tls-untrusted',
  },
  { name: 'a server without STARTTLS', fields: { tlsFailed: true }, code: 'tls-untrusted' },
  { name: 'a handshake that was cut', fields: { code: 'ECONNRESET', tlsFailed: true }, code: 'imap-unavailable' },
  { name: 'a garbled stream', fields: { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, code: 'imap-unavailable' },
  {
    name: 'a garbled handshake',
    fields: { code: 'ERR_SSL_WRONG_VERSION_NUMBER', tlsFailed: true },
    code: 'imap-unavailable',
  },
] as const;

for (const { name, fields, code } of cases) {
  test(`${name} is ${code}`, () => {
    assert.equal(toImapError(failure(fields), 'connect').code, code);
  });
}
