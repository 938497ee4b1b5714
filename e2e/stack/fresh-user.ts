/** Accounts that nobody has used on a stack yet, made ready where the server needs more than a name. */
import { ImapLine } from './imap-line.ts';
import { mailboxPath } from './imap-server.ts';
import type { StackInfo } from './info.ts';
import { type Pool, takeFreshUser, type User } from './users.ts';

const MAILBOXES = ['INBOX', 'Drafts', 'Sent', 'Junk', 'Trash', 'Archive'];
/** Every right but `w`, the one to write keywords. */
const NO_KEYWORD_RIGHTS = 'lrsipkxteacd';

export async function freshUser(info: StackInfo, pool?: Pool): Promise<User> {
  const user = await takeFreshUser(info.runDir, pool);
  if (info.imap.server === 'cyrus') await makeMailboxes(info, user, pool === 'nokeyword');
  return user;
}

/**
 * Cyrus makes mailboxes at the first sign-on; a delivery meanwhile would be put off for seconds. It keeps rights per
 * mailbox, and a new mailbox has those of the one above it: below INBOX that is all.
 */
async function makeMailboxes(info: StackInfo, user: User, isWithoutKeywords: boolean): Promise<void> {
  const imap = await ImapLine.login(info.ports.imap, user);
  for (const path of isWithoutKeywords ? MAILBOXES : []) {
    await imap.command(`SETACL ${mailboxPath('cyrus', path)} ${user.address} ${NO_KEYWORD_RIGHTS}`);
  }
  await imap.logout();
}
