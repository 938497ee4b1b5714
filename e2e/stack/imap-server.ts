/** The IMAP servers that a stack can run, and what each of them says about its mailbox names. */

/** `dovecot-bare` is Dovecot behind a relay that takes its extensions away (`lesser-relay.ts`). */
export const IMAP_SERVERS = ['dovecot', 'cyrus', 'dovecot-bare'] as const;
export type ImapServerName = (typeof IMAP_SERVERS)[number];

export interface Namespace {
  /** Before every personal mailbox but INBOX. */
  readonly prefix: string;
  readonly separator: string;
}

const NAMESPACES: Readonly<Record<ImapServerName, Namespace>> = {
  dovecot: { prefix: '', separator: '/' },
  cyrus: { prefix: 'INBOX.', separator: '.' },
  'dovecot-bare': { prefix: '', separator: '/' },
};

export function namespaceOf(server: ImapServerName): Namespace {
  return NAMESPACES[server];
}

/** @param path a mailbox as it is called without a prefix and with `/` between levels, for example `COI/Chats` */
export function mailboxPath(server: ImapServerName, path: string): string {
  if (path === 'INBOX') return path;
  const { prefix, separator } = namespaceOf(server);
  return `${prefix}${path.replaceAll('/', separator)}`;
}

/** @param name nothing means Dovecot @throws Error when there is no such server */
export function parseImapServer(name: string | undefined): ImapServerName {
  const found = IMAP_SERVERS.find((known) => known === (name || 'dovecot'));
  if (found === undefined) throw new Error(`There is no IMAP server "${name}"; there are ${IMAP_SERVERS.join(', ')}`);
  return found;
}
