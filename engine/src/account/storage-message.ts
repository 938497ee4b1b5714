/**
 * The bytes of a storage message: `Chat-Content: org.coi-webmail.KIND`, a readable text/plain part for people who
 * meet it in another mail program, and an application/json part. Pure.
 *
 * What a newer program added (header fields, parts) is kept when we write it again.
 */
import { randomBytes } from 'node:crypto';
import { concatBytes, fromUtf8, toBase64, utf8 } from '@coi-webmail/base';
import {
  bodyOf,
  chatContentOf,
  formatDate,
  type HeaderField,
  type MimePart,
  parseMessageId,
  readMime,
} from '@coi-webmail/coi';

export interface StorageMessage {
  /** Chat-Content, lower-case. */
  readonly content: string;
  readonly messageId: string;
  /** Undefined when there is no readable JSON part. */
  readonly document: string | undefined;
  /** Header fields that are not ours, each with its line end. */
  readonly otherFields: readonly string[];
  /** Parts that are neither our text nor our JSON: header and undecoded body. */
  readonly otherParts: readonly Uint8Array[];
}

export interface StorageMessageInput {
  readonly address: string;
  readonly content: string;
  readonly messageId: string;
  readonly writtenAt: number;
  readonly document: string;
  readonly before: StorageMessage | undefined;
}

const OUR_FIELDS =
  /^(from|to|date|message-id|subject|chat-version|chat-content|auto-submitted|mime-version|content-(type|transfer-encoding))$/;

const EXPLANATION =
  'This message belongs to the chat in your webmail. It keeps settings of the chat; please leave it here.\r\n';

/**
 * @returns undefined when this is no storage message: also when it was delivered, for then somebody sent it.
 *   A header section alone is fine: the document is then unknown.
 */
export function readStorageMessage(bytes: Uint8Array): StorageMessage | undefined {
  const message = readMime(bytes);
  const content = chatContentOf(message.headers)?.toLowerCase();
  const messageId = parseMessageId(message.headers.first('message-id'));
  if (content === undefined || messageId === undefined) return undefined;
  if (message.headers.has('received') || message.headers.has('return-path')) return undefined;
  const json = message.children.find(({ type }) => type === 'application/json');
  const text = message.children.find(({ type }) => type === 'text/plain');
  return {
    content,
    messageId,
    document: json === undefined ? undefined : fromUtf8(bodyOf(json)),
    otherFields: message.headers.fields.filter(({ name }) => !OUR_FIELDS.test(name)).map(formatField),
    otherParts: message.children.filter((part) => part !== json && part !== text).map(formatPart),
  };
}

export function writeStorageMessage(input: StorageMessageInput): Uint8Array {
  const boundary = `coi-${randomBytes(12).toString('hex')}`;
  const base64 = (toBase64(utf8(input.document)).match(/.{1,76}/g) ?? []).join('\r\n');
  const header = [
    `From: <${input.address}>`,
    `To: <${input.address}>`,
    `Date: ${formatDate(input.writtenAt)}`,
    `Message-ID: <${input.messageId}>`,
    'Subject: Chat settings (please keep)',
    'Chat-Version: 1.0',
    `Chat-Content: ${input.content}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
  ].join('\r\n');
  const part = (head: string, content: string) => utf8(`--${boundary}\r\n${head}\r\n\r\n${content}\r\n`);
  return concatBytes([
    utf8(header),
    utf8((input.before?.otherFields ?? []).join('')),
    utf8('\r\n'),
    part('Content-Type: text/plain; charset=utf-8', EXPLANATION),
    part('Content-Type: application/json; charset=utf-8\r\nContent-Transfer-Encoding: base64', base64),
    ...(input.before?.otherParts ?? []).flatMap((other) => [utf8(`--${boundary}\r\n`), other, utf8('\r\n')]),
    utf8(`--${boundary}--\r\n`),
  ]);
}

function formatField({ name, value }: HeaderField): string {
  return `${name}: ${value}\r\n`;
}

function formatPart({ headers, body }: MimePart): Uint8Array {
  return concatBytes([utf8(`${headers.fields.map(formatField).join('')}\r\n`), body]);
}
