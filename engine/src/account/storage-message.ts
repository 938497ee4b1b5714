/**
 * The bytes of a storage message: `Chat-Content: org.coi-webmail.KIND`, a readable text/plain part for people who
 * meet it in another mail program, and an application/json part. Pure.
 *
 * What a newer program added (header fields, parts) is kept when we write it again.
 */
import { randomBytes } from 'node:crypto';
import { concatBytes, fromBase64, fromUtf8, toBase64, utf8 } from '@coi-webmail/base';

export interface StorageMessage {
  /** Chat-Content, lower-case. */
  readonly content: string;
  readonly messageId: string;
  /** Undefined when there is no readable JSON part. */
  readonly document: string | undefined;
  /** Header fields that are not ours, each with its line end, unchanged. */
  readonly otherFields: readonly string[];
  /** Parts that are neither our text nor our JSON, header and body, unchanged. */
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

/** @returns undefined when this is no storage message. A header section alone is fine: the document is then unknown. */
export function readStorageMessage(bytes: Uint8Array): StorageMessage | undefined {
  const { fields, body } = split(bytes);
  const value = (name: string) => fields.find((field) => field.name === name)?.value;
  const content = value('chat-content')?.toLowerCase();
  const messageId = /<([^<>\s]+)>/.exec(value('message-id') ?? '')?.[1];
  if (content === undefined || messageId === undefined) return undefined;
  const boundary = /boundary="?([^";\s]+)"?/i.exec(value('content-type') ?? '')?.[1];
  const parts = boundary === undefined ? [] : splitParts(body, boundary);
  const described = parts.map((part) => ({ part, type: typeOf(part) }));
  const json = described.find(({ type }) => type === 'application/json');
  const text = described.find(({ type }) => type === 'text/plain');
  return {
    content,
    messageId,
    document: json === undefined ? undefined : decodePart(json.part),
    otherFields: fields.filter((field) => !OUR_FIELDS.test(field.name)).map((field) => field.raw),
    otherParts: parts.filter((part) => part !== json?.part && part !== text?.part),
  };
}

export function writeStorageMessage(input: StorageMessageInput): Uint8Array {
  const boundary = `coi-${randomBytes(12).toString('hex')}`;
  const base64 = (toBase64(utf8(input.document)).match(/.{1,76}/g) ?? []).join('\r\n');
  const header = [
    `From: <${input.address}>`,
    `To: <${input.address}>`,
    `Date: ${new Date(input.writtenAt).toUTCString().replace('GMT', '+0000')}`,
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

interface Field {
  readonly name: string;
  /** Unfolded. */
  readonly value: string;
  readonly raw: string;
}

function split(bytes: Uint8Array): { readonly fields: readonly Field[]; readonly body: Uint8Array } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf('\r\n\r\n');
  const head = fromUtf8(end === -1 ? buffer : buffer.subarray(0, end + 2));
  const fields = (head.match(/^[^\s:]+:.*(?:\r\n[ \t].*)*\r\n/gm) ?? []).map((raw) => {
    const colon = raw.indexOf(':');
    return {
      name: raw.slice(0, colon).toLowerCase(),
      value: raw
        .slice(colon + 1)
        .replace(/\r\n([ \t])/g, '$1')
        .trim(),
      raw,
    };
  });
  return { fields, body: end === -1 ? new Uint8Array() : buffer.subarray(end + 4) };
}

/** Parts between delimiters, each header and body without the delimiter's line ends. */
function splitParts(body: Uint8Array, boundary: string): readonly Uint8Array[] {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts: Uint8Array[] = [];
  let at = buffer.indexOf(`--${boundary}\r\n`);
  while (at !== -1) {
    const start = at + boundary.length + 4;
    const end = buffer.indexOf(`\r\n--${boundary}`, start);
    if (end === -1) break;
    parts.push(buffer.subarray(start, end));
    at = buffer.indexOf(`--${boundary}\r\n`, end);
  }
  return parts;
}

function typeOf(part: Uint8Array): string {
  const value = split(part).fields.find((field) => field.name === 'content-type')?.value ?? 'text/plain';
  return value.split(';')[0]?.trim().toLowerCase() ?? '';
}

function decodePart(part: Uint8Array): string | undefined {
  const { fields, body } = split(part);
  const encoding = fields.find((field) => field.name === 'content-transfer-encoding')?.value.toLowerCase();
  if (encoding !== 'base64') return fromUtf8(body);
  const decoded = fromBase64(fromUtf8(body));
  return decoded === undefined ? undefined : fromUtf8(decoded);
}
