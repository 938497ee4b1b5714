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
import { type FlagPage, FlagPages, readCursor } from './flag-pages.ts';
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
  readonly #pages = new FlagPages();

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
      const there = await view.uids(1);
      await this.#look(session, book, there);
      const fresh = there.takeHighest(MAX_UIDS);
      return { cursor: cursor(), reset: true, fresh, flags: [], vanished: [], present: null, undecided };
    }
    const fresh = before.uidNext < mailbox.uidNext ? (await view.uids(before.uidNext)).takeHighest(MAX_UIDS) : [];
    const page = await this.#flags(session, mailbox, before, view, book);
    const gone = await goneSince(session, mailbox, before, view);
    if (page.isMore) this.#context.emit({ event: 'mailbox.changed', data: { mailbox: path } });
    const cursorAfter = { ...cursor(), highestModSeq: page.modSeq };
    return { cursor: cursorAfter, reset: false, fresh, flags: page.flags, ...gone, undecided };
  }

  /** Also takes what vanished since the cursor, where the server tells (QRESYNC). */
  async #flags(
    session: ImapSession,
    mailbox: SelectedMailbox,
    before: Cursor,
    view: ChatView,
    book: FlagBook | undefined,
  ): Promise<FlagPage> {
    const list = `${mailbox.uidValidity} ${mailbox.path}`;
    const since = readCursor(before.highestModSeq).modSeq;
    session.takeVanished();
    if (book !== undefined) {
      const known = (await view.uids(1)).between(1, before.uidNext - 1);
      await this.#look(session, book, known);
      return this.#pages.page(list, before.highestModSeq, book.number, () => inTurn(book.since(since, known)));
    }
    if (since === mailbox.highestModSeq || before.uidNext === 1) {
      return { flags: [], modSeq: mailbox.highestModSeq, isMore: false };
    }
    return this.#pages.page(list, before.highestModSeq, mailbox.highestModSeq, (below) => {
      return changedFlags(session, Math.min(below, before.uidNext), since, view);
    });
  }

  async #look(session: ImapSession, book: FlagBook | undefined, uids: UidSet): Promise<void> {
    await book?.look(uids, (some) => eachFlagsOf(session, some), this.#context.clock.now());
  }

  #bookOf({ path, uidValidity }: SelectedMailbox): FlagBook {
    const known = this.#books.get(path);
    if (known?.uidValidity === uidValidity) return known;
    const book = new FlagBook(uidValidity, this.#context.clock.now());
    this.#books.set(path, book);
    return book;
  }
}

function hasModSeq({ capabilities }: ImapSession, { highestModSeq }: SelectedMailbox): boolean {
  return capabilities.condstore && highestModSeq !== '0';
}

function cursorOf({ uidValidity, highestModSeq, uidNext }: SelectedMailbox, book: FlagBook | undefined): Cursor {
  return { uidValidity, highestModSeq: book === undefined ? highestModSeq : book.number, uidNext };
}

async function* eachFlagsOf(session: ImapSession, uids: UidSet): AsyncGenerator<FlagChange, void, undefined> {
  for (const chunk of uids.chunks(FLAGS_CHUNK)) yield* eachFlags(session, String(chunk));
}

async function* changedFlags(
  session: ImapSession,
  below: number,
  since: string,
  view: ChatView,
): AsyncGenerator<FlagChange, void, undefined> {
  for await (const change of eachFlags(session, `1:${below - 1}`, since)) if (view.includes(change)) yield change;
}

async function* inTurn<T>(list: Iterable<T>): AsyncGenerator<T, void, undefined> {
  yield* list;
}

async function goneSince(
  session: ImapSession,
  mailbox: SelectedMailbox,
  before: Cursor,
  view: ChatView,
): Promise<Pick<SyncResult, 'vanished' | 'present'>> {
  const gone = session.takeVanished()?.between(1, before.uidNext - 1);
  const isTold =
    session.capabilities.qresync && hasModSeq(session, mailbox) && readCursor(before.highestModSeq).modSeq !== '0';
  if (isTold && gone !== undefined && gone.size <= MAX_UIDS) return { vanished: [...gone], present: null };
  return { vanished: null, present: (await view.uids(1)).takeHighest(MAX_UIDS) };
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
