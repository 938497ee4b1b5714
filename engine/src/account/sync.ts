/** `mailbox.sync`: what changed in one mailbox since a cursor. Reads only. */
import { isCoiError } from '@coi-webmail/base';
import {
  type FlagChange,
  type MailboxRole,
  MAX_UIDS,
  type Params,
  type Result,
  type UndecidedMail,
} from '@coi-webmail/protocol';
import { eachFlags } from '../imap/fetch.ts';
import { searchSet } from '../imap/search.ts';
import type { ImapSession, SelectedMailbox } from '../imap/session.ts';
import type { UidSet } from '../imap/uid-set.ts';
import { CHAT_KEYWORD, hasKeyword } from './classify.ts';
import type { AccountContext } from './context.ts';
import type { Filing } from './filing.ts';
import type { FilingState } from './filing-state.ts';
import { FlagBook } from './flag-book.ts';
import { findMarked } from './scan.ts';

type SyncResult = Result<'mailbox.sync'>;
type Cursor = SyncResult['cursor'];

/** Messages whose flags one FETCH asks for: ranges of that many fit into one command. */
const FLAGS_CHUNK = 2_000;

/** What of a mailbox is chat. */
interface ChatView {
  /** UIDs of chat mail from a UID on. */
  uids(from: number): Promise<UidSet>;
  /** May the flags of this message be of interest? */
  includes(change: FlagChange): boolean;
  readonly undecided: UndecidedMail[];
}

export class MailboxSync {
  readonly #context: AccountContext;
  readonly #filing: Filing;
  /** Of mailboxes on a server without MODSEQ. */
  readonly #books = new Map<string, FlagBook>();

  constructor(context: AccountContext, filing: Filing) {
    this.#context = context;
    this.#filing = filing;
  }

  /**
   * Tried again at once when the connection broke: servers close it when the mailbox under it was deleted.
   * @throws CoiError `mailbox-not-found`
   */
  async run(params: Params<'mailbox.sync'>, access: 'read' | 'write'): Promise<SyncResult> {
    const role = this.#context.mailboxes.requireRole(params.mailbox);
    const sync = async (): Promise<SyncResult> => {
      await this.#filing.catchUp(params.mailbox);
      return this.#context.commands.run((session) => this.#sync(session, params, role, access));
    };
    return sync().catch((error: unknown) => {
      if (!isCoiError(error, 'imap-unavailable')) throw error;
      return sync();
    });
  }

  async #sync(
    session: ImapSession,
    { mailbox: path, cursor: before }: Params<'mailbox.sync'>,
    role: MailboxRole,
    access: 'read' | 'write',
  ): Promise<SyncResult> {
    const mailbox = await session.selectFresh(path, access);
    const view = await viewOf(role, session, mailbox, this.#filing);
    const book = hasModSeq(session, mailbox) ? undefined : this.#bookOf(mailbox);
    const cursor = () => cursorOf(mailbox, book);
    const { undecided } = view;
    if (before === undefined || before.uidValidity !== mailbox.uidValidity) {
      const fresh = (await view.uids(1)).takeHighest(MAX_UIDS);
      return { cursor: cursor(), reset: true, fresh, flags: [], vanished: [], present: null, undecided };
    }
    const fresh = before.uidNext < mailbox.uidNext ? (await view.uids(before.uidNext)).takeHighest(MAX_UIDS) : [];
    const changed =
      book === undefined
        ? await changesByModSeq(session, mailbox, before, view)
        : await this.#changesByBook(session, book, before, view);
    return { cursor: cursor(), reset: false, fresh, ...changed, undecided };
  }

  async #changesByBook(session: ImapSession, book: FlagBook, before: Cursor, view: ChatView): Promise<Changed> {
    const there = await view.uids(1);
    const known = there.between(1, before.uidNext - 1);
    const read = (uids: UidSet) => eachFlagsOf(session, uids);
    const flags = await book.changes(before.highestModSeq, known, read, this.#context.clock.now());
    return { flags, vanished: null, present: there.takeHighest(MAX_UIDS) };
  }

  #bookOf({ path, uidValidity }: SelectedMailbox): FlagBook {
    const known = this.#books.get(path);
    if (known?.uidValidity === uidValidity) return known;
    const book = new FlagBook(uidValidity, this.#context.clock.now());
    this.#books.set(path, book);
    return book;
  }
}

type Changed = Pick<SyncResult, 'flags' | 'vanished' | 'present'>;

function hasModSeq({ capabilities }: ImapSession, { highestModSeq }: SelectedMailbox): boolean {
  return capabilities.condstore && highestModSeq !== '0';
}

function cursorOf({ uidValidity, highestModSeq, uidNext }: SelectedMailbox, book: FlagBook | undefined): Cursor {
  return { uidValidity, highestModSeq: book === undefined ? highestModSeq : book.number, uidNext };
}

async function* eachFlagsOf(session: ImapSession, uids: UidSet): AsyncGenerator<FlagChange, void, undefined> {
  for (const chunk of uids.chunks(FLAGS_CHUNK)) yield* eachFlags(session, String(chunk));
}

async function changesByModSeq(
  session: ImapSession,
  mailbox: SelectedMailbox,
  before: Cursor,
  view: ChatView,
): Promise<Changed> {
  const { qresync } = session.capabilities;
  if (before.highestModSeq === mailbox.highestModSeq && qresync) return { flags: [], vanished: [], present: null };
  session.takeVanished();
  const flags: FlagChange[] = [];
  if (before.uidNext > 1) {
    for await (const change of eachFlags(session, `1:${before.uidNext - 1}`, before.highestModSeq)) {
      if (change.uid < before.uidNext && view.includes(change)) flags.push(change);
    }
  }
  const vanished = session.takeVanished();
  const gone = vanished?.between(1, before.uidNext - 1);
  if (qresync && gone !== undefined && gone.size <= MAX_UIDS) return { flags, vanished: [...gone], present: null };
  return { flags, vanished: null, present: (await view.uids(1)).takeHighest(MAX_UIDS) };
}

async function viewOf(
  role: MailboxRole,
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
      return { uids: (from) => searchSet(session, from, {}), includes: () => true, undecided: [] };
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
    includes: ({ uid, flags }) => state.knows(uid) || hasKeyword(flags, CHAT_KEYWORD),
    async uids(from) {
      const tagged = await searchSet(session, from, { keyword: CHAT_KEYWORD });
      return tagged.union(state.chat.between(from)).union(state.untagged.between(from));
    },
  };
}
