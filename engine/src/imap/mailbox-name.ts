/** Mailbox names on the wire: modified UTF-7 (RFC 3501, 5.1.3), or UTF-8 once UTF8=ACCEPT is enabled (RFC 6855). */
import type { ImapFlow } from 'imapflow';
import { type CommandArgument, text } from './execute.ts';

const UNPRINTABLE = /[^\x20-\x7e]+|&/gu;

export function encodeMailboxName(path: string): string {
  return path.replace(UNPRINTABLE, (run) => {
    if (run === '&') return '&-';
    const utf16 = Buffer.from(run, 'utf16le').swap16();
    return `&${utf16.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}

/** As the server writes it. */
export function mailboxWireName(client: ImapFlow, path: string): string {
  return client.enabled.has('UTF8=ACCEPT') ? path : encodeMailboxName(path);
}

/** The argument that names a mailbox in a raw command. */
export function mailboxArgument(client: ImapFlow, path: string): CommandArgument {
  return text(mailboxWireName(client, path));
}
