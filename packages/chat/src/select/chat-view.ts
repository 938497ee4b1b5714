/** One chat as a list row and as the head of its conversation. */
import { isShownAsRequest, marksOf, unreadCountOf } from '../reduce/marks.ts';
import { deliveryOf } from '../reduce/delivery.ts';
import type { Chat, ChatState, RowRecord } from '../state.ts';
import type { ChatView, LastLine } from '../view.ts';
import { colorOf, firstNameOf, initialsOf, selectPerson } from './person.ts';

const LAST_TEXT_CHARS = 140;

/** Drafts live in the vault, not in the fold: chief handle -> text. */
export type DraftTexts = ReadonlyMap<string, string>;

export function selectChat(state: ChatState, chat: Chat, drafts: DraftTexts): ChatView {
  const people = chat.record.people.map((address) => selectPerson(state, address));
  const others = people.filter((person) => !person.self);
  const names = (others.length === 0 ? people : others).map((person) =>
    others.length > 1 ? firstNameOf(person) : person.name,
  );
  const title = chat.name?.text ?? names.join(', ');
  const marks = marksOf(state, chat);
  const row = chat.rows.at(-1);
  return {
    chatId: chat.record.id,
    kind: chat.record.kind,
    title,
    people,
    color: people.length === 1 && people[0] !== undefined ? people[0].color : colorOf(chat.record.handles[0] ?? ''),
    initials: initialsOf(title),
    last: row === undefined ? undefined : lastLineOf(state, chat, row),
    unreadCount: unreadCountOf(chat),
    draft: firstLine(drafts.get(chat.record.handles[0] ?? '') ?? ''),
    request: isShownAsRequest(state, chat),
    blocked: marks.blocked === true,
    muted: marks.muted === true,
    pinned: marks.pinned === true,
    archived: marks.archived === true,
    activeAt: row?.at ?? 0,
  };
}

function lastLineOf(state: ChatState, chat: Chat, row: RowRecord): LastLine {
  const { message } = row;
  const from = message.from === undefined ? undefined : selectPerson(state, message.from.address);
  return {
    ...contentOf(row),
    own: row.own,
    sender: chat.record.kind === 'group' && !row.own && from !== undefined ? firstNameOf(from) : '',
    at: row.at,
    delivery: row.own ? deliveryOf(state, row).delivery : undefined,
  };
}

function contentOf({ message, card }: RowRecord): Pick<LastLine, 'kind' | 'text'> {
  if (message.kind !== 'text') return { kind: 'unreadable', text: '' };
  if (card) return { kind: 'mail', text: firstLine(message.subject) };
  const attachment = message.attachments[0];
  if (message.text.trim() === '' && attachment !== undefined) return { kind: 'attachment', text: attachment.name };
  return { kind: 'text', text: firstLine(message.text) };
}

/** Everything on one line, cut between characters. */
function firstLine(text: string): string {
  const line = text
    .slice(0, LAST_TEXT_CHARS * 4)
    .replace(/\s+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= LAST_TEXT_CHARS ? line : `${characters.slice(0, LAST_TEXT_CHARS - 1).join('')}…`;
}
