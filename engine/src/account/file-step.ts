/** One step of filing: tags and moves some chat mail of one mailbox, and tells the clients where it went. */
import type { FilingMode } from '@coi-webmail/protocol';
import { isCoiError } from '@coi-webmail/base';
import { storeFlags } from '../imap/flag.ts';
import { remove } from '../imap/guard.ts';
import type { ImapSession, SelectedMailbox } from '../imap/session.ts';
import { CHAT_KEYWORD } from './classify.ts';
import type { AccountContext } from './context.ts';
import type { FilingState } from './filing-state.ts';
import type { Moves } from './moves.ts';

/** Messages that one step tags or moves; other commands run between steps. */
const STEP_MESSAGES = 200;

export interface FileStep {
  readonly context: AccountContext;
  readonly moves: Moves;
  readonly state: FilingState;
  readonly mode: FilingMode;
}

/** The mailbox is selected for writing. @returns true when more waits */
export async function fileStep(session: ImapSession, mailbox: SelectedMailbox, step: FileStep): Promise<boolean> {
  const { state, mode } = step;
  const uids = state.chat.take(STEP_MESSAGES);
  if (uids.length === 0) return false;
  if (mailbox.keywords) await storeFlags(session, uids, 'add', [CHAT_KEYWORD]);
  const isMoved = mode === 'active' && session.capabilities.move;
  if (isMoved) await move(session, mailbox, uids, step);
  for (const uid of uids) {
    state.chat.delete(uid);
    if (!isMoved && !mailbox.keywords) state.untagged.add(uid);
  }
  return state.chat.size > 0;
}

async function move(
  session: ImapSession,
  mailbox: SelectedMailbox,
  uids: readonly number[],
  { context, moves }: FileStep,
): Promise<void> {
  const { mailboxes, emit } = context;
  const { path, uidValidity } = mailbox;
  const to = mailboxes.chatPath('chats');
  const file = () => remove(session, mailbox, { kind: 'filed', uids, to });
  let moved: Awaited<ReturnType<typeof file>> = [];
  moves.begin(path, uidValidity, uids);
  try {
    moved = await file().catch(async (error: unknown) => {
      if (!isCoiError(error, 'mailbox-not-found')) throw error;
      // Somebody deleted or renamed the chats mailbox.
      await mailboxes.createOurs(session, { again: true });
      return file();
    });
  } finally {
    const { told, gone } = moves.end(path, uidValidity, uids, moved, to);
    for (const data of told) emit({ event: 'message.moved', data });
    if (gone.length > 0) emit({ event: 'message.expunged', data: { mailbox: path, uidValidity, uids: gone } });
  }
}
