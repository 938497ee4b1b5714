/** What the method handlers and the watching half of an account work with. Made by account.ts. */
import type { AccountContext } from './context.ts';
import type { Filing } from './filing.ts';
import type { ModeSetting } from './mode.ts';
import type { Storage } from './storage.ts';
import type { Submitter } from './submit.ts';
import type { MailboxSync } from './sync.ts';

export interface AccountParts {
  readonly context: AccountContext;
  readonly storage: Storage;
  readonly filing: Filing;
  readonly sync: MailboxSync;
  readonly mode: ModeSetting;
  readonly submitter: Submitter;
  /** After consent or another mode: watch what is there now, tell the clients, file. */
  modeChanged(): Promise<void>;
}
