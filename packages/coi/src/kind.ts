/**
 * What a mail is by its header fields and structure: words for people, a service mail, or something unreadable
 * here. The vocabulary of `Chat-Content` (coi-client-spec; Delta Chat) lives here.
 */
import type { DeliveryReport, MessageId } from './message.ts';
import { parseMessageIds } from './message-id.ts';
import type { HeaderBlock } from './mime/header-block.ts';
import { chatContentOf, hasWords, type MimePart, walkParts } from './mime/part.ts';
import { readBounceText } from './bounce-text.ts';
import { readReport } from './report.ts';

export interface ServiceFacts {
  readonly service: string;
  readonly about: readonly MessageId[];
  readonly status: string | undefined;
  readonly report?: DeliveryReport | undefined;
}

/**
 * `Chat-Content` of whole messages whose text a person wrote or must see. The spec lets a client that does not
 * know edits show them as lines; that is better than to lose words.
 */
const TEXT_CONTENTS = new Set([
  'edit',
  'editrequest',
  'profilerequest',
  'groupprofilerequest',
  'grouprequested',
  'groupprofile',
  'groupinfo',
  'groupleft',
  'location',
  'poll',
  'preview',
  // Delta Chat
  'sticker',
  'call',
  'call-accepted',
  'call-ended',
]);

/** `Chat-Content` of parts that say nothing to a reader of the text. */
const SKIPPED_PART_CONTENTS = new Set([
  'ignore',
  'preview',
  'status',
  'contact',
  'profile',
  'group',
  'groupinfo',
  'groupprofile',
]);

/** The part belongs to the machinery and is neither text nor attachment. */
export function isSkippedPart(part: MimePart): boolean {
  const content = chatContentOf(part.headers);
  return content !== undefined && (SKIPPED_PART_CONTENTS.has(content) || isExtension(content));
}

/** Client-specific values start with a reverse domain (coi-client-spec "Extension Messages"). */
function isExtension(content: string): boolean {
  return content.includes('.');
}

/** @returns undefined for text, ordinary mail included */
export function serviceOf(root: MimePart): ServiceFacts | undefined {
  return readReport(root) ?? readBounceText(root) ?? reactionOf(root) ?? chatServiceOf(root.headers);
}

/** RFC 9078: the target is what In-Reply-To names. Gmail marks one part of an alternative, Delta Chat the message. */
function reactionOf(root: MimePart): ServiceFacts | undefined {
  for (const part of walkParts(root)) {
    const isReaction = part.disposition === 'reaction' || part.type === 'text/vnd.google.email-reaction+json';
    if (isReaction) return { service: 'reaction', about: targets(root.headers), status: undefined };
  }
  return undefined;
}

function chatServiceOf(headers: HeaderBlock): ServiceFacts | undefined {
  const deleted = headers.first('chat-delete');
  if (deleted !== undefined) return { service: 'deleterequest', about: parseMessageIds(deleted), status: undefined };
  if (headers.has('secure-join')) return { service: 'secure-join', about: [], status: undefined };
  const content = chatContentOf(headers);
  if (content === undefined || TEXT_CONTENTS.has(content)) return undefined;
  return content === 'ignore' ? undefined : { service: content, about: targets(headers), status: undefined };
}

function targets(headers: HeaderBlock): readonly MessageId[] {
  return parseMessageIds(headers.first('in-reply-to') ?? '').slice(0, 1);
}

const ENCRYPTED_TYPES = new Set(['multipart/encrypted', 'application/pgp-encrypted']);
const ARMOR = '-----BEGIN PGP MESSAGE-----';

/** PGP/MIME, also as Exchange mixes it up, and enveloped S/MIME. Words before it are more than an envelope. */
export function isEncrypted(root: MimePart): boolean {
  for (const part of walkParts(root)) {
    if (isEnvelope(part)) return true;
    if (part.children.length === 0 && part.type.startsWith('text/') && hasWords(part)) return false;
  }
  return false;
}

function isEnvelope(part: MimePart): boolean {
  if (ENCRYPTED_TYPES.has(part.type)) return true;
  const isSmime = part.type === 'application/pkcs7-mime' || part.type === 'application/x-pkcs7-mime';
  return isSmime && part.parameters.get('smime-type') !== 'signed-data';
}

/** Inline PGP: the text is armor, with at most a few words around it. */
export function isArmored(text: string): boolean {
  const at = text.indexOf(ARMOR);
  return at !== -1 && (at === 0 || text[at - 1] === '\n') && text.slice(0, at).trim().length < 200;
}
