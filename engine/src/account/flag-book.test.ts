import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlagChange } from '@coi-webmail/protocol';
import { UidSet } from '../imap/uid-set.ts';
import { FlagBook, NEWEST_FLAGS } from './flag-book.ts';

/** A server that knows no MODSEQ. */
class PlainServer {
  readonly flags = new Map<number, readonly string[]>();
  readCount = 0;

  constructor(count: number) {
    for (let uid = 1; uid <= count; uid += 1) this.flags.set(uid, []);
  }

  get there(): UidSet {
    return UidSet.of(this.flags.keys());
  }

  read = async function* (this: PlainServer, uids: UidSet): AsyncGenerator<FlagChange> {
    for (const uid of uids) {
      this.readCount += 1;
      yield { uid, flags: ['\\Recent', ...(this.flags.get(uid) ?? [])], modSeq: '0' };
    }
  }.bind(this);
}

async function changes(book: FlagBook, since: string, server: PlainServer, nowAt: number): Promise<string[]> {
  await book.look(server.there, server.read, nowAt);
  return [...book.since(since, server.there)].map(({ uid, flags }) => [uid, ...flags].join(' '));
}

test('a client hears of all flags once, then of what changed since it last asked', async () => {
  const server = new PlainServer(3);
  const book = new FlagBook('1', 1_000);
  const ask = (since: string) => changes(book, since, server, 0);
  assert.deepEqual(await ask('0'), ['1', '2', '3']);
  const first = book.number;
  assert.deepEqual(await ask(first), []);
  server.flags.set(2, ['\\Seen', '$Chat']);
  assert.deepEqual(await ask(first), ['2 $Chat \\Seen']);
  const second = book.number;
  server.flags.set(3, ['\\Seen']);
  server.flags.delete(1);
  assert.deepEqual(await ask(second), ['3 \\Seen']);
  // A client that was away hears of both.
  assert.deepEqual(await ask(first), ['2 $Chat \\Seen', '3 \\Seen']);
});

test('a number of an earlier process leads to all flags', async () => {
  const server = new PlainServer(2);
  const earlier = new FlagBook('1', 1_000);
  await changes(earlier, '0', server, 0);
  const later = new FlagBook('1', 2_000);
  assert.deepEqual(await changes(later, earlier.number, server, 0), ['1', '2']);
});

test('of very much mail the newest is compared each time, the rest when the newest explains nothing', async () => {
  const server = new PlainServer(NEWEST_FLAGS + 500);
  const book = new FlagBook('1', 1_000);
  await changes(book, '0', server, 0);
  const first = book.number;
  server.readCount = 0;
  server.flags.set(NEWEST_FLAGS + 400, ['\\Seen']);
  assert.deepEqual(await changes(book, first, server, 60_000), [`${NEWEST_FLAGS + 400} \\Seen`]);
  assert.equal(server.readCount, NEWEST_FLAGS);
  server.flags.set(7, ['\\Seen']);
  const second = book.number;
  assert.deepEqual(await changes(book, second, server, 60_000), ['7 \\Seen']);
  server.flags.set(8, ['\\Seen']);
  const third = book.number;
  assert.deepEqual(await changes(book, third, server, 65_000), []);
  assert.deepEqual(await changes(book, third, server, 70_000), ['8 \\Seen']);
});
