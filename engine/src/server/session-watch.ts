/**
 * Tells live sockets when their session was prolonged or has ended, also when another process did it: each watched
 * session is looked up again when it should end, and every few seconds in between.
 */
import type { Clock, Logger } from '@coi-webmail/base';
import type { Session, Sessions } from '../auth/session.ts';

export const SESSION_POLL_MS = 15_000;

export interface SessionListener {
  /** Prolonged, perhaps with a new secret. */
  changed(session: Session): void;
  ended(): void;
}

interface Watched {
  session: Session;
  sealed: Uint8Array | undefined;
  readonly listeners: Set<SessionListener>;
  cancel: () => void;
}

export interface SessionWatchOptions {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Logger;
}

export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: SessionWatchOptions) {
    this.#options = options;
  }

  /** @returns the function that ends it */
  watch(session: Session, listener: SessionListener): () => void {
    let watched = this.#watched.get(session.id);
    if (watched === undefined) {
      watched = { session, sealed: undefined, listeners: new Set(), cancel: () => undefined };
      this.#watched.set(session.id, watched);
      this.#schedule(watched);
    }
    const { listeners } = watched;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#forget(session.id);
    };
  }

  /** This process prolonged it. */
  prolonged(session: Session): void {
    const watched = this.#watched.get(session.id);
    if (watched !== undefined) this.#change(watched, session, undefined);
  }

  /** This process ended it. */
  ended(id: string): void {
    const watched = this.#watched.get(id);
    if (watched === undefined) return;
    this.#forget(id);
    for (const listener of watched.listeners) listener.ended();
  }

  #forget(id: string): void {
    this.#watched.get(id)?.cancel();
    this.#watched.delete(id);
  }

  #schedule(watched: Watched): void {
    const { clock } = this.#options;
    const leftMs = Math.max(0, watched.session.expiresAt - clock.now());
    watched.cancel();
    watched.cancel = clock.after(Math.min(leftMs, SESSION_POLL_MS), () => void this.#look(watched));
  }

  async #look(watched: Watched): Promise<void> {
    const { sessions, clock, log } = this.#options;
    const { id, value } = watched.session;
    try {
      const record = await sessions.record(value);
      if (this.#watched.get(id) !== watched) return;
      if (record === undefined) return this.ended(id);
      const isChanged = watched.sealed === undefined || Buffer.compare(record.sealed, watched.sealed) !== 0;
      if (isChanged || record.expiresAt !== watched.session.expiresAt) {
        const session = sessions.unseal(value, record);
        if (session === undefined) return this.ended(id);
        this.#change(watched, session, record.sealed);
        return;
      }
    } catch {
      log.warn('session-store-failed');
      // A Store that cannot be asked does not make a session longer.
      if (watched.session.expiresAt <= clock.now()) return this.ended(id);
    }
    if (this.#watched.get(id) === watched) this.#schedule(watched);
  }

  #change(watched: Watched, session: Session, sealed: Uint8Array | undefined): void {
    const isNews = session.expiresAt !== watched.session.expiresAt || session.provenAt !== watched.session.provenAt;
    watched.session = session;
    watched.sealed = sealed;
    this.#schedule(watched);
    if (!isNews) return;
    for (const listener of watched.listeners) listener.changed(session);
  }
}
