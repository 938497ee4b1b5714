/**
 * A typed message to the bytes of a mail that is valid COI 1.0 (coi-client-spec "COI-specific Message Header Fields")
 * and means the same to Delta Chat (design §4.9).
 */
import type { Bytes } from '@coi-webmail/base';
import type { Mailbox, MessageId } from './message.ts';
import { addressField, dateField, type Field, messageIdField, textField, tokenField } from './mime/field.ts';
import { fitsFlowed, type TextLine } from './mime/flowed.ts';
import { writeMime } from './mime/write.ts';
import { escapeFooterMarks, needsFixedLines, normalizeText, stripReplyMarks, typedText } from './text.ts';

export interface EncodeTextInput {
  readonly messageId: MessageId;
  /** Domain of `messageId` and sole sender. */
  readonly from: Mailbox;
  /** As everybody may see them: names only where they are no private nicknames. */
  readonly to: readonly Mailbox[];
  /** Epoch milliseconds by the server's clock. */
  readonly dateAt: number;
  readonly text: string;
  /** Of the chat; without one the first line of the text. Reply marks are added here. */
  readonly subject?: string | undefined;
  readonly inReplyTo?: MessageId | undefined;
  /** See `referencesFor`; empty for the first message of a chat. */
  readonly references: readonly MessageId[];
  /** The lines that a quoted reply leads with, without `> `. */
  readonly quote?: string | undefined;
  readonly groupId?: string | undefined;
  readonly groupName?: string | undefined;
  /** Never for legacy recipients (design §4.9). */
  readonly requestReceipt?: boolean | undefined;
  /** RFC 5646 tag of the text, `de` or `en-GB`. */
  readonly language?: string | undefined;
}

/** Deterministic: the same input makes the same bytes, so a resend is the same mail. */
export function encodeText(input: EncodeTextInput): Bytes {
  const lines = linesOf(input);
  const whole = lines.map((line) => line.text).join('\n');
  const flowed = !needsFixedLines(whole) && fitsFlowed(lines);
  return writeMime(headerOf(input), { kind: 'text', lines, flowed });
}

function headerOf(input: EncodeTextInput): readonly Field[] {
  const fields = [
    addressField('from', [input.from]),
    addressField('to', input.to),
    dateField(input.dateAt),
    messageIdField('message-id', [input.messageId]),
  ];
  if (input.inReplyTo !== undefined) fields.push(messageIdField('in-reply-to', [input.inReplyTo]));
  if (input.references.length > 0) fields.push(messageIdField('references', input.references));
  fields.push(textField('subject', subjectOf(input)), tokenField('chat-version', '1.0'));
  if (input.groupId !== undefined) {
    fields.push(tokenField('chat-group-id', input.groupId));
    fields.push(textField('chat-group-name', input.groupName ?? ''));
  }
  if (input.requestReceipt === true) {
    // COI: the value MUST be that of From. Delta Chat reads its own field only.
    fields.push(addressField('disposition-notification-to', [input.from]));
    fields.push(addressField('chat-disposition-notification-to', [{ address: input.from.address, name: '' }]));
  }
  if (input.language !== undefined) fields.push(tokenField('content-language', input.language));
  return fields;
}

const SUBJECT_LENGTH = 60;

/** The first line with words of the first mail; later `Re: ` and the chat's subject. In groups the name (coi-client-spec). */
function subjectOf(input: EncodeTextInput): string {
  const subject = stripReplyMarks(input.subject ?? input.groupName ?? firstLine(input.text));
  const isLater = input.references.length > 0 || input.inReplyTo !== undefined;
  return isLater ? `Re: ${subject}`.trimEnd() : subject;
}

function firstLine(text: string): string {
  const lines = normalizeText(text).split('\n');
  const line = (
    lines.find((candidate) => /[\p{L}\p{N}\p{S}]/u.test(candidate.replaceAll('`', ''))) ??
    lines[0] ??
    ''
  ).trim();
  const characters = [...line];
  if (characters.length <= SUBJECT_LENGTH) return line;
  const cut = characters.slice(0, SUBJECT_LENGTH - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${space > SUBJECT_LENGTH / 2 ? cut.slice(0, space) : cut}…`;
}

function linesOf(input: EncodeTextInput): readonly TextLine[] {
  const text = escapeFooterMarks(typedText(input.text));
  const own = text.split('\n').map((line) => ({ quoteDepth: 0, text: line }));
  const quote = typedText(input.quote ?? '');
  const empty = { quoteDepth: 0, text: '' };
  if (quote !== '') return [...quote.split('\n').map((line) => ({ quoteDepth: 1, text: line })), empty, ...own];
  // Text of one's own that starts with `>` is no quote: an empty line first says so to Delta Chat.
  return text.startsWith('>') ? [empty, ...own] : own;
}
