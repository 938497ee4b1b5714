/**
 * What happens at once to mail that a look found: chat mail is pushed to the clients, undecided mail is shown to them,
 * or decided by the lines in the chats mailbox when no client is there. Senders in doubt hear that theirs arrived.
 */
import { MAX_WINDOW_MESSAGES, type UndecidedMail } from '@coi-webmail/protocol';
import { eachHead, fetchWindow, planWindow } from '../imap/fetch.ts';
import { lowestOfNewest } from '../imap/search.ts';
import type { ImapSession, SelectedMailbox } from '../imap/session.ts';
import { isPlainReply } from './classify.ts';
import type { AccountContext } from './context.ts';
import type { FilingState } from './filing-state.ts';
import { type OuterHead, readOuterHead } from './head.ts';
import type { Sighted, Sighting } from './scan.ts';

/** Newest chat lines whose answers are known without a client. */
const KNOWN_LINES = 2_000;
/** More undecided mail than this of one look is left to the next client. */
const MAX_UNDECIDED = 2_000;

/** What one look found. */
export class Arrivals {
  readonly #context: AccountContext;
  readonly #mailbox: SelectedMailbox;
  readonly #state: FilingState;
  /** Up to here it is no news. */
  readonly #pushedTo: number;
  /** The newest chat mail that is news, ascending. */
  readonly #chat: number[] = [];
  #undecided: Sighted[] = [];
  #hasMore = false;

  constructor(context: AccountContext, mailbox: SelectedMailbox, state: FilingState) {
    this.#context = context;
    this.#mailbox = mailbox;
    this.#state = state;
    this.#pushedTo = state.pushedTo;
    state.pushedTo = Math.max(state.pushedTo, mailbox.uidNext - 1);
  }

  readonly note: Sighting = (verdict, mail) => {
    if (verdict === 'undecided') {
      if (this.#undecided.length < MAX_UNDECIDED) this.#undecided.push(mail);
      return;
    }
    tellEvidence(this.#context, mail.head);
    if (mail.uid <= this.#pushedTo) return;
    this.#chat.push(mail.uid);
    if (this.#chat.length <= MAX_WINDOW_MESSAGES) return;
    this.#chat.shift();
    this.#hasMore = true;
  };

  /** Tells the clients, or decides without them. */
  async tell(session: ImapSession, isConsented: boolean): Promise<void> {
    if (this.#context.hasClient()) {
      await this.#push(session);
      this.#ask();
    } else if (isConsented && this.#undecided.length > 0) {
      await decideByParents(this.#context, session, this.#state, this.#undecided);
    }
    this.#undecided = [];
  }

  async #push(session: ImapSession): Promise<void> {
    if (this.#chat.length === 0) return;
    const { emit } = this.#context;
    const { path, uidValidity } = this.#mailbox;
    const window = await fetchWindow(session, await planWindow(session, this.#chat));
    for (const message of window.messages.toReversed()) {
      emit({ event: 'message.arrived', data: { mailbox: path, uidValidity, message } });
    }
    if (window.rest.length > 0 || this.#hasMore) emit({ event: 'mailbox.changed', data: { mailbox: path } });
  }

  #ask(): void {
    const asked = new Set(this.#undecided.filter(({ uid }) => uid > this.#pushedTo).map(({ uid }) => uid));
    const mails: UndecidedMail[] = this.#state.undecided.filter(({ uid }) => asked.has(uid));
    if (mails.length === 0) return;
    const { path, uidValidity } = this.#mailbox;
    this.#context.emit({ event: 'mail.undecided', data: { mailbox: path, uidValidity, mails } });
  }
}

/** What was found without pushing it: in a backlog, and by a sync. Clients are told to sync. */
export class Quiet {
  readonly #context: AccountContext;
  readonly #state: FilingState;
  readonly #chatBefore: number;
  #hasNews = false;
  #undecided: Sighted[] = [];

  constructor(context: AccountContext, state: FilingState) {
    this.#context = context;
    this.#state = state;
    this.#chatBefore = state.chat.size;
  }

  readonly note: Sighting = (verdict, mail) => {
    if (verdict === 'chat') tellEvidence(this.#context, mail.head);
    else if (this.#undecided.length < MAX_UNDECIDED) this.#undecided.push(mail);
    this.#hasNews = true;
  };

  /** With nobody there to ask. The mailbox is another one afterwards. */
  async decide(session: ImapSession): Promise<void> {
    const undecided = this.#undecided;
    this.#undecided = [];
    if (undecided.length > 0 && !this.#context.hasClient()) {
      await decideByParents(this.#context, session, this.#state, undecided);
    }
  }

  tell(): void {
    if (!this.#hasNews && this.#state.chat.size <= this.#chatBefore) return;
    this.#context.emit({ event: 'mailbox.changed', data: { mailbox: this.#state.mailbox } });
  }
}

/** Whoever waits to hear whether this line arrived hears it. */
function tellEvidence({ deps, identity }: AccountContext, { messageId, from: [from] }: OuterHead): void {
  if (messageId === undefined || from === undefined) return;
  deps.hub.sendEvidence({ messageId, from, by: identity.address });
}

async function decideByParents(
  { mailboxes }: AccountContext,
  session: ImapSession,
  state: FilingState,
  undecided: readonly Sighted[],
): Promise<void> {
  const chats = mailboxes.path('chats');
  if (chats === undefined) return;
  const known = await knownIds(session, chats);
  state.decide(
    undecided.filter(({ head }) => isPlainReply(head, known)).map(({ uid }) => uid),
    undefined,
  );
}

async function knownIds(session: ImapSession, chats: string): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  const mailbox = await session.selectFresh(chats, 'write');
  if (mailbox.messageCount === 0) return known;
  const from = await lowestOfNewest(session, KNOWN_LINES, mailbox.messageCount);
  for await (const { header } of eachHead(session, `${from}:*`)) {
    const { messageId } = readOuterHead(header);
    if (messageId !== undefined) known.add(messageId);
  }
  return known;
}
