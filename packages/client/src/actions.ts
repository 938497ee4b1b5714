/** What the user does with chats and lines, carried out with the live parts of a session. */
import { type Clock, CoiError } from '@coi-webmail/base';
import { type ChatId, type ChatState, chiefCopy, type Place, roomOfPeople, type RowId } from '@coi-webmail/chat';
import { type ContactAddress, parseContactAddress } from '@coi-webmail/coi';
import type { Draft, SendLine } from './api.ts';
import type { Ledger } from './ledger.ts';
import { buildLine, IdMaker } from './outbox/build.ts';
import type { EnvelopeIds } from './outbox/envelope-id.ts';
import { bytesOf, type StoredLine } from './outbox/line.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Standing } from './standing.ts';
import type { Drafts } from './synced/drafts.ts';
import type { Marks } from './synced/marks.ts';
import { decodeFetched } from './sync/decode.ts';

export interface ActionDeps {
  readonly state: ChatState;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly marks: Marks;
  readonly envelopeIds: EnvelopeIds;
  readonly standing: Standing;
  readonly self: ContactAddress;
  readonly clock: Clock;
  /** Server time. */
  now(): number;
  /** By HTTP, from below the account's URL. */
  fetch(path: string): Promise<Response>;
}

/** One for all accounts of the worker: ids sort by time. */
const ids = new IdMaker();

export class Actions {
  readonly #deps: ActionDeps;

  constructor(deps: ActionDeps) {
    this.#deps = deps;
  }

  /** @throws CoiError `invalid-request` */
  async startChat(addresses: readonly string[]): Promise<ChatId> {
    const { state, ledger, self } = this.#deps;
    const people = addresses.map((text) => {
      const address = parseContactAddress(text);
      if (address === undefined) throw new CoiError('invalid-request', 'That is no e-mail address');
      return address;
    });
    const others = people.filter((address) => address !== self);
    const members = others.length > 0 ? others : people;
    if (members.length === 0) throw new CoiError('invalid-request', 'A chat needs somebody');
    const chatId = state.handles.get(roomOfPeople(members).handle) ?? ledger.newChatId();
    await ledger.apply([{ kind: 'chat-wanted', chatId, people: members }]);
    return chatId;
  }

  async send(line: SendLine): Promise<RowId> {
    const stored = await this.#build(line);
    await this.#deps.outbox.add(stored);
    return stored.rowId;
  }

  /** @throws CoiError `invalid-request`, `permission-denied`, `message-too-large`, `recipient-rejected` */
  async #build(line: SendLine): Promise<StoredLine> {
    const { state, standing, self, clock, envelopeIds, now } = this.#deps;
    const chat = state.chats.get(line.chatId);
    if (chat === undefined) throw new CoiError('invalid-request', 'There is no such chat');
    const text = line.text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('\0', '');
    if (text.trim() === '') throw new CoiError('invalid-request', 'A line needs text');
    if (!standing.isConsented) throw new CoiError('permission-denied', 'Chat was not turned on yet');
    const { settings, limits } = standing.facts;
    const stored = await buildLine(
      {
        state,
        chat,
        self,
        text,
        replyTo: line.replyTo === undefined ? undefined : state.rows.get(line.replyTo),
        now: now(),
        envelopeIdOf: (messageId) => envelopeIds.of(messageId),
        heldUntil: settings.undoSeconds === 0 ? undefined : clock.now() + settings.undoSeconds * 1000,
      },
      ids,
    );
    if (limits !== undefined && bytesOf(stored).length > limits.maxMessageBytes) {
      throw new CoiError('message-too-large', 'Line is larger than the mail server takes');
    }
    if (limits !== undefined && stored.recipients.length > limits.maxRecipients) {
      throw new CoiError('recipient-rejected', 'More recipients than the mail server takes');
    }
    return stored;
  }

  async retry(rowId: RowId): Promise<void> {
    const { outbox } = this.#deps;
    const gone = outbox.cancelled(rowId);
    if (gone === undefined) return outbox.retry(rowId);
    // The engine sends nothing under an id that was taken back: the same words become a new line.
    await outbox.add(await this.#build(gone));
    await outbox.discard(rowId);
    return undefined;
  }

  /** Named by the chat's chief handle, which stays when this browser forgets its id. A page may remember a gone chat. */
  draftOf(chatId: ChatId): Draft {
    return this.#deps.drafts.get(this.#chiefHandle(chatId) ?? '');
  }

  async setDraft(chatId: ChatId, { text, replyTo }: Draft): Promise<void> {
    await this.#deps.drafts.set(this.#handleOf(chatId), { text, replyTo });
    await this.#deps.ledger.touch(chatId);
  }

  async editMarks(chatId: ChatId, change: { accepted?: boolean; blocked?: boolean }): Promise<void> {
    await this.#deps.marks.edit(this.#handleOf(chatId), change);
  }

  #chiefHandle(chatId: ChatId): string | undefined {
    return this.#deps.state.chats.get(chatId)?.record.handles[0];
  }

  /** @throws CoiError `invalid-request` */
  #handleOf(chatId: ChatId): string {
    const handle = this.#chiefHandle(chatId);
    if (handle === undefined) throw new CoiError('invalid-request', 'There is no such chat');
    return handle;
  }

  /** @throws CoiError `message-not-found`, `engine-unreachable` */
  async fullText(rowId: RowId): Promise<string> {
    const row = this.#deps.state.rows.get(rowId);
    if (row?.message.kind !== 'text') throw new CoiError('message-not-found', 'There is no such line');
    const { message } = row;
    const place = chiefCopy(row)?.place;
    if (!message.truncated || place === undefined) return message.fullText ?? message.text;
    return this.#fetchFullText(place);
  }

  /** The whole message, when the prefix ended inside the text. */
  async #fetchFullText({ mailbox, uidValidity, uid }: Place): Promise<string> {
    const query = new URLSearchParams({ mailbox, uidValidity, uid: String(uid) });
    const answer = await this.#deps.fetch(`raw?${query}`).catch((cause: unknown) => {
      throw new CoiError('engine-unreachable', 'Could not fetch the whole message', { cause });
    });
    if (!answer.ok) throw new CoiError('message-not-found', 'Could not fetch the whole message');
    const message = await decodeFetched(new Uint8Array(await answer.arrayBuffer()));
    if (message.kind !== 'text') return '';
    if (message.htmlUnread === true) throw new CoiError('engine-unreachable', 'Could not load the reader of HTML');
    return message.fullText ?? message.text;
  }
}
