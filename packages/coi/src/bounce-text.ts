/**
 * Bounces and delays in words, by mail servers that know no RFC 3464: qmail and its kin, Exim, and others that copy them.
 *
 * Only a mail that looks like one from outside is read, and it counts only with the Message-ID of what it returns: a
 * person who forwards a bounce wrote a mail.
 */
import { parseContactAddress } from './address.ts';
import { deliveryFacts, hasNullSender } from './delivery-status.ts';
import type { ServiceFacts } from './kind.ts';
import type { ContactAddress, MessageId, ReportedRecipient } from './message.ts';
import { parseMessageIds } from './message-id.ts';
import { parseMailboxes } from './mime/address-list.ts';
import type { HeaderBlock } from './mime/header-block.ts';
import { type MimePart, textOf } from './mime/part.ts';

/** Long ones return a large message; what we need stands before and at the top of it. */
const MAX_TEXT = 32_768;
const MAX_RECIPIENTS = 500;
const DAEMONS = /^(?:mailer-daemon|postmaster|mail-daemon)$/;

/** A mail that may be a bounce, told from its header alone: sent by nobody, signed by a mail server. */
export function isBounceHead(headers: HeaderBlock): boolean {
  if (headers.has('x-failed-recipients')) return true;
  const [from] = parseMailboxes(headers.all('from'));
  if (from === undefined || !hasNullSender(headers)) return false;
  return DAEMONS.test(from.address.slice(0, from.address.lastIndexOf('@')));
}

/** @returns undefined when it is no bounce, or returns nothing by which we know its message */
export function readBounceText(root: MimePart): ServiceFacts | undefined {
  if (!isBounceHead(root.headers)) return undefined;
  const text = textOfBounce(root);
  const about = returnedId(text);
  if (about === undefined) return undefined;
  const said = text.slice(0, about.at);
  const isDelay = /\b(?:has|have) not (?:yet )?been delivered\b|\bdelivery attempts will continue\b/i.test(said);
  const action = isDelay ? 'delayed' : 'failed';
  const recipients = recipientsIn(said, root.headers, action);
  return deliveryFacts([about.id], { envelopeId: undefined, nullSender: hasNullSender(root.headers), recipients });
}

/** The mail's own text; a returned message in a part of its own follows it. */
function textOfBounce(root: MimePart): string {
  const parts = root.children.length === 0 ? [root] : root.children;
  const texts = parts
    .filter(
      (part) => part.type === 'text/plain' || part.type.startsWith('message/') || part.type === 'text/rfc822-headers',
    )
    .map((part) => textOf(part).text.slice(0, MAX_TEXT));
  return texts
    .join('\n\n')
    .replaceAll('\r\n', '\n')
    .slice(0, MAX_TEXT * 2);
}

function returnedId(text: string): { readonly id: MessageId; readonly at: number } | undefined {
  const field = /^(?:> ?)?message-id:[ \t]*(?:\n[ \t]+)?(<[^<>\s]{1,900}>)/im.exec(text);
  const [id] = parseMessageIds(field?.[1] ?? '');
  return field === null || id === undefined ? undefined : { id, at: field.index };
}

function recipientsIn(said: string, headers: HeaderBlock, action: 'failed' | 'delayed'): readonly ReportedRecipient[] {
  const named = headers.all('x-failed-recipients').flatMap((value) => value.split(','));
  const written = named.length > 0 ? named : linesWithAddress(said);
  const addresses = new Set(written.flatMap((each) => parseContactAddress(each) ?? []));
  const lower = said.toLowerCase();
  return [...addresses].slice(0, MAX_RECIPIENTS).map((address) => {
    const reason = reasonAfter(lower, address);
    const status = /(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(reason)?.[0];
    const code = /(?<![\d.])[45]\d\d(?=[\s-])/.exec(reason)?.[0];
    return { address, original: undefined, action, status, smtpCode: code === undefined ? undefined : Number(code) };
  });
}

/** qmail: `<bob@example.com>:` before the reason; Exim: the address alone, indented. */
function linesWithAddress(said: string): readonly string[] {
  return said
    .split('\n')
    .flatMap((line) => /^\s{0,8}<?([^\s<>:@]{1,250}@[^\s<>:@]{1,250})>?:?$/.exec(line.trimEnd())?.[1] ?? []);
}

/** What is said of an address up to the next one. */
function reasonAfter(said: string, address: ContactAddress): string {
  const at = said.indexOf(address);
  if (at === -1) return said;
  const rest = said.slice(at + address.length, at + address.length + 2_000);
  const next = rest.search(/\n\s{0,8}<?[^\s<>:@]{1,250}@[^\s<>:@]{1,250}>?:?\n/);
  return next === -1 ? rest : rest.slice(0, next);
}
