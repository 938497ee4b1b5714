/**
 * Storage messages: one JSON document per kind, as a mail in COI/Contacts (design §4.1).
 *
 * The newest of a kind counts. Writing appends the new one first and removes the older ones through the guard, so
 * that a crash leaves two, never none. Headers and parts that we do not know are carried over.
 */
import { randomBytes } from 'node:crypto';
import { CoiError, isCoiError } from '@coi-webmail/base';
import { makeMessageId } from '@coi-webmail/coi';
import { appendMessage } from '../imap/append.ts';
import { fetchHeads, fetchWhole } from '../imap/fetch.ts';
import { remove } from '../imap/guard.ts';
import { searchSet } from '../imap/search.ts';
import type { ImapSession } from '../imap/session.ts';
import { formatUidSet } from '../imap/uid-set.ts';
import type { AccountContext } from './context.ts';
import { readStorageMessage, type StorageMessage, writeStorageMessage } from './storage-message.ts';

/** Kinds of the engine, and those that clients own. */
export type StorageKindName = 'settings' | 'filing' | 'chats' | 'drafts' | 'preferences';

const NAMESPACE = 'org.coi-webmail.';
const MAX_MESSAGE_BYTES = 1_000_000;
/** Of more storage messages the oldest are not looked at. */
const MAX_MESSAGES = 1_000;

export interface StoredDocument {
  /** Message-ID of the storage message; '' = there is none. */
  readonly revision: string;
  readonly document: string | undefined;
}

interface Found {
  readonly uid: number;
  readonly kind: string;
  readonly revision: string;
}

export class Storage {
  readonly #context: AccountContext;
  readonly #isConsented: () => boolean;

  constructor(context: AccountContext, isConsented: () => boolean) {
    this.#context = context;
    this.#isConsented = isConsented;
  }

  /** Newest revision of each kind; empty when there is no such mailbox. */
  revisions(): Promise<ReadonlyMap<string, string>> {
    return this.#read(new Map<string, string>(), async (session) => {
      const found = await find(session, NAMESPACE);
      return new Map(found.map(({ kind, revision }) => [kind, revision]));
    });
  }

  get(kind: StorageKindName): Promise<StoredDocument> {
    return this.#read<StoredDocument>({ revision: '', document: undefined }, async (session) => {
      const newest = (await find(session, NAMESPACE + kind)).at(-1);
      const message = newest === undefined ? undefined : await readNewest(session, newest.uid);
      return newest === undefined || message === undefined
        ? { revision: '', document: undefined }
        : { revision: newest.revision, document: message.document };
    });
  }

  /**
   * Replaces the document. Only after consent.
   *
   * @param ifRevision what the caller built on; undefined = whatever is there
   * @returns the new revision
   * @throws CoiError `conflict`, `permission-denied`, `quota-exceeded`, `imap-unavailable`
   */
  async put(kind: StorageKindName, document: string, ifRevision?: string): Promise<string> {
    const { mailboxes, commands } = this.#context;
    if (mailboxes.path('contacts') === undefined && !this.#isConsented()) {
      throw new CoiError('permission-denied', 'Nothing is stored before consent');
    }
    return commands.run(async (session) => {
      const path = mailboxes.chatPath('contacts');
      // Somebody may have deleted it.
      if (mailboxes.path('contacts') === undefined) await mailboxes.createOurs(session, { again: true });
      try {
        return await this.#replace(session, path, kind, document, ifRevision);
      } catch (error) {
        if (!isCoiError(error, 'mailbox-not-found')) throw error;
        await mailboxes.createOurs(session, { again: true });
        return this.#replace(session, path, kind, document, ifRevision);
      }
    });
  }

  async #replace(
    session: ImapSession,
    path: string,
    kind: StorageKindName,
    document: string,
    ifRevision: string | undefined,
  ): Promise<string> {
    const { identity, clock, quota } = this.#context;
    const content = NAMESPACE + kind;
    const mailbox = await session.selectFresh(path, 'write');
    const found = await find(session, content);
    const newest = found.at(-1);
    if (ifRevision !== undefined && ifRevision !== (newest?.revision ?? '')) {
      throw new CoiError('conflict', 'Somebody else wrote this document meanwhile');
    }
    const before = newest === undefined ? undefined : await readNewest(session, newest.uid);
    const revision = newRevision(identity.address, clock.now());
    const bytes = writeStorageMessage({
      address: identity.address,
      content,
      messageId: revision,
      writtenAt: clock.now(),
      document,
      before,
    });
    await quota.storing(() => appendMessage(session, path, bytes, ['\\Seen']));
    await remove(session, mailbox, { kind: 'replaced', uids: found.map(({ uid }) => uid), content });
    return revision;
  }

  async #read<T>(none: T, task: (session: ImapSession) => Promise<T>): Promise<T> {
    const { mailboxes, commands } = this.#context;
    const path = mailboxes.path('contacts');
    if (path === undefined) return none;
    return commands.run(async (session) => {
      await session.selectFresh(path, 'read');
      return task(session);
    });
  }
}

/** Storage messages whose content begins so, oldest first. */
async function find(session: ImapSession, content: string): Promise<readonly Found[]> {
  const uids = (await searchSet(session, 1, { header: { 'chat-content': content } })).takeHighest(MAX_MESSAGES);
  if (uids.length === 0) return [];
  const heads = await fetchHeads(session, formatUidSet(uids));
  return heads.flatMap(({ uid, header }) => {
    const message = readStorageMessage(header);
    const isWanted = content === NAMESPACE ? message?.content.startsWith(NAMESPACE) : message?.content === content;
    if (message === undefined || isWanted !== true) return [];
    return [{ uid, kind: message.content.slice(NAMESPACE.length), revision: message.messageId }];
  });
}

async function readNewest(session: ImapSession, uid: number): Promise<StorageMessage | undefined> {
  const bytes = (await fetchWhole(session, [uid], MAX_MESSAGE_BYTES)).get(uid);
  return bytes === undefined ? undefined : readStorageMessage(bytes);
}

function newRevision(address: string, now: number): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return makeMessageId({ now, counter: 0, random: randomBytes(16), domain });
}
