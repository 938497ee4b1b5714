/** A person at a browser, as schedules know one: headless (`person.ts`), or in front of a real page (`page-person.ts`). */
import { setTimeout as pause } from 'node:timers/promises';
import type { RowView } from '@coi-webmail/chat';
import { type Director, nameOf, type Person as Who, type Random, type Screen } from '@coi-webmail/test-support';
import type { User } from '../stack/users.ts';

export interface ChatterOptions {
  readonly who: Who;
  readonly user: User;
  /** The other person's. */
  readonly other: User;
  /** Tells browsers of one person apart. */
  readonly browser: string;
  readonly engineUrl: () => string;
  readonly skewMs: number;
  readonly random: Random;
  readonly director: () => Director | undefined;
  /** Connections of this browser break now. */
  readonly unplug: () => void;
}

export interface Chatter {
  readonly who: Who;
  readonly user: User;
  readonly isUp: boolean;
  readonly isOnline: boolean;
  /** Opens the page: a worker starts. */
  open(): Promise<void>;
  /** A page with a newer worker opens while the older one lives; meanwhile the older page takes a line. */
  upgrade(text: string): Promise<void>;
  /** The worker ends without a chance to do anything. */
  kill(): void;
  /** Opens the page again after a while. */
  openAgain(afterMs: number): Promise<void>;
  up(): Promise<void>;
  /** The page closes: it sends what waits by itself, and its worker ends. */
  leave(): Promise<void>;
  consent(mode: 'active' | 'none'): Promise<void>;
  /** Types a line; resolves when the page has it for certain, or is gone. */
  say(text: string): Promise<void>;
  /** All that is unread was on the screen. */
  read(): Promise<void>;
  accept(): Promise<void>;
  rows(): readonly RowView[];
  screen(): Screen;
  /** Every line is there, and nothing is on its way any more. */
  isSettled(names: ReadonlySet<string>): boolean;
  /** For a report. */
  state(): string;
  /** @throws Error when it takes too long */
  until(holds: () => boolean, what: string, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

const WAIT_MS = 30_000;

/** Waiting for something that changes tell of. */
export class Changes {
  readonly #looks = new Set<() => void>();

  tell(): void {
    for (const look of this.#looks) look();
  }

  /** Calls back at each change, and now. @returns what ends it */
  listen(look: () => void): () => void {
    this.#looks.add(look);
    look();
    return () => void this.#looks.delete(look);
  }

  until(holds: () => boolean, late: () => string, timeoutMs = WAIT_MS): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const look = () => {
        if (holds()) end(resolve);
      };
      const end = (act: () => void) => {
        clearTimeout(timer);
        this.#looks.delete(look);
        act();
      };
      const timer = setTimeout(() => end(() => reject(new Error(late()))), timeoutMs);
      this.#looks.add(look);
    });
  }
}

/** A page that is opened again after a while: whoever wants that meanwhile waits for the same one. */
export class Reopening {
  readonly #open: () => Promise<void> | undefined;
  #running: Promise<void> | undefined;

  /** @param open does nothing when the page is there, or the person has gone */
  constructor(open: () => Promise<void> | undefined) {
    this.#open = open;
  }

  after(delayMs: number): Promise<void> {
    this.#running ??= pause(delayMs)
      .then(() => this.#open())
      .finally(() => {
        this.#running = undefined;
      });
    this.#running.catch(() => undefined);
    return this.#running;
  }

  /** Waits for the one that runs, however it ends. */
  async end(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }
}

export function screenOf(who: Who, name: string, rows: readonly RowView[]): Screen {
  return {
    person: who,
    name,
    rows: rows.map(({ text, own, delivery, messageId }) => ({ text, own, delivery, messageId })),
  };
}

/** Are all lines there, each with its copy, and each own one at its end? */
export function areSettled(rows: readonly RowView[], names: ReadonlySet<string>): boolean {
  const there = new Set(rows.map(({ text }) => nameOf(text)));
  if (![...names].every((name) => there.has(name))) return false;
  return rows.every(({ own, delivery, place, provisional }) => {
    if (provisional !== undefined) return false;
    return own ? isOver(delivery) || (place !== undefined && isSent(delivery)) : place !== undefined;
  });
}

export function wordsOf(rows: readonly RowView[]): string {
  const words = rows.map(({ text, delivery, deliveryReason, place, provisional }) => {
    const said = [delivery, deliveryReason, place === undefined ? 'no copy' : undefined, provisional];
    return `${nameOf(text)}[${said.filter((word) => word !== undefined).join(' ')}]`;
  });
  return words.join(' ');
}

function isSent(delivery: string | undefined): boolean {
  return delivery === 'sent' || delivery === 'read';
}

/** Nothing goes on by itself. */
function isOver(delivery: string | undefined): boolean {
  return delivery === 'unknown' || delivery === 'failed';
}
