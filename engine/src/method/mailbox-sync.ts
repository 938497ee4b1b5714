/** `mailbox.sync`: what changed since a cursor. */
import type { Handler } from './handler.ts';

export const mailboxSync: Handler<'mailbox.sync'> = async ({ sync, mode }, params) => {
  return sync.run(params, mode.value === null ? 'read' : 'write');
};
