/** `message.fetch`: one window of messages, newest first. */
import { MAX_WINDOW_BYTES } from '@coi-webmail/protocol';
import { fetchWindow, planWindow } from '../imap/fetch.ts';
import type { Handler } from './handler.ts';

export const messageFetch: Handler<'message.fetch'> = async ({ context, mode, submitter }, params) => {
  const { mailbox, uidValidity, uids } = params;
  context.mailboxes.requireRole(mailbox);
  const access = mode.value === null ? 'read' : 'write';
  const { deps, identity } = context;
  const window = () =>
    context.commands.run(async (session) => {
      await session.selectExact(mailbox, uidValidity, access);
      return fetchWindow(session, await planWindow(session, uids));
    });
  // Room is waited for before the connection is taken: lines go out meanwhile.
  const result = await deps.budget.use(identity.hash, MAX_WINDOW_BYTES, window);
  if (mode.value !== null && mailbox === context.mailboxes.path('chats'))
    submitter.doubts.fetched(uidValidity, result.messages);
  return result;
};
