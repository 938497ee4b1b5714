/**
 * In-Reply-To and References of an answer (design §4.9): COI wants the chat's first and the last id, ordinary mail
 * programs need more to keep a thread together.
 */
import type { MessageId } from './message.ts';

/** RFC 5322 would name every ancestor; ten keep threads whole and headers short. */
const MAX_LEGACY_REFERENCES = 10;

export interface Parent {
  readonly messageId: MessageId | undefined;
  readonly references: readonly MessageId[];
}

export interface ReferencesOptions {
  /** Somebody who gets it uses ordinary mail. */
  readonly legacy?: boolean | undefined;
}

/**
 * References of a message that answers `parent`. The first id stays the chat's first.
 *
 * @returns no ids for a parent without Message-ID and References
 */
export function referencesFor(parent: Parent, options: ReferencesOptions = {}): readonly MessageId[] {
  const own = parent.messageId === undefined ? [] : [parent.messageId];
  const chain = [...new Set([...parent.references.filter((id) => id !== parent.messageId), ...own])];
  // A parent that names itself first is the first of its chat (Delta Chat writes that).
  const first = parent.references[0] ?? parent.messageId;
  if (first === undefined) return [];
  const rest = chain.filter((id) => id !== first);
  return [first, ...rest.slice(options.legacy === true ? 1 - MAX_LEGACY_REFERENCES : -1)];
}
