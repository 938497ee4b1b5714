/**
 * The fold: one event into the state, in place. Deterministic; for facts from the mailbox the order of events
 * does not matter, and an event that comes twice changes nothing.
 */
import type { Change, ChatEvent } from '../event.ts';
import type { ChatState } from '../state.ts';
import type { Env } from './chat.ts';
import { changeFlags, completePass, dropCopies, moveCopy, resetMailbox, seeCopy } from './copy.ts';
import { refollow, Stale } from './follow.ts';
import { rankRows } from './identity.ts';
import { changeOutbox, passTime, removeOutbox, seeLane } from './line.ts';
import { changeMarks, wantChat } from './marks.ts';
import type { Work } from './row.ts';
import { shelveRows } from './shelf.ts';
import { Touched } from './touch.ts';

/** @returns what the event touched: exactly this is to be stored and published */
export function reduce(state: ChatState, event: ChatEvent, env: Env): Change[] {
  const work: Work = { state, env, touched: new Touched(), stale: new Stale(), unranked: new Set() };
  apply(work, event);
  for (const identity of work.unranked) rankRows(work, identity);
  for (const chatId of refollow(state, work.stale)) work.touched.chat(chatId);
  return work.touched.changes();
}

function apply(work: Work, event: ChatEvent): void {
  switch (event.kind) {
    case 'copy-seen':
      return seeCopy(work, event.identity, event.message, event.facts);
    case 'copies-gone':
      return dropCopies(work, event.mailbox, event.uidValidity, event.uids);
    case 'copy-moved':
      return moveCopy(work, event.from, event.to, event.role);
    case 'flags-changed':
      return changeFlags(work, event.mailbox, event.uidValidity, event.changes);
    case 'mailbox-reset':
      return resetMailbox(work, event.mailbox);
    case 'backlog-found':
      work.state.isLearning = true;
      return undefined;
    case 'pass-completed':
      return completePass(work);
    case 'lane-seen':
      return seeLane(work, event.identity, event.message, event.acceptedAt);
    case 'time-passed':
      return passTime(work, event.now);
    case 'rows-shelved':
      return shelveRows(work, event.rows, event.services, event.shelved);
    case 'outbox-changed':
      return changeOutbox(work, event.line);
    case 'outbox-removed':
      return removeOutbox(work, event.rowId);
    case 'chat-wanted':
      return wantChat(work, event.chatId, event.people);
    case 'marks-changed':
      return changeMarks(work, event.marks);
    default:
      return event satisfies never;
  }
}
