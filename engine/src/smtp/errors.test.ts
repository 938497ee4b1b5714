import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionError } from './errors.ts';

/** As nodemailer's connection makes them. */
function failure(message: string, fields: Readonly<Record<string, unknown>>): Error {
  return Object.assign(new Error(message), fields);
}

const passing = [
  failure('read ECONNRESET', { code: 'ESOCKET', command: 'CONN' }),
  failure('Error initiating TLS - Client network socket disconnected before secure TLS connection was established', {
    code: 'ETLS',
    command: 'STARTTLS',
  }),
  failure('80F2:error:0A00010B:SSL routines:ssl3_get_record:wrong version number', {
    code: 'ESOCKET',
    command: 'CONN',
  }),
  failure('Error upgrading connection with STARTTLS: 454 4.7.0 TLS not available', {
    code: 'ETLS',
    command: 'STARTTLS',
    responseCode: 454,
  }),
];
for (const error of passing) {
  test(`a session that broke is tried again: ${error.message}`, () => {
    assert.equal(sessionError(error).code, 'smtp-unavailable');
  });
}

const final = [
  failure('self-signed certificate in certificate chain', { code: 'ESOCKET', command: 'CONN' }),
  failure("Hostname/IP does not match certificate's altnames", { code: 'ESOCKET', command: 'CONN' }),
  failure('Error upgrading connection with STARTTLS', { code: 'ETLS', command: 'STARTTLS', responseCode: 502 }),
];
for (const error of final) {
  test(`a server that nobody can trust is an admin's matter: ${error.message}`, () => {
    assert.equal(sessionError(error).code, 'tls-untrusted');
  });
}
