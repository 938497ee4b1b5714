/**
 * Evidence for a sender whose submission got no reply: does its message lie here already, looked at before anybody
 * asked? What arrives later is told by filing.
 */
import type { Evidence } from '../hub/hub.ts';
import type { ImapSession } from '../imap/session.ts';
import type { AccountContext } from './context.ts';
import { readOuterHead } from './head.ts';
import { findNewest } from './submit/own-copies.ts';

/** Looks among the newest messages of the inbox and the chats. Reads only. */
export async function lookForEvidence(context: AccountContext, evidence: Evidence): Promise<void> {
  const { mailboxes, commands, deps, identity } = context;
  const paths = [mailboxes.path('inbox'), mailboxes.path('chats')].flatMap((path) => path ?? []);
  for (const path of paths) {
    if (!(await commands.run((session) => holds(session, path, evidence)))) continue;
    deps.hub.sendEvidence({ ...evidence, by: identity.address });
    return;
  }
}

async function holds(session: ImapSession, path: string, { messageId, from }: Evidence): Promise<boolean> {
  const { messageCount } = await session.selectFresh(path, 'read');
  const found = await findNewest(session, messageCount, messageId);
  return found !== undefined && readOuterHead(found.header).from.includes(from);
}
