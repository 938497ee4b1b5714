/** A window of one chat. */
import type { AttachmentPart, ContactAddress, TextMessage } from '@coi-webmail/coi';
import type { Place } from '../event.ts';
import { parentOf } from '../reduce/message.ts';
import { parentRow } from '../reduce/order.ts';
import { isUnread } from '../reduce/row.ts';
import { deliveryOf, recipientsOf } from '../reduce/delivery.ts';
import type { Chat, ChatState, CopyRecord, RowRecord } from '../state.ts';
import type { AttachmentView, QuoteView, RecipientsView, RowId, RowView, TimelineView } from '../view.ts';
import { type DraftTexts, selectChat } from './chat-view.ts';
import { selectPerson } from './person.ts';

export interface TimelineQuery {
  readonly count: number;
  readonly firstUnread: RowId | undefined;
  readonly loadingOlder: boolean;
  readonly drafts: DraftTexts;
  /** URL of a part, relative to the engine's base. */
  partUrl(place: Place, part: AttachmentPart): string;
}

/** The newest `count` rows, oldest first. */
export function selectTimeline(state: ChatState, chat: Chat, query: TimelineQuery): TimelineView {
  const rows = chat.rows.slice(-query.count);
  return {
    chat: selectChat(state, chat, query.drafts),
    rows: rows.map((row) => selectRow(state, row, query.partUrl)),
    hasOlder: chat.rows.length > rows.length || chat.shelved !== undefined,
    loadingOlder: query.loadingOlder,
    firstUnread: query.firstUnread,
  };
}

const NOBODY = 'unknown@invalid' as ContactAddress;
const EMOJI_ONLY = /^\p{RGI_Emoji}{1,3}$/v;
const EMOJI_ONLY_UNITS = 60;

export function selectRow(state: ChatState, row: RowRecord, partUrl: TimelineQuery['partUrl']): RowView {
  const { message } = row;
  const text = message.kind === 'text' ? message : undefined;
  const standing = row.own ? deliveryOf(state, row) : undefined;
  const place = chiefCopy(row)?.place;
  return {
    rowId: row.id,
    at: row.at,
    own: row.own,
    sender: selectPerson(state, message.from?.address ?? NOBODY),
    proven:
      row.own || !(row.proof === 'refuted' || (message.from !== undefined && state.self.has(message.from.address))),
    kind: row.card ? 'mail' : text === undefined ? 'unreadable' : 'text',
    subject: subjectOf(row),
    text: text?.text ?? '',
    emojiOnly: isEmojiOnly(text?.text ?? ''),
    quote: text === undefined ? undefined : quoteOf(state, row, text),
    folded: text !== undefined && (text.fullText !== undefined || text.truncated),
    attachments: text === undefined ? [] : text.attachments.map((part) => attachmentOf(part, place, partUrl)),
    ...(text?.htmlUnread === true ? { htmlUnread: true as const } : {}),
    unreadableReason: message.kind === 'unreadable' ? message.reason : undefined,
    delivery: standing?.delivery,
    deliveryReason: standing?.reason,
    deliveryDetail: standing?.detail,
    recipients: row.own ? recipientsView(state, row) : undefined,
    heldUntil: row.outbox?.heldUntil,
    cancelable: row.outbox?.cancelable === true,
    retriable: row.outbox?.retriable === true,
    provisional: row.laneAt === undefined || row.copies.length > 0 ? undefined : row.missing ? 'missing' : 'lane',
    collision: row.collision,
    unread: isUnread(row),
    place: place === undefined ? undefined : { mailbox: place.mailbox, uid: place.uid },
    messageId: message.messageId,
  };
}

function recipientsView(state: ChatState, row: RowRecord): RecipientsView | undefined {
  const recipients = recipientsOf(state, row);
  if (recipients === undefined) return undefined;
  const { total, done, refused } = recipients;
  const named = refused.map(({ address, reason, detail }) => ({
    person: selectPerson(state, address),
    reason,
    detail,
  }));
  return { total, done, refused: named };
}

/** The copy to open: one in the chats mailbox, else the earliest. */
export function chiefCopy(row: RowRecord): CopyRecord | undefined {
  return row.copies.find((copy) => copy.role === 'chats') ?? row.copies[0];
}

function isEmojiOnly(text: string): boolean {
  const bare = text.length > EMOJI_ONLY_UNITS ? '' : text.replace(/\s+/gu, '');
  return bare !== '' && EMOJI_ONLY.test(bare);
}

/** Chat lines repeat their text in the subject; only ordinary mail that opens a conversation says something in it. */
function subjectOf({ message, card }: RowRecord): string {
  if (card) return message.subject;
  return message.chatVersion === undefined && parentOf(message) === undefined ? message.subject : '';
}

function quoteOf(state: ChatState, row: RowRecord, message: TextMessage): QuoteView | undefined {
  if (message.quote === undefined) return undefined;
  const quoted = parentRow(state, row);
  const author = quoted?.message.from;
  return {
    text: message.quote,
    author: author === undefined ? '' : selectPerson(state, author.address).name,
    rowId: quoted?.id,
  };
}

function attachmentOf(
  part: AttachmentPart,
  place: Place | undefined,
  partUrl: TimelineQuery['partUrl'],
): AttachmentView {
  return {
    part: part.part,
    name: part.name,
    type: part.type,
    sizeBytes: part.sizeBytes,
    url: place === undefined ? undefined : partUrl(place, part),
  };
}
