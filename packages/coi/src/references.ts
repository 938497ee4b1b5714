/**
 * What an answer says about the message it answers: In-Reply-To, References, Subject and quoted lines (design §4.9).
 *
 * COI wants the chat's first and the last id; ordinary mail programs need more to keep a thread together.
 */
import type { MessageHead, MessageId } from './message.ts';
import { cleanText, stripReplyMarks, trimBlankLines } from './text.ts';

/** RFC 5322 would name every ancestor; ten keep threads whole and headers short. */
const MAX_LEGACY_REFERENCES = 10;

export interface Threading {
  readonly inReplyTo: MessageId | undefined;
  /** The first id stays the chat's first. */
  readonly references: readonly MessageId[];
}

/**
 * @param parent the message that is answered, which is the last one of the chat if nothing is quoted
 * @param legacy somebody who gets the answer uses ordinary mail
 * @returns no ids without a parent: this is the first message of its chat
 */
export function referencesFor(
  parent: Pick<MessageHead, 'messageId' | 'references'> | undefined,
  legacy = false,
): Threading {
  if (parent === undefined) return { inReplyTo: undefined, references: [] };
  const { messageId, references } = parent;
  // A parent that names itself first is the first of its chat (Delta Chat writes that).
  const first = references[0] ?? messageId;
  if (first === undefined) return { inReplyTo: undefined, references: [] };
  const ancestors = references.filter((id) => id !== messageId);
  const chain = messageId === undefined ? ancestors : [...ancestors, messageId];
  const rest = [...new Set(chain)].filter((id) => id !== first);
  return { inReplyTo: messageId, references: [first, ...rest.slice(legacy ? 1 - MAX_LEGACY_REFERENCES : -1)] };
}

/** `AW: Re: lunch` -> `Re: lunch`; '' stays ''. */
export function replySubject(subject: string): string {
  const bare = stripReplyMarks(subject);
  return bare === '' ? '' : `Re: ${bare}`;
}

const MAX_QUOTE_LENGTH = 400;
const MAX_QUOTE_LINES = 6;

/** The lines of `text` that an answer quotes, cut with `…` where there is much; '' for no words. */
export function quoteLines(text: string): string {
  const whole = trimBlankLines(cleanText(text));
  const lines = whole.split('\n').slice(0, MAX_QUOTE_LINES).join('\n').trimEnd();
  const characters = [...lines];
  if (characters.length <= MAX_QUOTE_LENGTH) return lines.length === whole.length ? lines : `${lines}…`;
  return `${characters.slice(0, MAX_QUOTE_LENGTH).join('').trimEnd()}…`;
}
