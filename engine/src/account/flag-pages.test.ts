import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlagChange } from '@coi-webmail/protocol';
import { FlagPages } from './flag-pages.ts';

/** Messages 1 to `count` whose flags changed. */
function changed(count: number) {
  return async function* (below: number): AsyncGenerator<FlagChange> {
    for (let uid = 1; uid <= count && uid < below; uid += 1) yield { uid, flags: ['\\Seen'], modSeq: '9' };
  };
}

const uids = (flags: readonly FlagChange[]) => flags.map(({ uid }) => uid);

test('few changes are one answer, and the client is up to date', async () => {
  const { flags, modSeq, isMore } = await new FlagPages(3).page('1 INBOX', '5', '9', changed(3));
  assert.deepEqual([uids(flags), modSeq, isMore], [[1, 2, 3], '9', false]);
});

for (const count of [4, 6, 7, 13]) {
  test(`${count} changes come in pages, newest first, none left out and none twice`, async () => {
    const pages = new FlagPages(3);
    const seen: number[] = [];
    let since = '5';
    let now = 9;
    for (let isMore = true; isMore; now += 1) {
      const page = await pages.page('1 INBOX', since, String(now), changed(count));
      assert.ok(page.flags.length <= 3);
      seen.unshift(...uids(page.flags));
      assert.equal(BigInt(page.modSeq), page.isMore ? 5n : 9n, 'what happened meanwhile is told afterwards');
      ({ isMore, modSeq: since } = page);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: count }, (_, index) => index + 1),
    );
  });
}

test('clients from one cursor, and other mailboxes, do not disturb each other', async () => {
  const pages = new FlagPages(3);
  const client = (list: string) => {
    let cursor = '5';
    const seen = new Set<number>();
    return async (count: number) => {
      const page = await pages.page(list, cursor, '9', changed(count));
      cursor = page.modSeq;
      for (const uid of uids(page.flags)) seen.add(uid);
      return [...seen].sort((one, other) => one - other);
    };
  };
  const [alice, bob, elsewhere] = [client('1 INBOX'), client('1 INBOX'), client('2 INBOX')];
  assert.deepEqual(await alice(7), [5, 6, 7]);
  // More changed meanwhile.
  assert.deepEqual(await bob(8), [6, 7, 8]);
  assert.deepEqual(await elsewhere(7), [5, 6, 7]);
  await alice(8);
  await bob(8);
  assert.deepEqual(await elsewhere(7), [2, 3, 4, 5, 6, 7]);
  assert.deepEqual(await bob(8), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(await alice(8), [1, 2, 3, 4, 5, 6, 7]);
});

test('a cursor whose page is forgotten begins again', async () => {
  const { modSeq } = await new FlagPages(3).page('1 INBOX', '5', '9', changed(5));
  const { flags } = await new FlagPages(3).page('1 INBOX', modSeq, '9', changed(5));
  assert.deepEqual([modSeq, uids(flags)], ['05', [3, 4, 5]]);
});
