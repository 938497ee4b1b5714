/** Accounts that nobody has used on a stack yet, made ready where the server needs more than a name. */
import { ImapLine } from './imap-line.ts';
import { mailboxPath } from './imap-server.ts';
import type { StackInfo } from './info.ts';
import { type Pool, takeFreshUser, type User } from './users.ts';

/** Every right but `w`, the one to write keywords. */
const NO_KEYWORD_RIGHTS = 'lrsipkxteacd';

export async function freshUser(info: StackInfo, pool?: Pool): Promise<User> {
  const user = await takeFreshUser(info.runDir, pool);
  if (info.imap.server === 'cyrus' && pool === 'nokeyword') await refuseKeywords(info, user);
  return user;
}

/** Cyrus keeps rights per mailbox, and a new mailbox has those of the one above it: below INBOX that is all. */
async function refuseKeywords(info: StackInfo, user: User): Promise<void> {
  const imap = await ImapLine.login(info.ports.imap, user);
  for (const path of ['INBOX', 'Drafts', 'Sent', 'Junk', 'Trash', 'Archive']) {
    await imap.command(`SETACL ${mailboxPath('cyrus', path)} ${user.address} ${NO_KEYWORD_RIGHTS}`);
  }
  await imap.logout();
}
