/** How the account stands, as the overview tells it: its phase, the mail server, storage, first sync, small facts. */
import type { Result } from '@coi-webmail/protocol';
import type { Overview } from './api.ts';
import type { ConnectionStatus } from './connection/connection.ts';
import { type AccountFacts, factsOf } from './facts.ts';
import type { FactsDocument, Stores } from './store/store.ts';

export type Phase = 'opening' | 'locked' | 'open' | 'version' | 'signed-out';

/** What the overview tells beside it. */
export interface Counts {
  readonly unreadChats: number;
  readonly requestCount: number;
  readonly queuedCount: number;
}

const NOT_CONNECTED: ConnectionStatus = { phase: 'connecting', retryAt: undefined };

export class Standing {
  readonly #onChanged: () => void;
  #facts: AccountFacts;
  #phase: Phase = 'opening';
  #mail: Overview['mail'] = 'connecting';
  /** As the stores were opened. */
  #storage: Stores['storage'] = 'durable';
  /** What the disk refuses at present. */
  readonly #lost = new Map<'cache' | 'vault', 'full' | 'memory'>();
  #isKept: boolean | undefined;
  #lockedItems = 0;
  #syncProgress: number | undefined;

  constructor(address: string, onChanged: () => void) {
    this.#facts = factsOf(undefined, address);
    this.#onChanged = onChanged;
  }

  get facts(): AccountFacts {
    return this.#facts;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get isConsented(): boolean {
    return this.#facts.mode === 'active' || this.#facts.mode === 'none';
  }

  learn(facts: Partial<AccountFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#onChanged();
  }

  /** What an earlier worker knew. The hello may have come first: it knows better. */
  remember(document: FactsDocument | undefined, isGreeted: boolean): void {
    const stored = factsOf(document, this.#facts.address);
    const { marks, settings } = stored;
    this.#facts = isGreeted ? { ...this.#facts, marks, settings } : stored;
    if (this.#facts.mode !== undefined) this.opened();
  }

  /** Something can be shown. */
  opened(): void {
    if (this.#phase === 'opening') this.#phase = 'open';
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    this.#onChanged();
  }

  mailIs(state: Result<'hello'>['account']['state']): void {
    this.#mail = state === 'imap-unavailable' ? 'unavailable' : state;
    this.#onChanged();
  }

  storageIs(storage: Stores['storage']): void {
    this.#storage = storage;
    this.#onChanged();
  }

  storageLost(part: 'cache' | 'vault', reason: 'full' | 'memory'): void {
    this.#lost.set(part, reason);
    this.#onChanged();
  }

  storageBack(part: 'cache' | 'vault'): void {
    if (this.#lost.delete(part)) this.#onChanged();
  }

  /** Whether the browser promised not to evict it; undefined = it does not tell. */
  keptIs(isKept: boolean | undefined): void {
    this.#isKept = isKept;
    this.#onChanged();
  }

  get isKept(): boolean | undefined {
    return this.#isKept;
  }

  /** Drafts and unsent lines that lie in a vault which this session's share does not open. */
  lockedItemsAre(count: number): void {
    this.#lockedItems = count;
    this.#onChanged();
  }

  /** @returns false when it is told already */
  progressIs(share: number | undefined): boolean {
    if (share === this.#syncProgress) return false;
    this.#syncProgress = share;
    return true;
  }

  overview({ phase: connection, retryAt }: ConnectionStatus = NOT_CONNECTED, counts: Counts): Overview {
    const { limits, mode, address, settings } = this.#facts;
    return {
      phase: this.#overviewPhase(),
      connection,
      retryAt,
      mail: this.#mail,
      address,
      mode: mode ?? undefined,
      syncProgress: this.#syncProgress,
      ...counts,
      limits:
        limits === undefined
          ? undefined
          : { maxMessageBytes: limits.maxMessageBytes, maxRecipients: limits.maxRecipients },
      storage: this.#storageNow(),
      lockedItems: this.#lockedItems,
      settings,
    };
  }

  #storageNow(): Overview['storage'] {
    const [lost] = this.#lost.values();
    if (lost !== undefined || this.#storage !== 'durable') return lost ?? this.#storage;
    return this.#isKept === false ? 'evictable' : 'durable';
  }

  #overviewPhase(): Overview['phase'] {
    if (this.#phase !== 'open') return this.#phase;
    if (this.#facts.mode === undefined) return 'opening';
    return this.#facts.mode === null ? 'consent' : 'ready';
  }
}
