/**
 * Read state both ways: `\Seen` is the one truth (design §4.2). Lines that were read before their copy arrived, or
 * while it moved, are marked as soon as the copy is there; what the server could not be told yet is in the vault.
 */
import type { Clock } from '@coi-webmail/base';
import { type ChatEvent, type CopyRecord, hasFlag, placeKey, type RowId } from '@coi-webmail/chat';
import type { Method, Params, Result } from '@coi-webmail/protocol';
import type { Ledger } from './ledger.ts';
import type { VaultStore } from './store/store.ts';

export interface ReadStateDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly vault: VaultStore;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Before consent no flag is touched. */
  mayWrite(): boolean;
}

const SEEN = '\\Seen';
/** Filing and the fast lane are long over by then. */
const REMEMBER_MS = 120_000;
const MAX_UIDS = 1000;
const VAULT_KEY = 'read';
/** Older ones of a long time offline stay unread. */
const MAX_KEPT = 5000;

export class ReadState {
  readonly #deps: ReadStateDeps;
  /** Lines that the user has read, and until when their further copies get marked. */
  readonly #read = new Map<RowId, number>();
  /** Places that the server was told of, per line. */
  readonly #told = new Map<RowId, Set<string>>();
  readonly #waiting = new Set<RowId>();

  /** What the vault has. */
  #kept: readonly RowId[];

  constructor(deps: ReadStateDeps, documents: ReadonlyMap<string, unknown>) {
    this.#deps = deps;
    this.#kept = (documents.get(VAULT_KEY) ?? []) as readonly RowId[];
    for (const id of this.#kept) {
      this.#read.set(id, deps.clock.now() + REMEMBER_MS);
      this.#waiting.add(id);
    }
  }

  async markRead(rowIds: readonly RowId[]): Promise<void> {
    if (!this.#deps.mayWrite()) return;
    const until = this.#deps.clock.now() + REMEMBER_MS;
    for (const id of rowIds) if (this.#deps.ledger.state.rows.get(id)?.own === false) this.#read.set(id, until);
    await this.#mark(rowIds);
    await this.#keep();
  }

  /** A connection is up: what could not be told before. */
  async resume(): Promise<void> {
    if (this.#waiting.size === 0 || !this.#deps.mayWrite()) return;
    await this.#mark([...this.#waiting]);
    await this.#keep();
  }

  /** Copies came or moved: those of lines that were just read are marked too. */
  async follow(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const [id, until] of this.#read) {
      if (until >= now || this.#waiting.has(id)) continue;
      this.#read.delete(id);
      this.#told.delete(id);
    }
    if (this.#read.size === 0) return;
    await this.#mark([...this.#read.keys()]);
    await this.#keep();
  }

  /** The vault gets what is still to be told: lines the server did not hear of, and those whose copy is not here yet. */
  async #keep(): Promise<void> {
    const { rows } = this.#deps.ledger.state;
    const open = [...this.#read.keys()].filter((id) => this.#waiting.has(id) || rows.get(id)?.copies.length === 0);
    const kept = open.slice(-MAX_KEPT);
    if (kept.join() === this.#kept.join()) return;
    this.#kept = kept;
    const written = kept.length === 0 ? this.#deps.vault.delete(VAULT_KEY) : this.#deps.vault.put(VAULT_KEY, kept);
    await written.catch(() => undefined);
  }

  async #mark(rowIds: readonly RowId[]): Promise<void> {
    const untold = rowIds.flatMap((id) => this.#untold(id));
    const groups = Map.groupBy(untold, ({ copy: { place } }) => `${place.uidValidity}:${place.mailbox}`);
    for (const group of groups.values()) {
      for (let at = 0; at < group.length; at += MAX_UIDS) await this.#tell(group.slice(at, at + MAX_UIDS));
    }
  }

  /**
   * A copy that shows `\\Seen` counts as told, unless we told the server of another place of this line: the copy
   * may have moved before our word reached the old place, and carries the flag in our memory only.
   */
  #untold(rowId: RowId): Untold[] {
    const row = this.#read.has(rowId) ? this.#deps.ledger.state.rows.get(rowId) : undefined;
    const told = this.#told.get(rowId);
    return (row?.copies ?? []).flatMap((copy) => {
      const isTold = told === undefined ? hasFlag(copy, SEEN) : told.has(placeKey(copy.place));
      return isTold ? [] : { rowId, copy };
    });
  }

  async #tell(untold: readonly Untold[]): Promise<void> {
    const place = untold[0]?.copy.place;
    if (place === undefined) return;
    const { mailbox, uidValidity } = place;
    for (const { rowId, copy } of untold) {
      this.#waiting.delete(rowId);
      const told = this.#told.get(rowId) ?? new Set();
      this.#told.set(rowId, told.add(placeKey(copy.place)));
    }
    try {
      const uids = untold.map(({ copy }) => copy.place.uid);
      await this.#deps.call('message.flag', { mailbox, uidValidity, uids, add: [SEEN], remove: [] });
    } catch {
      for (const { rowId, copy } of untold) {
        this.#told.get(rowId)?.delete(placeKey(copy.place));
        this.#waiting.add(rowId);
      }
      return;
    }
    const changes = untold.map(({ copy }) => ({ uid: copy.place.uid, flags: [...new Set([...copy.flags, SEEN])] }));
    const event: ChatEvent = { kind: 'flags-changed', mailbox, uidValidity, changes };
    await this.#deps.ledger.apply([event]);
  }
}

interface Untold {
  readonly rowId: RowId;
  readonly copy: CopyRecord;
}
