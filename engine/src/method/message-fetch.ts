/** `message.fetch`: one window of messages, newest first. */
import { fetchWindow, planWindow } from '../imap/fetch.ts';
import type { Handler } from './handler.ts';

export const messageFetch: Handler<'message.fetch'> = async ({ context, mode }, params) => {
  const { mailbox, uidValidity, uids } = params;
  context.mailboxes.requireRole(mailbox);
  const access = mode.value === null ? 'read' : 'write';
  const { deps, identity } = context;
  return context.commands.run(async (session) => {
    await session.selectExact(mailbox, uidValidity, access);
    const plan = await planWindow(session, uids);
    return deps.budget.use(identity.hash, plan.bytes, () => fetchWindow(session, plan));
  });
};
