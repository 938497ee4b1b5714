/**
 * Where this tab was, for the next page load: Roundcube loads a whole page at every task switch. sessionStorage
 * lies readable on the disk, so only numbers go in: local chat ids, times and pixels. No name, no text, no
 * Message-ID.
 */
import type { ChatId } from '@coi-webmail/chat';
import type { ScrollPlace } from '../element/intent.ts';

const KEY = 'coi:place';

export interface Place {
  readonly chatId: ChatId | undefined;
  readonly scroll: ScrollPlace;
  /** The question of consent was put off in this tab. */
  readonly putOff: boolean;
}

const NOWHERE: Place = { chatId: undefined, scroll: undefined, putOff: false };

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A number for a user: the next one to sign on in this tab starts afresh. */
function userNumber(userKey: string): number {
  let sum = 0;
  for (const char of userKey) sum = (Math.imul(sum, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return sum;
}

/** What is there, as far as it is what we wrote for this user. */
export function parsePlace(text: string | null, userKey: string): Place {
  try {
    const numbers: unknown = JSON.parse(text ?? '');
    if (!Array.isArray(numbers)) return NOWHERE;
    const [user, chatId, putOff, at, offset, count] = numbers as readonly unknown[];
    if (user !== userNumber(userKey)) return NOWHERE;
    return {
      chatId: isNumber(chatId) && chatId >= 0 ? (chatId as ChatId) : undefined,
      putOff: putOff === 1,
      scroll: isNumber(at) && isNumber(offset) && isNumber(count) ? { at, offset, count } : undefined,
    };
  } catch {
    return NOWHERE;
  }
}

export function formatPlace({ chatId, scroll, putOff }: Place, userKey: string): string {
  const numbers = [
    userNumber(userKey),
    chatId ?? -1,
    putOff ? 1 : 0,
    ...(scroll === undefined ? [] : [scroll.at, scroll.offset, scroll.count]),
  ];
  return JSON.stringify(numbers);
}

/** A browser without storage remembers nothing, and that is all. */
export function recallPlace(userKey: string): Place {
  try {
    return parsePlace(sessionStorage.getItem(KEY), userKey);
  } catch {
    return NOWHERE;
  }
}

export function rememberPlace(place: Place, userKey: string): void {
  try {
    sessionStorage.setItem(KEY, formatPlace(place, userKey));
  } catch {
    // Private windows may refuse; the next page starts at the list.
  }
}
