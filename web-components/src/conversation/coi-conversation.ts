/** One chat: header with one line of truth, timeline, and below it the composer or what stands in its place. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ChatView, RowId, RowView, TimelineView } from '@coi-webmail/chat';
import type { Draft, Overview } from '@coi-webmail/client';
import '../composer/coi-composer.ts';
import type { CoiComposer } from '../composer/coi-composer.ts';
import { CoiElement } from '../element/coi-element.ts';
import type { Intent, ScrollPlace } from '../element/intent.ts';
import { words } from '../i18n/words.ts';
import { icon, type IconName } from '../icon/icon.ts';
import { undoableRow } from '../message/delivery-news.ts';
import '../part/coi-avatar.ts';
import '../part/coi-empty-state.ts';
import '../part/coi-menu.ts';
import type { MenuEntry } from '../part/coi-menu.ts';
import { backButton } from '../part/pane-header.ts';
import { base, header, skeleton } from '../style/base.css.ts';
import { conversationStyles } from './coi-conversation.css.ts';
import './coi-request-bar.ts';
import './coi-timeline.ts';
import type { CoiTimeline } from './coi-timeline.ts';

const GHOST_ROWS = 6;
/** A line that waits seconds is among the newest. */
const UNDO_AMONG = 20;

function canDiscard(row: RowView): boolean {
  return row.own && (row.cancelable || row.delivery === 'failed' || row.delivery === 'unknown');
}

interface OpenMenu {
  /** Undefined = the menu of the whole chat. */
  readonly row: RowView | undefined;
  readonly anchor: DOMRect;
  readonly opener: HTMLElement | undefined;
}

/**
 * @summary A conversation. One element per chat: keyed by it.
 * @slot banner - News, under the header.
 * @fires coi-back - Back to the list.
 * @fires coi-continue-as-mail - Go on by ordinary mail.
 * @fires coi-copy - Copy the text of a message.
 * @fires coi-block - Block or unblock.
 */
@customElement('coi-conversation')
export class CoiConversation extends CoiElement {
  static override styles = [base, header, skeleton, conversationStyles];

  /** Undefined = not there yet, null = gone. */
  @property({ attribute: false }) timeline: TimelineView | undefined | null;
  /** What the list knows already, while the timeline is not there yet. */
  @property({ attribute: false }) known: ChatView | undefined;
  @property({ attribute: false }) draft: Draft | undefined;
  @property({ attribute: false }) overview: Overview | undefined;
  @property({ attribute: false }) restore: ScrollPlace;
  @property({ attribute: false }) fullTexts: ReadonlyMap<RowId, string | null> = new Map();
  @property() engineUrl = '';
  @property({ type: Boolean, attribute: 'can-open-mail' }) canOpenMail = false;
  @property({ type: Boolean, attribute: 'can-compose' }) canCompose = false;
  /** The list is not beside it. */
  @property({ type: Boolean }) narrow = false;
  @state() private replyTo: RowId | undefined;
  @state() private menu: OpenMenu | undefined;
  @query('coi-composer') readonly composer!: CoiComposer | null;
  @query('coi-timeline') readonly timelineElement!: CoiTimeline | null;
  @query('.back') private readonly backButton!: HTMLElement | null;

  constructor() {
    super();
    this.addEventListener('coi-reply', (event) => this.#onReply(event as Intent<'coi-reply'>));
    this.addEventListener('coi-row-menu', (event) => this.#onRowMenu(event as Intent<'coi-row-menu'>));
    this.addEventListener('coi-show-row', (event) => this.#onShowRow(event as Intent<'coi-show-row'>));
  }

  /** To the field, else to the messages, else to the way back. */
  override focus(): void {
    (this.composer ?? this.timelineElement ?? this.backButton)?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('draft') && this.draft !== undefined && this.replyTo === undefined)
      this.replyTo = this.draft.replyTo;
  }

  get #chat(): ChatView | undefined {
    return this.timeline?.chat ?? this.known;
  }

  #onReply(event: Intent<'coi-reply'>): void {
    event.stopPropagation();
    this.replyTo = event.detail.row.rowId;
    this.composer?.focus();
  }

  #onShowRow(event: Intent<'coi-show-row'>): void {
    event.stopPropagation();
    this.timelineElement?.showRow(event.detail.rowId);
  }

  #onRowMenu(event: Intent<'coi-row-menu'>): void {
    event.stopPropagation();
    const { row, anchor } = event.detail;
    this.menu = { row, anchor, opener: undefined };
  }

  #onChatMenu(event: Event): void {
    const opener = event.currentTarget as HTMLElement;
    this.menu = { row: undefined, anchor: opener.getBoundingClientRect(), opener };
  }

  #onSend(): void {
    this.replyTo = undefined;
  }

  #rowEntries(row: RowView): readonly MenuEntry[] {
    const canReply = row.provisional === undefined && this.composer !== null;
    return [
      ...(canReply ? [{ id: 'reply', label: words.reply(), picture: 'reply' } as const] : []),
      ...(row.text === '' ? [] : [{ id: 'copy', label: words.copy(), picture: 'copy' } as const]),
      ...(this.canOpenMail && row.place !== undefined
        ? [{ id: 'open-mail', label: words.openOriginal(), picture: 'envelope-open', apart: true } as const]
        : []),
      ...(this.canCompose
        ? [{ id: 'as-mail', label: words.continueAsMail(), picture: 'envelope-arrow-up' } as const]
        : []),
      ...(canDiscard(row)
        ? [{ id: 'discard', label: words.discard(), picture: 'trash', danger: true, apart: true } as const]
        : []),
    ];
  }

  #chatEntries(chat: ChatView): readonly MenuEntry[] {
    return [
      chat.blocked
        ? { id: 'unblock', label: words.unblock(), picture: 'check2-circle' }
        : { id: 'block', label: words.block(), picture: 'ban', danger: true },
    ];
  }

  #choose(id: string, { row }: OpenMenu): void {
    const chatId = this.#chat?.chatId;
    this.#closeMenu();
    if (row === undefined) {
      if (chatId !== undefined) this.intend('coi-block', { chatId, blocked: id === 'block' });
    } else if (id === 'reply') this.intend('coi-reply', { row });
    else if (id === 'copy') this.intend('coi-copy', { text: row.text });
    else if (id === 'open-mail' && row.place !== undefined) this.intend('coi-open-mail', row.place);
    else if (id === 'as-mail') this.intend('coi-continue-as-mail', { row });
    else if (id === 'discard') this.intend('coi-discard', { rowId: row.rowId });
  }

  #closeMenu(): void {
    const opener = this.menu?.opener;
    this.menu = undefined;
    if (opener !== undefined) opener.focus();
    else this.timelineElement?.focus();
  }

  #truth(chat: ChatView): readonly [IconName | undefined, string] {
    if (chat.blocked) return ['ban', words.truthBlocked()];
    if (chat.request) return [undefined, words.truthRequest()];
    if (chat.kind === 'group') return [undefined, words.truthGroup(chat.people.map(({ name }) => name).join(', '))];
    if (chat.people[0]?.dialect === 'legacy') return ['envelope', words.truthMail()];
    return ['chat-dots', words.truthChat()];
  }

  #header(chat: ChatView | undefined): TemplateResult {
    const [picture, truth] = chat === undefined ? [undefined, ''] : this.#truth(chat);
    return html`<header class="header ${this.narrow ? 'with-back' : ''}">
      ${this.narrow ? backButton(() => this.intend('coi-back', undefined)) : nothing}
      <div class="who">
        ${
          chat === undefined
            ? html`<div class="names"></div>`
            : html`<coi-avatar .initials=${chat.initials} .color=${chat.color} ?group=${chat.kind === 'group'}></coi-avatar>
              <div class="names">
                <h2 class="name ellipsis" title=${chat.title}><bdi>${chat.title}</bdi></h2>
                <div class="truth">${picture === undefined ? nothing : icon(picture, 'small')}<span>${truth}</span></div>
              </div>`
        }
      </div>
      <div class="tools">
        ${
          chat === undefined
            ? nothing
            : html`<button
              class="icon-button"
              aria-haspopup="menu"
              aria-expanded=${this.menu !== undefined && this.menu.row === undefined ? 'true' : 'false'}
              aria-label=${words.menu()}
              title=${words.menu()}
              @click=${this.#onChatMenu}
            >
              ${icon('three-dots-vertical', 'large')}
            </button>`
        }
      </div>
    </header>`;
  }

  #empty(chat: ChatView): TemplateResult {
    const name = chat.title;
    const legacy = chat.kind === 'direct' && chat.people[0]?.dialect === 'legacy';
    return legacy
      ? html`<coi-empty-state
          picture="envelope"
          .heading=${words.emptyMailTitle(name)}
          .text=${words.emptyMailText(name)}
        ></coi-empty-state>`
      : html`<coi-empty-state
          picture="chat-dots"
          .heading=${words.emptyChatTitle()}
          .text=${words.emptyChatText()}
        ></coi-empty-state>`;
  }

  #ghosts(): TemplateResult {
    return html`<div class="ghosts" aria-busy="true">
      <span class="visually-hidden" role="status">${words.loadingConversation()}</span>
      ${Array.from({ length: GHOST_ROWS }, () => html`<div class="skeleton"></div>`)}
    </div>`;
  }

  #log(): TemplateResult {
    const { timeline } = this;
    if (timeline === null) {
      return html`<coi-empty-state
        picture="person-x"
        tone="neutral"
        .heading=${words.goneTitle()}
        .text=${words.goneText()}
      ></coi-empty-state>`;
    }
    if (timeline === undefined) return this.#ghosts();
    if (timeline.rows.length === 0) return timeline.loadingOlder ? this.#ghosts() : this.#empty(timeline.chat);
    return html`<coi-timeline
      .timeline=${timeline}
      .restore=${this.restore}
      .fullTexts=${this.fullTexts}
      .engineUrl=${this.engineUrl}
      ?can-open-mail=${this.canOpenMail}
      ?marks-read=${this.overview?.phase === 'ready' && !timeline.chat.request}
    ></coi-timeline>`;
  }

  #foot(chat: ChatView | undefined): TemplateResult | typeof nothing {
    if (chat === undefined || this.timeline === null) return nothing;
    if (this.overview?.phase === 'consent') {
      return html`<div class="bar">
        <span>${words.readOnly()}</span>
        <button class="text-button" @click=${() => this.intend('coi-banner-act', { act: 'set-up' })}>${words.setUp()}</button>
      </div>`;
    }
    if (chat.blocked) {
      return html`<div class="bar">
        <span>${words.blockedComposer()}</span>
        <button class="text-button" @click=${() => this.intend('coi-block', { chatId: chat.chatId, blocked: false })}>
          ${words.unblock()}
        </button>
      </div>`;
    }
    if (chat.request) return html`<coi-request-bar .chat=${chat}></coi-request-bar>`;
    return html`<coi-composer
      .chat=${chat}
      .draft=${this.draft}
      .replyRow=${this.timeline?.rows.find(({ rowId }) => rowId === this.replyTo)}
      .maxMessageBytes=${this.overview?.limits?.maxMessageBytes}
      .connection=${this.overview?.connection ?? 'online'}
      .undoable=${undoableRow(this.timeline?.rows.slice(-UNDO_AMONG) ?? [])?.rowId}
      @coi-send=${this.#onSend}
      @coi-cancel-reply=${() => {
        this.replyTo = undefined;
      }}
    ></coi-composer>`;
  }

  #menuElement(menu: OpenMenu): TemplateResult {
    const chat = this.#chat;
    const entries =
      menu.row !== undefined ? this.#rowEntries(menu.row) : chat === undefined ? [] : this.#chatEntries(chat);
    return html`<coi-menu
      .entries=${entries}
      .anchor=${menu.anchor}
      .label=${words.menu()}
      @coi-menu-choose=${(event: CustomEvent<string>) => this.#choose(event.detail, menu)}
      @coi-menu-close=${this.#closeMenu}
    ></coi-menu>`;
  }

  protected override render() {
    const chat = this.#chat;
    return html`
      ${this.#header(chat)}
      <slot name="banner"></slot>
      <div class="content">${this.#log()}</div>
      ${this.#foot(chat)} ${this.menu === undefined ? nothing : this.#menuElement(this.menu)}
    `;
  }
}
