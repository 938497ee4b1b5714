/**
 * Is a mail chat? By its outer marks alone where it has one (design §4.1), else the one who knows the ids is
 * asked: a live client, or the chats mailbox. Pure.
 */
import type { UndecidedMail } from '@coi-webmail/protocol';
import { isMarkedDeleted } from '../imap/guard.ts';
import type { OuterHead } from './head.ts';

export type Verdict = 'chat' | 'undecided' | 'mail';

/** The keyword that an earlier look left behind. */
export const CHAT_KEYWORD = '$Chat';

/** What another program marked as deleted is left alone: its next EXPUNGE must find it where it was. */
export function classify(head: OuterHead, flags: readonly string[]): Verdict {
  if (isMarkedDeleted(flags)) return 'mail';
  if (head.mark !== undefined || hasKeyword(flags, CHAT_KEYWORD)) return 'chat';
  return head.parent !== undefined || head.report ? 'undecided' : 'mail';
}

export function hasKeyword(flags: readonly string[], keyword: string): boolean {
  const wanted = keyword.toLowerCase();
  return flags.some((flag) => flag.toLowerCase() === wanted);
}

/** What a client needs to know to decide. */
export function undecidedMail(uid: number, head: OuterHead): UndecidedMail {
  const { messageId, parent, report } = head;
  return {
    uid,
    report,
    ...(messageId === undefined ? {} : { messageId }),
    ...(parent === undefined ? {} : { parent }),
  };
}

/**
 * Without a client the engine decides only the plain case: an answer to a known chat line, to one person.
 * Whoever brings in others may be writing mail; a client looks closer.
 */
export function isPlainReply(head: OuterHead, knownIds: ReadonlySet<string>): boolean {
  return head.parent !== undefined && knownIds.has(head.parent) && (head.report || head.recipientCount <= 1);
}
