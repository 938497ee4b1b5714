/** What every store must do. Runs in Node over memory and in a real browser over IndexedDB, so it asserts by itself. */
import type { ChatId, ChatRecord, ChatView, RowId, RowRecord, ServiceRecord } from '@coi-webmail/chat';
import type { ContactAddress, MessageId } from '@coi-webmail/coi';
import type { ShelfBlocks } from '../shelf/shelf.ts';
import type { CacheBatch, ListEntry, StoreOpener, Stores } from './store.ts';

export interface ContractCase {
  readonly name: string;
  run(opener: StoreOpener, accountHash: string): Promise<void>;
}

export const SHARE = new Uint8Array(32).fill(7);
/** Must never be found on a disk. */
export const PLANTED = 'planted-plaintext-of-bob';

const noop = () => undefined;
const open = (opener: StoreOpener, hash: string, share = SHARE) => opener.open(hash, share, noop);

function equal(actual: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one?.slice(0, 300)} is not ${other?.slice(0, 300)}`);
}

export function contractRow(number: number, chat = 1, text = `${PLANTED} ${number}`): RowRecord {
  return {
    id: `row-${number}` as RowId,
    chatId: chat as ChatId,
    message: {
      kind: 'text',
      messageId: `${number}@x` as MessageId,
      from: { address: 'bob@example.test' as ContactAddress, name: 'Bob' },
      to: [],
      cc: [],
      dateAt: number,
      subject: '',
      inReplyTo: undefined,
      references: [],
      chatVersion: '1.0',
      groupId: undefined,
      groupName: undefined,
      delivered: true,
      automatic: false,
      authenticationResults: [],
      text,
      quote: undefined,
      fullText: undefined,
      fromHtml: false,
      attachments: [],
      truncated: false,
    },
    at: number,
    own: false,
    proof: 'unproven',
    card: false,
    copies: [],
    laneAt: undefined,
    missing: false,
    collision: false,
    outbox: undefined,
  };
}

function entry(chat: number): ListEntry {
  const record: ChatRecord = {
    id: chat as ChatId,
    kind: 'direct',
    handles: [`address:${PLANTED}`],
    people: [],
    wanted: false,
  };
  return { record, view: { chatId: chat, title: PLANTED } as unknown as ChatView };
}

class Writer {
  readonly rows = new Map<RowId, RowRecord>();
  readonly stores: Stores;

  private constructor(stores: Stores) {
    this.stores = stores;
  }

  static async start(stores: Stores): Promise<Writer> {
    await stores.cache.head();
    const writer = new Writer(stores);
    for (const row of (await stores.cache.load()).rows) writer.rows.set(row.id, row);
    return writer;
  }

  commit(rows: readonly RowRecord[], change: Partial<CacheBatch> = {}): Promise<void> {
    for (const row of rows) this.rows.set(row.id, row);
    for (const id of change.removedRows ?? []) this.rows.delete(id);
    const batch: CacheBatch = {
      rows: new Set(rows.map((row) => row.id)),
      removedRows: new Set(),
      list: [],
      services: [],
      removedServices: new Set(),
      progress: undefined,
      facts: undefined,
      shelf: new Map(),
      ...change,
    };
    return this.stores.cache.commit(batch, this.rows);
  }

  close(): void {
    this.stores.cache.close();
    this.stores.vault.close();
  }
}

async function loadedRows(opener: StoreOpener, hash: string): Promise<RowRecord[]> {
  const stores = await open(opener, hash);
  await stores.cache.head();
  const { rows } = await stores.cache.load();
  stores.cache.close();
  stores.vault.close();
  return [...rows].sort((one, other) => one.at - other.at);
}

export const STORE_CONTRACT: readonly ContractCase[] = [
  {
    name: 'an empty store has nothing',
    async run(opener, hash) {
      const stores = await open(opener, hash);
      equal(await stores.cache.head(), { list: [], facts: undefined }, 'head');
      const contents = await stores.cache.load();
      equal([contents.rows, contents.services, contents.progress.size], [[], [], 0], 'contents');
      equal((await stores.vault.load()).size, 0, 'vault');
      stores.cache.close();
      stores.vault.close();
    },
  },
  {
    name: 'what was committed is there after opening again',
    async run(opener, hash) {
      const writer = await Writer.start(await open(opener, hash));
      const service = { id: 's1', about: ['1@x'] } as unknown as ServiceRecord;
      const progress = new Map([
        ['INBOX', { cursor: { uidValidity: '1', highestModSeq: '9', uidNext: 4 }, pending: [[1, 2] as const] }],
      ]);
      const block = { mailbox: 'INBOX', uidValidity: '1', chats: [7 as ChatId], entries: [3, 0, 1, 2] };
      const shelf: ShelfBlocks = new Map([
        [1, block],
        [2, block],
      ]);
      await writer.commit([contractRow(1), contractRow(2)], {
        list: [entry(1)],
        services: [service],
        progress,
        facts: { mode: 'active' },
        shelf,
      });
      await writer.commit([], { shelf: new Map([[2, undefined]]) });
      writer.close();
      const stores = await open(opener, hash);
      equal(await stores.cache.head(), { list: [entry(1)], facts: { mode: 'active' } }, 'head');
      const contents = await stores.cache.load();
      equal(
        [...contents.rows].sort((a, b) => a.at - b.at),
        [contractRow(1), contractRow(2)],
        'rows',
      );
      equal(contents.services, [service], 'services');
      equal([...contents.progress], [...progress], 'progress');
      equal([...contents.shelf], [[1, block]], 'shelf');
      stores.cache.close();
      stores.vault.close();
    },
  },
  {
    name: 'five hundred lines one by one, changed and removed ones, lose and double nothing',
    async run(opener, hash) {
      let writer = await Writer.start(await open(opener, hash));
      for (let at = 0; at < 500; at++) {
        const number = (at * 7919) % 500;
        await writer.commit([contractRow(number, number % 3)]);
        if (at === 250) {
          writer.close();
          writer = await Writer.start(await open(opener, hash));
        }
      }
      for (let number = 0; number < 500; number += 50) {
        await writer.commit([contractRow(number, number % 3, 'edited')]);
        await writer.commit([], { removedRows: new Set([`row-${number + 1}` as RowId]) });
      }
      const expected = [...writer.rows.values()].sort((one, other) => one.at - other.at);
      writer.close();
      equal(expected.length, 490, 'count');
      equal(await loadedRows(opener, hash), expected, 'rows');
    },
  },
  {
    name: 'a window of a thousand lines of many chats comes back whole',
    async run(opener, hash) {
      const writer = await Writer.start(await open(opener, hash));
      await writer.commit(Array.from({ length: 1000 }, (_, number) => contractRow(number, number % 40)));
      const expected = [...writer.rows.values()].sort((one, other) => one.at - other.at);
      writer.close();
      equal(await loadedRows(opener, hash), expected, 'rows');
    },
  },
  {
    name: 'a line that moves to another chat leaves the first',
    async run(opener, hash) {
      const writer = await Writer.start(await open(opener, hash));
      await writer.commit([contractRow(1, 1), contractRow(2, 1)]);
      await writer.commit([contractRow(1, 2)]);
      equal(
        (await writer.stores.cache.newest(1 as ChatId, 9)).map((row) => row.id),
        ['row-2'],
        'first chat',
      );
      equal(
        (await writer.stores.cache.newest(2 as ChatId, 9)).map((row) => row.id),
        ['row-1'],
        'second chat',
      );
      writer.close();
      equal((await loadedRows(opener, hash)).length, 2, 'rows');
    },
  },
  {
    name: 'the newest lines of a chat are right, also where runs overlap',
    async run(opener, hash) {
      const writer = await Writer.start(await open(opener, hash));
      await writer.commit(Array.from({ length: 100 }, (_, number) => contractRow(number * 2)));
      // Late ones, in between and older.
      for (const number of [191, 151, 5]) await writer.commit([contractRow(number)]);
      const newest = await writer.stores.cache.newest(1 as ChatId, 5);
      equal(
        newest.map((row) => row.at),
        [191, 192, 194, 196, 198],
        'newest',
      );
      const more = await writer.stores.cache.newest(1 as ChatId, 60);
      const all = [...writer.rows.values()].sort((one, other) => one.at - other.at);
      equal(
        more.map((row) => row.at),
        all.slice(-60).map((row) => row.at),
        'sixty',
      );
      writer.close();
    },
  },
  {
    name: 'what is written to the vault without waiting ends as it was told last',
    async run(opener, hash) {
      const { vault } = await open(opener, hash);
      await vault.load();
      const long = 'x'.repeat(1_000_000);
      await Promise.all([vault.put('draft:1', { text: long }), vault.put('draft:1', { text: 'short' })]);
      await Promise.all([vault.put('draft:2', { text: long }), vault.delete('draft:2')]);
      await Promise.all([vault.put('draft:3', 3), vault.delete('draft:3'), vault.put('draft:3', 4)]);
      vault.close();
      const again = await open(opener, hash);
      equal(
        [...(await again.vault.load())].sort(),
        [
          ['draft:1', { text: 'short' }],
          ['draft:3', 4],
        ],
        'vault',
      );
      again.cache.close();
      again.vault.close();
    },
  },
  {
    name: 'documents of the vault are written, replaced and deleted',
    async run(opener, hash) {
      const first = await open(opener, hash);
      await first.vault.load();
      await first.vault.put('outbox:1', { text: PLANTED });
      await first.vault.put('draft:2', { text: 'old' });
      await first.vault.put('draft:2', { text: 'new' });
      await first.vault.put('gone', {});
      await first.vault.delete('gone');
      await first.vault.delete('never');
      first.cache.close();
      first.vault.close();
      const again = await open(opener, hash);
      equal(
        [...(await again.vault.load())].sort(),
        [
          ['draft:2', { text: 'new' }],
          ['outbox:1', { text: PLANTED }],
        ],
        'vault',
      );
      await again.vault.put('later', 1);
      equal((await again.vault.load()).size, 3, 'size');
      again.cache.close();
      again.vault.close();
    },
  },
  {
    name: 'a wiped account is empty',
    async run(opener, hash) {
      const writer = await Writer.start(await open(opener, hash));
      await writer.commit([contractRow(1)]);
      await writer.stores.vault.put('draft:1', {});
      writer.close();
      await opener.wipe(hash);
      const stores = await open(opener, hash);
      equal([(await stores.cache.load()).rows.length, (await stores.vault.load()).size], [0, 0], 'sizes');
      stores.cache.close();
      stores.vault.close();
    },
  },
];

/** Only where values lie on a disk. */
export const SEALED_CONTRACT: readonly ContractCase[] = [
  {
    name: 'another share opens nothing and harms nothing; the first one opens all again',
    async run(opener, hash) {
      const writer = await Writer.start(await open(opener, hash));
      await writer.commit([contractRow(1)]);
      await writer.stores.vault.put('draft:1', { text: 'kept' });
      await writer.stores.vault.put('outbox:1', { text: 'unsent' });
      writer.close();
      const other = new Uint8Array(32).fill(8);
      for (const documents of [0, 1]) {
        const stores = await open(opener, hash, other);
        equal([stores.storage, stores.lockedItems], ['durable', 2], 'standing');
        equal([(await stores.cache.load()).rows.length, (await stores.vault.load()).size], [0, documents], 'sizes');
        await stores.vault.put('draft:2', { text: 'typed meanwhile' });
        stores.cache.close();
        stores.vault.close();
      }
      const back = await open(opener, hash);
      equal(back.lockedItems, 1, 'locked');
      back.cache.close();
      back.vault.close();
      equal((await loadedRows(opener, hash)).length, 1, 'rows');
      const stores = await open(opener, hash);
      equal((await stores.vault.load()).size, 2, 'vault');
      stores.cache.close();
      stores.vault.close();
    },
  },
  {
    name: 'a vault under another share that holds nothing leaves no trace',
    async run(opener, hash) {
      const first = await open(opener, hash);
      first.cache.close();
      first.vault.close();
      const stores = await open(opener, hash, new Uint8Array(32).fill(8));
      equal([stores.storage, stores.lockedItems], ['durable', 0], 'standing');
      await stores.vault.load();
      await stores.vault.put('draft:1', { text: 'new' });
      stores.cache.close();
      stores.vault.close();
      const again = await open(opener, hash, new Uint8Array(32).fill(8));
      equal((await again.vault.load()).size, 1, 'vault');
      again.cache.close();
      again.vault.close();
    },
  },
];
