/** People, chats and rows for the gallery and the tests. Fixtures only: nothing of this is in a product bundle. */
import type { ChatId, ChatView, LastLine, PersonView, RowId, RowView } from '@coi-webmail/chat';

function person(name: string, address: string, color: number, rest: Partial<PersonView> = {}): PersonView {
  return { name, address, color, initials: name.slice(0, 1).toUpperCase(), self: false, dialect: 'chat', ...rest };
}

export const alice = person('Alice', 'alice@example.org', 4, { self: true });
export const bob = person('Bob', 'bob@example.org', 1);
export const carol = person('Carol', 'carol@example.com', 5, { dialect: 'legacy' });
export const dave = person('Dave', 'dave@example.net', 2);

let rowCount = 0;

export function row(rest: Partial<RowView> = {}): RowView {
  rowCount += 1;
  const own = rest.own ?? false;
  return {
    rowId: `row-${rowCount}` as RowId,
    at: 0,
    own,
    sender: own ? alice : bob,
    proven: true,
    kind: 'text',
    subject: '',
    text: 'Did the parcel arrive?',
    emojiOnly: false,
    quote: undefined,
    folded: false,
    attachments: [],
    unreadableReason: undefined,
    delivery: own ? 'read' : undefined,
    deliveryReason: undefined,
    deliveryDetail: undefined,
    recipients: undefined,
    heldUntil: undefined,
    cancelable: false,
    retriable: false,
    provisional: undefined,
    collision: false,
    unread: false,
    place: { mailbox: 'COI/Chats', uid: rowCount },
    messageId: `<chat$row${rowCount}@example.org>`,
    ...rest,
  };
}

export function lastLine(text: string, at: number, rest: Partial<LastLine> = {}): LastLine {
  return { kind: 'text', text, own: false, sender: '', at, delivery: undefined, ...rest };
}

export function chat(id: number, who: readonly PersonView[], rest: Partial<ChatView> = {}): ChatView {
  const one = who[0] ?? bob;
  return {
    chatId: id as ChatId,
    kind: who.length > 1 ? 'group' : 'direct',
    title: one.name,
    people: who,
    color: one.color,
    initials: one.initials,
    last: undefined,
    unreadCount: 0,
    draft: '',
    request: false,
    blocked: false,
    muted: false,
    pinned: false,
    archived: false,
    activeAt: 0,
    ...rest,
  };
}
