/**
 * The one place that moves or removes mail (design §4.1 "Deleting"): MOVE, `\Deleted` and EXPUNGE are nowhere
 * else (`guard.test.ts` reads the sources).
 *
 * Each removal proves itself on the server first, so that a wrong UID harms nobody. EXPUNGE is always by UID:
 * the plain one takes along every mail that the user's other programs marked.
 */
import { CoiError } from '@coi-webmail/base';
import { chatContentOf, readHeaders } from '@coi-webmail/coi';
import { atom, execute, responseWords } from './execute.ts';
import { fetchHeads } from './fetch.ts';
import { mailboxArgument } from './mailbox-name.ts';
import type { ImapSession, SelectedMailbox } from './session.ts';
import { chunkUids, formatUidSet } from './uid-set.ts';

/** Why something leaves its mailbox. */
export type Removal =
  /** Chat mail on its way to the chats mailbox. */
  | { readonly kind: 'filed'; readonly uids: readonly number[]; readonly to: string }
  /** Storage messages that a newer one of the same kind replaced. */
  | { readonly kind: 'replaced'; readonly uids: readonly number[]; readonly content: string }
  /** The copy of a line that was never sent. */
  | { readonly kind: 'cancelled'; readonly uids: readonly number[] };

export interface Moved {
  readonly uid: number;
  /** Undefined when the server does not tell (no UIDPLUS). */
  readonly to: { readonly uidValidity: string; readonly uid: number } | undefined;
}

/**
 * @returns what moved; nothing when the server lacks MOVE, and then the mail stays where it is
 * @throws CoiError `imap-unavailable`, `permission-denied`, `invariant` when a UID is not what the reason says
 */
export async function remove(
  session: ImapSession,
  mailbox: SelectedMailbox,
  removal: Removal,
): Promise<readonly Moved[]> {
  const current = session.client.mailbox;
  if (current === false || current.path !== mailbox.path || current.readOnly === true) {
    throw new CoiError('invariant', 'The guard works on the mailbox that is selected for writing');
  }
  if (removal.uids.length === 0) return [];
  switch (removal.kind) {
    case 'filed':
      return move(session, removal.uids, removal.to);
    case 'replaced':
      await prove(
        session,
        removal.uids,
        (head) => chatContentOf(readHeaders(head.header))?.toLowerCase() === removal.content,
      );
      await expunge(session, removal.uids);
      return [];
    case 'cancelled':
      await prove(
        session,
        removal.uids,
        (head) => hasFlag(head.flags, '$coipending') && hasFlag(head.flags, '$coiown'),
      );
      await expunge(session, removal.uids);
      return [];
    default:
      return removal satisfies never;
  }
}

async function move(session: ImapSession, uids: readonly number[], to: string): Promise<readonly Moved[]> {
  if (!session.capabilities.move) return [];
  const moved: Moved[] = [];
  for (const chunk of chunkUids(uids)) {
    let copyUid: readonly string[] = [];
    const note = (found: readonly string[]) => {
      if (found[0]?.toUpperCase() === 'COPYUID') copyUid = found;
    };
    const response = await execute(
      session.client,
      'file chat mail',
      'UID MOVE',
      [{ type: 'SEQUENCE', value: formatUidSet(chunk) }, mailboxArgument(session.client, to)],
      { OK: async (untagged) => note(responseWords(untagged)) },
    );
    note(responseWords(response));
    moved.push(...readCopyUid(copyUid, chunk));
  }
  return moved;
}

/** `COPYUID uidvalidity source-set target-set`; sets have equal length and order (RFC 4315). */
function readCopyUid(copyUid: readonly string[], asked: readonly number[]): readonly Moved[] {
  const [, uidValidity, from, to] = copyUid;
  if (uidValidity === undefined || from === undefined || to === undefined) {
    return asked.map((uid) => ({ uid, to: undefined }));
  }
  const [sources, targets] = [expandSet(from), expandSet(to)];
  return sources.map((uid, index) => {
    const target = targets[index];
    return { uid, to: target === undefined ? undefined : { uidValidity, uid: target } };
  });
}

const MAX_SET_UIDS = 10_000;

function expandSet(set: string): readonly number[] {
  const uids: number[] = [];
  for (const range of set.split(',')) {
    const [first = 0, last = first] = range.split(':').map(Number);
    const step = last < first ? -1 : 1;
    for (let uid = first; uids.length < MAX_SET_UIDS; uid += step) {
      uids.push(uid);
      if (uid === last || !Number.isSafeInteger(uid)) break;
    }
  }
  return uids;
}

type Head = Awaited<ReturnType<typeof fetchHeads>>[number];

async function prove(session: ImapSession, uids: readonly number[], holds: (head: Head) => boolean): Promise<void> {
  const heads = await fetchHeads(session, formatUidSet(uids));
  if (!heads.every(holds)) throw new CoiError('invariant', 'The guard refused to remove a message');
}

async function expunge(session: ImapSession, uids: readonly number[]): Promise<void> {
  for (const chunk of chunkUids(uids)) {
    const set = { type: 'SEQUENCE', value: formatUidSet(chunk) } as const;
    await execute(session.client, 'mark a message as deleted', 'UID STORE', [
      set,
      atom('+FLAGS.SILENT'),
      [atom('\\Deleted')],
    ]);
    if (session.capabilities.uidplus) await execute(session.client, 'remove a message', 'UID EXPUNGE', [set]);
  }
}

/** A mail that somebody marked, and that is as good as gone; where there is no UIDPLUS, also what the guard removed. */
export function isMarkedDeleted(flags: readonly string[]): boolean {
  return hasFlag(flags, '\\deleted');
}

function hasFlag(flags: readonly string[], lowerCase: string): boolean {
  return flags.some((flag) => flag.toLowerCase() === lowerCase);
}
