/** Mailboxes as a whole: list, create, subscribe, status. */
import { CoiError } from '@coi-webmail/base';
import type { MailboxState } from '@coi-webmail/protocol';
import type { ImapFlow } from 'imapflow';
import { must } from './errors.ts';

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

/** Creates and subscribes. Fine if it exists. */
export async function createMailbox(client: ImapFlow, path: string): Promise<void> {
  await must('create a mailbox', client.mailboxCreate(path));
  await must('subscribe to a mailbox', client.mailboxSubscribe(path));
}

export type MailboxStatus = Omit<MailboxState, 'role'>;

/**
 * @returns the state, and a text that differs when something happened; without CONDSTORE a flag other than `\Seen` may
 *   change behind its back
 * @throws CoiError `mailbox-not-found`
 */
export async function mailboxStatus(
  client: ImapFlow,
  path: string,
  condstore: boolean,
): Promise<{ readonly state: MailboxStatus; readonly fingerprint: string }> {
  const items = { messages: true, uidNext: true, uidValidity: true, highestModseq: condstore, unseen: !condstore };
  const status = await must('look at a mailbox', client.status(path, items));
  const { uidValidity, uidNext, messages = 0, highestModseq = 0, unseen = 0 } = status;
  if (uidValidity === undefined || uidNext === undefined) {
    throw new CoiError('imap-unavailable', 'Could not look at a mailbox');
  }
  return {
    state: {
      path,
      uidValidity: String(uidValidity),
      uidNext,
      highestModSeq: String(highestModseq),
      messageCount: messages,
    },
    fingerprint: [uidValidity, uidNext, messages, highestModseq, unseen].join(' '),
  };
}
