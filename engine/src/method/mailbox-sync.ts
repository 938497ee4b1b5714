/** `mailbox.sync`: what changed since a cursor. */
import { syncMailbox } from '../account/sync.ts';
import type { Handler } from './handler.ts';

export const mailboxSync: Handler<'mailbox.sync'> = async ({ context, filing, mode }, params) => {
  return syncMailbox(context, filing, params, mode.value === null ? 'read' : 'write');
};
