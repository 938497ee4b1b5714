/** Under a line: what becomes of it, and what can be done. Counts down for itself, without a word to screen readers. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RefusedRecipient, RowView } from '@coi-webmail/chat';
import { CoiElement } from '../element/coi-element.ts';
import { hasNewData } from '../element/same-data.ts';
import { formatCount } from '../i18n/format.ts';
import { reasonWords, words } from '../i18n/words.ts';
import { base } from '../style/base.css.ts';
import { deliveryStyles } from './coi-delivery.css.ts';
import { type DeliveryNews, deliveryNews, goesOutAt } from './delivery-news.ts';

/** The longest that lines are held. */
const LONGEST_HOLD_MS = 5000;
const TICK_MS = 250;
/** A line that goes out at once would only flash a button. */
const CANCEL_AFTER_MS = 1500;
/** More people than these are shown when asked for. */
const NAMED_AT_FIRST = 3;

const TONES: Readonly<Record<DeliveryNews, 'danger' | 'warn' | 'calm'>> = {
  held: 'calm',
  waits: 'calm',
  progress: 'calm',
  slow: 'calm',
  partly: 'danger',
  failed: 'danger',
  'came-back': 'danger',
  'too-old': 'warn',
  unknown: 'warn',
  missing: 'warn',
};

type Act = 'coi-retry' | 'coi-resend' | 'coi-discard' | 'coi-send-now' | 'coi-write-again';

/**
 * @summary The way of a line, and its buttons.
 * @fires coi-send-now - A held line goes out at once.
 * @fires coi-discard - Take back a line that was not sent.
 * @fires coi-retry - Try a failed line again, or those whom it did not reach.
 * @fires coi-resend - Send a line of unknown outcome once more.
 * @fires coi-write-again - The text back into the field.
 */
@customElement('coi-delivery')
export class CoiDelivery extends CoiElement {
  static override styles = [base, deliveryStyles];

  @property({ attribute: false, hasChanged: hasNewData }) row!: RowView;
  /** Tab reaches the buttons. */
  @property({ type: Boolean }) active = false;
  @property({ type: Boolean, reflect: true }) own = false;
  @property({ reflect: true }) tone: 'danger' | 'warn' | 'calm' | 'none' = 'none';
  @state() private showsAll = false;
  #news: DeliveryNews | undefined;
  #now = 0;
  #seenAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  protected override willUpdate(): void {
    const before = this.#news;
    this.#news = deliveryNews(this.row);
    this.#now = Date.now();
    if (this.#news !== before) this.#seenAt = this.#now;
    this.own = this.row.own;
    this.tone = this.#news === undefined || (this.#news === 'waits' && !this.#waitsLong()) ? 'none' : TONES[this.#news];
  }

  protected override updated(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const wait = this.#news === 'held' ? TICK_MS : this.#news === 'waits' && !this.#waitsLong() ? CANCEL_AFTER_MS : 0;
    if (wait > 0 && this.isConnected) this.#timer = setTimeout(() => this.requestUpdate(), wait);
  }

  /** What waits for a known reason says so at once. */
  #waitsLong(): boolean {
    return this.row.deliveryReason !== undefined || this.#now - this.#seenAt >= CANCEL_AFTER_MS;
  }

  #act(label: string, name: Act): TemplateResult {
    const tab = this.active ? 0 : -1;
    return html`<button class="text-button" tabindex=${tab} @click=${() => this.intend(name, { rowId: this.row.rowId })}>
      ${label}
    </button>`;
  }

  #held(): TemplateResult {
    const { heldUntil, cancelable } = this.row;
    const left = goesOutAt(heldUntil ?? 0, this.#seenAt, LONGEST_HOLD_MS) - this.#now;
    // The last second stays until the line is gone: other words would move the buttons under the finger.
    const seconds = Math.max(1, Math.ceil(left / 1000));
    // Read out once, when the line came; a number that changes each second would drown everything else.
    return html`<span class="count" aria-hidden="true">${words.sendingIn(seconds)}</span>
      <span class="visually-hidden">${words.held()}</span>
      <span class="acts"
        >${cancelable ? this.#act(words.undo(), 'coi-discard') : nothing} ${this.#act(words.sendNow(), 'coi-send-now')}</span
      >`;
  }

  #waits(): TemplateResult | typeof nothing {
    const { deliveryReason: reason, cancelable } = this.row;
    // The banner speaks for the whole page already when the way out is down.
    const quiet = reason === 'offline' || reason === 'engine-unreachable' || reason === 'mail-server-down';
    return html`${reason === undefined || quiet ? words.queued() : this.#detailed(words.waitsBecause(reasonWords(reason)))}
      ${cancelable ? this.#act(words.cancel(), 'coi-discard') : nothing}`;
  }

  #progress(): TemplateResult {
    const { recipients, cancelable, delivery } = this.row;
    const { done = 0, total = 1 } = recipients ?? {};
    const label = words.doneOf(formatCount(done), formatCount(total));
    return html`<progress max=${total} .value=${done} aria-label=${words.sending()}></progress>
      <span class="count">${label}</span>
      ${cancelable && delivery === 'queued' ? this.#act(words.cancel(), 'coi-discard') : nothing}`;
  }

  /** Codes of the mail server are for whoever asks: in the title. */
  #detailed(text: string, detail = this.row.deliveryDetail): TemplateResult {
    return html`<span title=${detail === undefined ? nothing : words.details(detail)}>${text}</span>`;
  }

  #refused({ person, reason, detail }: RefusedRecipient): TemplateResult {
    return html`<li title=${detail === undefined ? nothing : words.details(detail)}>
      <bdi>${person.name}</bdi>: ${reasonWords(reason)}
    </li>`;
  }

  #partly(): TemplateResult {
    const { recipients, retriable } = this.row;
    const { total = 0, refused = [] } = recipients ?? {};
    const shown = this.showsAll ? refused : refused.slice(0, NAMED_AT_FIRST);
    const more = refused.length - shown.length;
    return html`<span>${words.notToAll(refused.length, total)}</span>
      <ul class="refused">${shown.map((one) => this.#refused(one))}</ul>
      ${
        more > 0
          ? html`<button
            class="text-button"
            tabindex=${this.active ? 0 : -1}
            @click=${() => {
              this.showsAll = true;
            }}
          >
            ${words.moreRefused(more)}
          </button>`
          : nothing
      }
      ${
        retriable
          ? html`<span class="acts">${this.#act(words.retryForThem(), 'coi-retry')} ${this.#act(words.leaveIt(), 'coi-discard')}</span>`
          : nothing
      }`;
  }

  #failed(): TemplateResult {
    const { deliveryReason: reason } = this.row;
    return html`${this.#detailed(reason === undefined ? words.failed() : words.failedBecause(reasonWords(reason)))}
      <span class="acts">${this.#act(words.retry(), 'coi-retry')} ${this.#act(words.discard(), 'coi-discard')}</span>`;
  }

  #draw(news: DeliveryNews): TemplateResult | typeof nothing {
    switch (news) {
      case 'held':
        return this.#held();
      case 'waits':
        return this.#waits();
      case 'progress':
        return this.#progress();
      case 'slow':
        return this.#detailed(words.waitsBecause(reasonWords(this.row.deliveryReason ?? 'delayed')));
      case 'partly':
        return this.#partly();
      case 'failed':
        return this.#failed();
      case 'came-back':
        return html`${this.#detailed(words.cameBack())} ${this.#act(words.writeAgain(), 'coi-write-again')}`;
      case 'too-old':
        return html`<span>${words.tooOldQuestion()}</span>
          <span class="acts">${this.#act(words.send(), 'coi-retry')} ${this.#act(words.discard(), 'coi-discard')}</span>`;
      case 'unknown':
        return html`${this.#detailed(words.unknownQuestion())}
          <span class="acts">${this.#act(words.sendAgain(), 'coi-resend')} ${this.#act(words.discard(), 'coi-discard')}</span>`;
      case 'missing':
        return html`<span>${words.notInMailbox()}</span>`;
      default:
        return news satisfies never;
    }
  }

  protected override render() {
    if (this.#news === undefined || this.tone === 'none') return nothing;
    return html`<div class="news">${this.#draw(this.#news)}</div>`;
  }
}
