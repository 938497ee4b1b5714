import assert from 'node:assert/strict';
import test from 'node:test';
import { backoffMs } from './backoff.ts';
import { fromBase64, fromBase64Url, fromUtf8, toBase64, toBase64Url, toHex, utf8 } from './bytes.ts';
import { CoiError, errorFamily, fromErrorData, isCoiError, toErrorData } from './errors.ts';
import { KeyedLock } from './lock.ts';
import { Signal } from './signal.ts';

test('an error keeps code, details and retry time over a wire', () => {
  const error = new CoiError('throttled', 'Sending limit reached', { details: { smtpCode: 450 }, retryAfterMs: 5000 });
  const back = fromErrorData(JSON.parse(JSON.stringify(toErrorData(error))));
  assert.ok(isCoiError(back, 'throttled'));
  assert.deepEqual([back.details, back.retryAfterMs, errorFamily(back)], [{ smtpCode: 450 }, 5000, 'wait']);
});

test('the text of a foreign error does not leave the process', () => {
  assert.deepEqual(toErrorData(new Error('bob@example.test failed')), {
    code: 'internal',
    message: 'Unexpected failure',
  });
});

test('backoff grows, is jittered and has a ceiling', () => {
  assert.equal(backoffMs(0, 0), 125);
  assert.ok(backoffMs(3, 0.5) > backoffMs(1, 0.99));
  assert.ok(backoffMs(1000, 0.999) <= 30_000);
});

test('bytes survive base64, base64url and UTF-8', () => {
  const all = Uint8Array.from({ length: 70_000 }, (_, at) => at & 255);
  assert.deepEqual(fromBase64(toBase64(all)), all);
  assert.deepEqual(fromBase64Url(toBase64Url(all)), all);
  assert.equal(fromUtf8(utf8('Grüße 👋')), 'Grüße 👋');
  assert.equal(fromBase64('***'), undefined);
  assert.equal(toHex(new Uint8Array([0, 171])), '00ab');
});

test('tasks of one key run in order, also after one failed; other keys do not wait', async () => {
  const lock = new KeyedLock();
  const order: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const first = lock.run('alice', async () => {
    await gate;
    order.push('alice 1');
    throw new Error('fails');
  });
  const second = lock.run('alice', async () => void order.push('alice 2'));
  await lock.run('bob', async () => void order.push('bob'));
  open();
  await assert.rejects(first);
  await second;
  assert.deepEqual(order, ['bob', 'alice 1', 'alice 2']);
});

test('a signal calls its subscribers for real changes only, until they leave', () => {
  const signal = new Signal(1);
  const seen: number[] = [];
  const leave = signal.subscribe((value) => seen.push(value));
  signal.set(1);
  signal.set(2);
  leave();
  signal.set(3);
  assert.deepEqual(seen, [2]);
});
