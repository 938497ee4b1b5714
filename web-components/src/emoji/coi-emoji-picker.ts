/** A small emoji picker with search. Loaded when first opened, with the table of the page's language. */
import { css, html, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { CoiElement } from '../element/coi-element.ts';
import { formatLocale } from '../i18n/format.ts';
import { words } from '../i18n/words.ts';
import { icon, type IconName } from '../icon/icon.ts';
import { base, overlay, skeleton } from '../style/base.css.ts';
import { type Emoji, type EmojiTable, loadTable, searchTable } from './table.ts';

const TABS: readonly IconName[] = [
  'emoji-smile',
  'flower1',
  'cup-hot',
  'trophy',
  'globe2',
  'lightbulb',
  'heart',
  'flag',
];
const PER_LINE = 8;
const MOST_RECENT = 16;
/** Chosen in this page load; nothing of it is stored. */
let recent: readonly Emoji[] = [];

/**
 * @summary Emoji to choose from.
 * @fires coi-emoji - `detail` is the emoji.
 * @fires coi-emoji-close - Escape, or a click elsewhere.
 */
@customElement('coi-emoji-picker')
export class CoiEmojiPicker extends CoiElement {
  static override styles = [
    base,
    overlay,
    skeleton,
    css`
      :host {
        display: block;
        width: 304px;
        max-width: 100%;
      }
      .picker {
        overflow: hidden;
      }
      .search {
        display: flex;
        align-items: center;
        gap: var(--coi-space-2);
        min-height: var(--coi-control);
        margin: var(--coi-space-2);
        padding-inline: 10px;
        border: 1px solid var(--coi-focus);
        border-radius: var(--coi-radius);
        color: var(--coi-icon);
      }
      .search input {
        flex: 1;
        min-width: 0;
        padding: 5px 0;
        border: 0;
        outline: 0;
        background: none;
        color: var(--coi-text);
      }
      .search input:focus-visible {
        outline: 0;
      }
      .search:focus-within {
        box-shadow: 0 0 0 1px var(--coi-focus);
      }
      .search input::placeholder {
        color: var(--coi-text-2);
        opacity: 1;
      }
      .tabs {
        display: flex;
        padding-inline: var(--coi-space-1);
        border-block-end: 1px solid var(--coi-border);
      }
      .tabs button {
        flex: 1;
        display: grid;
        place-items: center;
        height: 34px;
        color: var(--coi-icon);
        border-block-end: 2px solid transparent;
      }
      .tabs button[aria-selected='true'] {
        color: var(--coi-accent);
        border-color: currentColor;
      }
      .tabs button:focus-visible {
        outline-offset: -2px;
      }
      .scroll {
        height: 224px;
        overflow: hidden auto;
        scrollbar-width: thin;
      }
      h3 {
        padding: 8px 12px 2px;
        font-size: var(--coi-text-s);
        color: var(--coi-text-2);
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(8, minmax(0, 1fr));
        padding: 0 8px 6px;
      }
      .grid button {
        display: grid;
        place-items: center;
        aspect-ratio: 1;
        border-radius: var(--coi-radius);
        font-family: var(--coi-font-emoji);
        font-size: 22px;
        line-height: 1;
      }
      .grid button:hover {
        background: var(--coi-bg-hover);
      }
      .grid button:focus-visible {
        background: var(--coi-bg-hover);
        outline-offset: -2px;
      }
      .none {
        padding: var(--coi-space-4);
        color: var(--coi-text-2);
        text-align: center;
      }
    `,
  ];

  @state() private table: EmojiTable | undefined;
  @state() private search = '';
  @state() private tab = 0;
  @query('input') private readonly input!: HTMLInputElement;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
    this.addEventListener('keydown', this.#onKey);
    document.addEventListener('pointerdown', this.#onPointer, true);
  }

  async #load(): Promise<void> {
    this.table = await loadTable(formatLocale());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.#onPointer, true);
  }

  protected override firstUpdated(): void {
    this.input.focus();
  }

  readonly #onPointer = (event: PointerEvent): void => {
    // A click on the button that opened it closes it there.
    const path = event.composedPath();
    const composer = (this.getRootNode() as ShadowRoot).host;
    if (!path.includes(this) && !path.includes(composer)) this.#close();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const buttons = [...this.renderRoot.querySelectorAll<HTMLButtonElement>('.grid button')];
    const at = buttons.indexOf(this.shadowRoot?.activeElement as HTMLButtonElement);
    const sideways = this.matches(':dir(rtl)') ? -1 : 1;
    const move = { ArrowRight: sideways, ArrowLeft: -sideways, ArrowDown: PER_LINE, ArrowUp: -PER_LINE }[event.key];
    if (event.key === 'Escape') {
      this.#close();
    } else if (event.key === 'Enter' && at < 0 && !event.isComposing) {
      buttons[0]?.click();
    } else if (at < 0 && event.key === 'ArrowDown') {
      buttons[0]?.focus();
    } else if (at >= 0 && move !== undefined) {
      (buttons[at + move] ?? (move < 0 ? this.input : undefined))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #close(): void {
    this.dispatchEvent(new CustomEvent('coi-emoji-close'));
  }

  #choose(emoji: Emoji): void {
    recent = [emoji, ...recent.filter((known) => known.emoji !== emoji.emoji)].slice(0, MOST_RECENT);
    this.dispatchEvent(new CustomEvent('coi-emoji', { detail: emoji.emoji }));
  }

  #grid(emoji: readonly Emoji[]): TemplateResult {
    return html`<div class="grid">
      ${emoji.map(
        (
          one,
        ) => html`<button tabindex="-1" title=${one.label} aria-label=${one.label} @click=${() => this.#choose(one)}>
          ${one.emoji}
        </button>`,
      )}
    </div>`;
  }

  #content(): TemplateResult | undefined {
    if (this.table === undefined) return undefined;
    if (this.search !== '') {
      const found = searchTable(this.table, this.search);
      return found.length === 0 ? html`<p class="none">${words.noEmoji()}</p>` : this.#grid(found);
    }
    return html`
      ${recent.length > 0 && this.tab === 0 ? html`<h3>${words.recentEmoji()}</h3>${this.#grid(recent)}` : undefined}
      <h3>${words.emojiGroup(this.tab)}</h3>
      ${this.#grid(this.table[this.tab] ?? [])}
    `;
  }

  #tabs(): TemplateResult {
    return html`<div class="tabs" role="tablist">
      ${TABS.map(
        (picture, at) => html`<button
          role="tab"
          aria-selected=${at === this.tab ? 'true' : 'false'}
          aria-label=${words.emojiGroup(at)}
          title=${words.emojiGroup(at)}
          @click=${() => {
            this.tab = at;
          }}
        >
          ${icon(picture)}
        </button>`,
      )}
    </div>`;
  }

  protected override render() {
    return html`<div class="picker overlay" role="dialog" aria-label=${words.emoji()}>
      <div class="search">
        ${icon('search')}
        <input
          autocomplete="off"
          spellcheck="false"
          aria-label=${words.searchEmoji()}
          placeholder=${words.searchEmoji()}
          @input=${(event: InputEvent) => {
            this.search = (event.target as HTMLInputElement).value.trim();
          }}
        />
      </div>
      ${this.search === '' ? this.#tabs() : undefined}
      <div class="scroll">${this.#content()}</div>
    </div>`;
  }
}
