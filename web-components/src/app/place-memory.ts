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

/** What is there, as far as it is what we wrote. */
export function parsePlace(text: string | null): Place {
  try {
    const numbers: unknown = JSON.parse(text ?? '');
    if (!Array.isArray(numbers)) return NOWHERE;
    const [chatId, putOff, at, offset, count] = numbers as readonly unknown[];
    return {
      chatId: isNumber(chatId) && chatId >= 0 ? (chatId as ChatId) : undefined,
      putOff: putOff === 1,
      scroll: isNumber(at) && isNumber(offset) && isNumber(count) ? { at, offset, count } : undefined,
    };
  } catch {
    return NOWHERE;
  }
}

export function formatPlace({ chatId, scroll, putOff }: Place): string {
  const numbers = [
    chatId ?? -1,
    putOff ? 1 : 0,
    ...(scroll === undefined ? [] : [scroll.at, scroll.offset, scroll.count]),
  ];
  return JSON.stringify(numbers);
}

/** A browser without storage remembers nothing, and that is all. */
export function recallPlace(): Place {
  try {
    return parsePlace(sessionStorage.getItem(KEY));
  } catch {
    return NOWHERE;
  }
}

export function rememberPlace(place: Place): void {
  try {
    sessionStorage.setItem(KEY, formatPlace(place));
  } catch {
    // Private windows may refuse; the next page starts at the list.
  }
}
