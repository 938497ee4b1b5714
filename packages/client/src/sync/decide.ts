/**
 * The client's word on mail without a chat mark (design §4.1): chat when the mail that it answers is a line here, or
 * when it is a receipt or bounce about a line of ours.
 */
import type { ChatState } from '@coi-webmail/chat';
import type { CoiMessage, MessageId } from '@coi-webmail/coi';
import type { UndecidedMail } from '@coi-webmail/protocol';

export interface Decision {
  readonly chat: readonly number[];
  /** Reports: only their body tells. */
  readonly look: readonly number[];
}

export function decideMails(state: ChatState, mails: readonly UndecidedMail[]): Decision {
  const chat: number[] = [];
  const look: number[] = [];
  for (const mail of mails) {
    if (mail.parent !== undefined && isLine(state, mail.parent)) chat.push(mail.uid);
    else if (mail.report) look.push(mail.uid);
  }
  return { chat, look };
}

/** Cards are ordinary mail: an answer to one is no chat. */
function isLine(state: ChatState, messageId: string): boolean {
  return [...(state.byMessageId.get(messageId as MessageId) ?? [])].some((id) => state.rows.get(id)?.card === false);
}

export function isAboutOurs(state: ChatState, message: CoiMessage): boolean {
  if (message.kind !== 'service') return false;
  return message.about.some((messageId) =>
    [...(state.byMessageId.get(messageId) ?? [])].some((id) => state.rows.get(id)?.own === true),
  );
}
