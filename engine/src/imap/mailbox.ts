/** Mailboxes as a whole: list, create, subscribe, status. */
import { CoiError, isCoiError } from '@coi-webmail/base';
import type { MailboxState } from '@coi-webmail/protocol';
import type { ImapFlow, ImapResponse } from 'imapflow';
import { must } from './errors.ts';
import { atom, execute, words } from './execute.ts';
import { mailboxArgument, mailboxWireName } from './mailbox-name.ts';

export interface ListedMailbox {
  readonly path: string;
  /** `\Sent` and so on, told by the server or guessed from a usual name. */
  readonly specialUse: string | undefined;
  readonly selectable: boolean;
}

export interface Namespace {
  /** '' or for example `INBOX.`. */
  readonly prefix: string;
  readonly separator: string;
}

export async function listMailboxes(client: ImapFlow): Promise<readonly ListedMailbox[]> {
  const list = await must('list mailboxes', client.list());
  return list.map(({ path, specialUse, flags }) => ({
    path,
    specialUse,
    selectable: !flags.has('\\Noselect') && !flags.has('\\NonExistent'),
  }));
}

/** Where own mailboxes lie. */
export function personalNamespace(client: ImapFlow): Namespace {
  return { prefix: client.namespace?.prefix ?? '', separator: client.namespace?.delimiter ?? '/' };
}

/** Creates and subscribes. Fine if it exists, whatever the server says then. */
export async function createMailbox(client: ImapFlow, path: string): Promise<void> {
  await must('create a mailbox', client.mailboxCreate(path)).catch(async (error: unknown) => {
    const [existing] = await mailboxStatuses(client, [path], false);
    if (existing === undefined) throw error;
  });
  await must('subscribe to a mailbox', client.mailboxSubscribe(path));
}

export type MailboxStatus = Omit<MailboxState, 'role'>;

export interface SeenMailbox {
  readonly state: MailboxStatus;
  /** Differs when something happened; without CONDSTORE a flag other than `\Seen` may change behind its back. */
  readonly fingerprint: string;
}

/** Few servers say NONEXISTENT in an answer to STATUS. */
const NO_SUCH_MAILBOX = /does(?:n't| not) exist|non-?existent|no such|not found|unknown mailbox/i;

/**
 * STATUS of mailboxes, in one go. As one command: imapflow's own takes what the server pushes about another mailbox
 * meanwhile for the answer, and asks LIST, which may be behind, whether a mailbox exists.
 *
 * @returns in the order of the paths; undefined for a mailbox that does not exist
 */
export async function mailboxStatuses(
  client: ImapFlow,
  paths: readonly string[],
  condstore: boolean,
): Promise<readonly (SeenMailbox | undefined)[]> {
  // The first NOOP ends an IDLE. All commands are queued at once, so that none comes into the next IDLE, which begins
  // after the last NOOP.
  await must('look at mailboxes', quietly(client.noop()));
  const seen = await Promise.all(paths.map((path) => mailboxStatus(client, path, condstore)));
  await must('look at mailboxes', quietly(client.noop()));
  return seen;
}

function quietly(call: Promise<void>): Promise<true> {
  return call.then(() => true);
}

async function mailboxStatus(client: ImapFlow, path: string, condstore: boolean): Promise<SeenMailbox | undefined> {
  const items = ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY', condstore ? 'HIGHESTMODSEQ' : 'UNSEEN'];
  const answers: { readonly name: string; readonly items: ReadonlyMap<string, string> }[] = [];
  const note = async ({ attributes = [] }: ImapResponse): Promise<void> => {
    const [name, list] = attributes;
    if (Array.isArray(list)) answers.push({ name: String(name?.value ?? ''), items: pairs(words(list)) });
  };
  try {
    const request = [mailboxArgument(client, path), items.map(atom)];
    await execute(client, 'look at a mailbox', 'STATUS', request, { STATUS: note });
  } catch (error) {
    if (!client.usable || !isMissing(error)) throw error;
    return undefined;
  }
  const wireName = mailboxWireName(client, path);
  // Some servers write a name in another way than they were asked.
  const found = (answers.find(({ name }) => name === wireName) ?? answers.at(-1))?.items ?? new Map<string, string>();
  const [uidValidity, uidNext] = [found.get('UIDVALIDITY'), Number(found.get('UIDNEXT'))];
  if (uidValidity === undefined || !(uidNext > 0)) {
    throw new CoiError('imap-unavailable', 'Could not look at a mailbox');
  }
  const highestModSeq = found.get('HIGHESTMODSEQ') ?? '0';
  const messageCount = Number(found.get('MESSAGES') ?? 0);
  return {
    state: { path, uidValidity, uidNext, highestModSeq, messageCount },
    fingerprint: [uidValidity, uidNext, messageCount, highestModSeq, found.get('UNSEEN')].join(' '),
  };
}

function pairs(list: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let at = 0; at + 1 < list.length; at += 2) map.set((list[at] ?? '').toUpperCase(), list[at + 1] ?? '');
  return map;
}

/** A mailbox that may not be looked at is as good as none. */
function isMissing(error: unknown): boolean {
  if (isCoiError(error, 'mailbox-not-found') || isCoiError(error, 'permission-denied')) return true;
  const { cause } = error as Error;
  const { responseText } = (cause ?? {}) as { readonly responseText?: unknown };
  return isCoiError(error, 'imap-unavailable') && NO_SUCH_MAILBOX.test(String(responseText ?? ''));
}
