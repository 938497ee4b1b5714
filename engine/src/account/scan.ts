/**
 * Looks at mail that nobody looked at yet and sorts it into chat, undecided and ordinary mail. Reads only.
 *
 * Few new mails are read head by head; of a long backlog, piece by piece, only what the server's search finds. A
 * backlog's undecided mail is looked for among the newest mail only: older answers to chat lines are taken for mail.
 */
import { eachHead, type MessageHeadBytes } from '../imap/fetch.ts';
import { lowestOfNewest, searchSet } from '../imap/search.ts';
import type { ImapSession, SelectedMailbox } from '../imap/session.ts';
import { UidSet } from '../imap/uid-set.ts';
import { CHAT_KEYWORD, classify, undecidedMail } from './classify.ts';
import type { FilingState, UidWindow } from './filing-state.ts';
import { type OuterHead, readOuterHead } from './head.ts';

/** Above this many unseen UIDs the server searches for us. */
const READ_ALL_UIDS = 600;
const UNDECIDED_NEWEST = 2_000;

export interface Sighted {
  readonly uid: number;
  readonly head: OuterHead;
}

/** Messages of a backlog that one look covers: as many as the server reads within some tenths of a second. */
export class BacklogPace {
  #size = 5_000;

  get size(): number {
    return this.#size;
  }

  took(ms: number): void {
    if (ms < 400) this.#size = Math.min(50_000, this.#size * 2);
    else if (ms > 1_200) this.#size = Math.max(1_000, Math.round(this.#size / 2));
  }
}

/** Called for each mail whose head was read, ascending within a window. */
export type Sighting = (verdict: 'chat' | 'undecided', mail: Sighted) => void;

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

/** Looks at what arrived above all that was looked at. The mailbox is selected and fresh. */
export async function scanFresh(
  session: ImapSession,
  mailbox: SelectedMailbox,
  state: FilingState,
  sighted: Sighting,
): Promise<void> {
  const { fresh } = state.unseen(mailbox.uidNext);
  if (fresh === undefined) return;
  // Of very much the newest comes first; the rest is a backlog.
  const window = { from: Math.max(fresh.from, fresh.to - READ_ALL_UIDS + 1), to: fresh.to };
  await readHeads(session, `${window.from}:${window.to}`, window, state, sighted);
  state.scanned(window);
}

/** Looks at so many messages of the backlog, the oldest first. @returns true when there is more of it */
export async function scanBacklog(
  session: ImapSession,
  mailbox: SelectedMailbox,
  state: FilingState,
  size: number,
  sighted: Sighting,
): Promise<boolean> {
  const { backlog } = state.unseen(mailbox.uidNext);
  if (backlog === undefined) return false;
  const there = await searchSet(session, backlog.from, {}, backlog.to);
  const step = there.take(size);
  const isLast = step.length === there.size;
  const window = { from: backlog.from, to: isLast ? backlog.to : (step.at(-1) ?? backlog.to) };
  const uids = step.length > READ_ALL_UIDS ? await search(session, mailbox, window, state) : UidSet.of(step);
  for (const chunk of uids.chunks()) await readHeads(session, String(chunk), window, state, sighted);
  state.scanned(window);
  return !isLast;
}

/** UIDs of a window that are worth reading. Tagged mail is chat without a look. */
async function search(
  session: ImapSession,
  mailbox: SelectedMailbox,
  { from, to }: UidWindow,
  state: FilingState,
): Promise<UidSet> {
  const tagged = await searchSet(session, from, { keyword: CHAT_KEYWORD, deleted: false }, to);
  state.decide(tagged, undefined);
  const marked = await searchSet(session, from, { or: [...MARKED], unKeyword: CHAT_KEYWORD }, to);
  const newest = await lowestOfNewest(session, UNDECIDED_NEWEST, mailbox.messageCount);
  if (newest > to) return marked;
  return marked.union(await searchSet(session, Math.max(from, newest), { or: [...MAYBE_ANSWER] }, to));
}

async function readHeads(
  session: ImapSession,
  uidSet: string,
  { from, to }: UidWindow,
  state: FilingState,
  sighted: Sighting,
): Promise<void> {
  for await (const row of eachHead(session, uidSet)) {
    if (row.uid >= from && row.uid <= to) note(row, state, sighted);
  }
}

function note({ uid, header, flags }: MessageHeadBytes, state: FilingState, sighted: Sighting): void {
  const head = readOuterHead(header);
  const verdict = classify(head, flags);
  if (verdict === 'mail') return;
  if (verdict === 'chat') {
    state.decide([uid], undefined);
    sighted('chat', { uid, head });
  } else if (!state.knows(uid)) {
    state.addUndecided(undecidedMail(uid, head));
    sighted('undecided', { uid, head });
  }
}

/** Chat mail by its outer marks and tags, for mailboxes without a filing state (junk, trash, drafts). */
export async function findMarked(session: ImapSession, from: number): Promise<UidSet> {
  const chat = await searchSet(session, from, { keyword: CHAT_KEYWORD });
  const marked = await searchSet(session, from, { or: [...MARKED], unKeyword: CHAT_KEYWORD });
  for (const chunk of marked.chunks()) {
    for await (const { uid, header, flags } of eachHead(session, String(chunk))) {
      if (classify(readOuterHead(header), flags) === 'chat') chat.add(uid);
    }
  }
  return chat;
}
