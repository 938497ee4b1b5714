/** The facts that all kinds share, from the header section alone. */
import { parseContactAddress } from './address.ts';
import { isGroupId } from './group-id.ts';
import type { Mailbox, MessageHead, MessageId } from './message.ts';
import { groupIdOf, isChatId, parseMessageId, parseMessageIds } from './message-id.ts';
import { parseAddressList, parseMailboxes } from './mime/address-list.ts';
import { parseDate } from './mime/date.ts';
import type { HeaderBlock } from './mime/header-block.ts';
import { decodeWords, plainText } from './mime/words.ts';

export function readHead(headers: HeaderBlock): MessageHead {
  const given = parseMessageId(headers.first('message-id'));
  // Exchange Online puts an id of its own in place of the sender's, and keeps that one here.
  const messageId = parseMessageId(headers.first('x-microsoft-original-message-id')) ?? given;
  const references = parseMessageIds(headers.first('references') ?? '');
  const date = headers.first('date');
  return {
    messageId,
    ...(given === undefined || given === messageId ? {} : { rewrittenId: given }),
    from: soleMailbox(headers.all('from')),
    to: parseMailboxes(headers.all('to')),
    cc: parseMailboxes(headers.all('cc')),
    dateAt: date === undefined ? undefined : parseDate(date),
    subject: words(headers.first('subject')) ?? '',
    inReplyTo: parseMessageId(headers.first('in-reply-to')),
    references,
    chatVersion: chatVersionOf(headers),
    groupId: groupOf(headers, messageId, references),
    groupName: words(headers.first('chat-group-name')),
    delivered: headers.has('received') || headers.has('return-path'),
    automatic: isAutomatic(headers.first('auto-submitted')),
    authenticationResults: headers.all('authentication-results'),
  };
}

function words(value: string | undefined): string | undefined {
  return value === undefined ? undefined : plainText(decodeWords(value)).trim();
}

/**
 * One field with one address, or nobody: two senders are no sender. `Barr, Bob <bob@example.org>` without quotes is
 * one: what comes before the address is no address.
 */
function soleMailbox(values: readonly string[]): Mailbox | undefined {
  const [value] = values;
  if (value === undefined || values.length > 1) return undefined;
  const entries = parseAddressList(value);
  const last = entries.at(-1);
  const before = entries.slice(0, -1);
  if (last === undefined || before.some(({ address }) => address.includes('@'))) return undefined;
  const [mailbox] = parseMailboxes(values);
  if (mailbox === undefined || parseContactAddress(last.address) !== mailbox.address) return undefined;
  const name = [...before.map(({ address }) => words(address) ?? ''), mailbox.name]
    .filter((piece) => piece !== '')
    .join(', ');
  return { address: mailbox.address, name };
}

function chatVersionOf(headers: HeaderBlock): string | undefined {
  const value = headers.first('chat-version');
  return value === undefined ? undefined : (value.split(';', 1)[0] ?? '').trim();
}

/** A chat program that gave its message an id without group means no group, whatever it refers to. */
function groupOf(
  headers: HeaderBlock,
  messageId: MessageId | undefined,
  references: readonly MessageId[],
): string | undefined {
  const own = messageId === undefined ? undefined : groupIdOf(messageId);
  if (own !== undefined) return own;
  const declared = headers.first('chat-group-id')?.trim();
  if (declared !== undefined && isGroupId(declared)) return declared;
  const [first] = references;
  if (first === undefined || (messageId !== undefined && isChatId(messageId))) return undefined;
  return groupIdOf(first);
}

function isAutomatic(value: string | undefined): boolean {
  const keyword = value?.split(';', 1)[0]?.trim().toLowerCase();
  return keyword !== undefined && keyword !== '' && keyword !== 'no';
}
