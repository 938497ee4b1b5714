import assert from 'node:assert/strict';
import test from 'node:test';
import { TestClock } from '../auth/auth.fixture.ts';
import { EventLog, LOG_MAX_AGE_MS, LOG_MAX_BYTES, LOG_MAX_EVENTS } from './event-log.ts';
import { changed } from './server.fixture.ts';

test('events are numbered from one, and each log has a name of its own', () => {
  const log = new EventLog(new TestClock());
  assert.equal(log.seq, 0);
  const heard: number[] = [];
  const leave = log.subscribe(({ seq }) => heard.push(seq));
  log.append(changed());
  log.append(changed());
  leave();
  log.append(changed());
  assert.deepEqual([log.seq, heard], [3, [1, 2]]);
  assert.notEqual(new EventLog(new TestClock()).stream, log.stream);
});

test('what came after a number is there, but not after a number that never was', () => {
  const log = new EventLog(new TestClock());
  for (let at = 0; at < 3; at++) log.append(changed());
  const after = (seq: number) => log.since(seq)?.map((event) => event.seq);
  assert.deepEqual(after(0), [1, 2, 3]);
  assert.deepEqual(after(2), [3]);
  assert.deepEqual(after(3), []);
  for (const seq of [4, -1, 0.5, Number.NaN]) assert.equal(after(seq), undefined);
});

test('old events are forgotten: by number, by size and by age', () => {
  const clock = new TestClock();
  const many = new EventLog(clock);
  for (let at = 0; at <= LOG_MAX_EVENTS; at++) many.append(changed());
  assert.equal(many.since(0), undefined);
  assert.equal(many.since(1)?.length, LOG_MAX_EVENTS);

  const large = new EventLog(clock);
  const bytes = new Uint8Array(LOG_MAX_BYTES / 2);
  for (let at = 0; at < 3; at++) {
    large.append({ event: 'lane.message', data: { messageId: 'x', from: 'b@a.test', acceptedAt: 1, bytes } });
  }
  assert.equal(large.since(1), undefined);
  assert.equal(large.since(2)?.length, 1);

  const old = new EventLog(clock);
  old.append(changed());
  clock.advance(LOG_MAX_AGE_MS + 1);
  old.append(changed());
  assert.equal(old.since(0), undefined);
  assert.equal(old.since(1)?.length, 1);
});
