/**
 * The lines of one chat, scrolled. A small window of rows is in the page and slides a few rows per frame, so that
 * 20,000 lines scroll like 20; whatever comes, grows or leaves, the reader's place holds (`scroll-anchor.ts`). Follows
 * the newest line only for someone who is there.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { RowId, RowView, TimelineView } from '@coi-webmail/chat';
import { CoiElement } from '../element/coi-element.ts';
import type { ScrollPlace } from '../element/intent.ts';
import { daysAgo, formatCount, formatDay } from '../i18n/format.ts';
import { words } from '../i18n/words.ts';
import { icon, ring } from '../icon/icon.ts';
import '../message/coi-message.ts';
import type { CoiMessage } from '../message/coi-message.ts';
import { rowSummary } from '../message/summary.ts';
import { base } from '../style/base.css.ts';
import { Announcer } from './announcer.ts';
import { timelineStyles } from './coi-timeline.css.ts';
import { ReadTracker } from './read-tracker.ts';
import { onRovingKey } from './roving-keys.ts';
import { ScrollAnchor } from './scroll-anchor.ts';
import { hasSelection } from './selection.ts';
import { type TimelineItem, timelineItems } from './timeline-items.ts';
import { TimelineRows } from './timeline-rows.ts';

/** So much is drawn beyond what is seen, at both ends. */
const AHEAD_PX = 1600;
/** Less than this beyond what is seen: the steps grow. */
const HURRY_PX = 250;
/** So many rows before the oldest one older ones are asked for. */
const ASK_AHEAD_ROWS = 40;
/** After these nothing may be selected any more. */
const SELECTION_EVENTS = ['selectionchange', 'pointerup', 'pointercancel'] as const;
/** With more rows than these the newest ones are asked for anew when the reader comes back to them. */
const MANY_ROWS = 300;
const PLACE_DELAY_MS = 250;
const FLASH_MS = 1300;
/** Where the line "New" stands when a chat is opened. */
const NEW_LINE_OFFSET_PX = 72;

/**
 * @summary The timeline of a chat. One element per chat: keyed by it.
 * @fires coi-older - Older rows are wanted.
 * @fires coi-at-newest - Back at the newest line, with many rows loaded.
 * @fires coi-read - These rows were seen.
 * @fires coi-scrolled - The place changed: numbers only.
 * @fires coi-row-menu - The menu of the focused message.
 */
@customElement('coi-timeline')
export class CoiTimeline extends CoiElement {
  static override styles = [base, timelineStyles];

  @property({ attribute: false }) timeline!: TimelineView;
  /** Where the reader was before the page was loaded. */
  @property({ attribute: false }) restore: ScrollPlace;
  @property({ attribute: false }) fullTexts: ReadonlyMap<RowId, string | null> = new Map();
  @property() engineUrl = '';
  @property({ type: Boolean, attribute: 'can-open-mail' }) canOpenMail = false;
  /** Rows may be marked as read; not before the user's consent. */
  @property({ type: Boolean, attribute: 'marks-read' }) marksRead = false;
  @state() private atEnd = true;
  @state() private arrived = 0;
  @state() private focusedId: RowId | undefined;
  @state() private flashId: RowId | undefined;
  @state() private announcement = '';
  @query('.log') private readonly log!: HTMLElement;
  @query('.rows') private readonly rowsBox!: HTMLElement;

  readonly #rows = new TimelineRows();
  readonly #place = new ScrollAnchor(() => this.log);
  readonly #announcer = new Announcer((text) => {
    this.announcement = text;
  });
  #fresh: ReadonlySet<RowId> = new Set();
  #isOpened = false;
  #olderAsked = false;
  /** A text is selected, or about to be. */
  #isSelecting = false;
  #isPressed = false;
  #hasJump = false;
  #frame = 0;
  #placeTimer: ReturnType<typeof setTimeout> | undefined;
  #flashTimer: ReturnType<typeof setTimeout> | undefined;
  #tracker: ReadTracker | undefined;
  #resizes: ResizeObserver | undefined;

  /** Focus goes to the message that Tab would reach. */
  override focus(): void {
    const target = this.#place.messages().find((message) => message.active);
    (target ?? this.log).focus({ preventScroll: true });
  }

  /** Scrolls to a row and lets it light up. @returns false when the row is not loaded */
  showRow(rowId: RowId): boolean {
    if (!this.#rows.has(rowId)) return false;
    if (!this.#rows.isInPage(rowId)) this.#rows.showAround(rowId);
    this.#place.anchor = { rowId, offset: this.log.clientHeight / 3 };
    this.atEnd = false;
    this.flashId = rowId;
    this.requestUpdate();
    clearTimeout(this.#flashTimer);
    this.#flashTimer = setTimeout(() => {
      this.flashId = undefined;
    }, FLASH_MS);
    return true;
  }

  jumpToNewest(): void {
    this.#rows.showNewest();
    this.#place.anchor = undefined;
    this.atEnd = true;
    this.arrived = 0;
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#listen();
    window.addEventListener('pagehide', this.#onLeave);
    document.addEventListener('visibilitychange', this.#onLeave);
    for (const type of SELECTION_EVENTS) document.addEventListener(type, this.#onSelection);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('pagehide', this.#onLeave);
    document.removeEventListener('visibilitychange', this.#onLeave);
    for (const type of SELECTION_EVENTS) document.removeEventListener(type, this.#onSelection);
    this.#tracker?.stop();
    this.#tracker = undefined;
    this.#resizes?.disconnect();
    this.#announcer.stop();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    clearTimeout(this.#placeTimer);
    clearTimeout(this.#flashTimer);
  }

  protected override firstUpdated(): void {
    this.#listen();
  }

  #listen(): void {
    this.#tracker = new ReadTracker(this.log, (rowIds) => {
      this.intend('coi-read', { chatId: this.timeline.chat.chatId, rowIds });
    });
    this.#resizes = new ResizeObserver(() => this.#place.hold());
    this.#resizes.observe(this.log);
    this.#resizes.observe(this.rowsBox);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Someone scrolled, and the event about it has not come yet: their place counts, not the one before.
    if (this.hasUpdated && this.#place.isScrolled) this.#notePlace();
    if (!changed.has('timeline')) return;
    const { timeline } = this;
    const fresh = this.#rows.take(timeline);
    if (!this.#isOpened && timeline.rows.length > 0) this.#open(timeline);
    else if (this.hasUpdated) this.#grow(fresh);
    this.#olderAsked = false;
    if (this.focusedId !== undefined && !this.#rows.has(this.focusedId)) this.focusedId = undefined;
  }

  /** First rows of this chat: the place of before, else the line "New", else the end. */
  #open({ rows, firstUnread }: TimelineView): void {
    this.#isOpened = true;
    const { restore } = this;
    const restored = restore === undefined ? undefined : rows.find(({ at }) => at >= restore.at);
    const target = restored?.rowId ?? firstUnread;
    if (target === undefined) return;
    this.#rows.showAround(target);
    this.#place.anchor = {
      rowId: target,
      offset: restored === undefined ? NEW_LINE_OFFSET_PX : (restore?.offset ?? 0),
    };
    this.atEnd = false;
  }

  /** Later rows: follow one's own line and, at the end, everyone's. */
  #grow(fresh: readonly RowView[]): void {
    this.#fresh = new Set(fresh.map(({ rowId }) => rowId));
    if (fresh.at(-1)?.own === true) {
      this.#place.anchor = undefined;
      this.atEnd = true;
      this.#rows.follow();
    }
    if (this.atEnd) this.#rows.trim();
    // At the very top the place can be held only if something stands above it.
    else if (this.#place.room.above < HURRY_PX) this.#rows.extend('older', { ...this.#stays(), hurry: true });
    if (!this.atEnd) this.arrived += fresh.filter(({ own }) => !own).length;
    this.#announcer.tell(fresh);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('atEnd') && this.atEnd && this.timeline.rows.length > MANY_ROWS) {
      this.intend('coi-at-newest', undefined);
    }
    const unread = this.marksRead
      ? this.#place.messages().filter(({ row }) => row.unread && !row.own && row.provisional === undefined)
      : [];
    this.#tracker?.watch(new Map(unread.map((message) => [message, message.row.rowId])));
    void this.#settle();
  }

  /** Messages draw themselves a microtask later; before the next paint everything is in its place. */
  async #settle(): Promise<void> {
    await Promise.all(this.#place.messages().map((message) => message.updateComplete));
    if (!this.isConnected) return;
    this.#place.hold();
    // Everything fits: no scroll event will tell that the end is in view.
    if (!this.atEnd && this.#atEndNow() && this.log.scrollHeight <= this.log.clientHeight) this.atEnd = true;
    this.#fill();
  }

  #atEndNow(): boolean {
    return this.#rows.followsNewest && this.#place.isAtEnd;
  }

  #notePlace(): void {
    this.atEnd = this.#atEndNow();
    this.#place.note(this.atEnd);
    if (this.atEnd) this.arrived = 0;
  }

  #onScroll(): void {
    this.#notePlace();
    this.#fill();
    clearTimeout(this.#placeTimer);
    this.#placeTimer = setTimeout(() => this.#tellPlace(), PLACE_DELAY_MS);
  }

  /** A webmail loads a whole page at every switch of tasks: the place must be told before. */
  readonly #onLeave = (event: Event): void => {
    if (event.type === 'visibilitychange' && document.visibilityState !== 'hidden') return;
    if (this.#placeTimer === undefined) return;
    if (this.#place.isScrolled) this.#notePlace();
    this.#tellPlace();
  };

  #tellPlace(): void {
    clearTimeout(this.#placeTimer);
    this.#placeTimer = undefined;
    const { anchor } = this.#place;
    const row = anchor && this.timeline.rows.find(({ rowId }) => rowId === anchor.rowId);
    const place: ScrollPlace =
      anchor === undefined || row === undefined
        ? undefined
        : { at: row.at, offset: Math.round(anchor.offset), count: this.timeline.rows.length };
    this.intend('coi-scrolled', { chatId: this.timeline.chat.chatId, place });
  }

  /** Near an edge the window slides by a few rows with the next frame; near the oldest row older ones are asked for. */
  #fill(): void {
    const { start, end } = this.#rows.range;
    if (start < ASK_AHEAD_ROWS && this.timeline.hasOlder && !this.#olderAsked && this.#isNear('older')) {
      this.#olderAsked = true;
      this.intend('coi-older', undefined);
    }
    const isShort = (start > 0 && this.#isNear('older')) || (end < this.#rows.ids.length && this.#isNear('newer'));
    if (isShort && this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#slide());
  }

  /** A panel that is not shown has no near and no far. */
  #isNear(end: 'older' | 'newer'): boolean {
    const { above, below } = this.#place.room;
    return this.log.clientHeight > 0 && (end === 'older' ? above : below) < AHEAD_PX;
  }

  #slide(): void {
    this.#frame = 0;
    if (this.#place.isScrolled) this.#notePlace();
    const { above, below } = this.#place.room;
    const options = this.#stays();
    // What the reader runs towards comes first.
    const slid =
      (above < AHEAD_PX && this.#rows.extend('older', { ...options, hurry: above < HURRY_PX })) ||
      (below < AHEAD_PX && this.#rows.extend('newer', { ...options, hurry: below < HURRY_PX }));
    if (slid) this.requestUpdate();
  }

  /** A focused message stays in the page, or the focus would fall out of the panel; and so does what is selected. */
  #stays(): { readonly keep: RowId | undefined; readonly keepAll: boolean } {
    const focused = this.shadowRoot?.activeElement;
    const keep = focused?.localName === 'coi-message' ? (focused as CoiMessage).row.rowId : undefined;
    return { keep, keepAll: this.#isSelecting };
  }

  /** What leaves the page leaves the selection: while one reaches from here, nothing goes. */
  readonly #onSelection = (event: Event): void => {
    // Between pressing and moving nothing is selected yet.
    const isSettled = event.type !== 'selectionchange' || !this.#isPressed;
    if (event.type !== 'selectionchange') {
      this.#isPressed = false;
      // After the click.
      if (this.#hasJump === this.atEnd) setTimeout(() => this.requestUpdate());
    }
    if (isSettled && this.#isSelecting && !hasSelection(this.#place.messages())) this.#isSelecting = false;
  };

  #onKey(event: KeyboardEvent): void {
    onRovingKey(event, {
      messages: () => this.#place.messages(),
      focus: (message) => this.#focusMessage(message),
      menu: (message) => this.intend('coi-row-menu', { row: message.row, anchor: message.getBoundingClientRect() }),
      newest: () => {
        this.jumpToNewest();
        void this.updateComplete.then(() => this.#focusMessage(this.#place.messages().at(-1)));
      },
    });
  }

  #focusMessage(message: CoiMessage | undefined): void {
    if (message === undefined) return;
    this.focusedId = message.row.rowId;
    message.focus({ preventScroll: true });
    message.scrollIntoView({ block: 'nearest' });
  }

  #onFocus(event: FocusEvent): void {
    const message = (event.target as Element).closest('coi-message');
    if (message !== null) this.focusedId = message.row.rowId;
  }

  #onContextMenu(event: MouseEvent): void {
    // On a link or a selection the browser's own menu is of more use.
    const [inner] = event.composedPath() as Element[];
    const message = (event.target as Element).closest('coi-message');
    if (message === null || inner?.closest?.('a') || hasSelection([message])) return;
    event.preventDefault();
    this.intend('coi-row-menu', { row: message.row, anchor: new DOMRect(event.clientX, event.clientY, 0, 0) });
  }

  #day(at: number): TemplateResult {
    const days = daysAgo(at, Date.now());
    const label = days === 0 ? words.today() : days === 1 ? words.yesterday() : formatDay(at, Date.now());
    return html`<div class="day" role="separator" aria-label=${label}>${label}</div>`;
  }

  #item({ row, day, newLine, first }: TimelineItem): TemplateResult {
    const active = row.rowId === (this.focusedId ?? this.#rows.newestId);
    return html`${day === undefined ? nothing : this.#day(day)}
      ${newLine ? html`<div class="new-line" role="separator">${words.newMessages()}</div>` : nothing}
      <coi-message
        class=${this.#fresh.has(row.rowId) ? 'new' : ''}
        role="article"
        tabindex=${active ? 0 : -1}
        aria-label=${rowSummary(row)}
        .row=${row}
        .engineUrl=${this.engineUrl}
        .fullText=${this.fullTexts.get(row.rowId)}
        ?first=${first}
        ?group=${this.timeline.chat.kind === 'group'}
        ?active=${active}
        ?flash=${row.rowId === this.flashId}
        ?can-open-mail=${this.canOpenMail}
      ></coi-message>`;
  }

  #older(start: number): TemplateResult | typeof nothing {
    const { loadingOlder, hasOlder } = this.timeline;
    if (start > 0 || !(loadingOlder || hasOlder)) return nothing;
    return html`<div class="older">
      ${loadingOlder ? html`${ring()} ${words.loadingOlder()}` : words.scrollForOlder()}
    </div>`;
  }

  #jump(): TemplateResult | typeof nothing {
    // Nothing comes or goes under a finger.
    if (!this.#isPressed) this.#hasJump = !this.atEnd;
    if (!this.#hasJump) return nothing;
    const label = this.arrived > 0 ? words.jumpNewestCount(this.arrived) : words.jumpNewest();
    return html`<button class="jump" aria-label=${label} title=${label} @click=${this.jumpToNewest}>
      ${icon('chevron-down', 'large')}
      ${this.arrived > 0 ? html`<span class="badge" aria-hidden="true">${formatCount(this.arrived)}</span>` : nothing}
    </button>`;
  }

  protected override render() {
    const { timeline } = this;
    const { start, end } = this.#rows.range;
    // Items are made of all rows up to the end, so that the first one in the page knows what is before it.
    const from = Math.max(0, start - 1);
    const items = timelineItems(timeline.rows.slice(from, end), timeline.firstUnread).slice(start - from);
    return html`
      <div
        class="log"
        role="log"
        aria-live="off"
        aria-label=${words.messagesWith(timeline.chat.title)}
        tabindex="-1"
        @scroll=${this.#onScroll}
        @keydown=${this.#onKey}
        @focusin=${this.#onFocus}
        @pointerdown=${() => {
          this.#isPressed = true;
          this.#isSelecting = true;
        }}
        @contextmenu=${this.#onContextMenu}
      >
        <div class="rows">
          ${this.#older(start)} ${repeat(
            items,
            ({ row }) => row.rowId,
            (item) => this.#item(item),
          )}
        </div>
      </div>
      ${this.#jump()}
      <div class="visually-hidden" role="status">${this.announcement}</div>
    `;
  }
}
