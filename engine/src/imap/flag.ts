/** STORE of flags and keywords. `\Deleted` is not among them: that is the guard's (guard.ts). */
import { CoiError } from '@coi-webmail/base';
import { atom, execute } from './execute.ts';
import type { ImapSession } from './session.ts';
import { chunkUids, formatUidSet } from './uid-set.ts';

const FORBIDDEN = '\\deleted';
/** One flag or keyword: nothing that could be read as two. */
const FLAG = /^[\\$]?[A-Za-z0-9_.\-$]+$/;

/**
 * Adds or removes flags in the mailbox that is selected for writing. Idempotent; UIDs that are gone are skipped.
 * @throws CoiError `permission-denied`, `imap-unavailable`
 */
export async function storeFlags(
  session: ImapSession,
  uids: readonly number[],
  operation: 'add' | 'remove',
  flags: readonly string[],
): Promise<void> {
  if (flags.some((flag) => !FLAG.test(flag) || flag.toLowerCase() === FORBIDDEN)) {
    throw new CoiError('invariant', 'Only the guard marks messages as deleted');
  }
  if (flags.length === 0) return;
  const item = operation === 'add' ? '+FLAGS.SILENT' : '-FLAGS.SILENT';
  for (const chunk of chunkUids(uids)) {
    await execute(session.client, 'set flags', 'UID STORE', [
      { type: 'SEQUENCE', value: formatUidSet(chunk) },
      atom(item),
      flags.map(atom),
    ]);
  }
}
