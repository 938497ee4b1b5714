/**
 * The account's own copy of what it sends: where it goes, how it is found again, and how `$CoiPending` leaves it.
 * Only APPEND is on the way of a line; everything else waits until the client has its answer.
 */
import { isCoiError } from '@coi-webmail/base';
import type { MessageRefData } from '@coi-webmail/protocol';
import { appendMessage } from '../../imap/append.ts';
import type { CommandConnection } from '../../imap/command.ts';
import { fetchHeads, type MessageHeadBytes } from '../../imap/fetch.ts';
import { storeFlags } from '../../imap/flag.ts';
import { isMarkedDeleted, remove } from '../../imap/guard.ts';
import { lowestOfNewest, searchUids } from '../../imap/search.ts';
import type { ImapSession } from '../../imap/session.ts';
import { formatUidSet } from '../../imap/uid-set.ts';
import { LARGE_BYTES } from '../../smtp/pool.ts';
import type { AccountContext } from '../context.ts';
import { CHAT_KEYWORD, hasKeyword } from '../classify.ts';
import { readOuterHead } from '../head.ts';
import type { StoredCopy } from './claim-note.ts';

const PENDING = '$CoiPending';
export const OWN = '$CoiOwn';
/** Where a copy of an earlier try is looked for. */
const NEWEST = 200;
const SETTLE_MS = 1_500;
const SETTLE_RETRY_MS = 10_000;
const MAX_SETTLE_TRIES = 5;
/** How many places of own copies are remembered. */
const MAX_PLACES = 500;

/**
 * `before`: stored pending before the message is submitted. `after`: once it is accepted, because the server takes
 * no keywords. `sent`: after, into Sent, as any mail program does (before consent). `none`: the server does it.
 */
export type CopyPlan = 'before' | 'after' | 'sent' | 'none';

export interface FoundCopy {
  readonly copy: StoredCopy;
  /** The copy alone tells that its line was accepted: it is pending no more, or is only stored afterwards. */
  readonly isSent: boolean;
}

export class OwnCopies {
  readonly #context: AccountContext;
  /** Accepted lines whose copy still says pending. */
  readonly #toSettle = new Map<string, MessageRefData | undefined>();
  /** Where this process put copies, newest last. */
  readonly #places = new Set<string>();
  #cancelSettle: (() => void) | undefined;
  #failedSettles = 0;
  #isStopped = false;
  #settling: Promise<void> = Promise.resolve();

  constructor(context: AccountContext) {
    this.#context = context;
  }

  plan(isConsented: boolean, savesSent: boolean): CopyPlan {
    const { mailboxes } = this.#context;
    if (savesSent) return 'none';
    if (!isConsented) return mailboxes.path('sent') === undefined ? 'none' : 'sent';
    return mailboxes.keywords(mailboxes.path('chats')) ? 'before' : 'after';
  }

  #pathOf(plan: Exclude<CopyPlan, 'none'>): string {
    const { mailboxes } = this.#context;
    return plan === 'sent' ? (mailboxes.path('sent') ?? 'Sent') : mailboxes.chatPath('chats');
  }

  /** One APPEND: no SEARCH, no SELECT. */
  async append(plan: Exclude<CopyPlan, 'none'>, bytes: Uint8Array): Promise<StoredCopy> {
    const { mailboxes, uploads, quota } = this.#context;
    const path = this.#pathOf(plan);
    const flags = plan === 'before' ? ['\\Seen', OWN, CHAT_KEYWORD, PENDING] : ['\\Seen'];
    const connection = bytes.length > LARGE_BYTES ? uploads : this.#freeConnection();
    const store = async (session: ImapSession) => {
      try {
        return await appendMessage(session, path, bytes, flags);
      } catch (error) {
        if (plan === 'sent' || !isCoiError(error, 'mailbox-not-found')) throw error;
        // Somebody deleted the chats mailbox.
        await mailboxes.createOurs(session, { again: true });
        return appendMessage(session, path, bytes, flags);
      }
    };
    const place = await quota.storing(() => connection.run(store, 'urgent'));
    if (place === undefined) return { place: undefined };
    this.#remember(place.uidValidity, place.uid);
    return { place: { mailbox: path, ...place } };
  }

  /** A line waits for no sync and no filing: where the command connection works, the upload connection helps out. */
  #freeConnection(): CommandConnection {
    const { commands, uploads } = this.#context;
    if (commands.load === 0) return commands;
    if (uploads.isIdle) return uploads;
    // Opening it now would take longer than waiting; the next line finds it open.
    if (uploads.load === 0) uploads.run(async () => undefined).catch(() => undefined);
    return commands;
  }

  /** True for a copy that says pending and that another process put there, which may have died meanwhile. */
  isForeignPending(uidValidity: string, { uid, flags }: { readonly uid: number; readonly flags: readonly string[] }) {
    return hasKeyword(flags, PENDING) && !this.#places.has(`${uidValidity}:${uid}`);
  }

  #remember(uidValidity: string, uid: number): void {
    this.#places.add(`${uidValidity}:${uid}`);
    const [oldest] = this.#places;
    if (this.#places.size > MAX_PLACES && oldest !== undefined) this.#places.delete(oldest);
  }

  /** Looks for the copy of an earlier try among the newest messages. Selects and searches: for retries only. */
  find(messageId: string, known: MessageRefData | undefined): Promise<FoundCopy | undefined> {
    const { mailboxes, commands } = this.#context;
    const path = mailboxes.path('chats');
    if (path === undefined) return Promise.resolve(undefined);
    return commands.run(async (session) => {
      const mailbox = await session.selectFresh(path, 'write');
      const { uidValidity, messageCount } = mailbox;
      const there = known?.uidValidity === uidValidity ? await headOf(session, known.uid, messageId) : undefined;
      const head = there ?? (await findNewest(session, messageCount, messageId));
      if (head === undefined) return undefined;
      const isSent = !mailbox.keywords || (isOurs(head) && !isPending(head));
      return { copy: { place: { mailbox: path, uidValidity, uid: head.uid } }, isSent };
    }, 'urgent');
  }

  /** A copy that is stored after SMTP, and may have been stored already, by us or by the server in Sent. */
  async appendOnce(plan: 'after' | 'sent', messageId: string, bytes: Uint8Array): Promise<StoredCopy> {
    return (await this.findAnywhere(messageId)) ?? this.append(plan, bytes);
  }

  /** In the chats mailbox or in Sent, whoever put it there: a line that has a copy which is not pending was sent. */
  async findAnywhere(messageId: string): Promise<StoredCopy | undefined> {
    const { mailboxes, commands } = this.#context;
    for (const path of [mailboxes.path('chats'), mailboxes.path('sent')]) {
      if (path === undefined) continue;
      const look = async (session: ImapSession): Promise<StoredCopy | undefined> => {
        const { uidValidity, messageCount } = await session.selectFresh(path, 'read');
        const head = await findNewest(session, messageCount, messageId, (each) => !isPending(each));
        return head === undefined ? undefined : { place: { mailbox: path, uidValidity, uid: head.uid } };
      };
      const found = await commands.run(look).catch((error: unknown) => {
        // Somebody deleted it; storing a copy makes it again.
        if (isCoiError(error, 'mailbox-not-found')) return undefined;
        throw error;
      });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The line was accepted: `$CoiPending` leaves its copy, soon, together with others. */
  settle(messageId: string, copy: MessageRefData | undefined): void {
    this.#toSettle.set(messageId, copy);
    this.#failedSettles = 0;
    this.#settleAfter(SETTLE_MS);
  }

  #settleAfter(delayMs: number): void {
    this.#cancelSettle?.();
    this.#cancelSettle = this.#context.clock.after(delayMs, () => void this.flush());
  }

  /** Settles now what waits. Never throws: a copy that stays pending is settled by the next process (Doubts.reconcile). */
  flush(): Promise<void> {
    this.#cancelSettle?.();
    this.#settling = this.#settling.then(() => this.#settleAll());
    return this.#settling;
  }

  /** Settles what waits, once. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.flush();
  }

  /** The line was refused for good, or taken back: its pending copy goes, if there is one. */
  async cancel(messageId: string, copy: MessageRefData | undefined): Promise<void> {
    const { mailboxes, commands } = this.#context;
    await commands.run(async (session) => {
      const mailbox = await session.selectFresh(mailboxes.chatPath('chats'), 'write');
      const uid =
        copy?.uidValidity === mailbox.uidValidity
          ? copy.uid
          : (await findNewest(session, mailbox.messageCount, messageId, isPending))?.uid;
      if (uid === undefined) return;
      const head = await headOf(session, uid, messageId);
      if (head === undefined || !isPending(head) || !isOurs(head)) return;
      await remove(session, mailbox, { kind: 'cancelled', uids: [uid] });
    });
  }

  /** Message-IDs and places of what still says pending among the newest lines. */
  pending(): Promise<readonly { readonly messageId: string; readonly copy: MessageRefData }[]> {
    const { mailboxes, commands } = this.#context;
    const path = mailboxes.path('chats');
    if (path === undefined) return Promise.resolve([]);
    return commands.run(async (session) => {
      const { messageCount, uidValidity } = await session.selectFresh(path, 'write');
      if (messageCount === 0) return [];
      const from = await lowestOfNewest(session, NEWEST, messageCount);
      const uids = await searchUids(session, from, { keyword: PENDING, deleted: false });
      const heads = uids.length === 0 ? [] : await fetchHeads(session, formatUidSet(uids));
      return heads.flatMap(({ uid, header }) => {
        const { messageId } = readOuterHead(header);
        return messageId === undefined ? [] : [{ messageId, copy: { mailbox: path, uidValidity, uid } }];
      });
    });
  }

  async #settleAll(): Promise<void> {
    if (this.#toSettle.size === 0) return;
    const waiting = [...this.#toSettle];
    this.#toSettle.clear();
    const { mailboxes, commands, deps } = this.#context;
    try {
      await commands.run(async (session) => {
        const mailbox = await session.selectFresh(mailboxes.chatPath('chats'), 'write');
        const uids: number[] = [];
        for (const [messageId, copy] of waiting) {
          const isKnown = copy !== undefined && copy.uidValidity === mailbox.uidValidity;
          const found = isKnown ? copy : await findNewest(session, mailbox.messageCount, messageId, isPending);
          const uid = found?.uid;
          if (uid !== undefined) uids.push(uid);
        }
        await storeFlags(session, uids, 'remove', [PENDING]);
      });
    } catch (error) {
      deps.log.warn('settle-failed', { code: isCoiError(error) ? error.code : 'internal', count: waiting.length });
      for (const [messageId, copy] of waiting) if (!this.#toSettle.has(messageId)) this.#toSettle.set(messageId, copy);
      this.#failedSettles += 1;
      if (this.#failedSettles < MAX_SETTLE_TRIES && !this.#isStopped)
        this.#settleAfter(SETTLE_RETRY_MS * this.#failedSettles);
    }
  }
}

/** A copy that we stored, where keywords are allowed. */
export function isOurs({ flags }: MessageHeadBytes): boolean {
  return hasKeyword(flags, OWN);
}

function isPending({ flags }: MessageHeadBytes): boolean {
  return hasKeyword(flags, PENDING);
}

/** By Message-ID, among the newest messages of the selected mailbox; one that is marked as deleted is none. */
export async function findNewest(
  session: ImapSession,
  messageCount: number,
  messageId: string,
  fits: (head: MessageHeadBytes) => boolean = () => true,
): Promise<MessageHeadBytes | undefined> {
  if (messageCount === 0) return undefined;
  const from = await lowestOfNewest(session, NEWEST, messageCount);
  for (const uid of await searchUids(session, from, { header: { 'message-id': messageId } })) {
    const head = await headOf(session, uid, messageId);
    if (head !== undefined && fits(head)) return head;
  }
  return undefined;
}

/** Undefined when it is another message, marked as deleted, or none. */
async function headOf(session: ImapSession, uid: number, messageId: string): Promise<MessageHeadBytes | undefined> {
  const [head] = await fetchHeads(session, String(uid));
  if (head === undefined || isMarkedDeleted(head.flags)) return undefined;
  return readOuterHead(head.header).messageId === messageId ? head : undefined;
}
