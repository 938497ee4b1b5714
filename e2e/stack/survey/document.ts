/** docs/servers.md: a table of answers, a column per server. */
import { fileURLToPath } from 'node:url';
import type { ImapServerName } from '../imap-server.ts';
import type { Answer } from './survey.ts';

export const DOCUMENT = fileURLToPath(new URL('../../../docs/servers.md', import.meta.url));

type Columns = ReadonlyMap<ImapServerName, readonly Answer[]>;

const HEAD = `# IMAP servers, and what differs

Written by \`npm run servers\`, which asks the real servers of \`e2e/stack\`; a live test checks the behaviour for drift.
\`dovecot\` is Debian's Dovecot, \`cyrus\` Debian's Cyrus with its own namespace (\`INBOX.\` and dots) and \`idled\`,
\`dovecot-bare\` is Dovecot behind a relay that takes its extensions and user keywords away.
`;

const TAIL = `
## What the engine makes of it

- No NOTIFY: other mailboxes are looked at every ten seconds. No IDLE: so is the inbox.
- No MOVE: nothing is filed, the mode is \`none\`. No UIDPLUS: nothing is expunged, replaced documents stay marked.
- No keywords: the own copy is stored after SMTP, so a crash between the two is settled by the Store alone.
- Refusals without a response code are told apart by the command (a sign-on that is refused is a wrong password) and, for a
  full mailbox, by the text.
- Cyrus without \`idled\`, as Debian configures it, offers IDLE and tells news once a minute; the engine's look every ten
  seconds finds them first.
- A server that stores one Message-ID once per mailbox hides a line that went out twice: tests count at LMTP instead.
`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function table(columns: Columns): string {
  const servers = [...columns.keys()];
  const [first = []] = columns.values();
  const rows = first.map(({ name }, index) => {
    const answers = servers.map((server) => columns.get(server)?.[index]?.answer ?? '');
    return [name, ...answers].map(cell);
  });
  const lines = [['', ...servers], servers.map(() => '---').concat('---'), ...rows];
  return `${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n`;
}

export function writeDocument(behaviour: Columns, latency: Columns): string {
  const timed = '\n## Latency\n\nMedian of five, on the machine that wrote this page.\n\n';
  return `${HEAD}\n## Behaviour\n\n${table(behaviour)}${timed}${table(latency)}${TAIL}`;
}

/** The answers of one server as the document has them. */
export function readColumn(document: string, server: ImapServerName): readonly Answer[] {
  const [, behaviour = ''] = document.split('\n## ');
  const rows = behaviour.split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((line) => line.slice(2, -2).split(/(?<!\\) \| /));
  const column = cells[0]?.findIndex((name) => name.trim() === server) ?? -1;
  return cells.slice(2).map((row) => ({
    name: (row[0] ?? '').replaceAll('\\|', '|').trim(),
    answer: (row[column] ?? '').replaceAll('\\|', '|').trim(),
  }));
}
