import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOffset } from './server-time.ts';

const answer = (askedAt: number, answeredAt: number, serverAt: number) => ({ askedAt, answeredAt, serverAt });

const cases = [
  {
    name: 'a first answer is taken to be from the middle of its time',
    known: undefined,
    at: answer(1000, 1100, 5050),
    is: 4000,
  },
  { name: 'an answer that took long changes nothing that fits', known: 4000, at: answer(1000, 16_000, 5010), is: 4000 },
  {
    name: 'one that was late on its way does not set the clock back',
    known: 4000,
    at: answer(1000, 9000, 5000),
    is: 4000,
  },
  { name: 'a clock that was set here is followed', known: 4000, at: answer(301_000, 301_040, 5020), is: -295_980 },
  {
    name: 'an estimate that cannot be right moves to the nearest one that can',
    known: 4000,
    at: answer(1000, 1010, 5200),
    is: 4190,
  },
];
for (const { name, known, at, is } of cases) test(name, () => assert.equal(clockOffset(known, at), is));
