/** Which mailboxes an account has and what they are for; creates ours after consent. */
import { CoiError } from '@coi-webmail/base';
import type { MailboxRole, MailboxState } from '@coi-webmail/protocol';
import { createMailbox, type ListedMailbox, type Namespace } from '../imap/mailbox.ts';
import type { ImapSession } from '../imap/session.ts';

/** Ours: role -> name below the root. */
const CHAT_MAILBOXES = { chats: 'Chats', contacts: 'Contacts', blocked: 'Blocked' } as const;
const CHAT_ROOT = 'COI';

const SPECIAL_USES: Readonly<Record<string, MailboxRole>> = {
  '\\Sent': 'sent',
  '\\Drafts': 'drafts',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
};

export type KnownMailbox = Omit<MailboxState, 'role'>;

export class Mailboxes {
  #namespace: Namespace = { prefix: '', separator: '/' };
  readonly #paths = new Map<MailboxRole, string>([['inbox', 'INBOX']]);
  readonly #states = new Map<string, KnownMailbox>();
  /** Keywords can be set (PERMANENTFLAGS has `\*`), as last seen per mailbox. */
  readonly #keywords = new Map<string, boolean>();
  readonly #onCreated: () => void;
  /** Found missing, whatever a list says. */
  readonly #gone = new Set<string>();

  /** @param onCreated some of ours were missing and were made */
  constructor(onCreated: () => void) {
    this.#onCreated = onCreated;
  }

  /** @returns true when other mailboxes than before have a role */
  learn(list: readonly ListedMailbox[], namespace: Namespace): boolean {
    const before = this.#roles();
    this.#namespace = namespace;
    this.#paths.clear();
    this.#paths.set('inbox', 'INBOX');
    for (const path of this.#gone) if (!list.some((mailbox) => mailbox.path === path)) this.#gone.delete(path);
    const selectable = list.filter((mailbox) => mailbox.selectable && !this.#gone.has(mailbox.path));
    for (const role of ['chats', 'contacts', 'blocked'] as const) {
      if (selectable.some(({ path }) => path === this.chatPath(role))) this.#paths.set(role, this.chatPath(role));
    }
    for (const { path, specialUse } of selectable) {
      const role = SPECIAL_USES[specialUse ?? ''];
      if (role !== undefined && !this.#paths.has(role)) this.#paths.set(role, path);
    }
    for (const path of this.#states.keys()) if (this.roleOf(path) === undefined) this.#states.delete(path);
    return before !== this.#roles();
  }

  /**
   * What a list says of mailboxes that we know better: servers answer from memory. To be looked at one by one, and
   * passed on to {@link settle}.
   */
  doubts(list: readonly ListedMailbox[]): readonly string[] {
    const listed = new Set(list.map(({ path }) => path));
    return [...this.paths().filter((path) => !listed.has(path)), ...[...this.#gone].filter((path) => listed.has(path))];
  }

  /** @returns the list, with what is known of the mailboxes in doubt */
  settle(
    list: readonly ListedMailbox[],
    doubts: readonly string[],
    existing: readonly string[],
  ): readonly ListedMailbox[] {
    for (const path of doubts) if (existing.includes(path)) this.#gone.delete(path);
    const missing = existing.filter((path) => !list.some((mailbox) => mailbox.path === path));
    const specialUse = (path: string) =>
      Object.keys(SPECIAL_USES).find((name) => SPECIAL_USES[name] === this.roleOf(path));
    return [...list, ...missing.map((path) => ({ path, specialUse: specialUse(path), selectable: true }))];
  }

  /** These do not exist any more. */
  lose(paths: readonly string[]): void {
    for (const path of paths) {
      this.#gone.add(path);
      const role = this.roleOf(path);
      if (role !== undefined && role !== 'inbox') this.#paths.delete(role);
      this.#states.delete(path);
    }
  }

  #roles(): string {
    return JSON.stringify([...this.#paths].sort());
  }

  /** Where one of our mailboxes lies or would lie. */
  chatPath(role: keyof typeof CHAT_MAILBOXES): string {
    const { prefix, separator } = this.#namespace;
    return `${prefix}${CHAT_ROOT}${separator}${CHAT_MAILBOXES[role]}`;
  }

  path(role: MailboxRole): string | undefined {
    return this.#paths.get(role);
  }

  roleOf(path: string): MailboxRole | undefined {
    for (const [role, known] of this.#paths) if (known === path) return role;
    return undefined;
  }

  /** @throws CoiError `mailbox-not-found` when the account has no such mailbox, or none that is ours to show */
  requireRole(path: string): MailboxRole {
    const role = this.roleOf(path);
    if (role === undefined) throw new CoiError('mailbox-not-found', 'This mailbox is not part of chat');
    return role;
  }

  /** Paths that are watched beside the inbox. */
  others(): readonly string[] {
    const watched: readonly MailboxRole[] = ['chats', 'contacts', 'blocked', 'sent', 'junk'];
    return watched.flatMap((role) => this.#paths.get(role) ?? []);
  }

  /** All of ours are there. */
  get hasOurs(): boolean {
    return (['chats', 'contacts', 'blocked'] as const).every((role) => this.#paths.has(role));
  }

  paths(): readonly string[] {
    return [...this.#paths.values()];
  }

  setState(state: KnownMailbox): void {
    this.#states.set(state.path, state);
  }

  /** A mailbox was made anew under its old name; nothing else is known of it yet. */
  noteValidity(path: string, uidValidity: string): void {
    const state = this.#states.get(path);
    if (state === undefined || state.uidValidity === uidValidity) return;
    this.#states.set(path, { path, uidValidity, uidNext: 1, highestModSeq: '0', messageCount: 0 });
  }

  /** As last read by the watch connection. */
  state(path: string): KnownMailbox | undefined {
    return this.#states.get(path);
  }

  states(): MailboxState[] {
    return [...this.#paths].flatMap(([role, path]) => {
      const state = this.#states.get(path);
      return state === undefined ? [] : [{ ...state, role }];
    });
  }

  noteKeywords(path: string, keywords: boolean): void {
    this.#keywords.set(path, keywords);
  }

  /** False until a mailbox was opened for writing, which happens only after consent. */
  keywords(path: string | undefined): boolean {
    return this.knownKeywords(path) === true;
  }

  /** Undefined until a mailbox was opened for writing. */
  knownKeywords(path: string | undefined): boolean | undefined {
    return path === undefined ? undefined : this.#keywords.get(path);
  }

  /**
   * Creates what is missing of ours, subscribed. Only after consent.
   * @param options `again`: trust no earlier list, a mailbox was deleted meanwhile
   */
  async createOurs(session: ImapSession, options: { readonly again?: boolean } = {}): Promise<void> {
    for (const role of ['chats', 'contacts', 'blocked'] as const) {
      const path = this.chatPath(role);
      if (options.again === true || this.#paths.get(role) !== path) await createMailbox(session.client, path);
      this.#gone.delete(path);
      this.#paths.set(role, path);
    }
    this.#onCreated();
  }
}
