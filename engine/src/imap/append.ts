/** APPEND, as one command: imapflow's own may follow it with NOOP and SEARCH. */
import { Buffer } from 'node:buffer';
import { atom, execute, type CommandArgument, responseWords } from './execute.ts';
import { mailboxArgument } from './mailbox-name.ts';
import type { ImapSession } from './session.ts';

export interface AppendedCopy {
  readonly uidValidity: string;
  readonly uid: number;
}

/**
 * Stores a message. Needs no selected mailbox.
 *
 * Not idempotent: after a lost connection, look for the Message-ID before calling again.
 *
 * @returns the new place, or undefined when the server lacks UIDPLUS
 * @throws CoiError `mailbox-not-found`, `quota-exceeded`, `message-too-large`, `imap-unavailable`
 */
export async function appendMessage(
  session: ImapSession,
  path: string,
  bytes: Uint8Array,
  flags: readonly string[],
): Promise<AppendedCopy | undefined> {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLiteral8 = session.client.capabilities.has('BINARY') && value.includes(0);
  const flagList: CommandArgument = flags.map(atom);
  const response = await execute(session.client, 'store a message', 'APPEND', [
    mailboxArgument(session.client, path),
    ...(flags.length === 0 ? [] : [flagList]),
    { type: 'LITERAL', value, isLiteral8 },
  ]);
  const [code, uidValidity, uid] = responseWords(response);
  if (code?.toUpperCase() !== 'APPENDUID' || uidValidity === undefined || !/^\d+$/.test(uid ?? '')) return undefined;
  return { uidValidity, uid: Number(uid) };
}
