/** Store within one process, for tests and for an engine that may forget everything when it ends. */
import { type ClaimAnswer, CLAIM_KEPT_MS, type ClaimNote, type SessionRecord, type Store } from './store.ts';
import type { LeaseStore } from '../hub/lease-store.ts';

interface Claim {
  state: 'claimed' | 'accepted' | 'unknown' | 'released' | 'cancelled';
  /** SMTP data may have gone out. */
  isInDoubt: boolean;
  sinceAt: number;
  /** Last sign of life, or when it was settled. */
  touchedAt: number;
  note: ClaimNote;
}

export class MemoryStore implements Store, LeaseStore {
  readonly #sessions = new Map<string, SessionRecord>();
  readonly #tickets = new Map<string, number>();
  readonly #claims = new Map<string, Claim>();
  readonly #values = new Map<string, string>();
  readonly #leases = new Map<string, { readonly owner: string; readonly untilAt: number }>();

  async putSession(record: SessionRecord): Promise<void> {
    this.#sessions.set(record.id, { ...record, sealed: record.sealed.slice() });
  }

  async getSession(id: string, nowAt: number): Promise<SessionRecord | undefined> {
    const record = this.#sessions.get(id);
    return record !== undefined && record.expiresAt > nowAt ? record : undefined;
  }

  async prolongSession(id: string, expiresAt: number): Promise<void> {
    const record = this.#sessions.get(id);
    if (record !== undefined) this.#sessions.set(id, { ...record, expiresAt });
  }

  async deleteSession(id: string): Promise<void> {
    this.#sessions.delete(id);
  }

  async useTicketId(jti: string, expiresAt: number): Promise<boolean> {
    if (this.#tickets.has(jti)) return false;
    this.#tickets.set(jti, expiresAt);
    return true;
  }

  async claim(key: string, nowAt: number, staleMs: number): Promise<ClaimAnswer> {
    const claim = this.#claims.get(key);
    if (claim === undefined || claim.touchedAt + CLAIM_KEPT_MS <= nowAt) return this.#take(key, nowAt);
    if (claim.state === 'cancelled') return { state: 'cancelled' };
    if (claim.state === 'accepted') return { state: 'accepted', acceptedAt: claim.touchedAt, note: claim.note };
    if (claim.state === 'claimed') {
      if (claim.touchedAt + staleMs >= nowAt) return { state: 'in-flight', sinceAt: claim.sinceAt };
      if (!claim.isInDoubt) return this.#take(key, nowAt, claim);
      Object.assign(claim, { state: 'unknown', touchedAt: nowAt });
    }
    if (claim.state === 'released') return this.#take(key, nowAt, claim);
    return { state: 'unknown', sinceAt: claim.sinceAt, note: claim.note };
  }

  async touchClaim(key: string, nowAt: number): Promise<void> {
    const claim = this.#claims.get(key);
    if (claim?.state === 'claimed') claim.touchedAt = nowAt;
  }

  async progressClaim(key: string, nowAt: number, note: ClaimNote, inDoubt: boolean): Promise<boolean> {
    const claim = this.#claims.get(key);
    if (claim?.state !== 'claimed') return false;
    Object.assign(claim, { isInDoubt: inDoubt, touchedAt: nowAt, note: merged(claim.note, note) });
    return true;
  }

  async settleClaim(
    key: string,
    state: 'accepted' | 'unknown' | 'released' | 'cancelled',
    nowAt: number,
    note: ClaimNote,
  ): Promise<void> {
    const claim = this.#claims.get(key);
    if (claim?.state === 'cancelled' || (state !== 'accepted' && claim?.state !== 'claimed')) return;
    const sinceAt = claim?.sinceAt ?? nowAt;
    this.#claims.set(key, { state, isInDoubt: false, sinceAt, touchedAt: nowAt, note: merged(claim?.note, note) });
  }

  async reopenClaim(key: string, state: 'accepted' | 'unknown', nowAt: number): Promise<boolean> {
    const claim = this.#claims.get(key);
    if (claim?.state !== state) return false;
    Object.assign(claim, { state: 'claimed', isInDoubt: false, sinceAt: nowAt, touchedAt: nowAt });
    return true;
  }

  async getValue(key: string): Promise<string | undefined> {
    return this.#values.get(key);
  }

  async putValue(key: string, value: string): Promise<void> {
    this.#values.set(key, value);
  }

  async takeLease(name: string, owner: string, nowAt: number, untilAt: number): Promise<boolean> {
    const lease = this.#leases.get(name);
    if (lease !== undefined && lease.owner !== owner && lease.untilAt > nowAt) return false;
    this.#leases.set(name, { owner, untilAt });
    return true;
  }

  async dropLease(name: string, owner: string): Promise<void> {
    if (this.#leases.get(name)?.owner === owner) this.#leases.delete(name);
  }

  async sweep(nowAt: number): Promise<void> {
    for (const [id, { expiresAt }] of this.#sessions) if (expiresAt <= nowAt) this.#sessions.delete(id);
    for (const [jti, expiresAt] of this.#tickets) if (expiresAt <= nowAt) this.#tickets.delete(jti);
    for (const [key, { touchedAt }] of this.#claims) if (touchedAt + CLAIM_KEPT_MS <= nowAt) this.#claims.delete(key);
    for (const [name, { untilAt }] of this.#leases) if (untilAt <= nowAt) this.#leases.delete(name);
  }

  async close(): Promise<void> {
    this.#sessions.clear();
  }

  #take(key: string, nowAt: number, earlier?: Claim): ClaimAnswer {
    const note = merged(undefined, earlier?.note ?? {});
    this.#claims.set(key, { state: 'claimed', isInDoubt: false, sinceAt: nowAt, touchedAt: nowAt, note });
    return earlier === undefined ? { state: 'new' } : { state: 'new', earlier: note };
  }
}

function merged(known: ClaimNote | undefined, note: ClaimNote): ClaimNote {
  return { copy: note.copy ?? known?.copy, recipients: note.recipients ?? known?.recipients };
}
