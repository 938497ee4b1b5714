/**
 * What a session consists of once the whole store was read: made here, wired to each other, and nothing more.
 *
 * A chunk of its own, loaded while the store opens: the first paint needs none of it.
 */
import { type ChatId, type ChatState, restoreState } from '@coi-webmail/chat';
import type { ContactAddress } from '@coi-webmail/coi';
import type { AnyEvent, Method, Params, Result } from '@coi-webmail/protocol';
import { Actions } from './actions.ts';
import { takeEvent } from './engine-events.ts';
import type { Environment } from './environment.ts';
import { documentOf } from './facts.ts';
import type { Topic } from './feed.ts';
import { Ledger } from './ledger.ts';
import { EnvelopeIds } from './outbox/envelope-id.ts';
import { Outbox } from './outbox/outbox.ts';
import { Persistence } from './persistence.ts';
import { ReadState } from './read-state.ts';
import { History } from './shelf/history.ts';
import { Keeper } from './shelf/keeper.ts';
import type { Standing } from './standing.ts';
import { LenientVault } from './store/lenient-vault.ts';
import type { CacheContents, CacheHead, Stores } from './store/store.ts';
import { Drafts } from './synced/drafts.ts';
import { Marks } from './synced/marks.ts';
import { Preferences } from './synced/preferences.ts';
import { loadHtmlReader } from './sync/decode.ts';
import { Sync } from './sync/sync.ts';

export interface Live {
  readonly state: ChatState;
  readonly ledger: Ledger;
  readonly drafts: Drafts;
  readonly marks: Marks;
  readonly preferences: Preferences;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly readState: ReadState;
  readonly history: History;
  readonly persistence: Persistence;
  readonly actions: Actions;
  /** What the engine pushed. */
  take(event: AnyEvent): void;
  /** A connection is up: all that waited for one goes on. */
  resume(): void;
  /** Nothing is written any more. */
  stop(): void;
}

export interface LiveDeps {
  readonly env: Environment;
  readonly standing: Standing;
  readonly stores: Stores;
  readonly self: ContactAddress;
  /** The account share. */
  readonly share: Uint8Array<ArrayBuffer>;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Server time. */
  now(): number;
  /** A connection is up, the user consented, and the state is there. */
  canSend(): boolean;
  onChanged(...topics: readonly Topic[]): void;
  onQueueChanged(): void;
  onModeChanged(mode: 'active' | 'none' | null): void;
  onExpiresAt(expiresAt: number): void;
  /** By HTTP, from below the account's URL. */
  fetch(path: string): Promise<Response>;
  /** Somebody looks at this chat. */
  isOpen(chatId: ChatId): boolean;
}

export interface Loaded {
  readonly head: CacheHead;
  readonly contents: CacheContents;
  readonly documents: ReadonlyMap<string, unknown>;
}

const DEFAULT_UNKNOWN_WAIT_MS = 60_000;

export function makeLive(deps: LiveDeps, { head, contents, documents }: Loaded): Live {
  const { env, standing, stores, call, now } = deps;
  const { clock } = env;
  const random = () => env.random();
  const mayWrite = () => standing.isConsented;
  const envelopeIds = new EnvelopeIds(deps.share);
  const vault = new LenientVault(stores.vault, {
    clock,
    onFull: () => standing.storageLost('vault', 'full'),
    onRoom: () => standing.storageBack('vault'),
  });
  const persistence = new Persistence(env, standing, vault, documents);
  void persistence.look();
  const synced = { clock, call, mayWrite, vault };
  const drafts = new Drafts({ ...synced, now, onChanged: (handles) => touch(handles) }, documents);
  const marks = new Marks(
    {
      ...synced,
      onChanged: (current, mailbox) => {
        standing.learn({ marks: mailbox });
        const facts = documentOf(standing.facts);
        return ledger.apply([{ kind: 'marks-changed', marks: current }], { facts });
      },
    },
    standing.facts.marks,
    documents,
  );
  const preferences = new Preferences(
    {
      ...synced,
      onChanged: (settings) => {
        standing.learn({ settings });
        return ledger.apply([], { facts: documentOf(standing.facts) });
      },
    },
    standing.facts.settings,
    documents,
  );
  const state = restoreState({
    self: [deps.self],
    chats: head.list.map((entry) => entry.record),
    // The vault knows better how own lines stand.
    rows: contents.rows.map((row) => (row.outbox === undefined ? row : { ...row, outbox: undefined })),
    services: contents.services,
    marks: marks.current,
  });
  const keeper = new Keeper(state, contents.shelf, deps.isOpen, env.heldLimits);
  const ledger = new Ledger({
    state,
    cache: stores.cache,
    drafts: drafts.texts,
    keeper,
    clock,
    onChanged: (chats) => deps.onChanged('chats', 'overview', ...chats),
    onStorageLost: (reason) => standing.storageLost('cache', reason),
    onStorageBack: () => standing.storageBack('cache'),
  });
  // What an earlier worker had out of memory.
  void ledger.apply([]);
  const readState = new ReadState({ ledger, clock, vault, call, mayWrite }, documents);
  const outbox = new Outbox({
    ledger,
    vault,
    clock,
    random,
    call,
    now,
    canSend: () => deps.canSend(),
    unknownWaitMs: () => standing.facts.limits?.unknownWaitMs ?? DEFAULT_UNKNOWN_WAIT_MS,
    onQueueChanged: () => deps.onQueueChanged(),
  });
  const sync = new Sync(
    {
      ledger,
      clock,
      random,
      call,
      authservId: () => standing.facts.authservId,
      envelopeIdOf: (messageId) => envelopeIds.of(messageId),
      mayDecide: mayWrite,
      onProgress: (share) => {
        if (standing.progressIs(share)) deps.onChanged('overview', 'chats');
      },
      onApplied: () => {
        void outbox.noteCopies();
        void readState.follow();
      },
    },
    contents.progress,
  );
  const touch = (handles: readonly string[]) => {
    for (const handle of handles) {
      const chatId = state.handles.get(handle);
      if (chatId !== undefined) void ledger.touch(chatId);
    }
  };
  const history = new History({
    state,
    shelf: keeper.shelf,
    sync,
    onChanged: (chatId) => deps.onChanged(chatId),
  });
  const actions = new Actions({
    state,
    ledger,
    outbox,
    drafts,
    marks,
    envelopeIds,
    standing,
    self: deps.self,
    clock,
    now,
    fetch: (path) => deps.fetch(path),
  });
  const syncs = [marks, preferences, drafts].map(({ document }) => document);
  const live: Live = {
    state,
    ledger,
    drafts,
    marks,
    preferences,
    outbox,
    sync,
    readState,
    history,
    persistence,
    actions,
    take: (event) => takeEvent(live, event, { ...deps, clock }),
    resume() {
      outbox.resume();
      void readState.resume();
      for (const document of syncs) void document.sync();
      // Ahead of need: when it is needed the network may be away. A failure is tried again then.
      loadHtmlReader().catch(() => undefined);
    },
    stop() {
      sync.stop();
      outbox.stop();
      for (const document of syncs) document.stop();
      ledger.close();
      vault.close();
    },
  };
  return live;
}
