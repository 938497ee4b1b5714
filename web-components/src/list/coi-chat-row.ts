/** One chat in the list: who, the last line, when, and what is unread. The menu is a button of its own. */
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ChatView, LastLine } from '@coi-webmail/chat';
import { CoiElement } from '../element/coi-element.ts';
import { formatCount, formatFull, formatListTime } from '../i18n/format.ts';
import { words } from '../i18n/words.ts';
import { icon, type IconName, ring } from '../icon/icon.ts';
import '../part/coi-avatar.ts';
import '../part/coi-menu.ts';
import type { MenuEntry } from '../part/coi-menu.ts';
import { base } from '../style/base.css.ts';
import { chatRowStyles } from './coi-chat-row.css.ts';

const MOST_SHOWN = 999;

/**
 * @summary A row of the chat list.
 * @fires coi-open-chat - The user chose this chat.
 * @fires coi-accept - Accept, from the menu of a request.
 * @fires coi-block - Block or unblock, from the menu.
 */
@customElement('coi-chat-row')
export class CoiChatRow extends CoiElement {
  static override styles = [base, chatRowStyles];

  @property({ attribute: false }) chat!: ChatView;
  @property({ type: Boolean, reflect: true }) current = false;
  /** The one row of the list that Tab reaches. */
  @property({ type: Boolean }) active = false;
  /** Local midnight of today: the time in the row depends on it. */
  @property({ attribute: false }) now = Date.now();
  @state() private menuAnchor: DOMRect | undefined;
  @query('.row') private readonly rowButton!: HTMLButtonElement;
  @query('.row-menu') private readonly menuButton!: HTMLButtonElement;

  override focus(options?: FocusOptions): void {
    this.rowButton.focus(options);
  }

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed);
    this.addEventListener('keydown', (event) => this.#onKey(event));
  }

  #onKey(event: KeyboardEvent): void {
    const forward = this.matches(':dir(rtl)') ? 'ArrowLeft' : 'ArrowRight';
    const backward = forward === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';
    if (this.menuAnchor !== undefined) return;
    if (event.key === forward) this.menuButton.focus();
    else if (event.key === backward) this.rowButton.focus();
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) this.#openMenu(event);
  }

  #openMenu(event: Event): void {
    event.preventDefault();
    this.menuAnchor = this.menuButton.getBoundingClientRect();
  }

  #entries(): readonly MenuEntry[] {
    const { request, blocked } = this.chat;
    return [
      { id: 'open', label: words.openChat(), picture: 'chat-dots' },
      ...(request && !blocked ? [{ id: 'accept', label: words.accept(), picture: 'check2' } as const] : []),
      blocked
        ? { id: 'unblock', label: words.unblock(), picture: 'check2-circle', apart: true }
        : { id: 'block', label: words.block(), picture: 'ban', danger: true, apart: true },
    ];
  }

  #choose(id: string): void {
    this.#closeMenu();
    const { chatId } = this.chat;
    if (id === 'open') this.intend('coi-open-chat', { chatId });
    else if (id === 'accept') this.intend('coi-accept', { chatId });
    else this.intend('coi-block', { chatId, blocked: id === 'block' });
  }

  #closeMenu(): void {
    this.menuAnchor = undefined;
    this.menuButton.focus();
  }

  #lastText(last: LastLine): TemplateResult {
    const text =
      last.kind === 'unreadable'
        ? words.cannotRead()
        : last.kind === 'attachment'
          ? last.text || words.attachment()
          : last.text || words.noSubject();
    const picture: IconName | undefined = {
      attachment: 'paperclip',
      mail: 'envelope',
      unreadable: 'lock',
      text: undefined,
    }[last.kind] as IconName | undefined;
    if (last.delivery === 'failed') {
      return html`<span class="failed">${icon('exclamation-circle-fill', 'small')}${words.notSent()}</span> ${text}`;
    }
    if (last.delivery === 'unknown') {
      return html`<span class="maybe">${icon('question-circle', 'small')}${words.maybeNotSent()}</span> ${text}`;
    }
    const said = last.own ? words.lastOwn(text) : last.sender === '' ? text : words.lastOf(last.sender, text);
    return html`${picture === undefined ? undefined : icon(picture, 'small')}${said}`;
  }

  #secondLine(): TemplateResult {
    const { draft, last } = this.chat;
    if (draft !== '') return html`<span class="draft">${words.draft()}</span> ${draft}`;
    return last === undefined ? html`&nbsp;` : this.#lastText(last);
  }

  #mark(picture: IconName, label: string): TemplateResult {
    return html`<span class="mark" title=${label}>${icon(picture, 'small')}<span class="visually-hidden">${label}</span></span>`;
  }

  #deliveryMark(): TemplateResult | undefined {
    const { last, draft } = this.chat;
    if (draft !== '' || last?.own !== true) return undefined;
    const [mark, label] =
      last.delivery === 'queued'
        ? [icon('clock', 'small'), words.queued()]
        : last.delivery === 'sending'
          ? [ring('small'), words.sending()]
          : last.delivery === 'sent'
            ? [icon('check2', 'small'), words.sent()]
            : last.delivery === 'read'
              ? [icon('check2-all', 'small read'), words.read()]
              : [];
    return mark && html`<span class="mark" title=${label}>${mark}<span class="visually-hidden">${label}</span></span>`;
  }

  #end(): TemplateResult {
    const { unreadCount, muted, request, blocked } = this.chat;
    const count = unreadCount > MOST_SHOWN ? `${formatCount(MOST_SHOWN)}+` : formatCount(unreadCount);
    return html`<span class="end">
      ${this.#deliveryMark()} ${muted ? this.#mark('bell-slash', words.muted()) : undefined}
      ${blocked ? html`<span class="tag">${words.blocked()}</span>` : undefined}
      ${request && !blocked ? html`<span class="tag accent">${words.request()}</span>` : undefined}
      ${
        unreadCount > 0 && !request
          ? html`<span class="badge ${muted ? 'muted' : ''}"
            ><span aria-hidden="true">${count}</span><span class="visually-hidden">${words.unreadCount(unreadCount)}</span></span
          >`
          : undefined
      }
    </span>`;
  }

  protected override render() {
    const { chat } = this;
    const legacy = chat.kind === 'direct' && chat.people[0]?.dialect === 'legacy';
    const at = chat.last?.at ?? chat.activeAt;
    return html`
      <button
        class="row ${chat.unreadCount > 0 ? 'unread' : ''} ${chat.muted ? 'is-muted' : ''}"
        tabindex=${this.active ? 0 : -1}
        aria-current=${this.current ? 'true' : 'false'}
        @click=${() => this.intend('coi-open-chat', { chatId: chat.chatId })}
        @contextmenu=${this.#openMenu}
      >
        <coi-avatar .initials=${chat.initials} .color=${chat.color} ?group=${chat.kind === 'group'}></coi-avatar>
        <span class="lines">
          <span class="line">
            <bdi class="name ellipsis">${chat.title}</bdi>
            ${legacy ? this.#mark('envelope', words.usesMail()) : undefined}
            ${chat.pinned ? this.#mark('pin-angle-fill', words.pinned()) : undefined}
            ${at > 0 ? html`<time title=${formatFull(at)}>${formatListTime(at, this.now)}</time>` : undefined}
          </span>
          <span class="line"><bdi class="last ellipsis">${this.#secondLine()}</bdi>${this.#end()}</span>
        </span>
      </button>
      <button
        class="icon-button small row-menu"
        tabindex="-1"
        aria-haspopup="menu"
        aria-expanded=${this.menuAnchor === undefined ? 'false' : 'true'}
        aria-label=${words.rowMenu(chat.title)}
        @click=${this.#openMenu}
      >
        ${icon('three-dots')}
      </button>
      ${
        this.menuAnchor === undefined
          ? undefined
          : html`<coi-menu
            .entries=${this.#entries()}
            .anchor=${this.menuAnchor}
            .label=${words.rowMenu(chat.title)}
            @coi-menu-choose=${(event: CustomEvent<string>) => this.#choose(event.detail)}
            @coi-menu-close=${this.#closeMenu}
          ></coi-menu>`
      }
    `;
  }
}
