/** What every Store must do, and every LeaseStore beside it. Called by each implementation's test. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { LeaseStore } from '../hub/lease-store.ts';
import { CLAIM_KEPT_MS, type Store } from './store.ts';

const NOW = 1_700_000_000_000;
const STALE_MS = 15_000;

/** @param open gives an empty store; the contract closes it */
export function storeContract(name: string, open: () => Store & LeaseStore): void {
  const promise = (what: string, run: (store: Store & LeaseStore) => Promise<void>) =>
    test(`${name}: ${what}`, async () => {
      const store = open();
      try {
        await run(store);
      } finally {
        await store.close();
      }
    });

  const session = { id: 'a1', accountHash: 'ff', sealed: new Uint8Array([1, 2, 255]), expiresAt: NOW + 1000 };

  promise('a session is there until it expires or is deleted', async (store) => {
    await store.putSession(session);
    const found = await store.getSession('a1', NOW);
    assert.deepEqual(found && { ...found, sealed: [...found.sealed] }, { ...session, sealed: [1, 2, 255] });
    assert.equal(await store.getSession('a1', NOW + 1000), undefined);
    await store.prolongSession('a1', NOW + 5000);
    assert.equal((await store.getSession('a1', NOW + 1000))?.expiresAt, NOW + 5000);
    await store.deleteSession('a1');
    assert.equal(await store.getSession('a1', NOW), undefined);
  });

  promise('prolonging a session that is gone makes none', async (store) => {
    await store.prolongSession('a1', NOW + 5000);
    assert.equal(await store.getSession('a1', NOW), undefined);
  });

  promise('a ticket id is used once', async (store) => {
    const answers = await Promise.all([store.useTicketId('t', NOW + 1), store.useTicketId('t', NOW + 1)]);
    assert.deepEqual(answers.toSorted(), [false, true]);
    assert.equal(await store.useTicketId('other', NOW + 1), true);
  });

  promise('of two claims one is new and the other is told that it is in flight', async (store) => {
    const states = await Promise.all([store.claim('k', NOW, STALE_MS), store.claim('k', NOW, STALE_MS)]);
    assert.deepEqual(states.map(({ state }) => state).toSorted(), ['in-flight', 'new']);
    assert.deepEqual(await store.claim('k', NOW + STALE_MS, STALE_MS), { state: 'in-flight', sinceAt: NOW });
  });

  promise('an accepted claim stays accepted and keeps its note', async (store) => {
    await store.claim('k', NOW, STALE_MS);
    await store.progressClaim('k', NOW + 1, { copy: 'copy' }, true);
    await store.settleClaim('k', 'accepted', NOW + 2, { recipients: 'bob' });
    const accepted = { state: 'accepted', acceptedAt: NOW + 2, note: { copy: 'copy', recipients: 'bob' } };
    assert.deepEqual(await store.claim('k', NOW + 3, STALE_MS), accepted);
    for (const state of ['released', 'unknown', 'cancelled'] as const) await store.settleClaim('k', state, NOW + 4, {});
    assert.deepEqual(await store.claim('k', NOW + 5, STALE_MS), accepted);
    assert.equal(await store.reopenClaim('k', 'unknown', NOW + 5), false);
  });

  promise('a released claim is new again, and its note is known', async (store) => {
    await store.claim('k', NOW, STALE_MS);
    await store.settleClaim('k', 'released', NOW, { copy: 'copy' });
    const again = { state: 'new', earlier: { copy: 'copy', recipients: undefined } };
    assert.deepEqual(await store.claim('k', NOW, STALE_MS), again);
    await store.settleClaim('k', 'released', NOW, {});
    assert.deepEqual(await store.claim('k', NOW, STALE_MS), again);
    await store.settleClaim('k', 'accepted', NOW + 1, {});
    assert.equal((await store.claim('k', NOW + 2, STALE_MS)).state, 'accepted');
  });

  promise('a claim whose owner died before any data is handed out as new', async (store) => {
    await store.claim('k', NOW, STALE_MS);
    const again = { state: 'new', earlier: { copy: undefined, recipients: undefined } };
    assert.deepEqual(await store.claim('k', NOW + STALE_MS + 1, STALE_MS), again);
  });

  promise('a sign of life keeps a claim, and does not count as data', async (store) => {
    await store.claim('k', NOW, STALE_MS);
    await store.touchClaim('k', NOW + STALE_MS);
    assert.equal((await store.claim('k', NOW + 2 * STALE_MS, STALE_MS)).state, 'in-flight');
    assert.equal((await store.claim('k', NOW + 2 * STALE_MS + 1, STALE_MS)).state, 'new');
    await store.settleClaim('k', 'released', NOW, {});
    await store.touchClaim('k', NOW);
    assert.equal(await store.progressClaim('k', NOW, {}, true), false, 'a released claim is nobody’s');
    assert.equal(await store.progressClaim('never claimed', NOW, {}, true), false);
  });

  promise('a claim whose owner died after data may have gone out is unknown', async (store) => {
    await store.claim('k', NOW, STALE_MS);
    assert.equal(await store.progressClaim('k', NOW + 1000, { copy: 'copy' }, true), true);
    assert.equal((await store.claim('k', NOW + 1000 + STALE_MS, STALE_MS)).state, 'in-flight');
    const unknown = { state: 'unknown', sinceAt: NOW, note: { copy: 'copy', recipients: undefined } };
    assert.deepEqual(await store.claim('k', NOW + 1001 + STALE_MS, STALE_MS), unknown);
    assert.deepEqual(await store.claim('k', NOW + 90_000, STALE_MS), unknown);
  });

  promise('a claim whose owner died between two batches goes on from its note', async (store) => {
    await store.claim('k', NOW, STALE_MS);
    await store.progressClaim('k', NOW, { copy: 'copy', recipients: 'bob in doubt' }, true);
    await store.progressClaim('k', NOW, { recipients: 'bob has it' }, false);
    assert.deepEqual(await store.claim('k', NOW + STALE_MS + 1, STALE_MS), {
      state: 'new',
      earlier: { copy: 'copy', recipients: 'bob has it' },
    });
  });

  for (const state of ['unknown', 'accepted'] as const) {
    promise(`an ${state} claim is taken again by one, with its note`, async (store) => {
      await store.claim('k', NOW, STALE_MS);
      await store.settleClaim('k', state, NOW, { copy: 'copy', recipients: 'bob' });
      const answers = await Promise.all([
        store.reopenClaim('k', state, NOW + 1),
        store.reopenClaim('k', state, NOW + 1),
      ]);
      assert.deepEqual(answers.toSorted(), [false, true]);
      assert.equal((await store.claim('k', NOW + 2, STALE_MS)).state, 'in-flight');
      const earlier = { copy: 'copy', recipients: 'bob' };
      assert.deepEqual(await store.claim('k', NOW + STALE_MS + 2, STALE_MS), { state: 'new', earlier });
    });
  }

  promise('evidence settles an unknown claim', async (store) => {
    await store.claim('k', NOW, STALE_MS);
    await store.settleClaim('k', 'unknown', NOW, { copy: 'copy' });
    await store.settleClaim('k', 'accepted', NOW + 9, {});
    assert.deepEqual(await store.claim('k', NOW + 9, STALE_MS), {
      state: 'accepted',
      acceptedAt: NOW + 9,
      note: { copy: 'copy', recipients: undefined },
    });
  });

  promise('a cancelled claim stays cancelled, whoever asks and whatever is told of it', async (store) => {
    await store.claim('k', NOW, STALE_MS);
    await store.settleClaim('k', 'cancelled', NOW, {});
    for (const state of ['accepted', 'unknown', 'released'] as const) await store.settleClaim('k', state, NOW, {});
    assert.deepEqual(await store.claim('k', NOW + 10 * STALE_MS, STALE_MS), { state: 'cancelled' });
    assert.equal(await store.progressClaim('k', NOW, {}, true), false);
    for (const state of ['accepted', 'unknown'] as const) assert.equal(await store.reopenClaim('k', state, NOW), false);
    await store.sweep(NOW + CLAIM_KEPT_MS);
    assert.deepEqual(await store.claim('k', NOW, STALE_MS), { state: 'new' });
  });

  promise('values are kept and replaced', async (store) => {
    assert.equal(await store.getValue('v'), undefined);
    await store.putValue('v', '1');
    await store.putValue('v', '2');
    assert.equal(await store.getValue('v'), '2');
  });

  promise('a lease has one owner until it is dropped or expires', async (store) => {
    assert.equal(await store.takeLease('file', 'one', NOW, NOW + 100), true);
    assert.equal(await store.takeLease('file', 'two', NOW + 99, NOW + 199), false);
    assert.equal(await store.takeLease('file', 'one', NOW + 99, NOW + 200), true);
    await store.dropLease('file', 'two');
    assert.equal(await store.takeLease('file', 'two', NOW + 199, NOW + 299), false);
    assert.equal(await store.takeLease('file', 'two', NOW + 200, NOW + 300), true);
    await store.dropLease('file', 'two');
    assert.equal(await store.takeLease('file', 'one', NOW + 201, NOW + 301), true);
  });

  promise('sweeping drops what expired and nothing else', async (store) => {
    await store.putSession(session);
    await store.useTicketId('t', NOW + 1000);
    await store.claim('k', NOW, STALE_MS);
    await store.settleClaim('k', 'accepted', NOW, {});
    await store.putValue('v', '1');
    await store.sweep(NOW + 999);
    assert.equal(await store.useTicketId('t', NOW), false);
    assert.notEqual(await store.getSession('a1', NOW), undefined);
    await store.sweep(NOW + CLAIM_KEPT_MS);
    assert.equal(await store.useTicketId('t', NOW), true);
    assert.equal(await store.getSession('a1', NOW), undefined);
    assert.deepEqual(await store.claim('k', NOW, STALE_MS), { state: 'new' });
    assert.equal(await store.getValue('v'), '1');
  });
}
