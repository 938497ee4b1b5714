/**
 * The IMAP server that a test run is about: that of the shared stack (COI_STACK), else what COI_IMAP names, else
 * Dovecot. Known before any stack runs, so that a test can say what it needs where it is declared.
 */
import { type ImapServerName, mailboxPath, parseImapServer } from './imap-server.ts';
import type { StackInfo } from './info.ts';

export function chosenServer(env: NodeJS.ProcessEnv = process.env): ImapServerName {
  const shared = env['COI_STACK'] ?? '';
  return shared === '' ? parseImapServer(env['COI_IMAP']) : (JSON.parse(shared) as StackInfo).imap.server;
}

/** Where a mailbox of the tests lies on this server. @param path with `/` and without prefix: `COI/Chats` */
export function at(path: string): string {
  return mailboxPath(chosenServer(), path);
}

/** What some servers lack. Beside capabilities: */
export type Need =
  | 'MOVE'
  | 'UIDPLUS'
  | 'CONDSTORE'
  | 'QRESYNC'
  | 'NOTIFY'
  | 'IDLE'
  | 'SPECIAL-USE'
  /** user keywords can be stored; */
  | 'keywords'
  /** the address that a client tells by ID is in the server's log; */
  | 'client address'
  /** the server tells the engine of deliveries by itself; */
  | 'delivery events'
  /** a second delivery of the same Message-ID to one mailbox is kept. */
  | 'repeated delivery';

const LACKS: Readonly<Record<ImapServerName, readonly Need[]>> = {
  dovecot: [],
  cyrus: ['NOTIFY', 'delivery events', 'client address', 'repeated delivery'],
  'dovecot-bare': [
    ...(['MOVE', 'UIDPLUS', 'CONDSTORE', 'QRESYNC', 'NOTIFY', 'IDLE', 'SPECIAL-USE', 'keywords'] as const),
    'delivery events',
  ],
};

export function lacks(server: ImapServerName): readonly Need[] {
  return LACKS[server];
}

/** Options of a test that cannot run on every server: `test('…', needs('MOVE'), …)`. It is skipped with the reason. */
export function needs(...wanted: readonly Need[]): { readonly skip?: string } {
  const server = chosenServer();
  const missing = wanted.filter((need) => LACKS[server].includes(need));
  return missing.length === 0 ? {} : { skip: `${server} has no ${missing.join(', no ')}` };
}
