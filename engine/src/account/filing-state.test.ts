import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FilingState } from './filing-state.ts';

function stateWith(chat: readonly number[], undecided: readonly number[], scannedTo: number): FilingState {
  const state = new FilingState('INBOX', '1', 0, undefined);
  state.scanned({ from: 1, to: scannedTo });
  state.decide(chat, undefined);
  for (const uid of undecided) state.addUndecided({ uid, report: false, parent: 'x@far.test' });
  return state;
}

test('the mark stops below the first mail that waits', () => {
  const state = stateWith([7], [5], 9);
  assert.equal(state.advance(), true);
  assert.equal(state.mark, 4);
  assert.equal(state.isDone, false);
});

test('the mark moves to the end once all is decided and filed', () => {
  const state = stateWith([7], [5], 9);
  state.decide([], 5);
  state.chat.delete(7);
  state.advance();
  assert.deepEqual([state.mark, state.isDone, state.advance()], [9, true, false]);
});

test('a decision up to a UID leaves later mail undecided', () => {
  const state = stateWith([], [3, 5, 8], 9);
  state.decide([3], 5);
  assert.deepEqual([[...state.chat], state.undecided.map(({ uid }) => uid)], [[3], [8]]);
});

test('what is kept comes back, unless the UIDs mean something else', () => {
  const state = stateWith([], [], 9);
  for (const uid of [2, 3, 4, 9]) state.untagged.add(uid);
  state.advance();
  const saved = state.save();
  assert.deepEqual(saved, { mailbox: 'INBOX', uidValidity: '1', uid: 9, untagged: '2:4,9' });
  const again = new FilingState('INBOX', '1', 12, saved);
  assert.deepEqual([again.mark, [...again.untagged]], [9, [2, 3, 4, 9]]);
  assert.deepEqual(again.unseen(12), { fresh: { from: 10, to: 11 }, backlog: undefined });
  const anew = new FilingState('INBOX', '2', 12, saved);
  assert.deepEqual([anew.mark, anew.untagged.size], [0, 0]);
});

test('of very much undecided mail the oldest counts as mail', () => {
  const state = stateWith([], [], 3_000);
  for (let uid = 1; uid <= 2_100; uid += 1) state.addUndecided({ uid, report: false });
  state.advance();
  assert.equal(state.undecided.length, 2_000);
  assert.equal(state.mark, 100);
});

test('a huge range in a saved set does no harm', () => {
  const saved = { mailbox: 'INBOX', uidValidity: '1', uid: 9, untagged: 'x,1:4294967295' };
  assert.equal(new FilingState('INBOX', '1', 12, saved).untagged.size, 100_000);
});

test('what arrives is looked at before the backlog, and the mark waits for both', () => {
  const state = new FilingState('INBOX', '1', 0, undefined);
  state.scanned({ from: 9_401, to: 10_000 });
  assert.deepEqual(state.unseen(10_001), { fresh: undefined, backlog: { from: 1, to: 9_400 } });
  assert.deepEqual([state.advance(), state.isDone], [false, false]);
  state.scanned({ from: 1, to: 5_000 });
  assert.deepEqual(state.unseen(10_004), {
    fresh: { from: 10_001, to: 10_003 },
    backlog: { from: 5_001, to: 9_400 },
  });
  state.scanned({ from: 10_001, to: 10_003 });
  assert.deepEqual([state.advance(), state.mark], [true, 5_000]);
  state.scanned({ from: 5_001, to: 9_400 });
  assert.deepEqual(state.unseen(10_004), { fresh: undefined, backlog: undefined });
  assert.deepEqual([state.advance(), state.mark, state.isDone], [true, 10_003, true]);
});
