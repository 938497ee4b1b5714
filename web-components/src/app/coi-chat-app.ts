/**
 * The whole panel, and the only element that talks to ChatApi: turns its live queries into properties and the
 * intents of the elements into calls. A place is only a width: one column, two from 640 px. What is done about lines,
 * settings, keys and so on stands in the controllers beside it.
 */
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ChatId } from '@coi-webmail/chat';
import type { ChatApi } from '@coi-webmail/client';
import type { CoiComposer } from '../composer/coi-composer.ts';
import type { CoiConversation } from '../conversation/coi-conversation.ts';
import { CoiElement } from '../element/coi-element.ts';
import type { Intent, IntentMap, IntentName } from '../element/intent.ts';
import type { Host } from '../host.ts';
import { useLocale } from '../i18n/locale.ts';
import { words } from '../i18n/words.ts';
import type { CoiChatList } from '../list/coi-chat-list.ts';
import '../part/coi-toast.ts';
import type { CoiToast } from '../part/coi-toast.ts';
import { base } from '../style/base.css.ts';
import { type AppContext, codeOf, type HostEvent } from './app-context.ts';
import { BlockController } from './block-controller.ts';
import { ChatFeed, type ListQuery } from './chat-feed.ts';
import { chatAppStyles } from './coi-chat-app.css.ts';
import { ConnectingController } from './connecting-controller.ts';
import { focusableIn } from './focus.ts';
import { handleKeys } from './keys.ts';
import { LineController } from './line-controller.ts';
import { NavigationController } from './navigation-controller.ts';
import { drawPanes, type Panes } from './panes.ts';
import { ResizeController } from './resize-controller.ts';
import { SetupController } from './setup-controller.ts';

const TWO_COLUMNS_PX = 640;

/**
 * @summary Chat, whole.
 * @fires coi-close - The user closes the panel; the host hides it.
 * @fires coi-resize - The docked panel should be this wide, in px.
 * @fires coi-signed-out - The user signed out of chat in this browser.
 */
@customElement('coi-chat-app')
export class CoiChatApp extends CoiElement implements AppContext {
  static override styles = [base, chatAppStyles];

  /** Set by `mountChat`. Undefined = still connecting, null = that failed. */
  @property({ attribute: false }) api: ChatApi | undefined | null;
  @property({ attribute: false }) host!: Host;
  /** `sidebar`: docked, with a handle. `drawer`: over the page, keeps the focus. `full`: has the page. */
  @property() place: 'sidebar' | 'drawer' | 'full' = 'full';
  /** Someone said at sign-on that others use this computer. */
  @property({ type: Boolean, attribute: 'shared-computer' }) sharedComputer = false;

  @state() private ready = false;
  @state() private wide = false;
  @state() private listQuery: ListQuery = { filter: 'all', search: '' };
  @state() private newChatFailure = '';
  @query('coi-chat-list') private readonly list!: CoiChatList | null;
  @query('coi-conversation') private readonly conversation!: CoiConversation | null;
  @query('coi-toast') private readonly toast!: CoiToast | null;

  feed: ChatFeed | undefined;
  readonly #lines = new LineController(this);
  readonly #blocking = new BlockController(this);
  readonly #connecting = new ConnectingController(this);
  readonly #handle = new ResizeController(this);
  readonly #setup = new SetupController(this, () => this.#way.remember());
  readonly #way: NavigationController = new NavigationController(this, {
    putOff: () => this.#setup.putOff,
    onOpen: () => this.#lines.forget(),
  });
  #sizes: ResizeObserver | undefined;

  constructor() {
    super();
    handleKeys(this, {
      back: () => this.#escape(),
      nextChat: (step) => this.#way.next(step),
      regions: () => this.#regions(),
    });
    this.#listen();
  }

  get client(): ChatApi | undefined {
    return this.api ?? undefined;
  }

  get current(): ChatId | undefined {
    return this.#way.current;
  }

  get composer(): CoiComposer | undefined {
    return this.conversation?.composer ?? undefined;
  }

  /** Opens a chat of the list. */
  openChat(chatId: ChatId): void {
    this.#way.open(chatId, true);
  }

  /** Opens the chat with exactly these people; makes it if there is none. @throws what `ChatApi.startChat` throws */
  async openChatWith(addresses: readonly string[]): Promise<void> {
    if (this.client !== undefined) this.#way.open(await this.client.startChat(addresses), true);
  }

  override focus(): void {
    (this.#way.showsConversation && this.conversation !== null ? this.conversation : this.list)?.focus();
  }

  say(text: string): void {
    this.toast?.show(text);
  }

  failed(error: unknown, text: string = words.failedTryAgain()): void {
    // Whoever is signed out or offline reads that in the banner.
    if (codeOf(error) === 'auth-expired' || codeOf(error) === 'store-locked') return;
    this.say(text);
  }

  run(act: (api: ChatApi) => Promise<unknown>, text?: string): void {
    if (this.client === undefined) return;
    act(this.client).catch((error: unknown) => this.failed(error, text));
  }

  tell<Name extends HostEvent>(name: Name, detail: IntentMap[Name]): void {
    this.intend(name, detail);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = new ResizeObserver(([entry]) => {
      this.wide = (entry?.contentRect.width ?? 0) >= TWO_COLUMNS_PX;
    });
    this.#sizes.observe(this);
    if (this.hasUpdated) this.#connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
    this.feed?.stop();
    this.feed = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('host') && this.host !== undefined && !this.ready) {
      void this.#prepare(this.host.locale);
    }
    if (changed.has('api')) this.#connect();
    if (!this.hasUpdated) this.wide = this.clientWidth >= TWO_COLUMNS_PX;
  }

  /** Nothing is drawn before its words are there. */
  async #prepare(locale: string): Promise<void> {
    await useLocale(locale);
    this.ready = true;
  }

  protected override updated(): void {
    const { focusNext } = this.#way;
    const target = focusNext === 'conversation' ? this.conversation : focusNext === 'list' ? this.list : null;
    if (target === null) return;
    this.#way.focusNext = undefined;
    void target.updateComplete.then(() => target.focus());
  }

  #connect(): void {
    if (this.client === undefined || this.feed !== undefined) return;
    this.feed = new ChatFeed(
      this.client,
      (what) => this.#onFeed(what),
      (error) => this.failed(error),
    );
    this.feed.start(this.listQuery);
    const place = this.#way.remembered;
    this.#setup.putOff = place.putOff;
    this.#way.comeBack(place);
  }

  #onFeed(what: 'overview' | 'chats' | 'timeline'): void {
    const overview = this.feed?.overview;
    this.#way.checkRecalled();
    if (what === 'overview' && overview !== undefined) {
      this.host.setUnread(overview.phase === 'ready' ? overview.unreadChats : 0);
      this.#connecting.watch(overview.connection === 'connecting');
      if (overview.phase === 'consent') void this.#setup.askPreview();
    }
    this.requestUpdate();
  }

  // Intents

  #on<Name extends IntentName>(name: Name, act: (detail: IntentMap[Name]) => unknown): void {
    this.addEventListener(name, (event) => {
      // Our own word to the host passes.
      if (event.composedPath()[0] === this) return;
      event.stopPropagation();
      act((event as Intent<Name>).detail);
    });
  }

  #listen(): void {
    this.#on('coi-open-chat', ({ chatId }) => this.#way.open(chatId, true));
    this.#on('coi-back', () => this.#back());
    this.#on('coi-filter', (listQuery) => this.#filter(listQuery));
    this.#on('coi-new-chat', () => this.#show('new-chat'));
    this.#on('coi-show-settings', () => this.#show('settings'));
    this.#on('coi-start-chat', ({ addresses }) => this.#startChat(addresses));
    this.#on('coi-send', (line) => this.#lines.send(line));
    this.#on('coi-draft', ({ chatId, text, replyTo }) => this.run((api) => api.setDraft(chatId, { text, replyTo })));
    this.#on('coi-compose-focus', () => this.run((api) => api.warm().catch(() => undefined)));
    this.#on('coi-retry', ({ rowId }) => this.#lines.retry(rowId));
    this.#on('coi-resend', ({ rowId }) => this.run((api) => api.resend(rowId)));
    this.#on('coi-send-now', ({ rowId }) => this.run((api) => api.sendNow(rowId)));
    this.#on('coi-discard', ({ rowId }) => this.#lines.discard(rowId));
    this.#on('coi-write-again', ({ rowId }) => this.#lines.writeAgain(rowId));
    this.#on('coi-copy', ({ text }) => this.#lines.copy(text));
    this.#on('coi-open-mail', (place) => this.host.openMail?.(place));
    this.#on('coi-continue-as-mail', ({ row }) => this.#lines.continueAsMail(row));
    this.#on('coi-full-text', ({ rowId }) => this.#lines.unfold(rowId));
    this.#on('coi-older', () => this.run(() => this.feed?.older() ?? Promise.resolve()));
    this.#on('coi-at-newest', () => this.feed?.shrink());
    this.#on('coi-read', ({ chatId, rowIds }) => this.run((api) => api.markRead(chatId, rowIds)));
    this.#on('coi-scrolled', (scrolled) => this.#way.scrolled(scrolled));
    this.#on('coi-accept', ({ chatId }) => this.run((api) => api.acceptChat(chatId)));
    this.#on('coi-block', (wish) => this.#blocking.block(wish));
    this.#on('coi-set-mode', ({ mode }) => this.#setup.setMode(mode));
    this.#on('coi-set-settings', (settings) => this.#setup.setSettings(settings));
    this.#on('coi-later', () => this.#setup.askLater(true));
    this.#on('coi-sign-out', ({ wipe }) => this.#signOut(wipe));
    this.#on('coi-banner-act', ({ act }) => this.#bannerAct(act));
    this.#on('coi-close', () => this.tell('coi-close', undefined));
  }

  #filter(listQuery: ListQuery): void {
    this.listQuery = listQuery;
    this.feed?.list(listQuery);
  }

  #show(side: 'new-chat' | 'settings'): void {
    this.newChatFailure = '';
    this.#way.show(side);
    if (side === 'settings') void this.#setup.askPreview();
  }

  #back(): void {
    this.newChatFailure = '';
    this.#way.back(this.wide);
  }

  async #startChat(addresses: readonly string[]): Promise<void> {
    try {
      await this.openChatWith(addresses);
      this.#filter({ filter: 'all', search: '' });
    } catch (error) {
      this.newChatFailure = codeOf(error) === 'invalid-request' ? words.addressBad() : words.startFailed();
      if (this.#way.side !== 'new-chat') this.failed(error, this.newChatFailure);
    }
  }

  async #signOut(wipe: boolean): Promise<void> {
    if (!(await this.#setup.signOut(wipe))) return;
    this.#way.open(undefined, false);
    this.tell('coi-signed-out', { wiped: wipe });
  }

  #bannerAct(act: 'sign-in' | 'reload' | 'set-up'): void {
    if (act === 'sign-in') this.host.signIn?.();
    else if (act === 'reload') location.reload();
    else this.#setup.askLater(false);
  }

  // Keys

  #escape(): void {
    if (this.#way.side !== 'list' || (this.current !== undefined && !this.wide)) this.#back();
    else if (this.place !== 'full' && this.current === undefined) this.tell('coi-close', undefined);
    else this.list?.focus();
  }

  #regions(): readonly HTMLElement[] {
    const side = this.renderRoot.querySelector<HTMLElement>('.side');
    return [side, this.conversation?.timelineElement, this.composer].filter(
      (region): region is HTMLElement => region?.checkVisibility() === true,
    );
  }

  #trap(end: 'first' | 'last') {
    if (this.place !== 'drawer') return nothing;
    return html`<span
      class="trap"
      tabindex="0"
      @focus=${() => {
        const all = focusableIn(this.renderRoot);
        (end === 'first' ? all.at(-1) : all[0])?.focus();
      }}
    ></span>`;
  }

  #panes(): Panes {
    const { place, wide, sharedComputer, listQuery, newChatFailure } = this;
    return {
      app: this,
      way: this.#way,
      setup: this.#setup,
      lines: this.#lines,
      isBroken: this.api === null,
      connectingLong: this.#connecting.long,
      place,
      wide,
      sharedComputer,
      listQuery,
      newChatFailure,
    };
  }

  protected override render() {
    if (!this.ready) return nothing;
    return html`
      ${this.#handle.render(this.place === 'sidebar')} ${this.#trap('first')} ${drawPanes(this.#panes())}
      ${this.#blocking.render()}
      <coi-toast></coi-toast>
      ${this.#trap('last')}
    `;
  }
}
