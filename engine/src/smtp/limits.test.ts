import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_LIMITS, nextBatch, readLimits } from './limits.ts';

test('LIMITS is read from the answer to EHLO, in any order and case, also with limits that we do not know', () => {
  const lines = ['PIPELINING', 'limits rcptmax=20 FUTURE=1 MailMax=3 RCPTDOMAINMAX=2'];
  assert.deepEqual(readLimits(lines), { recipients: 20, domains: 2, transactions: 3 });
  assert.deepEqual(readLimits(['SIZE 1000', 'DSN']), NO_LIMITS);
  assert.deepEqual(readLimits(['LIMITS RCPTMAX=0 MAILMAX=many']), NO_LIMITS);
});

test('a batch holds no more recipients and domains than the server takes, in order', () => {
  const waiting = ['a@one.test', 'b@two.test', 'c@ONE.test', 'd@one.test'];
  assert.deepEqual(nextBatch(waiting, NO_LIMITS), waiting);
  assert.deepEqual(nextBatch(waiting, { ...NO_LIMITS, recipients: 2 }), ['a@one.test', 'b@two.test']);
  assert.deepEqual(nextBatch(waiting, { ...NO_LIMITS, domains: 1 }), ['a@one.test', 'c@ONE.test', 'd@one.test']);
});
