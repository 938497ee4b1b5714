/** `message.flag`: `\Seen` and `\Flagged`, from the clients to the mailbox. Not before consent. */
import { CoiError } from '@coi-webmail/base';
import { storeFlags } from '../imap/flag.ts';
import type { Handler } from './handler.ts';

export const messageFlag: Handler<'message.flag'> = async ({ context, mode }, params) => {
  if (mode.value === null) throw new CoiError('permission-denied', 'Nothing is flagged before consent');
  context.mailboxes.requireRole(params.mailbox);
  await context.commands.run(async (session) => {
    await session.selectExact(params.mailbox, params.uidValidity, 'write');
    await storeFlags(session, params.uids, 'add', params.add);
    await storeFlags(session, params.uids, 'remove', params.remove);
  });
  return {};
};
