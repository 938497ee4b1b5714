/** ChatApi for one tab, over what all tabs share. Ends with the tab's Web Lock. */
import { utf8 } from '@coi-webmail/base';
import { type ChatId, firstUnreadOf, type RowId, type TimelineView } from '@coi-webmail/chat';
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
import type { Live } from './live.ts';
import type { SignOnReason, Tab, Tabs } from './tabs.ts';
import { chatListOf, timelineOf } from './views.ts';

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
    return (await this.#live()).actions.startChat(addresses);
  }

  async send(line: SendLine): Promise<RowId> {
    return (await this.#live()).actions.send(line);
  }

  async retry(rowId: RowId): Promise<void> {
    await (await this.#live()).actions.retry(rowId);
  }

  async resend(rowId: RowId): Promise<void> {
    await (await this.#live()).outbox.resend(rowId);
  }

  async sendNow(rowId: RowId): Promise<void> {
    await (await this.#live()).outbox.sendNow(rowId);
  }

  async discard(rowId: RowId): Promise<string> {
    return (await this.#live()).outbox.discard(rowId);
  }

  async warm(): Promise<void> {
    const { session } = this.#tabs;
    if (session?.isConsented !== true) return;
    await session.call('submit.warm', {}).catch(() => undefined);
  }

  async getDraft(chatId: ChatId): Promise<Draft> {
    return (await this.#live()).actions.draftOf(chatId);
  }

  async setDraft(chatId: ChatId, draft: Draft): Promise<void> {
    await (await this.#live()).actions.setDraft(chatId, draft);
  }

  async markRead(_chatId: ChatId, rowIds: readonly RowId[]): Promise<void> {
    await (await this.#live()).readState.markRead(rowIds);
  }

  async fullText(rowId: RowId): Promise<string> {
    return (await this.#live()).actions.fullText(rowId);
  }

  async acceptChat(chatId: ChatId): Promise<void> {
    await (await this.#live()).actions.editMarks(chatId, { accepted: true, blocked: false });
  }

  async blockChat(chatId: ChatId, blocked: boolean): Promise<void> {
    await (await this.#live()).actions.editMarks(chatId, { blocked });
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

  async #live(): Promise<Live> {
    return this.#tabs.requireSession().live;
  }
}
