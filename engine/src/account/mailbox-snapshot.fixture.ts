/** For live tests: every mail of an account as another program sees it. */
import { createHash } from 'node:crypto';
import type { ImapLine } from '@coi-webmail/e2e/stack';

export interface SeenMail {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly uid: number;
  /** Sorted, without `\Recent`. */
  readonly flags: readonly string[];
  /** Of all bytes. */
  readonly digest: string;
  readonly messageId: string;
}

/** Reads all mailboxes, sets no flag. */
export async function snapshot(imap: ImapLine): Promise<readonly SeenMail[]> {
  const list = await imap.command('LIST "" "*"');
  const paths = [...list.matchAll(/^\* LIST \(([^)]*)\) \S+ "?([^"\r]*)"?\r$/gm)].flatMap(
    ([, flags = '', path = '']) => (/\\No(select|nexistent)/i.test(flags) ? [] : [path]),
  );
  const mails: SeenMail[] = [];
  for (const path of paths) {
    const opened = await imap.command(`EXAMINE "${path}"`);
    const uidValidity = /UIDVALIDITY (\d+)/.exec(opened)?.[1] ?? '';
    if (/^\* 0 EXISTS/m.test(opened)) continue;
    mails.push(...readFetch(await imap.command('UID FETCH 1:* (UID FLAGS BODY.PEEK[])'), path, uidValidity));
  }
  return mails;
}

function readFetch(text: string, mailbox: string, uidValidity: string): SeenMail[] {
  const mails: SeenMail[] = [];
  // Servers give the items in the order that they like.
  const row = /\* \d+ FETCH \(([^{\r\n]*)BODY\[\] \{(\d+)\}\r\n/g;
  for (let match = row.exec(text); match !== null; match = row.exec(text)) {
    const [head, items = '', size] = match;
    const [, uid] = /\bUID (\d+)/.exec(items) ?? [];
    const [, flags = ''] = /\bFLAGS \(([^)]*)\)/.exec(items) ?? [];
    const bytes = text.slice(match.index + head.length, match.index + head.length + Number(size));
    row.lastIndex = match.index + head.length + bytes.length;
    mails.push({
      mailbox,
      uidValidity,
      uid: Number(uid),
      flags: flags
        .split(' ')
        .filter((flag) => flag !== '' && flag !== '\\Recent')
        .sort(),
      digest: createHash('sha256').update(bytes, 'latin1').digest('hex'),
      messageId: /^message-id:\s*<([^>]*)>/im.exec(bytes)?.[1] ?? '',
    });
  }
  return mails;
}
