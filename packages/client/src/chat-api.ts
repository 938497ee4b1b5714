/** ChatApi for one tab, over what all tabs share. Ends with the tab's Web Lock. */
import { CoiError, utf8 } from '@coi-webmail/base';
import { type ChatId, chiefCopy, firstUnreadOf, roomOfPeople, type RowId } from '@coi-webmail/chat';
import { type ContactAddress, parseContactAddress } from '@coi-webmail/coi';
import { encodeFrame } from '@coi-webmail/protocol';
import type {
  ChatApi,
  ChatListView,
  ConsentPreview,
  Draft,
  Overview,
  SendLine,
  SessionInfo,
  Settings,
  WatchId,
} from './api.ts';
import { NOT_YET } from './feed.ts';
import { buildLine, IdMaker } from './outbox/build.ts';
import { bytesOf, type StoredLine } from './outbox/line.ts';
import type { Live, Session } from './session.ts';
import type { SignOnReason, Tab, Tabs } from './tabs.ts';
import { decodeFetched } from './sync/decode.ts';
import { chatListOf, timelineOf } from './views.ts';
import type { TimelineView } from '@coi-webmail/chat';

/** What a page sends by itself when it closes: `url` and the body of a keepalive POST. */
export interface ParcelView {
  readonly url: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly token: string | undefined;
}

/** What the page door needs beside ChatApi. */
export interface WorkerDoor {
  /** @returns the Web Lock that the worker holds as long as it lives; '' = none */
  configure(options: { readonly engineUrl: string }): Promise<string>;
  /** Lines that are queued or at work, each time they change. */
  watchQueued(listener: (parcels: readonly ParcelView[]) => void): Promise<void>;
  /** The browser may be asked to keep what is stored: true once per browser, when there is need. */
  mayAskToKeep(): Promise<boolean>;
  /** It was asked. */
  keptIs(isKept: boolean): Promise<void>;
  /** The page leaves: its watches end now. */
  bye(): Promise<void>;
}

export interface TabOptions {
  /** Calls back when the tab that holds this Web Lock is gone. */
  whenGone(lockName: string, callback: () => void): void;
  /** Held as long as the worker lives; '' = none. */
  readonly lifeLock: string;
}

/** All parcels together; browsers refuse more than 64 KB of keepalive bodies. */
const PARCELS_BYTES = 60_000;
const ids = new IdMaker();

export class TabApi implements ChatApi, WorkerDoor {
  readonly #tabs: Tabs;
  readonly #options: TabOptions;
  readonly #watches = new Set<WatchId>();
  readonly #counts = new Map<WatchId, { chatId: ChatId; count: number; firstUnread: RowId | undefined }>();
  readonly #tab: Tab = { signOn: undefined, onQueued: () => this.#tellQueued() };
  #queued: ((parcels: readonly ParcelView[]) => unknown) | undefined;

  constructor(tabs: Tabs, options: TabOptions) {
    this.#tabs = tabs;
    this.#options = options;
  }

  async configure({ engineUrl }: { readonly engineUrl: string }): Promise<string> {
    this.#tabs.configure(engineUrl);
    return this.#options.lifeLock;
  }

  async watchQueued(listener: (parcels: readonly ParcelView[]) => void): Promise<void> {
    this.#queued = listener;
    this.#tellQueued();
  }

  async mayAskToKeep(): Promise<boolean> {
    return this.#tabs.session?.liveNow?.persistence.mayAsk() ?? false;
  }

  async keptIs(): Promise<void> {
    await this.#tabs.session?.liveNow?.persistence.look();
  }

  async bye(): Promise<void> {
    this.#leave();
  }

  #tellQueued(): void {
    if (this.#queued === undefined) return;
    const session = this.#tabs.session;
    const parcels: ParcelView[] = [];
    let total = 0;
    for (const params of session?.isConsented === true ? (session.liveNow?.outbox.parcels() ?? []) : []) {
      const frame = encodeFrame({ id: 1, method: 'message.submit', params });
      const body = typeof frame === 'string' ? utf8(frame) : frame;
      total += body.length;
      if (session === undefined || total > PARCELS_BYTES) break;
      const url = new URL(`a/${session.accountHash}/submit`, session.engineUrl).href;
      parcels.push({ url, body, token: session.info.token });
    }
    // A tab that just left is told of by its lock.
    Promise.resolve(this.#queued(parcels)).catch(() => undefined);
  }

  #leave(): void {
    for (const watch of this.#watches) this.#end(watch);
    this.#queued = undefined;
    this.#tabs.remove(this.#tab);
  }

  async attach(tab: { readonly lockName: string; readonly session: SessionInfo | undefined }): Promise<void> {
    this.#tabs.add(this.#tab);
    this.#options.whenGone(tab.lockName, () => this.#leave());
    if (tab.session !== undefined) this.#tabs.setSession(tab.session);
  }

  async setSession(session: SessionInfo): Promise<void> {
    this.#tabs.setSession(session);
  }

  async onSignOn(listener: (reason: SignOnReason) => Promise<SessionInfo | undefined>): Promise<void> {
    this.#tab.signOn = listener;
    this.#tabs.needSession();
  }

  signOut(wipe: boolean): Promise<void> {
    return this.#tabs.signOut(wipe);
  }

  async watchOverview(listener: (overview: Overview) => void): Promise<WatchId> {
    return this.#watch(
      this.#tabs.feed.watch(
        () => ['overview'],
        () => this.#tabs.overview(),
        listener,
      ),
    );
  }

  async watchChats(
    query: { readonly filter: 'all' | 'unread' | 'groups' | 'requests'; readonly search: string },
    listener: (view: ChatListView) => void,
  ): Promise<WatchId> {
    const none: ChatListView = { chats: [], unreadCount: 0, requestCount: 0, loading: true };
    const compute = () => {
      const { session } = this.#tabs;
      return session === undefined ? none : chatListOf(session, query);
    };
    return this.#watch(this.#tabs.feed.watch(() => ['chats'], compute, listener));
  }

  async watchTimeline(
    query: { readonly chatId: ChatId; readonly count: number },
    listener: (view: TimelineView | undefined) => void,
  ): Promise<WatchId> {
    const window = { ...query, firstUnread: this.#firstUnread(query.chatId) };
    let isFirst = window.firstUnread === undefined && this.#tabs.session?.liveNow === undefined;
    const compute = () => {
      const { session } = this.#tabs;
      if (isFirst && session?.liveNow !== undefined) {
        isFirst = false;
        window.firstUnread = this.#firstUnread(query.chatId);
      }
      if (session !== undefined) return timelineOf(session, window);
      return this.#tabs.isSignedOut ? undefined : NOT_YET;
    };
    // People's names and the sync's state show in every chat: these come with the list.
    const watch = this.#watch(this.#tabs.feed.watch(() => [query.chatId, 'chats'], compute, listener));
    this.#counts.set(watch, window);
    this.#tabs.opened(query.chatId);
    this.#fill(window);
    return watch;
  }

  #firstUnread(chatId: ChatId): RowId | undefined {
    const chat = this.#tabs.session?.liveNow?.state.chats.get(chatId);
    return chat === undefined ? undefined : firstUnreadOf(chat);
  }

  #watch(watch: WatchId): WatchId {
    this.#watches.add(watch);
    return watch;
  }

  async growTimeline(watch: WatchId, count: number): Promise<void> {
    const window = this.#counts.get(watch);
    if (window === undefined) return;
    window.count += Math.max(0, count);
    this.#tabs.feed.refresh(watch);
    this.#fill(window);
  }

  /** What the window shows and memory does not have. */
  #fill({ chatId, count }: { readonly chatId: ChatId; readonly count: number }): void {
    void this.#tabs.session?.liveNow?.history.fill(chatId, count);
  }

  async unwatch(watch: WatchId): Promise<void> {
    this.#end(watch);
  }

  #end(watch: WatchId): void {
    this.#watches.delete(watch);
    const window = this.#counts.get(watch);
    if (window !== undefined) this.#tabs.closed(window.chatId);
    this.#counts.delete(watch);
    this.#tabs.feed.unwatch(watch);
  }

  async startChat(addresses: readonly string[]): Promise<ChatId> {
    const { live, session } = await this.#live();
    const people: ContactAddress[] = [];
    for (const text of addresses) {
      const address = parseContactAddress(text);
      if (address === undefined) throw new CoiError('invalid-request', 'That is no e-mail address');
      people.push(address);
    }
    const others = people.filter((address) => address !== session.self);
    const members = others.length > 0 ? others : people;
    if (members.length === 0) throw new CoiError('invalid-request', 'A chat needs somebody');
    const chatId = live.state.handles.get(roomOfPeople(members).handle) ?? live.ledger.newChatId();
    await live.ledger.apply([{ kind: 'chat-wanted', chatId, people: members }]);
    return chatId;
  }

  async send(line: SendLine): Promise<RowId> {
    const { live, session } = await this.#live();
    const stored = await this.#build(live, session, line);
    await live.outbox.add(stored);
    return stored.rowId;
  }

  /** @throws CoiError `invalid-request`, `permission-denied`, `message-too-large`, `recipient-rejected` */
  async #build(live: Live, session: Session, line: SendLine): Promise<StoredLine> {
    const chat = live.state.chats.get(line.chatId);
    if (chat === undefined) throw new CoiError('invalid-request', 'There is no such chat');
    const text = line.text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('\0', '');
    if (text.trim() === '') throw new CoiError('invalid-request', 'A line needs text');
    if (!session.isConsented) throw new CoiError('permission-denied', 'Chat was not turned on yet');
    const replyTo = line.replyTo === undefined ? undefined : live.state.rows.get(line.replyTo);
    const { state } = live;
    const { settings, limits } = session.facts;
    const { clock } = session.env;
    const stored = await buildLine(
      {
        state,
        chat,
        self: session.self,
        text,
        replyTo,
        now: session.serverNow(),
        envelopeIdOf: (messageId) => live.envelopeIds.of(messageId),
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
    const { live, session } = await this.#live();
    const gone = live.outbox.cancelled(rowId);
    if (gone === undefined) return live.outbox.retry(rowId);
    // The engine sends nothing under an id that was taken back: the same words become a new line.
    await live.outbox.add(await this.#build(live, session, gone));
    await live.outbox.discard(rowId);
    return undefined;
  }

  async resend(rowId: RowId): Promise<void> {
    await (await this.#live()).live.outbox.resend(rowId);
  }

  async sendNow(rowId: RowId): Promise<void> {
    await (await this.#live()).live.outbox.sendNow(rowId);
  }

  async discard(rowId: RowId): Promise<string> {
    return (await this.#live()).live.outbox.discard(rowId);
  }

  async warm(): Promise<void> {
    const { session } = this.#tabs;
    if (session?.isConsented !== true) return;
    await session.call('submit.warm', {}).catch(() => undefined);
  }

  async getDraft(chatId: ChatId): Promise<Draft> {
    const { live } = await this.#live();
    // A page may remember a chat that is gone.
    return live.drafts.get(chiefHandle(live, chatId) ?? '');
  }

  async setDraft(chatId: ChatId, draft: Draft): Promise<void> {
    const { live } = await this.#live();
    await live.drafts.set(handleOf(live, chatId), { text: draft.text, replyTo: draft.replyTo });
    await live.ledger.touch(chatId);
  }

  async markRead(_chatId: ChatId, rowIds: readonly RowId[]): Promise<void> {
    await (await this.#live()).live.readState.markRead(rowIds);
  }

  async fullText(rowId: RowId): Promise<string> {
    const { live, session } = await this.#live();
    const row = live.state.rows.get(rowId);
    if (row?.message.kind !== 'text') throw new CoiError('message-not-found', 'There is no such line');
    const { message } = row;
    const place = chiefCopy(row)?.place;
    if (!message.truncated || place === undefined) return message.fullText ?? message.text;
    return fetchFullText(session, place);
  }

  async acceptChat(chatId: ChatId): Promise<void> {
    await this.#editMarks(chatId, { accepted: true, blocked: false });
  }

  async blockChat(chatId: ChatId, blocked: boolean): Promise<void> {
    await this.#editMarks(chatId, { blocked });
  }

  async #editMarks(chatId: ChatId, change: { accepted?: boolean; blocked?: boolean }): Promise<void> {
    const { live } = await this.#live();
    await live.marks.edit(handleOf(live, chatId), change);
  }

  setSettings(settings: Partial<Settings>): Promise<void> {
    return this.#tabs.requireSession().setSettings(settings);
  }

  async consentPreview(): Promise<ConsentPreview> {
    return this.#tabs.requireSession().call('consent.preview', {});
  }

  setMode(mode: 'active' | 'none'): Promise<void> {
    return this.#tabs.requireSession().setMode(mode);
  }

  async #live(): Promise<{ readonly live: Live; readonly session: Session }> {
    const session = this.#tabs.requireSession();
    return { live: await session.live, session };
  }
}

/** Names the chat also when this browser forgets its id. */
function chiefHandle({ state }: Live, chatId: ChatId): string | undefined {
  return state.chats.get(chatId)?.record.handles[0];
}

/** @throws CoiError `invalid-request` */
function handleOf(live: Live, chatId: ChatId): string {
  const handle = chiefHandle(live, chatId);
  if (handle === undefined) throw new CoiError('invalid-request', 'There is no such chat');
  return handle;
}

/** The whole message, when the prefix ended inside the text. */
async function fetchFullText(
  session: Session,
  place: { readonly mailbox: string; readonly uidValidity: string; readonly uid: number },
): Promise<string> {
  const { mailbox, uidValidity, uid } = place;
  const query = new URLSearchParams({ mailbox, uidValidity, uid: String(uid) });
  const { token } = session.info;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const url = new URL(`a/${session.accountHash}/raw?${query}`, session.engineUrl).href;
  const answer = await session.env.fetch(url, { headers }).catch((cause: unknown) => {
    throw new CoiError('engine-unreachable', 'Could not fetch the whole message', { cause });
  });
  if (!answer.ok) throw new CoiError('message-not-found', 'Could not fetch the whole message');
  const message = await decodeFetched(new Uint8Array(await answer.arrayBuffer()));
  if (message.kind !== 'text') return '';
  if (message.htmlUnread === true) throw new CoiError('engine-unreachable', 'Could not load the reader of HTML');
  return message.fullText ?? message.text;
}
