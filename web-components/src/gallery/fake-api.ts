/**
 * A ChatApi without worker, engine or mail, for the gallery and the element tests only. Holds plain values, answers
 * watches at once and after each change, and writes down what it was asked.
 */
import type { ChatId, ChatView, RowId, RowView, TimelineView } from '@coi-webmail/chat';
import type {
  ChatApi,
  ChatFilter,
  ChatListView,
  ConsentPreview,
  Draft,
  Overview,
  SendLine,
  Settings,
} from '@coi-webmail/client';
import { chat, lastLine, row } from './people.ts';

export const calmOverview: Overview = {
  phase: 'ready',
  connection: 'online',
  retryAt: undefined,
  mail: 'online',
  address: 'alice@example.org',
  mode: 'active',
  syncProgress: undefined,
  unreadChats: 2,
  requestCount: 1,
  queuedCount: 0,
  limits: { maxMessageBytes: 10_000_000, maxRecipients: 50 },
  storage: 'durable',
  settings: { undoSeconds: 0 },
};

export interface FakeState {
  overview: Overview;
  chats: readonly ChatView[];
  rows: ReadonlyMap<ChatId, readonly RowView[]>;
  firstUnread: ReadonlyMap<ChatId, RowId>;
  loading: boolean;
  loadingOlder: boolean;
  preview: ConsentPreview;
}

type Watcher = { readonly notify: () => void; count: number };

export class FakeApi implements ChatApi {
  state: FakeState;
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[] = [];
  readonly drafts = new Map<ChatId, Draft>();
  /** Set a rejection for the next call of that name. */
  readonly failNext = new Map<string, Error>();
  #watchers = new Map<number, Watcher>();
  #nextWatch = 1;

  constructor(state: FakeState) {
    this.state = state;
  }

  /** Changes the state and tells every watch. */
  set(change: Partial<FakeState>): void {
    this.state = { ...this.state, ...change };
    for (const { notify } of this.#watchers.values()) notify();
  }

  setOverview(change: Partial<Overview>): void {
    this.set({ overview: { ...this.state.overview, ...change } });
  }

  addRow(chatId: ChatId, added: RowView): void {
    const rows = new Map(this.state.rows);
    rows.set(chatId, [...(rows.get(chatId) ?? []), added]);
    this.set({ rows });
  }

  changeRow(rowId: RowId, change: Partial<RowView>): void {
    const rows = new Map(
      [...this.state.rows].map(([id, list]) => [
        id,
        list.map((one) => (one.rowId === rowId ? { ...one, ...change } : one)),
      ]),
    );
    this.set({ rows });
  }

  asked(name: string): readonly (readonly unknown[])[] {
    return this.calls.filter((call) => call.name === name).map(({ args }) => args);
  }

  async #note(name: string, ...args: readonly unknown[]): Promise<void> {
    this.calls.push({ name, args });
    const failure = this.failNext.get(name);
    this.failNext.delete(name);
    if (failure !== undefined) throw failure;
  }

  #watch(notify: (watcher: Watcher) => void, count = 0): Promise<number> {
    const id = this.#nextWatch++;
    const watcher: Watcher = { count, notify: () => notify(watcher) };
    this.#watchers.set(id, watcher);
    queueMicrotask(() => {
      if (this.#watchers.has(id)) watcher.notify();
    });
    return Promise.resolve(id);
  }

  #list(filter: ChatFilter, search: string): ChatListView {
    const wanted = search.trim().toLowerCase();
    const chats = this.state.chats.filter(
      (one) =>
        (filter === 'all' ||
          (filter === 'unread' && one.unreadCount > 0) ||
          (filter === 'groups' && one.kind === 'group') ||
          (filter === 'requests' && one.request)) &&
        (wanted === '' ||
          `${one.title} ${one.people.map(({ address }) => address).join(' ')}`.toLowerCase().includes(wanted)),
    );
    return {
      chats,
      unreadCount: this.state.chats.filter(({ unreadCount }) => unreadCount > 0).length,
      requestCount: this.state.chats.filter(({ request }) => request).length,
      loading: this.state.loading,
    };
  }

  #timeline(chatId: ChatId, count: number): TimelineView | undefined {
    const found = this.state.chats.find((one) => one.chatId === chatId);
    if (found === undefined) return undefined;
    const rows = this.state.rows.get(chatId) ?? [];
    return {
      chat: found,
      // As through the worker's door: equal values, never the same objects.
      rows: rows.slice(-count).map((one) => ({ ...one })),
      hasOlder: rows.length > count,
      loadingOlder: this.state.loadingOlder,
      firstUnread: this.state.firstUnread.get(chatId),
    };
  }

  attach = () => this.#note('attach');
  setSession = () => this.#note('setSession');
  onSignOn = () => this.#note('onSignOn');
  warm = () => this.#note('warm');
  resend = (rowId: RowId) => this.#note('resend', rowId);
  sendNow = (rowId: RowId) => this.#note('sendNow', rowId);
  retry = (rowId: RowId) => this.#note('retry', rowId);
  markRead = (chatId: ChatId, rowIds: readonly RowId[]) => this.#note('markRead', chatId, rowIds);

  async setSettings(settings: Partial<Settings>): Promise<void> {
    await this.#note('setSettings', settings);
    this.setOverview({ settings: { ...this.state.overview.settings, ...settings } });
  }

  async signOut(wipe: boolean): Promise<void> {
    await this.#note('signOut', wipe);
    this.setOverview({ phase: 'signed-out' });
  }

  watchOverview(listener: (overview: Overview) => void): Promise<number> {
    return this.#watch(() => listener(this.state.overview));
  }

  watchChats(query: { readonly filter: ChatFilter; readonly search: string }, listener: (view: ChatListView) => void) {
    this.calls.push({ name: 'watchChats', args: [query] });
    return this.#watch(() => listener(this.#list(query.filter, query.search)));
  }

  watchTimeline(
    query: { readonly chatId: ChatId; readonly count: number },
    listener: (view: TimelineView | undefined) => void,
  ): Promise<number> {
    return this.#watch(({ count }) => listener(this.#timeline(query.chatId, count)), query.count);
  }

  async growTimeline(watch: number, count: number): Promise<void> {
    await this.#note('growTimeline', count);
    const watcher = this.#watchers.get(watch);
    if (watcher === undefined) return;
    watcher.count += count;
    watcher.notify();
  }

  async unwatch(watch: number): Promise<void> {
    this.#watchers.delete(watch);
  }

  async startChat(addresses: readonly string[]): Promise<ChatId> {
    await this.#note('startChat', addresses);
    const known = this.state.chats.find(
      ({ people }) => people.map(({ address }) => address).join() === addresses.join(),
    );
    if (known !== undefined) return known.chatId;
    const id = 900 + this.state.chats.length;
    const people = addresses.map((address) => ({
      address,
      name: address,
      self: false,
      color: 3,
      initials: address.slice(0, 1).toUpperCase(),
      dialect: 'legacy' as const,
    }));
    this.set({ chats: [chat(id, people, { title: addresses.join(', '), activeAt: Date.now() }), ...this.state.chats] });
    return id as ChatId;
  }

  async send({ chatId, text, replyTo }: SendLine): Promise<RowId> {
    await this.#note('send', { chatId, text, replyTo });
    const sent = row({ own: true, text, at: Date.now(), delivery: 'queued' });
    this.set({
      chats: this.state.chats.map((one) =>
        one.chatId === chatId
          ? { ...one, last: lastLine(text, sent.at, { own: true, delivery: 'queued' }), draft: '' }
          : one,
      ),
    });
    this.addRow(chatId, sent);
    return sent.rowId;
  }

  async discard(rowId: RowId): Promise<string> {
    await this.#note('discard', rowId);
    const found = [...this.state.rows.values()].flat().find((one) => one.rowId === rowId);
    const rows = new Map([...this.state.rows].map(([id, list]) => [id, list.filter((one) => one.rowId !== rowId)]));
    this.set({ rows });
    return found?.text ?? '';
  }

  async getDraft(chatId: ChatId): Promise<Draft> {
    return this.drafts.get(chatId) ?? { text: '', replyTo: undefined };
  }

  async setDraft(chatId: ChatId, draft: Draft): Promise<void> {
    await this.#note('setDraft', chatId, draft);
    this.drafts.set(chatId, draft);
  }

  async fullText(rowId: RowId): Promise<string> {
    await this.#note('fullText', rowId);
    return 'Then the jetty it is.\n\nOn Friday Bob wrote:\n> I looked at three places.\n\n-- \nCarol, chair of the rowing club';
  }

  async acceptChat(chatId: ChatId): Promise<void> {
    await this.#note('acceptChat', chatId);
    this.set({ chats: this.state.chats.map((one) => (one.chatId === chatId ? { ...one, request: false } : one)) });
  }

  async blockChat(chatId: ChatId, blocked: boolean): Promise<void> {
    await this.#note('blockChat', chatId, blocked);
    this.set({ chats: this.state.chats.map((one) => (one.chatId === chatId ? { ...one, blocked } : one)) });
  }

  async consentPreview(): Promise<ConsentPreview> {
    await this.#note('consentPreview');
    return this.state.preview;
  }

  async setMode(mode: 'active' | 'none'): Promise<void> {
    await this.#note('setMode', mode);
    this.setOverview({ mode, phase: 'ready' });
  }
}
