/**
 * Store in one SQLite file, shared by all engine processes of a machine.
 *
 * Each change is one short transaction, so that a process that dies leaves nothing half done. The file is in WAL
 * mode with `synchronous=NORMAL`: it survives a killed process; a power cut may lose the last moments, and then the
 * mailbox decides (design §4.4, 4).
 */
import { chmodSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { CoiError } from '@coi-webmail/base';
import type { LeaseStore } from '../hub/lease-store.ts';
import { type ClaimAnswer, CLAIM_KEPT_MS, type SessionRecord, type Store } from './store.ts';

const SCHEMA_VERSION = 1;
const BUSY_TIMEOUT_MS = 5_000;

/** Times are epoch milliseconds. `claim.state` is claimed, accepted, unknown or released. */
const SCHEMA = `
  CREATE TABLE session (id TEXT PRIMARY KEY, account TEXT NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE ticket (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE claim (key TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL, is_progressed INTEGER NOT NULL,
    since_at INTEGER NOT NULL, touched_at INTEGER NOT NULL, copy TEXT) WITHOUT ROWID;
  CREATE TABLE value (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until_at INTEGER NOT NULL) WITHOUT ROWID;
`;

type Row = Readonly<Record<string, unknown>>;

export class SqliteStore implements Store, LeaseStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Names this process in its claims. */
  readonly #owner = randomUUID();

  /** @throws CoiError `invalid-config` when the file cannot be opened or was written by a newer engine */
  constructor(file: string) {
    try {
      this.#database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
      chmodSync(file, 0o600);
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    } catch (cause) {
      throw new CoiError('invalid-config', 'The store file could not be opened; check storeFile and its folder', {
        cause,
      });
    }
    this.#migrate();
  }

  async putSession({ id, accountHash, sealed, expiresAt }: SessionRecord): Promise<void> {
    const sql = 'INSERT OR REPLACE INTO session (id, account, sealed, expires_at) VALUES (?, ?, ?, ?)';
    this.#run(sql, id, accountHash, sealed, expiresAt);
  }

  async getSession(id: string, nowAt: number): Promise<SessionRecord | undefined> {
    const row = this.#get('SELECT account, sealed, expires_at FROM session WHERE id = ? AND expires_at > ?', id, nowAt);
    if (row === undefined) return undefined;
    const { account, sealed, expires_at } = row as { account: string; sealed: Uint8Array; expires_at: number };
    return { id, accountHash: account, sealed, expiresAt: expires_at };
  }

  async prolongSession(id: string, expiresAt: number): Promise<void> {
    this.#run('UPDATE session SET expires_at = ? WHERE id = ?', expiresAt, id);
  }

  async deleteSession(id: string): Promise<void> {
    this.#run('DELETE FROM session WHERE id = ?', id);
  }

  async useTicketId(jti: string, expiresAt: number): Promise<boolean> {
    return this.#run('INSERT OR IGNORE INTO ticket (id, expires_at) VALUES (?, ?)', jti, expiresAt) === 1;
  }

  async claim(key: string, nowAt: number, staleMs: number): Promise<ClaimAnswer> {
    return this.#transaction(() => this.#claim(key, nowAt, staleMs));
  }

  async touchClaim(key: string, nowAt: number): Promise<void> {
    this.#run(
      `UPDATE claim SET touched_at = ? WHERE key = ? AND state = 'claimed' AND owner = ?`,
      nowAt,
      key,
      this.#owner,
    );
  }

  async progressClaim(key: string, nowAt: number, copy: string | undefined): Promise<boolean> {
    const sql = `UPDATE claim SET is_progressed = 1, touched_at = ?, copy = coalesce(?, copy)
      WHERE key = ? AND state = 'claimed' AND owner = ?`;
    return this.#run(sql, nowAt, copy ?? null, key, this.#owner) === 1;
  }

  async settleClaim(
    key: string,
    state: 'accepted' | 'unknown' | 'released',
    nowAt: number,
    copy: string | undefined,
  ): Promise<void> {
    if (state !== 'accepted') {
      const sql = `UPDATE claim SET state = ?, touched_at = ?, copy = coalesce(?, copy)
        WHERE key = ? AND state = 'claimed' AND owner = ?`;
      this.#run(sql, state, nowAt, copy ?? null, key, this.#owner);
    } else {
      const sql = `INSERT INTO claim (key, state, owner, is_progressed, since_at, touched_at, copy)
        VALUES (?, 'accepted', ?, 1, ?, ?, ?) ON CONFLICT (key) DO UPDATE
        SET state = 'accepted', touched_at = excluded.touched_at, copy = coalesce(excluded.copy, copy)`;
      this.#run(sql, key, this.#owner, nowAt, nowAt, copy ?? null);
    }
  }

  async reclaimUnknown(key: string, nowAt: number): Promise<boolean> {
    const sql = `UPDATE claim SET state = 'claimed', owner = ?, is_progressed = 0, since_at = ?, touched_at = ?
      WHERE key = ? AND state = 'unknown'`;
    return this.#run(sql, this.#owner, nowAt, nowAt, key) === 1;
  }

  async getValue(key: string): Promise<string | undefined> {
    return this.#get('SELECT value FROM value WHERE key = ?', key)?.['value'] as string | undefined;
  }

  async putValue(key: string, value: string): Promise<void> {
    this.#run('INSERT OR REPLACE INTO value (key, value) VALUES (?, ?)', key, value);
  }

  async takeLease(name: string, owner: string, nowAt: number, untilAt: number): Promise<boolean> {
    const sql = `INSERT INTO lease (name, owner, until_at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE
      SET owner = excluded.owner, until_at = excluded.until_at WHERE owner = excluded.owner OR until_at <= ?`;
    return this.#run(sql, name, owner, untilAt, nowAt) === 1;
  }

  async dropLease(name: string, owner: string): Promise<void> {
    this.#run('DELETE FROM lease WHERE name = ? AND owner = ?', name, owner);
  }

  async sweep(nowAt: number): Promise<void> {
    this.#run('DELETE FROM session WHERE expires_at <= ?', nowAt);
    this.#run('DELETE FROM ticket WHERE expires_at <= ?', nowAt);
    this.#run('DELETE FROM claim WHERE touched_at <= ?', nowAt - CLAIM_KEPT_MS);
    this.#run('DELETE FROM lease WHERE until_at <= ?', nowAt);
  }

  async close(): Promise<void> {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #claim(key: string, nowAt: number, staleMs: number): ClaimAnswer {
    const row = this.#get('SELECT state, is_progressed, since_at, touched_at, copy FROM claim WHERE key = ?', key);
    if (row === undefined) return this.#takeClaim(key, nowAt);
    const touchedAt = Number(row['touched_at']);
    const sinceAt = Number(row['since_at']);
    const copy = typeof row['copy'] === 'string' ? row['copy'] : undefined;
    if (touchedAt + CLAIM_KEPT_MS <= nowAt) return this.#takeClaim(key, nowAt);
    if (row['state'] === 'accepted') return { state: 'accepted', acceptedAt: touchedAt, copy };
    if (row['state'] === 'claimed') {
      if (touchedAt + staleMs >= nowAt) return { state: 'in-flight', sinceAt };
      if (row['is_progressed'] === 0) return this.#takeClaim(key, nowAt, { copy });
      this.#run(`UPDATE claim SET state = 'unknown', touched_at = ? WHERE key = ?`, nowAt, key);
    }
    if (row['state'] === 'released') return this.#takeClaim(key, nowAt, { copy });
    return { state: 'unknown', sinceAt, copy };
  }

  #takeClaim(key: string, nowAt: number, earlier?: { readonly copy: string | undefined }): ClaimAnswer {
    const sql = `INSERT OR REPLACE INTO claim (key, state, owner, is_progressed, since_at, touched_at, copy)
      VALUES (?, 'claimed', ?, 0, ?, ?, ?)`;
    this.#run(sql, key, this.#owner, nowAt, nowAt, earlier?.copy ?? null);
    return earlier === undefined ? { state: 'new' } : { state: 'new', earlier };
  }

  #migrate(): void {
    this.#transaction(() => {
      const version = Number(this.#get('PRAGMA user_version')?.['user_version']);
      if (version === SCHEMA_VERSION) return;
      if (version !== 0) {
        throw new CoiError('invalid-config', 'The store file belongs to another version of the engine; name a new one');
      }
      this.#database.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
    });
  }

  /** Takes the write lock first: two processes never both read a claim as free. */
  #transaction<T>(task: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = task();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }
}
