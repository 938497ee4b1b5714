/** What the parts of one account share. Made by account.ts; holds no behaviour of its own. */
import type { Clock } from '@coi-webmail/base';
import type { CommandConnection } from '../imap/command.ts';
import type { SmtpPool } from '../smtp/pool.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { QuotaState } from './quota.ts';
import type { AccountDeps, AccountIdentity, UnnumberedEvent } from './service.ts';

export interface AccountContext {
  readonly identity: AccountIdentity;
  readonly deps: AccountDeps;
  readonly clock: Clock;
  /** Sync, APPEND, flags, filing. */
  readonly commands: CommandConnection;
  /** Parts on their way to a browser, one at a time; lines need not wait for them. */
  readonly downloads: CommandConnection;
  /** Copies of large messages, one at a time, and of lines while `commands` is busy. */
  readonly uploads: CommandConnection;
  readonly smtp: SmtpPool;
  readonly mailboxes: Mailboxes;
  readonly quota: QuotaState;
  emit(event: UnnumberedEvent): void;
  /** Somebody is there to answer `mail.undecided`. */
  hasClient(): boolean;
}
