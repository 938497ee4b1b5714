import assert from 'node:assert/strict';
import test from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { check } from './check.ts';
import { METHODS } from './methods.ts';

const { params } = METHODS['message.flag'];
const good = { mailbox: 'INBOX', uidValidity: '1', uids: [1], add: ['\\Seen'], remove: [] };

test('a value that fits comes back without fields that nobody knows', () => {
  assert.deepEqual(check(params, { ...good, novelty: 1 }, 'params'), good);
});

test('the error names the field and never the value', () => {
  assert.throws(
    () => check(params, { ...good, uids: [1, 'secret'] }, 'params of message.flag'),
    (error) => isCoiError(error, 'invalid-request') && /uids\.1/.test(error.message) && !/secret/.test(error.message),
  );
});
