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
import { type ClaimAnswer, CLAIM_KEPT_MS, type ClaimNote, type SessionRecord, type Store } from './store.ts';

const SCHEMA_VERSION = 2;
const BUSY_TIMEOUT_MS = 5_000;

/** Times are epoch milliseconds. `claim.state` is claimed, accepted, unknown, released or cancelled. */
const SCHEMA = `
  CREATE TABLE session (id TEXT PRIMARY KEY, account TEXT NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE ticket (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE claim (key TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL, is_progressed INTEGER NOT NULL,
    since_at INTEGER NOT NULL, touched_at INTEGER NOT NULL, copy TEXT, recipients TEXT) WITHOUT ROWID;
  CREATE TABLE value (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until_at INTEGER NOT NULL) WITHOUT ROWID;
`;

/** From version 1. */
const ADD_RECIPIENTS = 'ALTER TABLE claim ADD COLUMN recipients TEXT;';

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

  async progressClaim(key: string, nowAt: number, note: ClaimNote, inDoubt: boolean): Promise<boolean> {
    const sql = `UPDATE claim SET is_progressed = ?, touched_at = ?, ${KEEP_NOTE}
      WHERE key = ? AND state = 'claimed' AND owner = ?`;
    return this.#run(sql, inDoubt ? 1 : 0, nowAt, ...textsOf(note), key, this.#owner) === 1;
  }

  async settleClaim(
    key: string,
    state: 'accepted' | 'unknown' | 'released' | 'cancelled',
    nowAt: number,
    note: ClaimNote,
  ): Promise<void> {
    if (state !== 'accepted') {
      const sql = `UPDATE claim SET state = ?, touched_at = ?, ${KEEP_NOTE}
        WHERE key = ? AND state = 'claimed' AND owner = ?`;
      this.#run(sql, state, nowAt, ...textsOf(note), key, this.#owner);
    } else {
      const sql = `INSERT INTO claim (key, state, owner, is_progressed, since_at, touched_at, copy, recipients)
        VALUES (?, 'accepted', ?, 1, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
        SET state = 'accepted', touched_at = excluded.touched_at, copy = coalesce(excluded.copy, copy),
          recipients = coalesce(excluded.recipients, recipients) WHERE state != 'cancelled'`;
      this.#run(sql, key, this.#owner, nowAt, nowAt, ...textsOf(note));
    }
  }

  async reopenClaim(key: string, state: 'accepted' | 'unknown', nowAt: number): Promise<boolean> {
    const sql = `UPDATE claim SET state = 'claimed', owner = ?, is_progressed = 0, since_at = ?, touched_at = ?
      WHERE key = ? AND state = ?`;
    return this.#run(sql, this.#owner, nowAt, nowAt, key, state) === 1;
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
    const sql = 'SELECT state, is_progressed, since_at, touched_at, copy, recipients FROM claim WHERE key = ?';
    const row = this.#get(sql, key);
    if (row === undefined) return this.#takeClaim(key, nowAt);
    const touchedAt = Number(row['touched_at']);
    const sinceAt = Number(row['since_at']);
    const note = { copy: textOf(row['copy']), recipients: textOf(row['recipients']) };
    if (touchedAt + CLAIM_KEPT_MS <= nowAt) return this.#takeClaim(key, nowAt);
    if (row['state'] === 'cancelled') return { state: 'cancelled' };
    if (row['state'] === 'accepted') return { state: 'accepted', acceptedAt: touchedAt, note };
    if (row['state'] === 'claimed') {
      if (touchedAt + staleMs >= nowAt) return { state: 'in-flight', sinceAt };
      if (row['is_progressed'] === 0) return this.#takeClaim(key, nowAt, note);
      this.#run(`UPDATE claim SET state = 'unknown', touched_at = ? WHERE key = ?`, nowAt, key);
    }
    if (row['state'] === 'released') return this.#takeClaim(key, nowAt, note);
    return { state: 'unknown', sinceAt, note };
  }

  #takeClaim(key: string, nowAt: number, earlier?: ClaimNote): ClaimAnswer {
    const sql = `INSERT OR REPLACE INTO claim (key, state, owner, is_progressed, since_at, touched_at, copy, recipients)
      VALUES (?, 'claimed', ?, 0, ?, ?, ?, ?)`;
    this.#run(sql, key, this.#owner, nowAt, nowAt, ...textsOf(earlier ?? {}));
    return earlier === undefined ? { state: 'new' } : { state: 'new', earlier };
  }

  #migrate(): void {
    this.#transaction(() => {
      const version = Number(this.#get('PRAGMA user_version')?.['user_version']);
      if (version === SCHEMA_VERSION) return;
      if (version > SCHEMA_VERSION || version < 0) {
        throw new CoiError('invalid-config', 'The store file belongs to another version of the engine; name a new one');
      }
      const change = version === 0 ? SCHEMA : ADD_RECIPIENTS;
      this.#database.exec(`${change} PRAGMA user_version = ${SCHEMA_VERSION};`);
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

/** A field that is not told stays as it is. */
const KEEP_NOTE = 'copy = coalesce(?, copy), recipients = coalesce(?, recipients)';

function textsOf({ copy, recipients }: ClaimNote): [SQLInputValue, SQLInputValue] {
  return [copy ?? null, recipients ?? null];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
