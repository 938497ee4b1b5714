/**
 * Message-IDs (RFC 5322 3.6.4) and those of chat (coi-client-spec "COI-specific Message Header Fields", "Group
 * Messages"): `chat$<unique>@domain`, in groups `chat$group.<group id>.<unique>@domain`.
 *
 * Our own unique part is time-ordered: `<9 base32 digits of ms><2 of a counter>.<random>`.
 */
import { CoiError } from '@coi-webmail/base';
import { formatBase32, parseBase32 } from './base32.ts';
import { isGroupId } from './group-id.ts';
import type { MessageId } from './message.ts';
import { MAX_REFERENCE_COUNT } from './mime/limit.ts';
import { sha256 } from './sha256.ts';

const CHAT_PREFIX = 'chat$';
const GROUP_PREFIX = 'chat$group.';
const MAX_ID_LENGTH = 900;

const TIME_DIGITS = 9;
const COUNTER_DIGITS = 2;
/** Ids made within one millisecond count up to this. */
export const MAX_ID_COUNTER = 32 ** COUNTER_DIGITS - 1;
const MIN_RANDOM_BYTES = 10;

/** The first id of a field; brackets may be missing or broken. */
export function parseMessageId(value: string | undefined): MessageId | undefined {
  return value === undefined ? undefined : parseMessageIds(value)[0];
}

/**
 * All ids of a References or In-Reply-To field, in order.
 *
 * Text outside brackets is skipped unless there are no brackets at all. Of very many, the first and the last stay.
 */
export function parseMessageIds(value: string): readonly MessageId[] {
  const ids = value.includes('<') ? bracketed(value) : value.split(/[\s,;]+/).filter((word) => word.includes('@'));
  const valid = ids.map(cleanId).filter((id) => id !== undefined);
  if (valid.length <= MAX_REFERENCE_COUNT) return valid;
  return [...valid.slice(0, 1), ...valid.slice(1 - MAX_REFERENCE_COUNT)];
}

function bracketed(value: string): readonly string[] {
  const pieces = value.split('<').slice(1);
  return pieces.flatMap((piece) => {
    const inside = piece.split('>', 1)[0] ?? '';
    // `<id1 id2>`: Delta Chat writes several ids into one pair of brackets.
    const words = inside.trim().split(/\s+/);
    return words.length > 1 && words.every((word) => /.@./.test(word)) ? words : [inside];
  });
}

function cleanId(text: string): MessageId | undefined {
  // oxlint-disable-next-line no-control-regex -- controls are what an id must not have
  const id = text.replace(/[\s\u0000-\u001f\u007f<>]+/g, '');
  return id === '' || id.length > MAX_ID_LENGTH ? undefined : (id as MessageId);
}

/** With angle brackets, as header fields have it. */
export function formatMessageId(id: MessageId): string {
  // oxlint-disable-next-line no-control-regex -- nothing may end the header field
  return `<${id.replace(/[\s\u0000-\u001f\u007f<>]+/g, '')}>`;
}

/** The mark of COI; case-sensitive. */
export function isChatId(id: string): boolean {
  return id.startsWith(CHAT_PREFIX);
}

export interface MakeMessageIdInput {
  /** Epoch milliseconds by the server's clock. */
  readonly now: number;
  /** Counts ids of this writer within `now`, from 0; at most `MAX_ID_COUNTER`. */
  readonly counter: number;
  /** At least 10 octets that nobody can guess. */
  readonly random: Uint8Array;
  /** Mail domain of the sender. */
  readonly domain: string;
  readonly groupId?: string | undefined;
}

export function makeMessageId(input: MakeMessageIdInput): MessageId {
  if (input.random.length < MIN_RANDOM_BYTES)
    throw new CoiError('invariant', 'Making a Message-ID needs more random octets');
  const counter = Math.min(Math.max(0, Math.floor(input.counter)), MAX_ID_COUNTER);
  const time = formatBase32(Math.max(0, Math.floor(input.now)), TIME_DIGITS) + formatBase32(counter, COUNTER_DIGITS);
  const random = [...input.random].map((byte) => formatBase32(byte & 31, 1)).join('');
  return compose(`${time}.${random}`, input.domain, input.groupId);
}

export interface DeriveMessageIdInput {
  /** What happened, for example the id of the message that a receipt is about. */
  readonly cause: string;
  /** Who acts, for example an account and the kind of act. */
  readonly actor: string;
  readonly domain: string;
  readonly groupId?: string | undefined;
}

/** The id of an automatic act: two devices that do the same make the same id, so the double folds away (design §2). */
export function deriveMessageId(input: DeriveMessageIdInput): MessageId {
  const digest = sha256(new TextEncoder().encode(`${input.actor}\n${input.cause}`));
  const unique = [...digest.subarray(0, 26)].map((byte) => formatBase32(byte & 31, 1)).join('');
  return compose(`auto.${unique}`, input.domain, input.groupId);
}

function compose(unique: string, domain: string, groupId: string | undefined): MessageId {
  if (groupId !== undefined && !isGroupId(groupId))
    throw new CoiError('invariant', 'Making a Message-ID needs a valid group id');
  const prefix = groupId === undefined ? CHAT_PREFIX : `${GROUP_PREFIX}${groupId}.`;
  return `${prefix}${unique}@${domain.replace(/[^0-9A-Za-z._:[\]-]/g, '')}` as MessageId;
}

/** When one of our own ids was made. */
export interface MessageIdTime {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Order within that millisecond. */
  readonly counter: number;
}

const OWN_ID =
  /^chat\$(?:group\.[0-9A-Za-z_-]+\.)?([0-9a-hjkmnp-tv-z]{9})([0-9a-hjkmnp-tv-z]{2})\.[0-9a-hjkmnp-tv-z]{10,}@/;

/** @returns undefined for ids that we did not make */
export function timeOfMessageId(id: MessageId): MessageIdTime | undefined {
  const match = OWN_ID.exec(id);
  if (match === null) return undefined;
  return { at: parseBase32(match[1] ?? ''), counter: parseBase32(match[2] ?? '') };
}

/** The group that an id names; undefined when it names none or the group id is not valid. */
export function groupIdOf(id: MessageId): string | undefined {
  if (!id.startsWith(GROUP_PREFIX)) return undefined;
  const rest = id.slice(GROUP_PREFIX.length);
  const groupId = rest.slice(0, Math.max(0, rest.indexOf('.')));
  return isGroupId(groupId) ? groupId : undefined;
}
