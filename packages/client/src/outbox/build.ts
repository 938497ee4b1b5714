/** From what the user typed to the bytes that go out: they are made once and never change. */
import { toBase64 } from '@coi-webmail/base';
import { type Chat, CLAMP_MS, type ChatState, type RowId, type RowRecord, selectPerson } from '@coi-webmail/chat';
import {
  type ContactAddress,
  domainOf,
  encodeText,
  identityOf,
  makeMessageId,
  type MessageId,
  quoteLines,
  referencesFor,
  replySubject,
} from '@coi-webmail/coi';
import { decodeLine } from '../sync/decode.ts';
import type { StoredLine } from './line.ts';

const RANDOM_BYTES = 12;

/** Makes ids that sort by time, also several in one millisecond. */
export class IdMaker {
  #lastAt = 0;
  #counter = 0;

  make(now: number, domain: string, groupId: string | undefined): MessageId {
    const at = Math.max(Math.floor(now), this.#lastAt);
    this.#counter = at === this.#lastAt ? this.#counter + 1 : 0;
    this.#lastAt = at;
    const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
    return makeMessageId({ now: at, counter: this.#counter, random, domain, groupId });
  }
}

export interface LineRequest {
  readonly state: ChatState;
  readonly chat: Chat;
  readonly self: ContactAddress;
  readonly text: string;
  readonly replyTo: RowRecord | undefined;
  /** Server time. */
  readonly now: number;
  /** Of the session; see `envelope-id.ts`. */
  envelopeIdOf(messageId: MessageId): Promise<string>;
  /** Can be undone until then when somebody of the people has ordinary mail only; of this clock. */
  readonly heldUntil: number | undefined;
}

export async function buildLine(request: LineRequest, ids: IdMaker): Promise<StoredLine> {
  const { state, chat, self, text, replyTo } = request;
  const now = timeBehind(chat, request.now);
  const groupId = chat.record.handles.find((handle) => handle.startsWith('group:'))?.slice('group:'.length);
  const people = chat.record.people.filter((address) => !state.self.has(address));
  const recipients: readonly ContactAddress[] = people.length === 0 ? [self] : people;
  const parent = replyTo ?? chat.rows.findLast((row) => row.message.messageId !== undefined && !row.card);
  const allChat = recipients.every((address) => selectPerson(state, address).dialect === 'chat');
  const messageId = ids.make(now, domainOf(self), groupId);
  const bytes = encodeText({
    messageId,
    from: { address: self, name: '' },
    // No names: a nickname of ours is nobody else's business.
    to: recipients.map((address) => ({ address, name: '' })),
    dateAt: now,
    text,
    subject: parent === undefined ? undefined : replySubject(parent.message.subject),
    ...referencesFor(parent?.message, !allChat),
    quote: replyTo?.message.kind === 'text' ? quoteLines(replyTo.message.text) : undefined,
    groupId,
    groupName: groupId === undefined ? undefined : chat.name?.text,
    requestReceipt: allChat,
  });
  const message = decodeLine(bytes);
  return {
    rowId: identityOf(message, bytes) as RowId,
    chatId: chat.record.id,
    messageId,
    bytes: toBase64(bytes),
    text,
    replyTo: replyTo?.id,
    recipients,
    envelopeId: await request.envelopeIdOf(messageId),
    createdAt: now,
    state: 'queued',
    reason: undefined,
    detail: undefined,
    refused: undefined,
    attempt: 0,
    resend: false,
    resentByRule: false,
    confirmed: false,
    waitUntil: undefined,
    heldUntil: hasMailContact(state, recipients) ? request.heldUntil : undefined,
  };
}

/**
 * Not before the user's lines above it, although a new worker's or another engine's clock may be behind: whoever misses
 * a line in between has nothing but the time to go by.
 */
function timeBehind({ rows, own }: Chat, now: number): number {
  const lastAt = rows.findLast(({ id }) => own.has(id))?.at ?? now;
  return lastAt > now && lastAt < now + CLAMP_MS ? Math.floor(lastAt) + 1 : now;
}

function hasMailContact(state: ChatState, recipients: readonly ContactAddress[]): boolean {
  return recipients.some((address) => !state.self.has(address) && selectPerson(state, address).dialect !== 'chat');
}
