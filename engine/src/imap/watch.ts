/**
 * The watch connection: stays on INBOX, read-only, and tells what happens there and in the other mailboxes.
 * IDLE with NOTIFY (RFC 5465) where offered, else STATUS of the others from time to time. Carries no bodies.
 */
import type { FlagChange } from '@coi-webmail/protocol';
import type { ImapFlow, ImapResponse } from 'imapflow';
import type { Credentials, MailServer } from '../account/service.ts';
import { type Capabilities, readCapabilities } from './capabilities.ts';
import { connectImap, IDLE_DELAY_MS } from './connect.ts';
import { must, toImapError } from './errors.ts';
import { atom, type CommandArgument, execute, onUntagged, setIdleDelay, words } from './execute.ts';
import {
  listMailboxes,
  type ListedMailbox,
  type MailboxStatus,
  mailboxStatuses,
  type Namespace,
  personalNamespace,
} from './mailbox.ts';
import { mailboxArgument, mailboxWireName } from './mailbox-name.ts';
import { selected, type SelectedMailbox } from './session.ts';
import type { Live } from './supervisor.ts';

/** Longer than the time between two looks, so that no IDLE comes between them. */
const LOOK_IDLE_DELAY_MS = 400;

export interface WatchListener {
  /** INBOX has more messages than before. */
  arrived(): void;
  flags(uidValidity: string, change: FlagChange): void;
  /** A UID, or undefined when the server names only a sequence number. */
  expunged(uidValidity: string, uid: number | undefined): void;
  /** A mailbox was looked at. */
  read(state: MailboxStatus): void;
  /** UIDVALIDITY of a mailbox, as pushed. */
  validity(path: string, uidValidity: string): void;
  /** Something changed in another mailbox. */
  changed(path: string): void;
  /** Mailboxes that were to be read do not exist. */
  gone(paths: readonly string[]): void;
  /** Mailboxes came, went or were renamed. Only where {@link Watch.notifiesNames}. */
  listed(): void;
}

export class Watch implements Live {
  readonly client: ImapFlow;
  readonly capabilities: Capabilities;
  readonly inbox: SelectedMailbox;
  readonly closed: Promise<void>;
  readonly #listener: WatchListener;
  /** State of each mailbox as last read, and as last pushed, as comparable text. */
  readonly #read = new Map<string, string>();
  readonly #pushed = new Map<string, string>();
  #notifies = false;
  #notifiesNames = false;
  #others: readonly string[] = [];
  /** As the server writes them -> path, of what is pushed. */
  #wireNames: ReadonlyMap<string, string> = new Map();

  private constructor(client: ImapFlow, inbox: SelectedMailbox, listener: WatchListener) {
    this.client = client;
    this.capabilities = readCapabilities(client);
    this.inbox = inbox;
    this.#listener = listener;
    this.closed = new Promise((resolve) => {
      if (client.isClosed) resolve();
      client.once('close', resolve);
    });
  }

  static async open(
    server: MailServer,
    credentials: Credentials,
    listener: WatchListener,
    clientIp?: string,
  ): Promise<Watch> {
    let uidValidity = '';
    const client = await connectImap(server, credentials, {
      idle: true,
      clientIp,
      onExpunge: (uid) => listener.expunged(uidValidity, uid),
    });
    try {
      const mailbox = await client.mailboxOpen('INBOX', { readOnly: true });
      const inbox = selected(mailbox);
      uidValidity = inbox.uidValidity;
      client.on('exists', ({ count, prevCount }) => {
        if (count > prevCount) listener.arrived();
      });
      client.on('flags', ({ uid, flags, modseq }) => {
        if (uid === undefined) listener.changed('INBOX');
        else listener.flags(uidValidity, { uid, flags: [...flags], modSeq: String(modseq ?? 0) });
      });
      return new Watch(client, inbox, listener);
    } catch (cause) {
      client.close();
      throw toImapError(cause, 'watch the inbox');
    }
  }

  /** True when the other mailboxes are pushed; {@link read} from time to time finds what a push missed. */
  get notifies(): boolean {
    return this.#notifies;
  }

  /** True when new and renamed mailboxes are pushed. */
  get notifiesNames(): boolean {
    return this.#notifiesNames;
  }

  /** Are exactly these other mailboxes watched? */
  watches(paths: readonly string[]): boolean {
    return [...paths].sort().join('\n') === [...this.#others].sort().join('\n');
  }

  list(): Promise<readonly ListedMailbox[]> {
    return listMailboxes(this.client);
  }

  namespace(): Namespace {
    return personalNamespace(this.client);
  }

  /** Reads the state of mailboxes. Differences to the last reading are told as changes, also those that were pushed. */
  async read(paths: readonly string[]): Promise<void> {
    const seen = await mailboxStatuses(this.client, paths, this.capabilities.condstore);
    const gone = paths.filter((_, index) => seen[index] === undefined);
    for (const path of gone) this.#read.delete(path);
    for (const { state, fingerprint } of seen.flatMap((one) => one ?? [])) {
      const before = this.#read.get(state.path);
      this.#read.set(state.path, fingerprint);
      this.#listener.read(state);
      if (before !== undefined && before !== fingerprint) this.#listener.changed(state.path);
    }
    if (gone.length > 0) this.#listener.gone(gone);
  }

  /** Which of these mailboxes exist, whatever a list says. */
  async existing(paths: readonly string[]): Promise<readonly string[]> {
    const seen = await mailboxStatuses(this.client, paths, this.capabilities.condstore);
    return paths.filter((_, index) => seen[index] !== undefined);
  }

  /**
   * Asks the server for news of the inbox: it then tells at once what it would tell later by itself. The connection
   * returns to IDLE some time after the last look, or at once after {@link rest}.
   */
  async look(): Promise<void> {
    setIdleDelay(this.client, LOOK_IDLE_DELAY_MS);
    await this.client.noop();
  }

  async rest(): Promise<void> {
    setIdleDelay(this.client, IDLE_DELAY_MS);
    await this.client.noop();
  }

  /**
   * The inbox, too, may be another one: who renames it gets a new one, and this connection goes on with the old.
   * @returns false when this connection is of no use any more
   */
  async hasInbox(): Promise<boolean> {
    const inbox = selected(await must('open the inbox', this.client.mailboxOpen('INBOX', { readOnly: true })));
    if (inbox.uidValidity !== this.inbox.uidValidity) return false;
    // What came while it was opened is told by nobody else.
    this.#listener.arrived();
    return true;
  }

  /** Watches these other mailboxes from now on, instead of those before. Read their state afterwards. */
  async watchOthers(paths: readonly string[]): Promise<void> {
    this.#others = paths;
    for (const known of [this.#read, this.#pushed]) {
      for (const path of known.keys()) if (path !== 'INBOX' && !paths.includes(path)) known.delete(path);
    }
    if (!this.capabilities.notify) return;
    this.#wireNames = new Map(paths.map((path) => [mailboxWireName(this.client, path), path]));
    onUntagged(this.client, 'STATUS', async (untagged) => this.#onStatus(untagged));
    onUntagged(this.client, 'LIST', async () => this.#onList());
    // Dovecot 2.3 pushes nothing any more after a second SET, unless NONE came before.
    if (this.#notifies) await this.#notify(atom('NONE'));
    this.#notifiesNames = await this.#notify(atom('SET'), ...this.#groups(paths), NAMES);
    this.#notifies =
      this.#notifiesNames || (paths.length > 0 && (await this.#notify(atom('SET'), ...this.#groups(paths))));
  }

  #groups(paths: readonly string[]): readonly CommandArgument[] {
    const selectedGroup: CommandArgument = [atom('selected'), EVENTS];
    if (paths.length === 0) return [selectedGroup];
    return [selectedGroup, [atom('mailboxes'), paths.map((path) => mailboxArgument(this.client, path)), EVENTS]];
  }

  /** @returns false when the server takes no NOTIFY with these events: poll instead */
  async #notify(...request: readonly CommandArgument[]): Promise<boolean> {
    try {
      await this.#leaveIdle();
      await execute(this.client, 'watch other mailboxes', 'NOTIFY', request);
      await this.#leaveIdle();
      return true;
    } catch (error) {
      if (!this.client.usable) throw error;
      return false;
    }
  }

  close(): void {
    this.client.close();
  }

  /** A public command breaks an IDLE, and the next one follows it; a raw command does neither. */
  async #leaveIdle(): Promise<void> {
    await this.client.noop();
  }

  #onStatus(untagged: ImapResponse): void {
    const [name, items] = untagged.attributes ?? [];
    const path = this.#wireNames.get(String(name?.value ?? ''));
    if (path === undefined || !Array.isArray(items)) return;
    const told = words(items);
    const state = told.join(' ');
    const before = this.#pushed.get(path);
    this.#pushed.set(path, state);
    const uidValidity = told[told.indexOf('UIDVALIDITY') + 1];
    if (told.includes('UIDVALIDITY') && uidValidity !== undefined) this.#listener.validity(path, uidValidity);
    if (this.#notifies && before !== state) this.#listener.changed(path);
  }

  /** Answers to our own LIST do not come here. */
  #onList(): void {
    if (this.#notifiesNames) this.#listener.listed();
  }
}

const EVENTS: CommandArgument = [atom('MessageNew'), atom('MessageExpunge'), atom('FlagChange')];
const NAMES: CommandArgument = [atom('personal'), [atom('MailboxName')]];
