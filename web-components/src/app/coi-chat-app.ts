/**
 * The whole panel, and the only element that talks to ChatApi: turns its live queries into properties and the
 * intents of the elements into calls. A place is only a width: one column, two from 640 px.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { ChatId, ChatView, PersonView, RowId, TimelineView } from '@coi-webmail/chat';
import type { ChatApi, ConsentPreview, Draft } from '@coi-webmail/client';
import '../conversation/coi-conversation.ts';
import type { CoiConversation } from '../conversation/coi-conversation.ts';
import { CoiElement } from '../element/coi-element.ts';
import type { Intent, IntentMap, IntentName, ScrollPlace } from '../element/intent.ts';
import type { Host } from '../host.ts';
import { useLocale } from '../i18n/locale.ts';
import { words } from '../i18n/words.ts';
import '../list/coi-chat-list.ts';
import type { CoiChatList } from '../list/coi-chat-list.ts';
import '../part/coi-banner.ts';
import '../part/coi-dialog.ts';
import '../part/coi-empty-state.ts';
import '../part/coi-toast.ts';
import type { CoiToast } from '../part/coi-toast.ts';
import '../setup/coi-consent.ts';
import '../setup/coi-new-chat.ts';
import '../setup/coi-settings.ts';
import { base } from '../style/base.css.ts';
import { type BannerKind, worstBanner } from './banner.ts';
import { ChatFeed, type ListQuery } from './chat-feed.ts';
import { chatAppStyles } from './coi-chat-app.css.ts';
import { focusableIn } from './focus.ts';
import { recallPlace, rememberPlace } from './place-memory.ts';

const TWO_COLUMNS_PX = 640;
const CONNECTING_LONG_MS = 2000;
const RESIZE_STEP_PX = 16;
const TOUCH = '(hover: none) and (pointer: coarse)';

type Side = 'list' | 'new-chat' | 'settings';

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/**
 * @summary Chat, whole.
 * @fires coi-close - The user closes the panel; the host hides it.
 * @fires coi-resize - The docked panel should be this wide, in px.
 * @fires coi-signed-out - The user signed out of chat in this browser.
 */
@customElement('coi-chat-app')
export class CoiChatApp extends CoiElement {
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
  @state() private side: Side = 'list';
  @state() private listQuery: ListQuery = { filter: 'all', search: '' };
  @state() private current: ChatId | undefined;
  @state() private draft: Draft | undefined;
  @state() private restore: ScrollPlace;
  @state() private fullTexts: ReadonlyMap<RowId, string | null> = new Map();
  @state() private putOff = false;
  @state() private preview: ConsentPreview | undefined | null;
  @state() private busy = false;
  @state() private connectingLong = false;
  @state() private newChatFailure = '';
  @state() private blocking: ChatView | undefined;
  @query('coi-chat-list') private readonly list!: CoiChatList | null;
  @query('coi-conversation') private readonly conversation!: CoiConversation | null;
  @query('coi-toast') private readonly toast!: CoiToast;

  #feed: ChatFeed | undefined;
  #scroll: ScrollPlace;
  #sizes: ResizeObserver | undefined;
  #connectingTimer: ReturnType<typeof setTimeout> | undefined;
  #previewAsked = false;
  /** The open chat comes from the page before, nobody asked for it here. */
  #restored = false;
  #focusNext: 'conversation' | 'list' | undefined;

  constructor() {
    super();
    // Webmail pages listen for keys on the document: a Delete that leaks moves a mail to the trash.
    this.addEventListener('keydown', (event) => this.#onKey(event));
    for (const type of ['keydown', 'keypress', 'keyup'] as const) {
      this.addEventListener(type, (event) => event.stopPropagation());
    }
    this.#handle();
  }

  /** Opens a chat of the list. */
  openChat(chatId: ChatId): void {
    this.#open(chatId, true);
  }

  /** Opens the chat with exactly these people; makes it if there is none. @throws what `ChatApi.startChat` throws */
  async openChatWith(addresses: readonly string[]): Promise<void> {
    if (this.api === undefined || this.api === null) return;
    this.#open(await this.api.startChat(addresses), true);
  }

  override focus(): void {
    (this.#showsConversation() && this.conversation !== null ? this.conversation : this.list)?.focus();
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
    this.#feed?.stop();
    this.#feed = undefined;
    clearTimeout(this.#connectingTimer);
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
    const target =
      this.#focusNext === 'conversation' ? this.conversation : this.#focusNext === 'list' ? this.list : null;
    if (target === null) return;
    this.#focusNext = undefined;
    void target.updateComplete.then(() => target.focus());
  }

  #connect(): void {
    if (this.api === undefined || this.api === null || this.#feed !== undefined) return;
    this.#feed = new ChatFeed(
      this.api,
      (what) => this.#onFeed(what),
      (error) => this.#failed(error),
    );
    const place = recallPlace(this.host.userKey);
    this.putOff = place.putOff;
    this.#feed.start(this.listQuery);
    if (place.chatId === undefined) return;
    this.#restored = true;
    this.#open(place.chatId, false, place.scroll);
  }

  #onFeed(what: 'overview' | 'chats' | 'timeline'): void {
    const overview = this.#feed?.overview;
    // A chat that this tab remembers may be gone since: then it starts at the list.
    if (this.#restored && this.#timeline() !== undefined) {
      this.#restored = false;
      if (this.#timeline() === null) this.#open(undefined, false);
    }
    if (what === 'overview' && overview !== undefined) {
      this.host.setUnread(overview.phase === 'ready' ? overview.unreadChats : 0);
      this.#watchConnecting(overview.connection === 'connecting');
      if (overview.phase === 'consent' && !this.#previewAsked) void this.#askPreview();
    }
    this.requestUpdate();
  }

  /** Undefined = not there yet. While the store is shut every chat looks gone, which says nothing. */
  #timeline(): TimelineView | undefined | null {
    const { timeline, overview, chats } = this.#feed ?? {};
    const isOpen = overview?.phase === 'ready' || overview?.phase === 'consent';
    const isListed = chats?.chats.some(({ chatId }) => chatId === this.current) ?? true;
    return timeline === null && (!isOpen || isListed || chats?.loading === true) ? undefined : timeline;
  }

  #watchConnecting(connecting: boolean): void {
    if (connecting && this.#connectingTimer === undefined) {
      this.#connectingTimer = setTimeout(() => {
        this.connectingLong = true;
      }, CONNECTING_LONG_MS);
    } else if (!connecting) {
      clearTimeout(this.#connectingTimer);
      this.#connectingTimer = undefined;
      this.connectingLong = false;
    }
  }

  async #askPreview(): Promise<void> {
    this.#previewAsked = true;
    this.preview = await this.api?.consentPreview().catch(() => null);
    // A failure is asked again when the question comes up again.
    if (this.preview === null) this.#previewAsked = false;
  }

  #failed(error: unknown, text: string = words.failedTryAgain()): void {
    // Whoever is signed out or offline reads that in the banner.
    if (codeOf(error) === 'auth-expired' || codeOf(error) === 'store-locked') return;
    this.toast?.show(text);
  }

  /** Runs an intent; a failure becomes words. */
  #run(act: ((api: ChatApi) => Promise<unknown>) | undefined, text?: string): void {
    if (this.api === undefined || this.api === null || act === undefined) return;
    act(this.api).catch((error: unknown) => this.#failed(error, text));
  }

  #open(chatId: ChatId | undefined, takeFocus: boolean, scroll?: ScrollPlace): void {
    if (chatId !== undefined && chatId === this.current) {
      if (takeFocus && !matchMedia(TOUCH).matches) this.#focusNext = 'conversation';
      this.side = 'list';
      this.requestUpdate();
      return;
    }
    this.conversation?.composer?.flush();
    this.current = chatId;
    this.side = 'list';
    this.restore = scroll;
    this.#scroll = scroll;
    this.draft = undefined;
    this.fullTexts = new Map();
    this.#feed?.open(chatId, scroll?.count);
    this.#remember();
    if (chatId === undefined) return;
    if (takeFocus && !matchMedia(TOUCH).matches) this.#focusNext = 'conversation';
    this.#run(async (api) => {
      const draft = await api.getDraft(chatId);
      if (this.current === chatId) this.draft = draft;
    });
  }

  #remember(): void {
    rememberPlace({ chatId: this.current, scroll: this.#scroll, putOff: this.putOff }, this.host.userKey);
  }

  #back(): void {
    if (this.side !== 'list') this.side = 'list';
    else if (!this.wide) this.#open(undefined, false);
    this.newChatFailure = '';
    this.#focusNext = 'list';
    this.requestUpdate();
  }

  #showsConversation(): boolean {
    return this.current !== undefined && this.side === 'list';
  }

  // Intents

  #on<Name extends IntentName>(name: Name, act: (detail: IntentMap[Name]) => void): void {
    this.addEventListener(name, (event) => {
      // Our own word to the host passes.
      if (event.composedPath()[0] === this) return;
      event.stopPropagation();
      act((event as Intent<Name>).detail);
    });
  }

  #handle(): void {
    this.#on('coi-open-chat', ({ chatId }) => this.#open(chatId, true));
    this.#on('coi-back', () => this.#back());
    this.#on('coi-filter', (listQuery) => {
      this.listQuery = listQuery;
      this.#feed?.list(listQuery);
    });
    this.#on('coi-new-chat', () => {
      this.newChatFailure = '';
      this.side = 'new-chat';
    });
    this.#on('coi-show-settings', () => {
      this.side = 'settings';
      if (!this.#previewAsked) void this.#askPreview();
    });
    this.#on('coi-start-chat', ({ addresses }) => void this.#startChat(addresses));
    this.#on('coi-send', (line) => void this.#send(line));
    this.#on('coi-draft', ({ chatId, text, replyTo }) => this.#run((api) => api.setDraft(chatId, { text, replyTo })));
    this.#on('coi-compose-focus', () => this.#run((api) => api.warm().catch(() => undefined)));
    this.#on('coi-retry', ({ rowId }) => this.#run((api) => api.retry(rowId)));
    this.#on('coi-resend', ({ rowId }) => this.#run((api) => api.resend(rowId)));
    this.#on('coi-discard', ({ rowId }) => void this.#discard(rowId));
    this.#on('coi-copy', ({ text }) => void this.#copy(text));
    this.#on('coi-open-mail', (place) => this.host.openMail?.(place));
    this.#on('coi-continue-as-mail', ({ row }) => this.#continueAsMail(row.subject, row.text));
    this.#on('coi-full-text', ({ rowId }) => void this.#fullText(rowId));
    this.#on('coi-older', () => this.#run(() => this.#feed?.older() ?? Promise.resolve()));
    this.#on('coi-read', ({ chatId, rowIds }) => this.#run((api) => api.markRead(chatId, rowIds)));
    this.#on('coi-scrolled', ({ chatId, place }) => {
      if (chatId !== this.current) return;
      this.#scroll = place;
      this.#remember();
    });
    this.#on('coi-accept', ({ chatId }) => this.#run((api) => api.acceptChat(chatId)));
    this.#on('coi-block', ({ chatId, blocked }) => this.#block(chatId, blocked));
    this.#on('coi-set-mode', ({ mode }) => void this.#setMode(mode));
    this.#on('coi-later', () => {
      this.putOff = true;
      this.#remember();
    });
    this.#on('coi-sign-out', ({ wipe }) => void this.#signOut(wipe));
    this.#on('coi-banner-act', ({ act }) => this.#bannerAct(act));
    this.#on('coi-close', () => this.#tell('coi-close', undefined));
  }

  /** An event for the host. */
  #tell<Name extends 'coi-close' | 'coi-resize' | 'coi-signed-out'>(name: Name, detail: IntentMap[Name]): void {
    this.intend(name, detail);
  }

  async #startChat(addresses: readonly string[]): Promise<void> {
    try {
      await this.openChatWith(addresses);
      this.listQuery = { filter: 'all', search: '' };
      this.#feed?.list(this.listQuery);
    } catch (error) {
      this.newChatFailure = codeOf(error) === 'invalid-request' ? words.addressBad() : words.startFailed();
      if (this.side !== 'new-chat') this.#failed(error, this.newChatFailure);
    }
  }

  async #send({ chatId, text, replyTo }: IntentMap['coi-send']): Promise<void> {
    const composer = this.conversation?.composer;
    try {
      if (this.api === undefined || this.api === null) throw new Error('Chat is not connected');
      await this.api.send({ chatId, text, replyTo });
      composer?.settle();
    } catch (error) {
      composer?.settle(text);
      const tooLarge = codeOf(error) === 'message-too-large';
      this.toast.show(tooLarge ? words.sendTooLarge() : words.sendFailed());
    }
  }

  async #discard(rowId: RowId): Promise<void> {
    try {
      const text = await this.api?.discard(rowId);
      if (text === undefined) return;
      this.conversation?.composer?.putBack(text);
      this.conversation?.composer?.focus();
      this.toast.show(words.discarded());
    } catch (error) {
      this.#failed(error, codeOf(error) === 'conflict' ? words.tooLate() : undefined);
    }
  }

  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.toast.show(words.copied());
    } catch {
      this.toast.show(words.copyFailed());
    }
  }

  #continueAsMail(subject: string, text: string): void {
    const people = this.#feed?.timeline?.chat.people ?? [];
    const quoted = text
      .split('\n')
      .map((line) => (line === '' ? '>' : `> ${line}`))
      .join('\n');
    this.host.compose?.({ to: people.map(({ address }) => address).join(', '), subject, text: `${quoted}\n\n` });
  }

  async #fullText(rowId: RowId): Promise<void> {
    const text = await this.api?.fullText(rowId).catch(() => null);
    this.fullTexts = new Map([...this.fullTexts, [rowId, text ?? null]]);
  }

  /** Blocking asks first; unblocking does not. */
  #block(chatId: ChatId, blocked: boolean): void {
    const chat = this.#feed?.chats?.chats.find((one) => one.chatId === chatId) ?? this.#feed?.timeline?.chat;
    if (blocked && chat !== undefined) this.blocking = chat;
    else this.#run((api) => api.blockChat(chatId, blocked));
  }

  async #setMode(mode: 'active' | 'none'): Promise<void> {
    this.busy = true;
    try {
      await this.api?.setMode(mode);
      this.putOff = false;
      this.#remember();
    } catch (error) {
      this.#failed(error, words.modeFailed());
    } finally {
      this.busy = false;
    }
  }

  async #signOut(wipe: boolean): Promise<void> {
    try {
      await this.api?.signOut(wipe);
      this.side = 'list';
      this.#open(undefined, false);
      this.#tell('coi-signed-out', { wiped: wipe });
    } catch (error) {
      this.#failed(error);
    }
  }

  #bannerAct(act: 'sign-in' | 'reload' | 'set-up'): void {
    if (act === 'sign-in') this.host.signIn?.();
    else if (act === 'reload') location.reload();
    else {
      this.putOff = false;
      if (!this.#previewAsked) void this.#askPreview();
    }
  }

  // Keys

  #onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const handled =
      (event.key === 'Escape' && this.#escape()) ||
      (event.key === 'F6' && this.#nextRegion(event)) ||
      (event.altKey &&
        (event.key === 'ArrowDown' || event.key === 'ArrowUp') &&
        this.#nextChat(event.key === 'ArrowDown' ? 1 : -1));
    if (handled) event.preventDefault();
  }

  #escape(): boolean {
    if (this.side !== 'list' || (this.current !== undefined && !this.wide)) this.#back();
    else if (this.place !== 'full' && this.current === undefined) this.#tell('coi-close', undefined);
    else this.list?.focus();
    return true;
  }

  #nextRegion(event: KeyboardEvent): boolean {
    const side = this.renderRoot.querySelector<HTMLElement>('.side');
    const regions = [side, this.conversation?.timelineElement, this.conversation?.composer].filter(
      (region): region is HTMLElement => region?.checkVisibility() === true,
    );
    const path = event.composedPath();
    const at = regions.findIndex((region) => path.includes(region));
    const step = event.shiftKey ? -1 : 1;
    regions[(at + step + regions.length) % regions.length]?.focus();
    return regions.length > 1;
  }

  #nextChat(step: number): boolean {
    const chats = this.#feed?.chats?.chats ?? [];
    const at = chats.findIndex(({ chatId }) => chatId === this.current);
    const next = chats[at < 0 ? 0 : at + step];
    if (next !== undefined) this.#open(next.chatId, true);
    return true;
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

  // The handle

  #resizeTo(width: number): void {
    const style = getComputedStyle(this);
    const [least, most] = ['--coi-sidebar-min', '--coi-sidebar-max'].map((name) =>
      Number.parseFloat(style.getPropertyValue(name)),
    );
    this.#tell('coi-resize', { width: Math.round(Math.min(most ?? 480, Math.max(least ?? 300, width))) });
  }

  #onHandleDown(event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement;
    const box = this.getBoundingClientRect();
    const rtl = this.matches(':dir(rtl)');
    handle.setPointerCapture(event.pointerId);
    const drag = new AbortController();
    const move = ({ clientX }: PointerEvent): void => this.#resizeTo(rtl ? clientX - box.left : box.right - clientX);
    handle.addEventListener('pointermove', move, { signal: drag.signal });
    handle.addEventListener('lostpointercapture', () => drag.abort(), { once: true });
    event.preventDefault();
  }

  #onHandleKey(event: KeyboardEvent): void {
    const outward = this.matches(':dir(rtl)') ? 'ArrowRight' : 'ArrowLeft';
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    this.#resizeTo(this.offsetWidth + (event.key === outward ? RESIZE_STEP_PX : -RESIZE_STEP_PX));
  }

  #resizeHandle(): TemplateResult | typeof nothing {
    if (this.place !== 'sidebar') return nothing;
    return html`<div
      class="handle"
      role="separator"
      tabindex="0"
      aria-orientation="vertical"
      aria-label=${words.panelWidth()}
      aria-valuenow=${this.offsetWidth}
      aria-valuemin="300"
      aria-valuemax="480"
      @pointerdown=${this.#onHandleDown}
      @keydown=${this.#onHandleKey}
    ></div>`;
  }

  // Drawing

  #banner(): TemplateResult {
    const overview = this.#feed?.overview;
    const kind: BannerKind | undefined =
      overview && worstBanner(overview, { consentPutOff: this.putOff, connectingLong: this.connectingLong });
    return html`<coi-banner
      slot="banner"
      .kind=${kind}
      .overview=${overview}
      ?can-sign-in=${this.host.signIn !== undefined}
    ></coi-banner>`;
  }

  #people(): readonly PersonView[] {
    const chats = this.#feed?.chats?.chats ?? [];
    return chats
      .filter(({ kind, request, blocked }) => kind === 'direct' && !request && !blocked)
      .flatMap(({ people }) => people.slice(0, 1));
  }

  #sideElement(): TemplateResult {
    const overview = this.#feed?.overview;
    const address = overview?.address ?? '';
    if (this.side === 'new-chat') {
      return html`<coi-new-chat
        class="side"
        .people=${this.#people()}
        .lookup=${this.host.lookup}
        .address=${address}
        .maxRecipients=${overview?.limits?.maxRecipients ?? Number.POSITIVE_INFINITY}
        .failure=${this.newChatFailure}
      ></coi-new-chat>`;
    }
    if (this.side === 'settings') {
      return html`<coi-settings
        class="side"
        .overview=${overview}
        .preview=${this.preview}
        ?shared-computer=${this.sharedComputer}
        ?busy=${this.busy}
        ?hides-chats=${this.host.name !== 'standalone'}
      ></coi-settings>`;
    }
    return html`<coi-chat-list
      class="side"
      role="navigation"
      aria-label=${words.chats()}
      .view=${overview === undefined || overview.phase === 'opening' || overview.phase === 'locked' ? undefined : this.#feed?.chats}
      .filter=${this.listQuery.filter}
      .search=${this.listQuery.search}
      .current=${this.current}
      .address=${address}
      ?closable=${this.place !== 'full'}
      ?read-only=${overview?.phase !== 'ready'}
      >${this.#banner()}</coi-chat-list
    >`;
  }

  #mainElement(): TemplateResult {
    const chatId = this.current;
    if (chatId === undefined) {
      return html`<coi-empty-state
        picture="chat-dots"
        tone="neutral"
        .heading=${words.chooseTitle()}
        .text=${words.chooseText()}
      ></coi-empty-state>`;
    }
    const known = this.#feed?.chats?.chats.find((chat) => chat.chatId === chatId);
    return html`${keyed(
      chatId,
      html`<coi-conversation
        role="region"
        aria-label=${words.conversationWith(known?.title ?? this.#feed?.timeline?.chat.title ?? '')}
        .timeline=${this.#timeline()}
        .known=${known}
        .draft=${this.draft}
        .overview=${this.#feed?.overview}
        .restore=${this.restore}
        .fullTexts=${this.fullTexts}
        .engineUrl=${this.host.engineUrl}
        ?can-open-mail=${this.host.openMail !== undefined}
        ?can-compose=${this.host.compose !== undefined}
        ?narrow=${!this.wide}
        >${this.#banner()}</coi-conversation
      >`,
    )}`;
  }

  #signedOut(): TemplateResult {
    return html`<coi-empty-state picture="person-lock" .heading=${words.signedOutTitle()} .text=${words.signedOutText()}>
      ${
        this.host.signIn === undefined
          ? nothing
          : html`<button class="button primary" @click=${() => this.host.signIn?.()}>${words.signIn()}</button>`
      }
    </coi-empty-state>`;
  }

  #blockDialog(chat: ChatView): TemplateResult {
    return html`<coi-dialog
      dangerous
      .heading=${words.blockTitle(chat.title)}
      .act=${words.block()}
      @coi-dialog-close=${() => {
        this.blocking = undefined;
      }}
      @coi-dialog-act=${() => {
        this.blocking = undefined;
        this.#run((api) => api.blockChat(chat.chatId, true));
      }}
    >
      <div>${words.blockText()}</div>
    </coi-dialog>`;
  }

  #content(): TemplateResult {
    const phase = this.#feed?.overview?.phase;
    if (this.api === null) {
      return html`<coi-empty-state
        picture="exclamation-triangle"
        tone="warning"
        .heading=${words.connectFailedTitle()}
        .text=${words.connectFailedText()}
      >
        <button class="button" @click=${() => location.reload()}>${words.reload()}</button>
      </coi-empty-state>`;
    }
    if (phase === 'signed-out') return this.#signedOut();
    if (phase === 'consent' && !this.putOff) {
      return html`<coi-consent
        .preview=${this.preview}
        ?busy=${this.busy}
        ?hides-chats=${this.host.name !== 'standalone'}
        ?closable=${this.place !== 'full'}
        >${this.#banner()}</coi-consent
      >`;
    }
    return html`<div class="columns ${this.#showsConversation() ? 'shows-conversation' : 'shows-list'}">
      ${this.#sideElement()}
      <div class="main">${this.#mainElement()}</div>
    </div>`;
  }

  protected override render() {
    if (!this.ready) return nothing;
    return html`
      ${this.#resizeHandle()} ${this.#trap('first')} ${this.#content()}
      ${this.blocking === undefined ? nothing : this.#blockDialog(this.blocking)}
      <coi-toast></coi-toast>
      ${this.#trap('last')}
    `;
  }
}
