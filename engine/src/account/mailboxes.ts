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

  /** @returns true when other mailboxes than before have a role */
  learn(list: readonly ListedMailbox[], namespace: Namespace): boolean {
    const before = this.#roles();
    this.#namespace = namespace;
    this.#paths.clear();
    this.#paths.set('inbox', 'INBOX');
    const selectable = list.filter((mailbox) => mailbox.selectable);
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
    return path !== undefined && this.#keywords.get(path) === true;
  }

  /**
   * Creates what is missing of ours, subscribed. Only after consent.
   * @param options `again`: trust no earlier list, a mailbox was deleted meanwhile
   */
  async createOurs(session: ImapSession, options: { readonly again?: boolean } = {}): Promise<void> {
    for (const role of ['chats', 'contacts', 'blocked'] as const) {
      const path = this.chatPath(role);
      if (options.again === true || this.#paths.get(role) !== path) await createMailbox(session.client, path);
      this.#paths.set(role, path);
    }
  }
}
