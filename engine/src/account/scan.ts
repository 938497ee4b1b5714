/**
 * Looks at mail that nobody looked at yet and sorts it into chat, undecided and ordinary mail. Reads only.
 *
 * Few new mails are read head by head; of a long backlog only what the server's search finds. A backlog's
 * undecided mail is looked for among its newest part only: older answers to chat lines are taken for mail.
 */
import { fetchHeads, type MessageHeadBytes } from '../imap/fetch.ts';
import { lowestOfNewest, searchUids } from '../imap/search.ts';
import type { ImapSession, SelectedMailbox } from '../imap/session.ts';
import { chunkUids, formatUidSet } from '../imap/uid-set.ts';
import { CHAT_KEYWORD, classify, undecidedMail } from './classify.ts';
import type { FilingState } from './filing-state.ts';
import { type OuterHead, readOuterHead } from './head.ts';

/** Above this many unseen UIDs the server searches for us. */
const READ_ALL_UIDS = 600;
const UNDECIDED_NEWEST = 2_000;

export interface Sighted {
  readonly uid: number;
  readonly head: OuterHead;
}

export interface ScanResult {
  /** Chat mail found now, ascending. */
  readonly chat: readonly Sighted[];
  readonly undecided: readonly Sighted[];
}

/** Server side criteria for the three outer marks; matches are checked by their headers. */
const MARKED = [
  { header: { 'chat-version': true } },
  { header: { 'message-id': 'chat$' } },
  { header: { references: 'chat$' } },
] as const;

const MAYBE_ANSWER = [
  { header: { 'in-reply-to': true } },
  { header: { references: true } },
  { header: { 'content-type': 'multipart/report' } },
] as const;

/**
 * Brings `state` up to the mailbox's end. The mailbox is selected and fresh.
 */
export async function scan(session: ImapSession, mailbox: SelectedMailbox, state: FilingState): Promise<ScanResult> {
  const from = state.scannedTo + 1;
  const to = mailbox.uidNext - 1;
  const chat: Sighted[] = [];
  const undecided: Sighted[] = [];
  if (to < from) return { chat, undecided };
  for (const uids of await candidates(session, mailbox, from, to)) {
    for (const row of await fetchHeads(session, uids)) {
      if (row.uid < from || row.uid > to) continue;
      note(row, state, chat, undecided);
    }
  }
  state.scannedTo = to;
  return { chat, undecided };
}

function note(row: MessageHeadBytes, state: FilingState, chat: Sighted[], undecided: Sighted[]): void {
  const head = readOuterHead(row.header);
  const verdict = classify(head, row.flags);
  if (verdict === 'mail') return;
  if (verdict === 'chat') {
    state.decide([row.uid], undefined);
    chat.push({ uid: row.uid, head });
  } else if (!state.chat.has(row.uid) && !state.untagged.has(row.uid)) {
    state.addUndecided(undecidedMail(row.uid, head));
    undecided.push({ uid: row.uid, head });
  }
}

/** UID sets worth reading. */
async function candidates(
  session: ImapSession,
  mailbox: SelectedMailbox,
  from: number,
  to: number,
): Promise<readonly string[]> {
  if (to - from < READ_ALL_UIDS) return [`${from}:${to}`];
  const marked = await searchMarked(session, from);
  const newest = Math.max(from, await lowestOfNewest(session, UNDECIDED_NEWEST, mailbox.messageCount));
  const answers = await searchUids(session, newest, { or: [...MAYBE_ANSWER] });
  const uids = [...new Set([...marked, ...answers])].sort((one, other) => one - other);
  return chunkUids(uids).map(formatUidSet);
}

/** UIDs that may carry an outer mark or the tag; the search knows substrings only. */
export async function searchMarked(session: ImapSession, from: number): Promise<readonly number[]> {
  const [marked, tagged] = [
    await searchUids(session, from, { or: [...MARKED] }),
    await searchUids(session, from, { keyword: CHAT_KEYWORD }),
  ];
  return [...new Set([...marked, ...tagged])].sort((one, other) => one - other);
}

/** Chat mail by its outer marks alone, for mailboxes without a filing state (junk, trash, drafts). */
export async function findMarked(session: ImapSession, from: number): Promise<readonly number[]> {
  const chat: number[] = [];
  for (const uids of chunkUids(await searchMarked(session, from))) {
    for (const row of await fetchHeads(session, formatUidSet(uids))) {
      if (classify(readOuterHead(row.header), row.flags) === 'chat') chat.push(row.uid);
    }
  }
  return chat;
}
