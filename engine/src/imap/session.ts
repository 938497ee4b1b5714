/**
 * One signed-on connection as the rest of the engine sees it: what is selected, and how the server counts.
 * UIDVALIDITY and MODSEQ leave here as decimal strings.
 */
import { CoiError } from '@coi-webmail/base';
import type { Cursor } from '@coi-webmail/protocol';
import type { ImapFlow, MailboxObject } from 'imapflow';
import type { Credentials, MailServer } from '../account/service.ts';
import { type Capabilities, readCapabilities } from './capabilities.ts';
import { connectImap } from './connect.ts';
import { must } from './errors.ts';
import { UidSet } from './uid-set.ts';

/** Servers may name all that ever vanished, which is mostly a few long ranges. */
const MAX_VANISHED = 1_000_000;

/** UIDVALIDITY of a mailbox as another connection saw it last, which did not have it open. */
export type ValidityElsewhere = (path: string) => string | undefined;

/** State of the selected mailbox. */
export interface SelectedMailbox extends Cursor {
  readonly path: string;
  readonly messageCount: number;
  /** `\*` among PERMANENTFLAGS; always false in a read-only selection. */
  readonly keywords: boolean;
}

export class ImapSession {
  readonly client: ImapFlow;
  readonly capabilities: Capabilities;
  /** UIDs reported as gone since the last {@link takeVanished}, for the mailbox that is selected. */
  readonly #vanished: UidSet;
  readonly #validity: ValidityElsewhere;
  /** For which word from elsewhere the mailbox was opened again. */
  #reopenedFor: string | undefined;

  private constructor(client: ImapFlow, vanished: UidSet, validity: ValidityElsewhere) {
    this.client = client;
    this.capabilities = readCapabilities(client);
    this.#vanished = vanished;
    this.#validity = validity;
  }

  static async open(
    server: MailServer,
    credentials: Credentials,
    clientIp?: string,
    validity: ValidityElsewhere = () => undefined,
  ): Promise<ImapSession> {
    const vanished = new UidSet();
    const client = await connectImap(server, credentials, {
      idle: false,
      clientIp,
      onExpunge: (uid) => {
        if (uid !== undefined && vanished.size <= MAX_VANISHED) vanished.add(uid);
      },
    });
    return new ImapSession(client, vanished, validity);
  }

  get usable(): boolean {
    return this.client.usable;
  }

  /**
   * Selects a mailbox unless it is selected already. Read-only is EXAMINE, which leaves `\Recent` alone.
   * @throws CoiError `mailbox-not-found`
   */
  async select(path: string, access: 'read' | 'write'): Promise<SelectedMailbox> {
    const current = this.client.mailbox;
    const isOpen = current !== false && current.path === path && (access === 'read' || current.readOnly !== true);
    if (isOpen && !this.#isOutdated(current)) return selected(current);
    this.#vanished.clear();
    const opened = await must('open a mailbox', this.client.mailboxOpen(path, { readOnly: access === 'read' }));
    return selected(opened);
  }

  /** As {@link select}, and brought up to date if it was selected before. */
  async selectFresh(path: string, access: 'read' | 'write'): Promise<SelectedMailbox> {
    const before = this.client.mailbox;
    const current = await this.select(path, access);
    if (this.client.mailbox !== before) return current;
    await this.#lookForNews();
    const query = { messages: true, uidNext: true, uidValidity: true, highestModseq: this.capabilities.condstore };
    const status = await must('look for news', this.client.status(path, query));
    // STATUS may tell of mail that this connection does not see before it looked once more.
    await this.#lookForNews();
    if (status.uidValidity !== undefined && String(status.uidValidity) !== current.uidValidity) {
      await must('close a mailbox', this.client.mailboxOpen(path, { readOnly: access === 'read' }));
      return selected(this.client.mailbox as MailboxObject);
    }
    return {
      ...current,
      uidNext: status.uidNext ?? current.uidNext,
      highestModSeq: String(status.highestModseq ?? current.highestModSeq),
      messageCount: status.messages ?? current.messageCount,
    };
  }

  /**
   * Selects and checks that its UIDs still mean what the caller thinks.
   * @throws CoiError `uid-validity-changed`, `mailbox-not-found`
   */
  async selectExact(path: string, uidValidity: string, access: 'read' | 'write'): Promise<SelectedMailbox> {
    const mailbox = await this.select(path, access);
    if (mailbox.uidValidity !== uidValidity) {
      throw new CoiError('uid-validity-changed', 'The UIDs of this mailbox changed');
    }
    return mailbox;
  }

  async #lookForNews(): Promise<void> {
    await must(
      'look for news',
      this.client.noop().then(() => true),
    );
  }

  /** Servers go on showing a mailbox that was deleted or renamed while it was open, as if nothing had happened. */
  #isOutdated({ path, uidValidity }: MailboxObject): boolean {
    const told = this.#validity(path);
    if (told === undefined || told === String(uidValidity)) return false;
    const word = `${told} ${path}`;
    if (this.#reopenedFor === word) return false;
    this.#reopenedFor = word;
    return true;
  }

  /** @returns undefined when there were too many to keep */
  takeVanished(): UidSet | undefined {
    const uids = this.#vanished.size > MAX_VANISHED ? undefined : this.#vanished.between(1);
    this.#vanished.clear();
    return uids;
  }

  close(): void {
    this.client.close();
  }
}

export function selected(mailbox: MailboxObject): SelectedMailbox {
  return {
    path: mailbox.path,
    uidValidity: String(mailbox.uidValidity),
    uidNext: mailbox.uidNext,
    highestModSeq: String(mailbox.highestModseq ?? 0),
    messageCount: mailbox.exists,
    keywords: mailbox.permanentFlags?.has('\\*') ?? mailbox.readOnly !== true,
  };
}
