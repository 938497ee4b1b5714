/** `mailbox.sync`: what changed in one mailbox since a cursor. Reads only. */
import { type FlagChange, MAX_UIDS, type Params, type Result } from '@coi-webmail/protocol';
import { fetchFlags } from '../imap/fetch.ts';
import { searchUids } from '../imap/search.ts';
import type { ImapSession, SelectedMailbox } from '../imap/session.ts';
import { formatUidSet } from '../imap/uid-set.ts';
import { CHAT_KEYWORD, hasKeyword } from './classify.ts';
import type { AccountContext } from './context.ts';
import type { Filing } from './filing.ts';
import type { FilingState } from './filing-state.ts';
import { findMarked } from './scan.ts';

type SyncResult = Result<'mailbox.sync'>;
type Cursor = SyncResult['cursor'];

/** What of a mailbox is chat. */
interface ChatView {
  /** UIDs of chat mail from a UID on, ascending. */
  uids(from: number): Promise<readonly number[]>;
  /** May the flags of this message be of interest? */
  includes(change: FlagChange): boolean;
  readonly undecided: SyncResult['undecided'];
}

/** @throws CoiError `mailbox-not-found` */
export async function syncMailbox(
  context: AccountContext,
  filing: Filing,
  params: Params<'mailbox.sync'>,
  access: 'read' | 'write',
): Promise<SyncResult> {
  const role = context.mailboxes.requireRole(params.mailbox);
  const before = params.cursor;
  return context.commands.run(async (session) => {
    const mailbox = await session.selectFresh(params.mailbox, access);
    const { uidValidity, highestModSeq, uidNext } = mailbox;
    const view = await viewOf(role, session, mailbox, filing);
    const base = { cursor: { uidValidity, highestModSeq, uidNext }, undecided: view.undecided };
    if (before === undefined || before.uidValidity !== uidValidity) {
      return { ...base, reset: true, fresh: newest(await view.uids(1)), flags: [], vanished: [], present: null };
    }
    const fresh = before.uidNext < uidNext ? newest(await view.uids(before.uidNext)) : [];
    return { ...base, reset: false, fresh, ...(await changes(session, mailbox, before, view)) };
  });
}

type Changes = Pick<SyncResult, 'flags' | 'vanished' | 'present'>;

async function changes(
  session: ImapSession,
  mailbox: SelectedMailbox,
  before: Cursor,
  view: ChatView,
): Promise<Changes> {
  const hasModSeq = session.capabilities.condstore && before.highestModSeq !== '0' && mailbox.highestModSeq !== '0';
  if (!hasModSeq) {
    const present = newest(await view.uids(1));
    const old = present.filter((uid) => uid < before.uidNext);
    return {
      flags: old.length === 0 ? [] : [...(await fetchFlags(session, formatUidSet(old)))],
      vanished: null,
      present,
    };
  }
  const { qresync } = session.capabilities;
  if (before.highestModSeq === mailbox.highestModSeq && qresync) return { flags: [], vanished: [], present: null };
  session.takeVanished();
  const known = `1:${Math.max(1, before.uidNext - 1)}`;
  const changed = before.uidNext > 1 ? await fetchFlags(session, known, before.highestModSeq) : [];
  const flags = changed.filter((change) => change.uid < before.uidNext && view.includes(change)).slice(-MAX_UIDS);
  const vanished = session.takeVanished().filter((uid) => uid < before.uidNext);
  if (qresync && vanished.length <= MAX_UIDS) return { flags, vanished: [...vanished], present: null };
  return { flags, vanished: null, present: newest(await view.uids(1)) };
}

async function viewOf(
  role: ReturnType<AccountContext['mailboxes']['requireRole']>,
  session: ImapSession,
  mailbox: SelectedMailbox,
  filing: Filing,
): Promise<ChatView> {
  switch (role) {
    case 'inbox':
    case 'sent':
      return filedView(session, await filing.scanned(session, mailbox));
    case 'chats':
    case 'contacts':
    case 'blocked':
      return { uids: (from) => searchUids(session, from, {}), includes: () => true, undecided: [] };
    case 'drafts':
    case 'junk':
    case 'trash':
      return { uids: (from) => findMarked(session, from), includes: () => true, undecided: [] };
    default:
      return role satisfies never;
  }
}

function filedView(session: ImapSession, state: FilingState): ChatView {
  return {
    undecided: [...state.undecided],
    includes: ({ uid, flags }) => state.chat.has(uid) || state.untagged.has(uid) || hasKeyword(flags, CHAT_KEYWORD),
    async uids(from) {
      const tagged = await searchUids(session, from, { keyword: CHAT_KEYWORD });
      const waiting = [...state.chat, ...state.untagged].filter((uid) => uid >= from);
      return [...new Set([...tagged, ...waiting])].sort((one, other) => one - other);
    },
  };
}

function newest(uids: readonly number[]): number[] {
  return uids.slice(-MAX_UIDS);
}
