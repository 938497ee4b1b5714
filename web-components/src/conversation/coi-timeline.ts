/**
 * The lines of one chat, scrolled. Holds the reader's place whatever happens above or below: rows come, grow, are
 * loaded or leave the page. Follows the newest line only for someone who is there.
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
import { rowSummary, rowText } from '../message/summary.ts';
import { base } from '../style/base.css.ts';
import { timelineStyles } from './coi-timeline.css.ts';
import { ReadTracker } from './read-tracker.ts';
import { around, NEWEST, newer, older, rangeOf, type RowWindow, trimmed } from './row-window.ts';
import { type TimelineItem, timelineItems } from './timeline-items.ts';

/** So near to the end counts as being there. */
const AT_END_PX = 48;
const NEAR_EDGE_PX = 700;
const PLACE_DELAY_MS = 250;
const ANNOUNCE_DELAY_MS = 700;
const FLASH_MS = 1300;
/** Where the line "New" stands when a chat is opened. */
const NEW_LINE_OFFSET_PX = 72;

/** A row and where its upper edge is, relative to the log's. */
interface Anchor {
  readonly rowId: RowId;
  readonly offset: number;
}

/**
 * @summary The timeline of a chat. One element per chat: keyed by it.
 * @fires coi-older - Older rows are wanted.
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
  @state() private window: RowWindow = NEWEST;
  @state() private atEnd = true;
  @state() private arrived = 0;
  @state() private focusedId: RowId | undefined;
  @state() private flashId: RowId | undefined;
  @state() private announcement = '';
  @query('.log') private readonly log!: HTMLElement;
  @query('.rows') private readonly rowsBox!: HTMLElement;

  /** The place to hold; undefined = the end. */
  #anchor: Anchor | undefined;
  /** Where we left the log; anything else is the reader's doing. */
  #heldTop = 0;
  #known = new Set<RowId>();
  #fresh = new Set<RowId>();
  #newestId: RowId | undefined;
  #olderAsked = false;
  #settled = false;
  #tracker: ReadTracker | undefined;
  #resizes: ResizeObserver | undefined;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #unannounced: RowView[] = [];

  /** Focus goes to the message that Tab would reach. */
  override focus(): void {
    const target = this.#messages().find((message) => message.active);
    (target ?? this.log).focus({ preventScroll: true });
  }

  /** Scrolls to a row and lets it light up. @returns false when the row is not loaded */
  showRow(rowId: RowId): boolean {
    if (!this.timeline.rows.some((row) => row.rowId === rowId)) return false;
    if (this.#element(rowId) === undefined) this.window = around(this.#ids(), rowId);
    this.#anchor = { rowId, offset: this.log.clientHeight / 3 };
    this.atEnd = false;
    this.flashId = rowId;
    this.#later('flash', FLASH_MS, () => {
      this.flashId = undefined;
    });
    return true;
  }

  jumpToNewest(): void {
    this.window = trimmed(this.#ids(), { from: NEWEST.from, to: undefined });
    this.#anchor = undefined;
    this.atEnd = true;
    this.arrived = 0;
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#tracker?.stop();
    this.#tracker = undefined;
    this.#resizes?.disconnect();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  protected override firstUpdated(): void {
    this.#listen();
  }

  #listen(): void {
    this.#tracker = new ReadTracker(this.log, (rowIds) => {
      this.intend('coi-read', { chatId: this.timeline.chat.chatId, rowIds });
    });
    this.#resizes = new ResizeObserver(() => this.#hold());
    this.#resizes.observe(this.log);
    this.#resizes.observe(this.rowsBox);
  }

  #later(name: string, delayMs: number, act: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(act, delayMs));
  }

  #ids(): readonly RowId[] {
    return this.timeline.rows.map(({ rowId }) => rowId);
  }

  #messages(): readonly CoiMessage[] {
    return [...this.rowsBox.querySelectorAll('coi-message')];
  }

  #element(rowId: RowId): CoiMessage | undefined {
    return this.#messages().find((message) => message.row.rowId === rowId);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Someone scrolled, and the event about it has not come yet: their place counts, not the one before.
    if (this.hasUpdated && Math.abs(this.log.scrollTop - this.#heldTop) > 1) this.#notePlace();
    if (!changed.has('timeline')) return;
    const rows = this.timeline.rows;
    if (!this.#settled && rows.length > 0) this.#open(rows);
    else this.#grow(rows);
    this.#known = new Set(rows.map(({ rowId }) => rowId));
    this.#newestId = rows.at(-1)?.rowId;
    this.#olderAsked = false;
    if (this.focusedId === undefined || !this.#known.has(this.focusedId)) this.focusedId = undefined;
  }

  /** First rows of this chat: the place of before, else the line "New", else the end. */
  #open(rows: readonly RowView[]): void {
    this.#settled = true;
    const { restore, timeline } = this;
    const restored = restore === undefined ? undefined : rows.find(({ at }) => at >= restore.at);
    const target = restored?.rowId ?? timeline.firstUnread;
    if (target === undefined) return;
    this.window = around(this.#ids(), target);
    this.#anchor = { rowId: target, offset: restored === undefined ? NEW_LINE_OFFSET_PX : (restore?.offset ?? 0) };
    this.atEnd = false;
  }

  /** Later rows: follow one's own line and, at the end, everyone's. */
  #grow(rows: readonly RowView[]): void {
    const newestKnown = rows.findIndex(({ rowId }) => rowId === this.#newestId);
    const fresh = rows.slice(newestKnown + 1).filter(({ rowId }) => newestKnown >= 0 && !this.#known.has(rowId));
    this.#fresh = new Set(fresh.map(({ rowId }) => rowId));
    if (fresh.at(-1)?.own === true) {
      this.#anchor = undefined;
      this.atEnd = true;
      this.window = { from: this.window.to === undefined ? this.window.from : undefined, to: undefined };
    }
    if (this.atEnd) this.window = trimmed(this.#ids(), this.window);
    else this.arrived += fresh.filter(({ own }) => !own).length;
    this.#announce(fresh.filter(({ own }) => !own));
  }

  /** One line is read out; of a burst only how many there were. */
  #announce(rows: readonly RowView[]): void {
    if (rows.length === 0) return;
    this.#unannounced.push(...rows);
    this.#later('announce', ANNOUNCE_DELAY_MS, () => {
      const [only] = this.#unannounced;
      const burst = this.#unannounced.length > 1;
      this.announcement =
        burst || only === undefined
          ? words.newBurst(this.#unannounced.length)
          : words.newFrom(only.sender.name, rowText(only));
      this.#unannounced = [];
    });
  }

  protected override updated(): void {
    const unread = this.marksRead
      ? this.#messages().filter(({ row }) => row.unread && !row.own && row.provisional === undefined)
      : [];
    this.#tracker?.watch(new Map(unread.map((message) => [message, message.row.rowId])));
    void this.#settle();
  }

  /** Messages draw themselves a microtask later; before the next paint everything is in its place. */
  async #settle(): Promise<void> {
    await Promise.all(this.#messages().map((message) => message.updateComplete));
    this.#hold();
    this.#fill();
    // Everything fits: no scroll event will tell that the end is in view.
    if (!this.atEnd && this.#atEndNow() && this.log.scrollHeight <= this.log.clientHeight) this.atEnd = true;
  }

  #hold(): void {
    const { log } = this;
    const element = this.#anchor === undefined ? undefined : this.#element(this.#anchor.rowId);
    if (this.#anchor === undefined) {
      log.scrollTop = log.scrollHeight;
    } else if (element !== undefined) {
      const offset = element.getBoundingClientRect().top - log.getBoundingClientRect().top;
      const move = offset - this.#anchor.offset;
      if (Math.abs(move) >= 0.5) log.scrollTop += move;
    }
    this.#heldTop = log.scrollTop;
  }

  #atEndNow(): boolean {
    const { log } = this;
    const followsNewest = rangeOf(this.#ids(), this.window).end === this.timeline.rows.length;
    return followsNewest && log.scrollHeight - log.scrollTop - log.clientHeight < AT_END_PX;
  }

  #firstVisible(): Anchor | undefined {
    const top = this.log.getBoundingClientRect().top;
    const messages = this.#messages();
    let [low, high] = [0, messages.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((messages[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
      else low = middle + 1;
    }
    const found = messages[low];
    return found === undefined
      ? undefined
      : { rowId: found.row.rowId, offset: found.getBoundingClientRect().top - top };
  }

  #notePlace(): void {
    this.#heldTop = this.log.scrollTop;
    this.atEnd = this.#atEndNow();
    this.#anchor = this.atEnd ? undefined : this.#firstVisible();
    if (this.atEnd) this.arrived = 0;
  }

  #onScroll(): void {
    this.#notePlace();
    this.#fill();
    this.#later('place', PLACE_DELAY_MS, () => this.#tellPlace());
  }

  #tellPlace(): void {
    const anchor = this.#anchor;
    const row = anchor && this.timeline.rows.find(({ rowId }) => rowId === anchor.rowId);
    const place: ScrollPlace =
      anchor === undefined || row === undefined
        ? undefined
        : { at: row.at, offset: Math.round(anchor.offset), count: this.timeline.rows.length };
    this.intend('coi-scrolled', { chatId: this.timeline.chat.chatId, place });
  }

  /** Near an edge the window slides; at the very top older rows are asked for. */
  #fill(): void {
    const { log, timeline } = this;
    const ids = this.#ids();
    const { start, end } = rangeOf(ids, this.window);
    const fromEnd = log.scrollHeight - log.scrollTop - log.clientHeight;
    if (log.scrollTop < NEAR_EDGE_PX && start > 0) {
      const next = older(ids, this.window);
      if (this.#keepsFocus(ids, next)) this.window = next;
    } else if (log.scrollTop < NEAR_EDGE_PX && start === 0 && timeline.hasOlder && !this.#olderAsked) {
      this.#olderAsked = true;
      this.intend('coi-older', undefined);
    } else if (fromEnd < NEAR_EDGE_PX && end < ids.length && !this.atEnd) {
      const next = newer(ids, this.window);
      if (this.#keepsFocus(ids, next)) this.window = next;
    }
  }

  /** A focused message stays in the page, or the focus would fall out of the panel. */
  #keepsFocus(ids: readonly RowId[], next: RowWindow): boolean {
    const focused = this.shadowRoot?.activeElement;
    const rowId = focused?.localName === 'coi-message' ? (focused as CoiMessage).row.rowId : undefined;
    if (rowId === undefined) return true;
    const { start, end } = rangeOf(ids, next);
    const at = ids.indexOf(rowId);
    return at >= start && at < end;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const messages = this.#messages();
    const target = event.composedPath()[0];
    const at = messages.indexOf(target as CoiMessage);
    if (at < 0) return;
    const message = messages[at];
    if (event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault();
      if (message !== undefined)
        this.intend('coi-row-menu', { row: message.row, anchor: message.getBoundingClientRect() });
    } else if (event.key === 'End') {
      event.preventDefault();
      this.jumpToNewest();
      void this.updateComplete.then(() => this.#focusMessage(this.#messages().at(-1)));
    } else {
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.#focusMessage(messages[to]);
    }
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
    if (message === null || inner?.closest?.('a') || String(getSelection()) !== '') return;
    event.preventDefault();
    this.intend('coi-row-menu', { row: message.row, anchor: new DOMRect(event.clientX, event.clientY, 0, 0) });
  }

  #day(at: number): TemplateResult {
    const days = daysAgo(at, Date.now());
    const label = days === 0 ? words.today() : days === 1 ? words.yesterday() : formatDay(at, Date.now());
    return html`<div class="day" role="separator" aria-label=${label}>${label}</div>`;
  }

  #item({ row, day, newLine, first }: TimelineItem): TemplateResult {
    const active = row.rowId === (this.focusedId ?? this.#newestId);
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
    if (this.atEnd) return nothing;
    const label = this.arrived > 0 ? words.jumpNewestCount(this.arrived) : words.jumpNewest();
    return html`<button class="jump" aria-label=${label} title=${label} @click=${this.jumpToNewest}>
      ${icon('chevron-down', 'large')}
      ${this.arrived > 0 ? html`<span class="badge" aria-hidden="true">${formatCount(this.arrived)}</span>` : nothing}
    </button>`;
  }

  protected override render() {
    const { timeline } = this;
    const { start, end } = rangeOf(this.#ids(), this.window);
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
