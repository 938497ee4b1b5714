/** The list of chats: search, filter chips, rows, and what stands there when it is empty or not there yet. */
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ChatId } from '@coi-webmail/chat';
import type { ChatFilter, ChatListView } from '@coi-webmail/client';
import { CoiElement } from '../element/coi-element.ts';
import { dayOf, formatCount } from '../i18n/format.ts';
import { words } from '../i18n/words.ts';
import { icon, type IconName } from '../icon/icon.ts';
import '../part/coi-empty-state.ts';
import { addressProblem, tidyAddress } from '../setup/address.ts';
import { base, header, skeleton } from '../style/base.css.ts';
import './coi-chat-row.ts';
import { CoiChatRow } from './coi-chat-row.ts';
import { chatListStyles } from './coi-chat-list.css.ts';

const FILTERS = ['all', 'unread', 'groups', 'requests'] as const;
const GHOST_ROWS = 7;
/** Rows in the page at first, and how many more when the end comes near. */
const ROWS_STEP = 80;
const NEAR_END_PX = 600;
const SEARCH_DELAY_MS = 120;

/**
 * @summary All chats, newest first.
 * @slot banner - News, under the header.
 * @fires coi-open-chat - A row was chosen.
 * @fires coi-filter - Filter or search changed.
 * @fires coi-new-chat - New chat.
 * @fires coi-start-chat - Start a chat with the address that was searched for.
 * @fires coi-show-settings - Settings.
 * @fires coi-close - Close the panel.
 */
@customElement('coi-chat-list')
export class CoiChatList extends CoiElement {
  static override styles = [base, header, skeleton, chatListStyles];

  /** Undefined = not there yet. */
  @property({ attribute: false }) view: ChatListView | undefined;
  @property() filter: ChatFilter = 'all';
  @property() search = '';
  @property({ attribute: false }) current: ChatId | undefined;
  /** Own address: no chat with oneself. */
  @property() address = '';
  @property({ type: Boolean }) closable = false;
  /** Nothing can be written yet. */
  @property({ type: Boolean, attribute: 'read-only' }) readOnly = false;
  @state() private rowsShown = ROWS_STEP;
  @state() private activeId: ChatId | undefined;
  @query('.rows') private readonly rowsBox!: HTMLElement | null;
  @query('input') private readonly input!: HTMLInputElement;
  #searchTimer: ReturnType<typeof setTimeout> | undefined;
  /** The search that this field itself asked for last. */
  #asked = '';

  /** Focus the current row, else the first, else the search field. */
  override focus(): void {
    (this.#rows().find((row) => row.active) ?? this.input).focus();
  }

  focusSearch(): void {
    this.input.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#searchTimer);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('filter') || changed.has('search')) this.rowsShown = ROWS_STEP;
    if (changed.has('current') && this.current !== undefined) this.activeId = this.current;
    const chats = this.view?.chats ?? [];
    if (!chats.some(({ chatId }) => chatId === this.activeId)) this.activeId = chats[0]?.chatId;
  }

  protected override updated(changed: PropertyValues<this>): void {
    // Not bound in the template: while someone types on, an older search must not come back into the field.
    if (changed.has('search') && this.search !== this.#asked) this.input.value = this.search;
  }

  #rows(): readonly CoiChatRow[] {
    return [...this.renderRoot.querySelectorAll('coi-chat-row')];
  }

  #onSearch(event: InputEvent): void {
    const search = (event.target as HTMLInputElement).value;
    clearTimeout(this.#searchTimer);
    this.#searchTimer = setTimeout(() => {
      this.#asked = search;
      this.intend('coi-filter', { filter: this.filter, search });
    }, SEARCH_DELAY_MS);
  }

  #clearSearch(): void {
    clearTimeout(this.#searchTimer);
    this.#asked = '';
    this.input.value = '';
    this.intend('coi-filter', { filter: this.filter, search: '' });
    this.input.focus();
  }

  #onSearchKey(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') {
      this.#rows()[0]?.focus();
      event.preventDefault();
    } else if (event.key === 'Escape' && this.input.value !== '') {
      this.#clearSearch();
      event.stopPropagation();
    } else if (event.key === 'Enter' && !event.isComposing) {
      const first = this.view?.chats[0];
      if (first !== undefined && this.search !== '') this.intend('coi-open-chat', { chatId: first.chatId });
    }
  }

  #onRowsKey(event: KeyboardEvent): void {
    const rows = this.#rows();
    const at = rows.findIndex((row) => row.chat.chatId === this.activeId);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (to < 0) this.input.focus();
    else this.#activate(rows[to]);
  }

  #activate(row: CoiChatRow | undefined): void {
    if (row === undefined) return;
    this.activeId = row.chat.chatId;
    row.focus();
  }

  #onRowsFocus(event: FocusEvent): void {
    if (event.target instanceof CoiChatRow) this.activeId = event.target.chat.chatId;
  }

  #onScroll(): void {
    const box = this.rowsBox;
    if (box === null || this.rowsShown >= (this.view?.chats.length ?? 0)) return;
    if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX) this.rowsShown += ROWS_STEP;
  }

  #chip(filter: ChatFilter, label: string, count: number): TemplateResult {
    return html`<button
      class="chip"
      aria-pressed=${this.filter === filter ? 'true' : 'false'}
      @click=${() => this.intend('coi-filter', { filter, search: this.search })}
    >
      ${label} ${count > 0 ? html`<b>${formatCount(count)}</b>` : undefined}
    </button>`;
  }

  #chips(): TemplateResult {
    const labels = {
      all: words.filterAll,
      unread: words.filterUnread,
      groups: words.filterGroups,
      requests: words.filterRequests,
    };
    const counts = { all: 0, unread: this.view?.unreadCount ?? 0, groups: 0, requests: this.view?.requestCount ?? 0 };
    return html`<div class="filters" role="group" aria-label=${words.filters()}>
      ${FILTERS.map((filter) => this.#chip(filter, labels[filter](), counts[filter]))}
    </div>`;
  }

  #empty(picture: IconName, heading: string, text: string, action?: TemplateResult): TemplateResult {
    const tone = picture === 'chat-square-text' ? 'accent' : 'neutral';
    return html`<coi-empty-state .picture=${picture} .tone=${tone} .heading=${heading} .text=${text}>
      ${action}
    </coi-empty-state>`;
  }

  #nothingFound(): TemplateResult {
    const address = tidyAddress(this.search);
    const offer = !this.readOnly && addressProblem(address, this.address) === undefined;
    return this.#empty(
      'search',
      words.nothingFoundTitle(),
      words.nothingFoundText(this.search),
      offer
        ? html`<button class="button primary" @click=${() => this.intend('coi-start-chat', { addresses: [address] })}>
            ${icon('pencil-square')} ${words.writeTo(address)}
          </button>`
        : undefined,
    );
  }

  #nothing(): TemplateResult {
    if (this.search !== '') return this.#nothingFound();
    const newChat = this.readOnly
      ? undefined
      : html`<button class="button primary" @click=${() => this.intend('coi-new-chat', undefined)}>
          ${icon('pencil-square')} ${words.startChat()}
        </button>`;
    switch (this.filter) {
      case 'all':
        return this.#empty('chat-square-text', words.noChatsTitle(), words.noChatsText(), newChat);
      case 'unread':
        return this.#empty(
          'check2-circle',
          words.noUnreadTitle(),
          words.noUnreadText(),
          html`<button class="button plain" @click=${() => this.intend('coi-filter', { filter: 'all', search: '' })}>
            ${words.showAll()}
          </button>`,
        );
      case 'groups':
        return this.#empty('people', words.noGroupsTitle(), words.noGroupsText());
      case 'requests':
        return this.#empty('person-exclamation', words.noRequestsTitle(), words.noRequestsText());
    }
  }

  #ghosts(): TemplateResult {
    return html`<div class="rows" aria-busy="true">
      <span class="visually-hidden" role="status">${words.loadingChats()}</span>
      ${Array.from(
        { length: GHOST_ROWS },
        () => html`<div class="ghost">
          <div class="head skeleton"></div>
          <div class="bars"><div class="bar short skeleton"></div><div class="bar long skeleton"></div></div>
        </div>`,
      )}
    </div>`;
  }

  #content(): TemplateResult {
    const { view } = this;
    if (view === undefined || (view.loading && view.chats.length === 0)) return this.#ghosts();
    if (view.chats.length === 0) return html`<div class="place">${this.#nothing()}</div>`;
    const today = dayOf(Date.now());
    return html`<div
      class="rows"
      role="list"
      aria-label=${words.chats()}
      @keydown=${this.#onRowsKey}
      @focusin=${this.#onRowsFocus}
      @scroll=${this.#onScroll}
    >
      ${repeat(
        view.chats.slice(0, this.rowsShown),
        ({ chatId }) => chatId,
        (chat) => html`<coi-chat-row
          role="listitem"
          .chat=${chat}
          .now=${today}
          ?current=${chat.chatId === this.current}
          ?active=${chat.chatId === this.activeId}
        ></coi-chat-row>`,
      )}
    </div>`;
  }

  #header(): TemplateResult {
    return html`<header class="header">
      <h2 class="title">${words.chats()}</h2>
      <div class="tools">
        <button
          class="icon-button"
          aria-label=${words.newChat()}
          title=${words.newChat()}
          ?hidden=${this.readOnly}
          @click=${() => this.intend('coi-new-chat', undefined)}
        >
          ${icon('pencil-square', 'large')}
        </button>
        <button
          class="icon-button"
          aria-label=${words.settings()}
          title=${words.settings()}
          @click=${() => this.intend('coi-show-settings', undefined)}
        >
          ${icon('gear', 'large')}
        </button>
        ${
          this.closable
            ? html`<button
              class="icon-button"
              aria-label=${words.closeChat()}
              title=${words.closeChat()}
              @click=${() => this.intend('coi-close', undefined)}
            >
              ${icon('x-lg', 'large')}
            </button>`
            : undefined
        }
      </div>
    </header>`;
  }

  protected override render() {
    const { view } = this;
    // A stranger's first line may be the only chat: the way to the requests must be there then.
    const nothing = view !== undefined && view.chats.length === 0 && view.requestCount === 0 && !view.loading;
    const bare = nothing && this.filter === 'all' && this.search === '';
    return html`
      ${this.#header()}
      <slot name="banner"></slot>
      <div class="find">
        <div class="search" role="search">
          ${icon('search')}
          <input
            type="search"
            enterkeyhint="search"
            autocomplete="off"
            spellcheck="false"
            aria-label=${words.searchPlaceholder()}
            placeholder=${words.searchPlaceholder()}
            @input=${this.#onSearch}
            @keydown=${this.#onSearchKey}
          />
          ${
            this.search === ''
              ? undefined
              : html`<button class="icon-button small" aria-label=${words.clearSearch()} @click=${this.#clearSearch}>
                ${icon('x-lg', 'small')}
              </button>`
          }
        </div>
        ${bare ? undefined : this.#chips()}
      </div>
      ${this.#content()}
    `;
  }
}
