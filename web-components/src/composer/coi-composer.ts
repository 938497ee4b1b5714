/** Where a line is written. Knows nothing of sending: it asks, and keeps the text until the line is safe. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ChatView, RowId, RowView } from '@coi-webmail/chat';
import type { ConnectionPhase, Draft } from '@coi-webmail/client';
import { CoiElement } from '../element/coi-element.ts';
import { formatSize } from '../i18n/format.ts';
import { words } from '../i18n/words.ts';
import { icon } from '../icon/icon.ts';
import { rowText } from '../message/summary.ts';
import { base } from '../style/base.css.ts';
import { composerStyles } from './coi-composer.css.ts';
import { textSize } from './size.ts';

const DRAFT_DELAY_MS = 400;
/** The engine closes an idle SMTP session after a minute: whoever types again opens it before the line is finished. */
const WARM_AGAIN_MS = 30_000;
const TOUCH = '(hover: none) and (pointer: coarse)';

/**
 * @summary The field for the next line. One element per chat: keyed by it.
 * @fires coi-send - Send this text. Call `settle` when it is safe or failed.
 * @fires coi-draft - The text so far, when the user pauses or leaves.
 * @fires coi-compose-focus - The field has the focus: a send is likely.
 * @fires coi-discard - Ctrl + Z in an empty field takes back the line that is about to go out.
 * @fires coi-cancel-reply - No reply after all.
 */
@customElement('coi-composer')
export class CoiComposer extends CoiElement {
  static override styles = [base, composerStyles];

  @property({ attribute: false }) chat!: ChatView;
  /** What was left here before; undefined = not known yet. */
  @property({ attribute: false }) draft: Draft | undefined;
  @property({ attribute: false }) replyRow: RowView | undefined;
  @property({ type: Number }) maxMessageBytes: number | undefined;
  @property() connection: ConnectionPhase = 'online';
  /** An own line that can still be taken back. */
  @property({ attribute: false }) undoable: RowId | undefined;
  @state() private text = '';
  @state() private picking = false;
  @query('textarea') private readonly field!: HTMLTextAreaElement;
  #draftTimer: ReturnType<typeof setTimeout> | undefined;
  /** Lines that were handed over and are not durable yet: until then the stored draft is their only copy. */
  #unsettled = 0;
  #touched = false;
  #warmedAt = Number.NEGATIVE_INFINITY;

  override focus(options?: FocusOptions): void {
    this.field?.focus(options);
  }

  get value(): string {
    return this.text;
  }

  /** A line is durable, or it failed and its text must come back. */
  settle(failedText?: string): void {
    this.#unsettled = Math.max(0, this.#unsettled - 1);
    if (failedText === undefined) this.#saveDraft();
    else this.#join(failedText, this.text);
  }

  /** The text of a line that was taken back: below what is typed here, on a line of its own. */
  putBack(text: string): void {
    this.#join(this.text, text);
  }

  /** What is typed before the draft is known comes below it: neither is lost. */
  #take({ text }: Draft, isFirst: boolean): void {
    if (!this.#touched) this.text = text;
    else if (isFirst && text !== '' && text !== this.text) this.#join(text, this.text);
  }

  #join(above: string, below: string): void {
    this.#write([above, below].filter((text) => text !== '').join('\n'));
    this.#draftSoon();
  }

  /** Stores the draft now if it is due. */
  flush(): void {
    if (this.#draftTimer !== undefined) this.#saveDraft();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('pagehide', this.#onLeave);
    document.addEventListener('visibilitychange', this.#onLeave);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('pagehide', this.#onLeave);
    document.removeEventListener('visibilitychange', this.#onLeave);
    this.flush();
  }

  readonly #onLeave = (): void => {
    if (document.visibilityState === 'hidden' || !document.hasFocus()) this.flush();
  };

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('draft') && this.draft !== undefined) this.#take(this.draft, changed.get('draft') === undefined);
    if (changed.has('replyRow') && changed.get('replyRow') !== undefined) this.#draftSoon();
  }

  protected override updated(): void {
    if (this.field.value !== this.text) this.field.value = this.text;
    this.#grow();
  }

  #grow(): void {
    if (CSS.supports('field-sizing', 'content')) return;
    this.field.style.height = 'auto';
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  #write(text: string): void {
    this.#touched = true;
    this.text = text;
  }

  #draftSoon(): void {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#saveDraft(), DRAFT_DELAY_MS);
  }

  #saveDraft(): void {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = undefined;
    if (this.#unsettled > 0) return;
    this.intend('coi-draft', { chatId: this.chat.chatId, text: this.text, replyTo: this.replyRow?.rowId });
  }

  #warm(): void {
    this.#warmedAt = performance.now();
    this.intend('coi-compose-focus', undefined);
  }

  #onInput(): void {
    if (performance.now() - this.#warmedAt > WARM_AGAIN_MS) this.#warm();
    this.#write(this.field.value);
    this.#draftSoon();
  }

  #isSend(event: KeyboardEvent): boolean {
    // keyCode 229: Safari ends a composition before the key that ended it arrives.
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return false;
    if (event.ctrlKey || event.metaKey) return true;
    return !event.shiftKey && !event.altKey && !matchMedia(TOUCH).matches;
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#isSend(event)) {
      event.preventDefault();
      this.#send();
    } else if (event.key === 'Escape' && !event.isComposing && (this.picking || this.replyRow !== undefined)) {
      event.stopPropagation();
      if (this.picking) this.picking = false;
      else this.dispatchEvent(new CustomEvent('coi-cancel-reply'));
    } else if (this.#isUndo(event) && this.undoable !== undefined) {
      event.preventDefault();
      this.intend('coi-discard', { rowId: this.undoable });
    }
  }

  /** Where something is typed, Ctrl + Z is the browser's. */
  #isUndo(event: KeyboardEvent): boolean {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
    return key.toLowerCase() === 'z' && (ctrlKey || metaKey) && !shiftKey && !altKey && this.text === '';
  }

  #send(): void {
    const text = this.text.replace(/\s+$/u, '');
    const size = textSize(text, this.maxMessageBytes);
    if (text === '' || (size?.overBytes ?? 0) > 0) return;
    clearTimeout(this.#draftTimer);
    this.#draftTimer = undefined;
    this.#unsettled += 1;
    this.#write('');
    this.picking = false;
    this.intend('coi-send', { chatId: this.chat.chatId, text, replyTo: this.replyRow?.rowId });
    this.field.focus();
  }

  async #togglePicker(): Promise<void> {
    if (!this.picking) await import('../emoji/coi-emoji-picker.ts');
    this.picking = !this.picking;
  }

  #insert(emoji: string): void {
    const { selectionStart, selectionEnd } = this.field;
    this.field.setRangeText(emoji, selectionStart, selectionEnd, 'end');
    this.#onInput();
  }

  #closePicker(): void {
    this.picking = false;
    this.field.focus();
  }

  #fate(): readonly [TemplateResult, string, string] {
    const { people, kind, title } = this.chat;
    const legacy = people.filter(({ dialect }) => dialect === 'legacy').length;
    if (kind === 'direct' && legacy > 0) return [icon('envelope'), words.fateMail(title), words.mailTo(title)];
    return [icon('chat-dots'), legacy > 0 ? words.fateMixed() : words.fateChat(), words.chatMessage()];
  }

  #strip(row: RowView): TemplateResult {
    const title = row.own ? words.replyToYourself() : words.replyTo(row.sender.name);
    return html`<div class="strip">
      ${icon('reply', 'mirror')}
      <div class="about"><b>${title}</b><span class="said" dir="auto">${rowText(row)}</span></div>
      <button
        class="icon-button"
        aria-label=${words.cancelReply()}
        title=${words.cancelReply()}
        @click=${() => this.dispatchEvent(new CustomEvent('coi-cancel-reply'))}
      >
        ${icon('x-lg')}
      </button>
    </div>`;
  }

  #line(): TemplateResult | typeof nothing {
    const size = textSize(this.text, this.maxMessageBytes);
    if (size !== undefined && size.overBytes > 0) {
      return html`<div class="line over" role="status">${words.tooLong(formatSize(size.overBytes))}</div>`;
    }
    if (size?.show === true) {
      return html`<div class="line">${words.sizeOf(formatSize(size.bytes), formatSize(size.limitBytes))}</div>`;
    }
    if (this.text === '' || this.connection === 'online' || this.connection === 'connecting') return nothing;
    return html`<div class="line">${icon('cloud-slash', 'small')}<span>${words.fateQueue()}</span></div>`;
  }

  #picker(): TemplateResult {
    return html`<div class="popup">
      <coi-emoji-picker
        @coi-emoji=${(event: CustomEvent<string>) => this.#insert(event.detail)}
        @coi-emoji-close=${this.#closePicker}
      ></coi-emoji-picker>
    </div>`;
  }

  protected override render() {
    const [picture, fate, placeholder] = this.#fate();
    const over = (textSize(this.text, this.maxMessageBytes)?.overBytes ?? 0) > 0;
    return html`
      ${this.picking ? this.#picker() : nothing} ${this.replyRow === undefined ? nothing : this.#strip(this.replyRow)}
      <div class="entry">
        <div class="field">
          <span class="fate" title=${fate}>${picture}<span class="visually-hidden">${fate}</span></span>
          <textarea
            rows="1"
            dir=${this.text === '' ? nothing : 'auto'}
            autocomplete="off"
            enterkeyhint=${matchMedia(TOUCH).matches ? 'enter' : 'send'}
            aria-label=${words.message()}
            placeholder=${placeholder}
            @input=${this.#onInput}
            @keydown=${this.#onKey}
            @focus=${() => this.#warm()}
          ></textarea>
          <button
            class="icon-button"
            aria-label=${words.emoji()}
            title=${words.emoji()}
            aria-expanded=${this.picking ? 'true' : 'false'}
            @click=${this.#togglePicker}
          >
            ${icon('emoji-smile', 'large')}
          </button>
        </div>
        <button
          class="send"
          aria-label=${words.send()}
          title=${words.send()}
          aria-disabled=${this.text.trim() === '' || over ? 'true' : 'false'}
          @click=${this.#send}
        >
          ${icon('send-fill', 'mirror')}
        </button>
      </div>
      ${this.#line()}
    `;
  }
}
