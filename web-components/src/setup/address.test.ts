import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressProblem, tidyAddress } from './address.ts';

const cases = [
  { typed: 'bob@example.org', problem: undefined },
  { typed: 'Bob B. <Bob@Example.org>', problem: undefined },
  { typed: 'bob+lake@sub.example.co.uk', problem: undefined },
  { typed: 'bob@müller.example', problem: undefined },
  { typed: '', problem: 'missing' },
  { typed: 'bob', problem: 'no-at' },
  { typed: 'bob@', problem: 'no-domain' },
  { typed: 'bob@example', problem: 'no-domain' },
  { typed: 'bob smith@example.org', problem: 'bad' },
  { typed: '@example.org', problem: 'bad' },
  { typed: 'bob@example.org, carol@example.org', problem: 'bad' },
  { typed: 'ALICE@example.org', problem: 'own' },
  { typed: 'carol@example.org', problem: 'twice' },
];

for (const { typed, problem } of cases) {
  test(`“${typed}” is ${problem ?? 'an address'}`, () => {
    assert.equal(addressProblem(typed, 'alice@example.org', ['carol@example.org']), problem);
  });
}

test('an address loses its name, its case and its full stop', () => {
  assert.equal(tidyAddress(' mailto:Bob@Example.org. '), 'bob@example.org');
});
