/** One line of a conversation: a bubble, a card for an ordinary mail, or the place of what cannot be read. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { AttachmentView, QuoteView, RowView } from '@coi-webmail/chat';
import { CoiElement } from '../element/coi-element.ts';
import { hasNewData } from '../element/same-data.ts';
import { formatFull, formatSize, formatTime } from '../i18n/format.ts';
import { words } from '../i18n/words.ts';
import { icon, type IconName, ring } from '../icon/icon.ts';
import '../part/coi-avatar.ts';
import { base } from '../style/base.css.ts';
import { messageStyles } from './coi-message.css.ts';
import './coi-delivery.ts';
import { deliveryNews } from './delivery-news.ts';
import { fileIcon, splitName } from './file-type.ts';
import { linkify } from './linkify.ts';
import { unreadableTitle } from './summary.ts';

/** A longer text is cut in the bubble until asked for: 100,000 characters in one line are slow to lay out. */
const LONGEST_SHOWN = 4000;
const HOVER_MS = 60;

const UNREADABLE: Readonly<
  Record<NonNullable<RowView['unreadableReason']>, { readonly picture: IconName; readonly text: () => string }>
> = {
  encrypted: { picture: 'lock', text: words.unreadableEncrypted },
  empty: { picture: 'envelope-open', text: words.unreadableEmpty },
  malformed: { picture: 'exclamation-circle', text: words.unreadableMalformed },
  'too-deep': { picture: 'shield-exclamation', text: words.unreadableTooDeep },
};

/**
 * @summary A message.
 * @fires coi-reply - Reply to it.
 * @fires coi-full-text - Load what was folded away.
 * @fires coi-show-row - Go to the quoted line.
 * @fires coi-open-mail - Open the original in the webmail.
 * @fires coi-row-menu - Open the menu at the given place.
 * @csspart bubble - The bubble.
 */
@customElement('coi-message')
export class CoiMessage extends CoiElement {
  static override styles = [base, messageStyles];

  @property({ attribute: false, hasChanged: hasNewData }) row!: RowView;
  /** Opens a group of lines: has the tail's corner, and in groups name and avatar. */
  @property({ type: Boolean, reflect: true }) first = false;
  @property({ type: Boolean, reflect: true }) own = false;
  @property({ type: Boolean, reflect: true }) flash = false;
  /** Several people speak here. */
  @property({ type: Boolean }) group = false;
  /** The one message of the timeline whose buttons Tab reaches. */
  @property({ type: Boolean }) active = false;
  @property({ type: Boolean, attribute: 'can-open-mail' }) canOpenMail = false;
  /** Base of the attachments' URLs. */
  @property() engineUrl = '';
  /** Everything a folded row says, once it was asked for; null = it could not be loaded. */
  @property({ attribute: false }) fullText: string | null | undefined;
  @state() private unfolded = false;
  /** The pointer is here: only then the buttons are made, 300 messages times two would be many. */
  @state() private hovered = false;
  #hovering: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    // What only passes under the pointer while one scrolls is not drawn for it.
    this.addEventListener('pointerenter', () => {
      this.#hovering = setTimeout(() => {
        this.hovered = true;
      }, HOVER_MS);
    });
    this.addEventListener('pointerleave', () => this.#unhover());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unhover();
  }

  #unhover(): void {
    clearTimeout(this.#hovering);
    this.hovered = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('row')) this.own = this.row.own;
  }

  #tab(): number {
    return this.active ? 0 : -1;
  }

  #menu(event: MouseEvent): void {
    const anchor = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.intend('coi-row-menu', { row: this.row, anchor });
  }

  #mark(): TemplateResult | typeof nothing {
    const { delivery, provisional, own } = this.row;
    if (!own) {
      // A mark that goes away after half a second would only make the line jump.
      return provisional === 'lane' ? html`<span class="visually-hidden">${words.arriving()}</span>` : nothing;
    }
    if (delivery === undefined) return nothing;
    const picture = {
      queued: icon('clock'),
      sending: ring(),
      sent: icon('check2'),
      read: icon('check2-all', 'read'),
      failed: icon('exclamation-circle-fill', 'failed'),
      unknown: icon('question-circle', 'unknown'),
    }[delivery];
    const label = words[delivery]();
    return html`<span class="mark" title=${label}>${picture}<span class="visually-hidden">${label}</span></span>`;
  }

  #meta(below = false): TemplateResult {
    const { at } = this.row;
    return html`<span class="meta ${below ? 'below' : ''}"
      ><time title=${formatFull(at)} datetime=${new Date(at).toISOString()}>${formatTime(at)}</time>${this.#mark()}</span
    >`;
  }

  #shownText(): string {
    const text = this.unfolded && typeof this.fullText === 'string' ? this.fullText : this.row.text;
    return this.unfolded || text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
  }

  /** Links of a line that the mailbox does not show yet lead nowhere (design §4.3, 1). */
  #runs(text: string): unknown {
    return linkify(text).map(({ text: run, href }) => {
      if (href === undefined) return run;
      return this.row.provisional !== undefined
        ? html`<a>${run}</a>`
        : html`<a href=${href} target="_blank" rel="noopener noreferrer" tabindex=${this.#tab()}>${run}</a>`;
    });
  }

  #text(meta: TemplateResult | typeof nothing, look = ''): TemplateResult | typeof nothing {
    const text = this.#shownText();
    if (text === '' && meta === nothing) return nothing;
    // prettier-ignore
    return html`<div class="text ${look}" dir="auto">${this.#runs(text)}${meta}</div>`;
  }

  #unfold(): void {
    this.unfolded = !this.unfolded;
    if (this.unfolded && this.row.folded && typeof this.fullText !== 'string') {
      this.intend('coi-full-text', { rowId: this.row.rowId });
    }
  }

  #fold(): TemplateResult | typeof nothing {
    const { folded, text } = this.row;
    if (!folded && text.length <= LONGEST_SHOWN) return nothing;
    if (this.unfolded && this.fullText === null) return html`<span class="fold">${words.fullFailed()}</span>`;
    return html`<button class="text-button fold" tabindex=${this.#tab()} aria-expanded=${this.unfolded} @click=${this.#unfold}>
      ${this.unfolded ? words.showLess() : words.showFull()}
    </button>`;
  }

  #quote(quote: QuoteView): TemplateResult {
    const { author, text, rowId } = quote;
    const inside = html`<b><bdi>${author}</bdi></b><span dir="auto">${text}</span>`;
    if (rowId === undefined) return html`<div class="quote">${inside}</div>`;
    return html`<button
      class="quote"
      tabindex=${this.#tab()}
      aria-label=${words.quoteOf(author)}
      @click=${() => this.intend('coi-show-row', { rowId })}
    >
      ${inside}
    </button>`;
  }

  #file({ name, type, sizeBytes, url }: AttachmentView): TemplateResult {
    const shown = name === '' ? words.attachment() : name;
    const [stem, ending] = splitName(shown);
    const inside = html`<span class="type">${icon(fileIcon(name, type))}</span>
      <span class="about-file">
        <span class="name" dir="auto" title=${shown}><bdi class="stem">${stem}</bdi><span class="ending">${ending}</span></span>
        <bdi class="about">${formatSize(sizeBytes)}</bdi>
      </span>`;
    // Provisional lines have no URL: nothing of them can be opened yet.
    if (url === undefined) return html`<div class="file">${inside}</div>`;
    return html`<a
      class="file"
      href=${new URL(url, this.engineUrl).href}
      download=${shown}
      rel="noopener noreferrer"
      tabindex=${this.#tab()}
      aria-label=${words.download(shown)}
      >${inside}</a
    >`;
  }

  #files(): TemplateResult | typeof nothing {
    const { attachments } = this.row;
    return attachments.length === 0
      ? nothing
      : html`<div class="files">${attachments.map((file) => this.#file(file))}</div>`;
  }

  #author(): TemplateResult | typeof nothing {
    const { sender, own, proven } = this.row;
    if (own || !this.first || !(this.group || !proven)) return nothing;
    return html`<div class="author c${sender.color}"><bdi>${sender.name}</bdi></div>`;
  }

  /** The reader of HTML could not be loaded; asking for the full text tries again. */
  #htmlUnread(): TemplateResult | typeof nothing {
    if (this.row.htmlUnread !== true || typeof this.fullText === 'string') return nothing;
    return html`<div class="unread-html">${icon('info-circle', 'small')}<span>${words.htmlUnread()}</span></div>
      ${this.#openMail(words.openOriginal(), 'fold')}`;
  }

  #unproven(): TemplateResult | typeof nothing {
    const { proven, own, sender, collision } = this.row;
    if ((proven || own) && !collision) return nothing;
    const [title, text] = collision
      ? [words.collision(), '']
      : [words.notProven(), words.notProvenText(sender.address)];
    return html`<div class="unproven">${icon('shield-exclamation', 'small')}<span><b>${title}.</b> ${text}</span></div>`;
  }

  #bubble(): TemplateResult {
    const { subject, quote, attachments } = this.row;
    const below = attachments.length > 0;
    return html`<div class="bubble" part="bubble">
      ${this.#author()} ${this.#unproven()} ${quote === undefined ? nothing : this.#quote(quote)}
      ${subject === '' ? nothing : html`<div class="subject" dir="auto">${subject}</div>`}
      ${this.#htmlUnread()} ${this.#text(below ? nothing : this.#meta())} ${this.#files()} ${below ? this.#meta(true) : nothing} ${this.#fold()}
    </div>`;
  }

  #emoji(): TemplateResult {
    return html`<div class="bubble" part="bubble">
      ${this.#author()} ${this.#unproven()}<span class="big">${this.row.text}</span>${this.#meta()}
    </div>`;
  }

  #unreadable(): TemplateResult {
    const { unreadableReason } = this.row;
    const { picture, text } = UNREADABLE[unreadableReason ?? 'malformed'];
    return html`<div class="bubble" part="bubble">
      ${this.#author()}
      <div class="title">${icon(picture)}${unreadableTitle(this.row)}</div>
      <p>${text()}</p>
      ${this.#openMail(words.openOriginal())} ${this.#files()} ${this.#meta(true)}
    </div>`;
  }

  #openMail(label: string, look = ''): TemplateResult | typeof nothing {
    const { place } = this.row;
    if (place === undefined || !this.canOpenMail) return nothing;
    return html`<button
      class="text-button ${look}"
      tabindex=${this.#tab()}
      @click=${() => this.intend('coi-open-mail', place)}
    >
      ${label}
    </button>`;
  }

  #card(): TemplateResult {
    return html`<div class="card" part="bubble">
      <div class="card-subject" dir="auto">${icon('envelope')}<span>${this.row.subject || words.noSubject()}</span></div>
      <div class="card-content">
        ${this.#author()} ${this.#unproven()} ${this.#htmlUnread()}
        ${this.#text(nothing, this.unfolded ? '' : 'short')} ${this.#files()}
      </div>
      <div class="card-foot">${this.#openMail(words.openMail())} ${this.#fold()} ${this.#meta()}</div>
    </div>`;
  }

  #delivery(): TemplateResult | typeof nothing {
    if (deliveryNews(this.row) === undefined) return nothing;
    return html`<coi-delivery .row=${this.row} ?active=${this.active}></coi-delivery>`;
  }

  #actions(): TemplateResult | typeof nothing {
    if (this.row.provisional !== undefined || !(this.hovered || this.active)) return nothing;
    return html`<div class="actions">
      <button
        class="icon-button small"
        tabindex=${this.#tab()}
        aria-label=${words.reply()}
        title=${words.reply()}
        @click=${() => this.intend('coi-reply', { row: this.row })}
      >
        ${icon('reply', 'large mirror')}
      </button>
      <button
        class="icon-button small"
        tabindex=${this.#tab()}
        aria-label=${words.more()}
        title=${words.more()}
        aria-haspopup="menu"
        @click=${this.#menu}
      >
        ${icon('three-dots', 'large')}
      </button>
    </div>`;
  }

  protected override render() {
    const { row } = this;
    const gutter = this.group && !row.own;
    const kind =
      row.kind === 'unreadable' ? 'unreadable' : row.emojiOnly && row.kind === 'text' ? 'emoji-only' : row.kind;
    const content =
      kind === 'mail'
        ? this.#card()
        : kind === 'unreadable'
          ? this.#unreadable()
          : kind === 'emoji-only'
            ? this.#emoji()
            : this.#bubble();
    return html`<div class="message is-${kind} ${gutter ? 'gutter' : ''} ${row.provisional === undefined ? '' : 'provisional'}">
      ${
        gutter && this.first
          ? html`<coi-avatar .initials=${row.sender.initials} .color=${row.sender.color}></coi-avatar>`
          : nothing
      }
      <div class="body">${content} ${this.#delivery()} ${this.#actions()}</div>
    </div>`;
  }
}
