/**
 * The cache in IndexedDB, as the measured design has it: rows in immutable sealed runs of 1–32 rows of one chat,
 * new lines as small runs, folded into pages when a chat has many; chats in list records of ten.
 *
 * A change is delete + put in one transaction, with all crypto done before it.
 */
import type { ChatId, RowId, RowRecord, ServiceRecord } from '@coi-webmail/chat';
import type { IDBPDatabase } from 'idb';
import type { ShelfBlock, ShelfBlocks } from '../shelf/shelf.ts';
import { type CacheSchema, storeError } from './database.ts';
import { deriveSealer, makeBrowserKey, type Sealer } from './seal.ts';
import type {
  CacheBatch,
  CacheContents,
  CacheHead,
  CacheStore,
  FactsDocument,
  ListEntry,
  MailboxProgress,
} from './store.ts';

type RunKey = [chat: number, lastTime: number, seq: number];

export const RUN_ROWS = 32;
/** A chat with more runs than this that are not full gets them folded. */
const SMALL_RUNS = 16;
const LIST_CHATS = 10;
const CHECK_WORD = 'coi';

interface Run {
  readonly key: RunKey;
  readonly rowIds: readonly RowId[];
}

/** A run to be written, with the rows as they were when it was planned. */
interface Written {
  readonly run: Run;
  readonly rows: readonly RowRecord[];
}

export class IdbCache implements CacheStore {
  readonly #database: IDBPDatabase<CacheSchema>;
  readonly #sealer: Sealer;
  #seq = 0;
  readonly #runOf = new Map<RowId, Run>();
  /** Runs with less than RUN_ROWS rows, per chat. */
  readonly #smallRuns = new Map<number, Set<Run>>();
  readonly #listNumberOf = new Map<ChatId, number>();
  readonly #lists: Map<ChatId, ListEntry>[] = [];
  readonly #serviceNumberOf = new Map<RowId, number>();

  private constructor(database: IDBPDatabase<CacheSchema>, sealer: Sealer) {
    this.#database = database;
    this.#sealer = sealer;
  }

  /** What lies under another share or a lost key is thrown away: the mailbox fills the cache again. */
  static async open(database: IDBPDatabase<CacheSchema>, share: Uint8Array<ArrayBuffer>): Promise<IdbCache> {
    const known = await database.get('meta', 'key');
    const key = known instanceof CryptoKey ? known : await makeBrowserKey();
    const sealer = await deriveSealer(key, share, 'coi-cache-v1');
    const check = await database.get('meta', 'check');
    if (!(known instanceof CryptoKey && check instanceof Uint8Array && (await opens(sealer, check)))) {
      const word = await sealer.seal('meta/check', CHECK_WORD);
      const transaction = database.transaction(['meta', 'runs', 'list', 'services', 'shelf'], 'readwrite');
      const meta = transaction.objectStore('meta');
      await Promise.all([
        ...(['runs', 'list', 'services', 'shelf'] as const).map((name) => transaction.objectStore(name).clear()),
        meta.clear(),
        meta.put(key, 'key'),
        meta.put(word, 'check'),
        transaction.done,
      ]);
    }
    return new IdbCache(database, sealer);
  }

  async head(): Promise<CacheHead> {
    const [keys, values, facts] = await Promise.all([
      this.#database.getAllKeys('list'),
      this.#database.getAll('list'),
      this.#database.get('meta', 'facts'),
    ]);
    const lists = await Promise.all(
      keys.map((key, at) => this.#open<readonly ListEntry[]>(`list/${key}`, values[at] as Uint8Array)),
    );
    for (const [at, entries] of lists.entries()) {
      const number = keys[at] as number;
      this.#lists[number] = new Map((entries ?? []).map((entry) => [entry.record.id, entry]));
      for (const entry of entries ?? []) this.#listNumberOf.set(entry.record.id, number);
    }
    for (let number = 0; number < this.#lists.length; number++) this.#lists[number] ??= new Map();
    return {
      list: lists.flatMap((entries) => entries ?? []),
      facts: facts instanceof Uint8Array ? await this.#open<FactsDocument>('meta/facts', facts) : undefined,
    };
  }

  async newest(chatId: ChatId, count: number): Promise<readonly RowRecord[]> {
    const range = IDBKeyRange.bound([chatId], [chatId, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    const keys = (await this.#database.getAllKeys('runs', range)) as RunKey[];
    const rows: RowRecord[] = [];
    for (let at = keys.length - 1; at >= 0; at--) {
      const key = keys[at] as RunKey;
      // All rows of this run and of earlier ones are older than its last time.
      const settled = rows.filter((row) => row.at >= key[1] + 1).length;
      if (settled >= count) break;
      const sealed = await this.#database.get('runs', key);
      if (sealed !== undefined) rows.push(...((await this.#open<RowRecord[]>(contextOf(key), sealed)) ?? []));
    }
    return rows.sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1)).slice(-count);
  }

  async load(): Promise<CacheContents> {
    const transaction = this.#database.transaction(['runs', 'services', 'shelf', 'meta'], 'readonly');
    const [keys, values, serviceKeys, serviceValues, progress, blockKeys, blockValues] = await Promise.all([
      transaction.objectStore('runs').getAllKeys() as Promise<RunKey[]>,
      transaction.objectStore('runs').getAll(),
      transaction.objectStore('services').getAllKeys(),
      transaction.objectStore('services').getAll(),
      transaction.objectStore('meta').get('progress'),
      transaction.objectStore('shelf').getAllKeys(),
      transaction.objectStore('shelf').getAll(),
    ]);
    const runs = await Promise.all(
      keys.map((key, at) => this.#open<RowRecord[]>(contextOf(key), values[at] as Uint8Array)),
    );
    const services = await Promise.all(
      serviceKeys.map((key, at) => this.#open<ServiceRecord>(`services/${key}`, serviceValues[at] as Uint8Array)),
    );
    const blocks = await Promise.all(
      blockKeys.map((key, at) => this.#open<ShelfBlock>(`shelf/${key}`, blockValues[at] as Uint8Array)),
    );
    const lost = [runs, services, blocks].some((opened) => (opened as readonly unknown[]).includes(undefined));
    // Read anew from the mailbox, all of it.
    if (lost) await this.#database.clear('shelf');
    const rows: RowRecord[] = [];
    for (const [at, run] of runs.entries()) {
      const key = keys[at] as RunKey;
      this.#seq = Math.max(this.#seq, key[2]);
      if (run === undefined) await this.#database.delete('runs', key);
      else this.#remember({ key, rowIds: run.map((row) => row.id) });
      rows.push(...(run ?? []));
    }
    for (const [at, service] of services.entries()) {
      const key = serviceKeys[at] as number;
      this.#seq = Math.max(this.#seq, key);
      if (service !== undefined) this.#serviceNumberOf.set(service.id, key);
    }
    const opened =
      progress instanceof Uint8Array && !lost
        ? await this.#open<[string, MailboxProgress][]>('meta/progress', progress)
        : undefined;
    return {
      rows,
      services: services.filter((service) => service !== undefined),
      progress: new Map(opened ?? []),
      shelf: new Map(lost ? [] : blockKeys.map((key, at) => [key, blocks[at]])),
    };
  }

  async #open<T>(context: string, sealed: Uint8Array): Promise<T | undefined> {
    try {
      return (await this.#sealer.open(context, sealed)) as T;
    } catch {
      return undefined;
    }
  }

  #remember(run: Run): void {
    for (const id of run.rowIds) this.#runOf.set(id, run);
    if (run.rowIds.length >= RUN_ROWS) return;
    const small = this.#smallRuns.get(run.key[0]) ?? new Set();
    this.#smallRuns.set(run.key[0], small.add(run));
  }

  #forget(run: Run): void {
    for (const id of run.rowIds) if (this.#runOf.get(id) === run) this.#runOf.delete(id);
    this.#smallRuns.get(run.key[0])?.delete(run);
  }

  async commit(batch: CacheBatch, rows: ReadonlyMap<RowId, RowRecord>): Promise<void> {
    const { dropped, written } = this.#planRuns(batch, rows);
    const runs = await Promise.all(
      written.map(async ({ run, rows: part }) => ({ run, sealed: await this.#sealer.seal(contextOf(run.key), part) })),
    );
    const lists = await this.#sealLists(batch.list);
    const services = await this.#sealServices(batch.services);
    const removedServices = [...batch.removedServices].flatMap((id) => this.#serviceNumberOf.get(id) ?? []);
    const progress =
      batch.progress === undefined ? undefined : await this.#sealer.seal('meta/progress', [...batch.progress]);
    const facts = batch.facts === undefined ? undefined : await this.#sealer.seal('meta/facts', batch.facts);
    const blocks = await this.#sealBlocks(batch.shelf);
    try {
      const names = ['runs', 'list', 'services', 'shelf', 'meta'] as const;
      const transaction = this.#database.transaction(names, 'readwrite', { durability: 'relaxed' });
      const runStore = transaction.objectStore('runs');
      const serviceStore = transaction.objectStore('services');
      const meta = transaction.objectStore('meta');
      const writes: Promise<unknown>[] = [transaction.done];
      for (const run of dropped) writes.push(runStore.delete(run.key));
      for (const { run, sealed } of runs) writes.push(runStore.put(sealed, run.key));
      for (const [number, sealed] of lists) writes.push(transaction.objectStore('list').put(sealed, number));
      for (const [number, sealed] of services) writes.push(serviceStore.put(sealed, number));
      for (const number of removedServices) writes.push(serviceStore.delete(number));
      if (progress !== undefined) writes.push(meta.put(progress, 'progress'));
      const shelf = transaction.objectStore('shelf');
      for (const [number, sealed] of blocks) {
        writes.push(sealed === undefined ? shelf.delete(number) : shelf.put(sealed, number));
      }
      if (facts !== undefined) writes.push(meta.put(facts, 'facts'));
      transaction.commit();
      await Promise.all(writes);
    } catch (error) {
      throw storeError(error);
    }
    for (const run of dropped) this.#forget(run);
    for (const { run } of runs) this.#remember(run);
    for (const id of batch.removedServices) this.#serviceNumberOf.delete(id);
  }

  /** Which runs go and which come: the runs of changed rows are written anew, small ones folded now and then. */
  #planRuns(batch: CacheBatch, rows: ReadonlyMap<RowId, RowRecord>): { dropped: ReadonlySet<Run>; written: Written[] } {
    const dropped = new Set<Run>();
    const loose = new Set<RowId>();
    const drop = (run: Run) => {
      if (dropped.has(run)) return;
      dropped.add(run);
      for (const id of run.rowIds) if (this.#runOf.get(id) === run) loose.add(id);
    };
    for (const id of [...batch.rows, ...batch.removedRows]) {
      const run = this.#runOf.get(id);
      if (run !== undefined) drop(run);
    }
    for (const id of batch.rows) loose.add(id);
    const chats = new Set([...loose].flatMap((id) => rows.get(id)?.chatId ?? []));
    for (const chatId of chats) {
      const small = this.#smallRuns.get(chatId);
      if (small !== undefined && small.size > SMALL_RUNS) for (const run of small) drop(run);
    }
    const kept = [...loose].flatMap((id) => (batch.removedRows.has(id) ? [] : (rows.get(id) ?? [])));
    return { dropped, written: this.#cutRuns(kept) };
  }

  #cutRuns(rows: readonly RowRecord[]): Written[] {
    const perChat = Map.groupBy(rows, (row) => row.chatId);
    const runs: Written[] = [];
    for (const [chatId, own] of perChat) {
      const sorted = own.sort((one, other) => one.at - other.at);
      for (let at = 0; at < sorted.length; at += RUN_ROWS) {
        const part = sorted.slice(at, at + RUN_ROWS);
        const lastTime = Math.floor(part.at(-1)?.at ?? 0);
        this.#seq += 1;
        runs.push({ run: { key: [chatId, lastTime, this.#seq], rowIds: part.map((row) => row.id) }, rows: part });
      }
    }
    return runs;
  }

  async #sealLists(entries: readonly ListEntry[]): Promise<[number, Uint8Array][]> {
    const touched = new Set<number>();
    for (const entry of entries) {
      const number = this.#listNumberOf.get(entry.record.id) ?? this.#roomyList();
      this.#listNumberOf.set(entry.record.id, number);
      this.#lists[number]?.set(entry.record.id, entry);
      touched.add(number);
    }
    return Promise.all(
      [...touched].map(async (number): Promise<[number, Uint8Array]> => {
        return [number, await this.#sealer.seal(`list/${number}`, [...(this.#lists[number]?.values() ?? [])])];
      }),
    );
  }

  #roomyList(): number {
    const found = this.#lists.findIndex((list) => list.size < LIST_CHATS);
    return found >= 0 ? found : this.#lists.push(new Map()) - 1;
  }

  async #sealServices(records: readonly ServiceRecord[]): Promise<[number, Uint8Array][]> {
    return Promise.all(
      records.map(async (record): Promise<[number, Uint8Array]> => {
        const number = this.#serviceNumberOf.get(record.id) ?? ++this.#seq;
        this.#serviceNumberOf.set(record.id, number);
        return [number, await this.#sealer.seal(`services/${number}`, record)];
      }),
    );
  }

  #sealBlocks(blocks: ShelfBlocks): Promise<readonly (readonly [number, Uint8Array | undefined])[]> {
    return Promise.all(
      [...blocks].map(async ([number, block]) => {
        return [number, block === undefined ? undefined : await this.#sealer.seal(`shelf/${number}`, block)] as const;
      }),
    );
  }

  close(): void {
    this.#database.close();
  }
}

async function opens(sealer: Sealer, check: Uint8Array): Promise<boolean> {
  return sealer.open('meta/check', check).then(
    () => true,
    () => false,
  );
}

function contextOf(key: RunKey): string {
  return `runs/${key.join('/')}`;
}
