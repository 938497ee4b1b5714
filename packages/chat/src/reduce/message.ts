/** Questions to one message that need no state but the user's own addresses. */
import type { CoiMessage, ContactAddress, Mailbox, MessageId } from '@coi-webmail/coi';

/** The line that this one answers: In-Reply-To, else the last of References. */
export function parentOf(message: CoiMessage): MessageId | undefined {
  return message.inReplyTo ?? message.references.at(-1);
}

/** The ids by which others may name it: its own, and the one that a server gave it on the way. */
export function idsOf(message: CoiMessage): readonly MessageId[] {
  const { messageId, rewrittenId } = message;
  return [messageId, rewrittenId].filter((id) => id !== undefined);
}

/** Everyone whom the message names, but for the user. */
export function participantsOf(message: CoiMessage, self: ReadonlySet<string>): Map<ContactAddress, Mailbox> {
  const people = new Map<ContactAddress, Mailbox>();
  for (const person of [message.from, ...message.to, ...message.cc]) {
    if (person === undefined || self.has(person.address) || people.has(person.address)) continue;
    people.set(person.address, person);
  }
  return people;
}

export function isFromSelf(message: CoiMessage, self: ReadonlySet<string>): boolean {
  return message.from !== undefined && self.has(message.from.address);
}

const REPLY_PREFIX = /^\s*(?:(?:re|aw|sv|antw|fwd?|wg|tr|rif|res)\s*(?:\[\d+\])?\s*:\s*)+/iu;

/** Subject without `Re:` and its translations. */
export function bareSubject(subject: string): string {
  return subject.replace(REPLY_PREFIX, '').trim().toLowerCase();
}

/**
 * Whether two copies say the same. Bytes differ between an appended and a delivered copy of one message
 * (Received, DKIM), so the decoded content is compared: white space collapsed; a truncated copy by its
 * beginning.
 */
export function isSameContent(one: CoiMessage, other: CoiMessage): boolean {
  const [first, second] = [sureWordsOf(one), sureWordsOf(other)];
  if (isTruncated(one) && first.length <= second.length) return second.startsWith(first);
  if (isTruncated(other) && second.length <= first.length) return first.startsWith(second);
  return first === second && hasSameFiles(one, other);
}

/** What ends a prefix may be half a tag, an escape or a character, and reads otherwise than the whole. */
const UNSURE_CHARS = 80;

function sureWordsOf(message: CoiMessage): string {
  const words = wordsOf(message);
  return isTruncated(message) ? words.slice(0, Math.max(0, words.length - UNSURE_CHARS)) : words;
}

/** Of a copy whose parts are cut all files but the last are sure, and more may follow. */
function hasSameFiles(one: CoiMessage, other: CoiMessage): boolean {
  const [first, second] = [sureFilesOf(one), sureFilesOf(other)];
  if (!isCut(other) && filesOf(one).length > second.length) return false;
  if (!isCut(one) && filesOf(other).length > first.length) return false;
  if (first.length > second.length) return isCut(other) && startsWith(first, second);
  if (first.length < second.length) return isCut(one) && startsWith(second, first);
  return startsWith(first, second);
}

function sureFilesOf(message: CoiMessage): readonly string[] {
  return isCut(message) ? filesOf(message).slice(0, -1) : filesOf(message);
}

function startsWith(files: readonly string[], start: readonly string[]): boolean {
  return start.every((file, at) => files[at] === file);
}

export function isTruncated(message: CoiMessage): boolean {
  return message.kind === 'text' && message.truncated;
}

/** More of the mail says more: of its text, or of its files. */
export function isCut(message: CoiMessage): boolean {
  return message.kind === 'text' && (message.truncated || message.partsCut === true);
}

export function isHtmlUnread(message: CoiMessage): boolean {
  return message.kind === 'text' && message.htmlUnread === true;
}

function wordsOf(message: CoiMessage): string {
  if (message.kind !== 'text')
    return `${message.kind}\n${message.kind === 'service' ? message.service : message.reason}`;
  const said = `${message.quote ?? ''} ${message.fullText ?? message.text}`.replace(/\s+/g, ' ').trim();
  return `text\n${said}`;
}

function filesOf(message: CoiMessage): readonly string[] {
  return message.kind === 'text' ? message.attachments.map((part) => `${part.type} ${part.name}`) : [];
}

/** Names a content within one identity; not a proof of anything. */
export function contentName(message: CoiMessage): string {
  const content = [wordsOf(message), ...(isCut(message) ? [] : filesOf(message))].join('\n');
  let [one, two] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < content.length; at++) {
    const code = content.charCodeAt(at);
    one = Math.imul(one ^ code, 2_654_435_761);
    two = Math.imul(two ^ code, 1_597_334_677);
  }
  return (one >>> 0).toString(16).padStart(8, '0') + (two >>> 0).toString(16).padStart(8, '0');
}
