import assert from 'node:assert/strict';
import test from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { TestClock } from '../auth/auth.fixture.ts';
import { BUDGET_WAIT_MS, SharedByteBudget } from './byte-budget.ts';

function setUp(limitBytes: number) {
  const clock = new TestClock();
  const budget = new SharedByteBudget(limitBytes, clock);
  const order: string[] = [];
  /** Work that runs until it is ended. */
  const work = (account: string, sizeBytes: number, name = account) => {
    let end: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (end = resolve));
    const done = budget.use(account, sizeBytes, async () => {
      order.push(name);
      await gate;
    });
    return { done, end };
  };
  return { clock, budget, order, work };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('work within the limit runs at once, and gives its room back, also when it fails', async () => {
  const { budget } = setUp(100);
  assert.equal(await budget.use('alice', 60, async () => budget.usedBytes), 60);
  await assert.rejects(budget.use('alice', 60, () => Promise.reject(new Error('failed'))));
  assert.equal(budget.usedBytes, 0);
});

test('over the limit accounts take turns, whoever asked more', async () => {
  const { order, work } = setUp(100);
  const first = work('alice', 100, 'alice 1');
  const waiting = [work('alice', 100, 'alice 2'), work('alice', 100, 'alice 3'), work('bob', 100, 'bob 1')];
  first.end();
  for (const name of ['alice 2', 'bob 1', 'alice 3']) {
    await settle();
    assert.equal(order.at(-1), name);
    waiting.find((_, at) => ['alice 2', 'alice 3', 'bob 1'][at] === name)?.end();
  }
  await Promise.all([first.done, ...waiting.map(({ done }) => done)]);
});

test('small work does not overtake large work for ever', async () => {
  const { order, work } = setUp(100);
  const first = work('alice', 60);
  const large = work('bob', 80);
  const small = work('carol', 10);
  await settle();
  assert.deepEqual(order, ['alice']);
  first.end();
  await settle();
  assert.deepEqual(order, ['alice', 'bob', 'carol']);
  large.end();
  small.end();
  await Promise.all([first.done, large.done, small.done]);
});

test('work larger than the whole budget gets through alone', async () => {
  const { budget } = setUp(100);
  assert.equal(await budget.use('alice', 500, async () => 'done'), 'done');
});

test('who waited a minute is told to come back, and makes way', async () => {
  const { clock, work, order } = setUp(100);
  const first = work('alice', 60);
  const large = work('bob', 80);
  const small = work('carol', 40);
  const refused = assert.rejects(large.done, (error) => isCoiError(error, 'overloaded'));
  clock.advance(BUDGET_WAIT_MS - 1);
  await settle();
  assert.deepEqual(order, ['alice']);
  clock.advance(1);
  await refused;
  assert.deepEqual(order, ['alice', 'carol']);
  first.end();
  small.end();
  await Promise.all([first.done, small.done]);
});
