/** `mailbox.order`: which messages a client that knows none should read first. */
import { MAX_ORDERED } from '@coi-webmail/protocol';
import { newestFirst, newestOfThreads } from '../imap/order.ts';
import { OWN } from '../account/submit/own-copies.ts';
import { searchSet } from '../imap/search.ts';
import type { Handler } from './handler.ts';

export const mailboxOrder: Handler<'mailbox.order'> = async ({ context, mode }, { mailbox: path, by }) => {
  context.mailboxes.requireRole(path);
  return context.commands.run(async (session) => {
    const mailbox = await session.selectFresh(path, mode.value === null ? 'read' : 'write');
    const isOwn = context.mailboxes.keywords(path) ? { keyword: OWN } : { from: context.identity.address };
    const own = () => searchSet(session, 1, isOwn);
    const uids = await (by === 'arrival' ? newestFirst(session) : newestOfThreads(session, own));
    return { uidValidity: mailbox.uidValidity, uids: uids.slice(0, MAX_ORDERED) };
  });
};
