/**
 * Writes log lines as JSON, one a line.
 *
 * Fields are numbers, booleans and short words of our own. A text that could be anything else (an address, a
 * sentence, a mailbox name, a secret of usual length) is written as "withheld", so that a careless caller leaks
 * nothing.
 */
import type { Clock, LogFields, Logger } from '@coi-webmail/base';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** A word: letters, digits, dots, dashes and colons, as error codes, method names and versions have them. */
const WORD = /^[A-Za-z0-9.:_-]{1,32}$/;
const WITHHELD = 'withheld';

export interface LogOptions {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly write: (line: string) => void;
}

export function createLogger({ level, clock, write }: LogOptions): Logger {
  const log = (lineLevel: LogLevel) => (event: string, fields?: LogFields) => {
    if (LEVELS.indexOf(lineLevel) < LEVELS.indexOf(level)) return;
    const at = new Date(clock.now()).toISOString();
    write(`${JSON.stringify({ at, level: lineLevel, event: word(event), ...wordsOf(fields) })}\n`);
  };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

function wordsOf(fields: LogFields = {}): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? word(value) : value]),
  );
}

function word(value: string): string {
  return WORD.test(value) ? value : WITHHELD;
}
