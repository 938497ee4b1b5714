/** The connections of an account but the watch connection, and all else that its parts share. */
import { type Clock, CoiError, isCoiError } from '@coi-webmail/base';
import { CommandConnection } from '../imap/command.ts';
import { ImapSession, type ValidityElsewhere } from '../imap/session.ts';
import { SmtpPool } from '../smtp/pool.ts';
import type { AccountContext } from './context.ts';
import { Mailboxes } from './mailboxes.ts';
import { QuotaState } from './quota.ts';
import type { AccountDeps, AccountIdentity, Credentials } from './service.ts';

const COMMAND_IDLE_MS = 60_000;
const TRANSFER_IDLE_MS = 10_000;

export interface ConnectionOptions {
  readonly identity: AccountIdentity;
  readonly deps: AccountDeps;
  readonly clock: Clock;
  readonly credentials: () => Credentials;
  readonly clientIp: () => string | undefined;
  readonly emit: AccountContext['emit'];
  readonly hasClient: () => boolean;
  readonly onQuota: () => void;
  /** Mailboxes of ours were made. */
  readonly onCreated: () => void;
  /** A refused sign-on is final for all connections until there are other credentials. */
  readonly isRefused: () => boolean;
  readonly onRefused: (error: unknown) => void;
}

export function makeContext(options: ConnectionOptions): AccountContext {
  const { identity, deps, clock, credentials, emit, hasClient, onQuota, onCreated } = options;
  const mailboxes = new Mailboxes(onCreated);
  const validity: ValidityElsewhere = (path) => mailboxes.state(path)?.uidValidity;
  const connection = (idleCloseMs: number) =>
    new CommandConnection({ open: () => openSession(options, validity), clock, idleCloseMs });
  return {
    identity,
    deps,
    clock,
    commands: connection(COMMAND_IDLE_MS),
    downloads: connection(TRANSFER_IDLE_MS),
    uploads: connection(COMMAND_IDLE_MS),
    smtp: new SmtpPool(identity.issuer.smtp, credentials, clock),
    mailboxes,
    quota: new QuotaState(onQuota),
    emit,
    hasClient,
  };
}

async function openSession(options: ConnectionOptions, validity: ValidityElsewhere): Promise<ImapSession> {
  const { identity, credentials, clientIp, isRefused, onRefused } = options;
  if (isRefused()) throw new CoiError('auth-failed', 'The mail server refused the sign-on');
  try {
    return await ImapSession.open(identity.issuer.imap, credentials(), clientIp(), validity);
  } catch (error) {
    if (isCoiError(error, 'auth-failed') || isCoiError(error, 'auth-expired')) onRefused(error);
    throw error;
  }
}
