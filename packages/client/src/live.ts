/** What a session consists of once the whole store was read: made here, wired to each other, and nothing more. */
import { type ChatId, type ChatState, restoreState } from '@coi-webmail/chat';
import type { ContactAddress } from '@coi-webmail/coi';
import type { Method, Params, Result } from '@coi-webmail/protocol';
import type { Environment } from './environment.ts';
import { documentOf } from './facts.ts';
import type { Topic } from './feed.ts';
import { Ledger } from './ledger.ts';
import type { EnvelopeIds } from './outbox/envelope-id.ts';
import { Outbox } from './outbox/outbox.ts';
import { Persistence } from './persistence.ts';
import { ReadState } from './read-state.ts';
import { History } from './shelf/history.ts';
import { Keeper } from './shelf/keeper.ts';
import type { Standing } from './standing.ts';
import { LenientVault } from './store/lenient-vault.ts';
import type { CacheContents, CacheHead, Stores, VaultStore } from './store/store.ts';
import { Drafts } from './synced/drafts.ts';
import { Marks } from './synced/marks.ts';
import { Preferences } from './synced/preferences.ts';
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
  readonly envelopeIds: EnvelopeIds;
  readonly history: History;
  readonly vault: VaultStore;
  readonly persistence: Persistence;
}

export interface LiveDeps {
  readonly env: Environment;
  readonly standing: Standing;
  readonly stores: Stores;
  readonly self: ContactAddress;
  readonly envelopeIds: EnvelopeIds;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Server time. */
  now(): number;
  /** A connection is up, the user consented, and the state is there. */
  canSend(): boolean;
  onChanged(...topics: readonly Topic[]): void;
  onQueueChanged(): void;
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
      envelopeIdOf: (messageId) => deps.envelopeIds.of(messageId),
      mayDecide: mayWrite,
      onProgress: (share) => {
        if (standing.progressIs(share)) deps.onChanged('overview', 'chats');
      },
      onPassCompleted: () => void outbox.notePass(),
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
  const { envelopeIds } = deps;
  return {
    state,
    ledger,
    drafts,
    marks,
    preferences,
    outbox,
    sync,
    readState,
    envelopeIds,
    history,
    vault,
    persistence,
  };
}

/** A connection is up: all that waited for one goes on. */
export function resumeLive({ outbox, readState, marks, preferences, drafts }: Live): void {
  outbox.resume();
  void readState.resume();
  for (const { document } of [marks, preferences, drafts]) void document.sync();
}

export function stopLive({ ledger, sync, outbox, marks, preferences, drafts, vault }: Live): void {
  sync.stop();
  outbox.stop();
  for (const { document } of [marks, preferences, drafts]) document.stop();
  ledger.close();
  vault.close();
}
