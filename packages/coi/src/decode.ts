/**
 * Bytes of a mail to what it says. Never throws: bad mail is a value.
 *
 * Structure is read by mime/, the kind is judged by kind.ts, the parts are chosen by body.ts, quotes and signatures
 * are folded by chat-text.ts (mail of chat programs) and plain-mail.ts (ordinary mail).
 */
import { attachmentOf, type BodyParts, selectBody } from './body.ts';
import { type ReadText, readChatText } from './chat-text.ts';
import { readHead } from './head.ts';
import { isArmored, isEncrypted, serviceOf } from './kind.ts';
import type { CoiMessage, MessageHead, TextMessage, UnreadableMessage } from './message.ts';
import { isChatId } from './message-id.ts';
import { readFixed, readFlowed, type TextLine } from './mime/flowed.ts';
import { type MimePart, textOf, walkParts } from './mime/part.ts';
import { readMime } from './mime/read.ts';
import { readPlainMail } from './plain-mail.ts';
import { cleanText, isBlank } from './text.ts';

export interface DecodeOptions {
  /** The bytes are the first part of a larger message. */
  readonly truncated?: boolean | undefined;
  /** Of the whole message (RFC822.SIZE), for the sizes of attachments that were cut. */
  readonly sizeBytes?: number | undefined;
}

/** HTML to text, with quotes as `> ` lines: `htmlToText`, or what stands for it until that is loaded. */
export type HtmlReader = (html: string) => string;

/** As `decodeMessage`, with a reader of HTML handed in: few mails need one, and it is large. */
export function decodeMessageWith(readHtml: HtmlReader, bytes: Uint8Array, options: DecodeOptions = {}): CoiMessage {
  return decodePart(readMime(bytes), bytes.length, readHtml, options);
}

function decodePart(root: MimePart, lengthBytes: number, readHtml: HtmlReader, options: DecodeOptions): CoiMessage {
  const head = readHead(root.headers);
  if (root.headers.fields.length === 0) return unreadable(head, lengthBytes === 0 ? 'empty' : 'malformed');
  if (isEncrypted(root)) return unreadable(head, 'encrypted');
  const service = serviceOf(root);
  if (service !== undefined) return { ...head, kind: 'service', ...service };
  const isCut = options.truncated === true;
  const body = selectBody(root);
  const text = readText(body, head, isCut, readHtml);
  if (isArmored(text.whole)) return unreadable(head, 'encrypted');
  if (text.whole === '' && body.attachments.length === 0) {
    const isTooDeep = [...walkParts(root)].some((part) => part.tooDeep);
    if (isTooDeep) return unreadable(head, 'too-deep');
    if (!isCut && !isSaidBySubject(head)) return unreadable(head, 'empty');
  }
  const cutBytes = isCut ? Math.max(0, (options.sizeBytes ?? lengthBytes) - lengthBytes) : 0;
  const message: TextMessage = {
    ...head,
    kind: 'text',
    text: text.read.text,
    quote: text.read.quote,
    fullText: text.read.text === text.whole || text.read.isWhole ? undefined : text.whole,
    fromHtml: text.fromHtml,
    attachments: body.attachments.map((part) => attachmentOf(part, cutBytes)),
    truncated: isCut && (body.texts.some((part) => part.open) || body.texts.length + body.attachments.length === 0),
    ...(text.guessed ? { charsetGuessed: true } : {}),
    ...(isCut && hasOpenMultipart(root) ? { partsCut: true } : {}),
  };
  return message;
}

/** A conversation opened by an ordinary mail without words shows its subject; elsewhere a subject says nothing new. */
function isSaidBySubject(head: MessageHead): boolean {
  return (
    head.subject !== '' &&
    head.chatVersion === undefined &&
    head.inReplyTo === undefined &&
    head.references.length === 0
  );
}

function hasOpenMultipart(root: MimePart): boolean {
  return root.type.startsWith('multipart/') && root.open;
}

function unreadable(head: MessageHead, reason: UnreadableMessage['reason']): UnreadableMessage {
  return { ...head, kind: 'unreadable', reason };
}

interface FoundText {
  readonly read: ReadText;
  /** All text, quotes as `> `. */
  readonly whole: string;
  readonly fromHtml: boolean;
  readonly guessed: boolean;
}

function readText(body: BodyParts, head: MessageHead, isCut: boolean, readHtml: HtmlReader): FoundText {
  let fromHtml = false;
  let guessed = false;
  const lines: TextLine[] = [];
  for (const part of body.texts) {
    const decoded = textOf(part);
    guessed ||= decoded.guessed;
    const text = cleanText(isCut && part.open ? withoutCutCharacter(decoded.text) : decoded.text);
    const found = linesOf(part, text, readHtml);
    fromHtml ||= part.type === 'text/html' && found.some((line) => !isBlank(line.text));
    for (const line of found) lines.push(line);
  }
  const isChat = head.chatVersion !== undefined || (head.messageId !== undefined && isChatId(head.messageId));
  const read = isChat ? readChatText(lines) : readPlainMail(lines, head.subject);
  return { read, whole: read.whole, fromHtml, guessed };
}

function linesOf(part: MimePart, text: string, readHtml: HtmlReader): readonly TextLine[] {
  if (part.type === 'text/html') return readFixed(readHtml(text));
  const trimmed = text.replace(/\n$/, '');
  if (part.parameters.get('format')?.toLowerCase() !== 'flowed') return readFixed(trimmed);
  return readFlowed(trimmed, part.parameters.get('delsp')?.toLowerCase() === 'yes');
}

/** The prefix may end inside a character. */
function withoutCutCharacter(text: string): string {
  return text.replace(/\uFFFD{1,3}$/, '');
}
