/** `mailbox.decide`: the client's word on mail that only it could classify. */
import type { Handler } from './handler.ts';

export const mailboxDecide: Handler<'mailbox.decide'> = async ({ context, filing }, params) => {
  context.mailboxes.requireRole(params.mailbox);
  filing.decide(params);
  return {};
};
