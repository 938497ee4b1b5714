import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deliveries } from './deliveries.ts';
import { rejectedOf, retryAfterMs, targetsOf } from './targets.ts';

const [ALICE, BOB, CAROL, DAVE] = ['alice@a.test', 'Bob@b.test', 'carol@c.test', 'dave@d.test'];
const LINE = { messageId: 'chat$1@a.test', bytes: new Uint8Array(), recipients: [ALICE, BOB, CAROL, DAVE], attempt: 1 };

function deliveries(): Deliveries {
  const known = Deliveries.parse(LINE.messageId, undefined);
  known.set([ALICE], { state: 'accepted' });
  known.set([BOB], { state: 'doubt', batch: 2 });
  known.set([CAROL], { state: 'refused', smtpCode: 550, status: '5.1.1' });
  known.set([DAVE], { state: 'deferred', smtpCode: 450, status: undefined });
  return known;
}

test('what is kept of recipients survives the claim and names no address', () => {
  const text = deliveries().format();
  const again = Deliveries.parse(LINE.messageId, text);
  for (const address of LINE.recipients) assert.deepEqual(again.of(address), deliveries().of(address));
  assert.deepEqual(again.of('bob@B.TEST'), { state: 'doubt', batch: 2 });
  assert.equal(again.of('erin@e.test'), undefined);
  assert.doesNotMatch(text, /@|alice|bob/i);
  assert.equal(Deliveries.parse('chat$2@a.test', text).of(ALICE), undefined, 'the names hold for one Message-ID only');
});

test('a retry sends to those whom the server put off, never to those who have it or may have it', () => {
  const known = deliveries();
  known.set([DAVE], undefined);
  assert.deepEqual(targetsOf(LINE, known, false), [DAVE]);
  assert.deepEqual(targetsOf(LINE, deliveries(), false), [DAVE]);
  assert.deepEqual(targetsOf(LINE, deliveries(), true), []);
  assert.deepEqual(targetsOf({ ...LINE, resend: true }, deliveries(), true), [BOB]);
  assert.deepEqual(targetsOf({ ...LINE, again: [ALICE, BOB, 'CAROL@c.test'] }, deliveries(), true), [CAROL]);
  assert.deepEqual(targetsOf({ ...LINE, again: [DAVE] }, deliveries(), true), [DAVE]);
});

test('a line that everybody was refused goes to everybody once the user tries again', () => {
  const known = Deliveries.parse(LINE.messageId, undefined);
  known.set(LINE.recipients, { state: 'refused', smtpCode: 554, status: '5.7.1' });
  assert.deepEqual(targetsOf({ ...LINE, recipients: [...LINE.recipients, 'bob@b.test'] }, known, false).length, 4);
});

test('who does not have it is named with the reply; who was not tried counts as put off', () => {
  const known = deliveries();
  known.set([DAVE], undefined);
  assert.deepEqual(rejectedOf(LINE, known), [
    { address: CAROL, smtpCode: 550, status: '5.1.1' },
    { address: DAVE, smtpCode: 451 },
  ]);
});

test('the copy in one mailbox settles the batch of its owner, and only that', () => {
  const known = deliveries();
  known.set([CAROL], { state: 'doubt', batch: 2 });
  known.set([DAVE], { state: 'doubt', batch: 3 });
  assert.equal(known.nextBatch, 4);
  assert.equal(known.arrivedAt(ALICE), false, 'alice was told to have it by the server');
  assert.equal(known.arrivedAt(undefined), false, 'somebody may be alice');
  assert.equal(known.arrivedAt(CAROL), true);
  assert.deepEqual(known.of(BOB), { state: 'accepted' });
  assert.deepEqual(known.of(DAVE), { state: 'doubt', batch: 3 });
  assert.equal(known.arrivedAt(CAROL), false);
});

test('an alias settles a line with one batch', () => {
  const known = Deliveries.parse(LINE.messageId, undefined);
  known.set([BOB, CAROL], { state: 'doubt', batch: 1 });
  assert.equal(known.arrivedAt('robert@b.test'), true);
  assert.equal(known.has('doubt'), false);
  assert.equal(Deliveries.parse(LINE.messageId, undefined).arrivedAt('robert@b.test'), true);
});

test('who was put off is tried after half a minute, then later and later, at most every quarter of an hour', () => {
  const known = deliveries();
  const waits = [1, 2, 3, 20].map((count) => {
    known.deferCount = count;
    return retryAfterMs(known, 0.999_999);
  });
  assert.deepEqual(waits, [30_000, 60_000, 120_000, 900_000]);
});
