/**
 * The logger's interface; it is handed in, never global.
 *
 * Fields are numbers, booleans and words of our own. No address, subject, body, key, password or
 * mailbox name ever goes into a log (promise 7).
 */

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

const nothing = (): void => undefined;

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
