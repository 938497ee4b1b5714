/** A menu at a place: arrows move, Enter chooses, Esc closes and gives the focus back. */
import { css, html, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { CoiElement } from '../element/coi-element.ts';
import { icon, type IconName } from '../icon/icon.ts';
import { base, overlay } from '../style/base.css.ts';

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly picture: IconName;
  readonly danger?: boolean | undefined;
  /** A line above this entry. */
  readonly apart?: boolean | undefined;
}

const GAP_PX = 4;

/**
 * @summary A menu over everything, beside its anchor. Uses the top layer, so no panel cuts it off.
 * @fires coi-menu-choose - `detail` is the id of the entry.
 * @fires coi-menu-close - The menu went away without a choice.
 */
@customElement('coi-menu')
export class CoiMenu extends CoiElement {
  static override styles = [
    base,
    overlay,
    css`
      :host {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: var(--coi-space-1);
        min-width: 208px;
        max-width: min(300px, calc(100vw - 16px));
        max-height: calc(100vh - 16px);
        overflow: auto;
        border: 1px solid var(--coi-border);
        border-radius: var(--coi-radius);
        background: var(--coi-bg-overlay);
        box-shadow: var(--coi-shadow);
        animation: coi-rise var(--coi-slow) var(--coi-ease);
      }
      :host(:focus-visible) {
        outline: none;
      }
      button {
        display: flex;
        align-items: center;
        gap: 10px;
        width: 100%;
        min-height: 32px;
        padding: 5px 10px;
        border-radius: 4px;
        line-height: 1.35;
      }
      button .icon {
        color: var(--coi-icon);
      }
      button:hover,
      button:focus-visible {
        background: var(--coi-bg-hover);
      }
      button:focus-visible {
        outline-offset: calc(-1 * var(--coi-focus-width));
      }
      .danger,
      .danger .icon {
        color: var(--coi-danger);
      }
      hr {
        height: 1px;
        margin: 4px 6px;
        border: 0;
        background: var(--coi-border);
      }
    `,
  ];

  @property({ attribute: false }) entries: readonly MenuEntry[] = [];
  /** Where it belongs, in the window's pixels. */
  @property({ attribute: false }) anchor: DOMRect | undefined;
  @property() label = '';
  #closing = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.popover = 'auto';
    this.setAttribute('role', 'menu');
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('toggle', this.#onToggle);
  }

  protected override firstUpdated(): void {
    this.showPopover();
    this.#place();
    this.#items()[0]?.focus();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('label')) this.setAttribute('aria-label', this.label);
  }

  #items(): readonly HTMLButtonElement[] {
    return [...this.renderRoot.querySelectorAll('button')];
  }

  #place(): void {
    const anchor = this.anchor;
    if (anchor === undefined) return;
    const { width, height } = this.getBoundingClientRect();
    const below = anchor.bottom + GAP_PX;
    const top = below + height <= innerHeight - GAP_PX ? below : Math.max(GAP_PX, anchor.top - GAP_PX - height);
    const wanted = this.matches(':dir(rtl)') ? anchor.left : anchor.right - width;
    this.style.top = `${Math.round(top)}px`;
    this.style.left = `${Math.round(Math.min(Math.max(2 * GAP_PX, wanted), innerWidth - width - 2 * GAP_PX))}px`;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const items = this.#items();
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLButtonElement);
    const to = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    }[event.key];
    if (to !== undefined) {
      items[to]?.focus();
      event.preventDefault();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      this.#close();
    }
  };

  readonly #onToggle = (event: ToggleEvent): void => {
    if (event.newState === 'closed') this.#close();
  };

  #close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.dispatchEvent(new CustomEvent('coi-menu-close'));
  }

  #choose(id: string): void {
    this.#closing = true;
    this.dispatchEvent(new CustomEvent('coi-menu-choose', { detail: id }));
  }

  protected override render() {
    return this.entries.map(
      ({ id, label, picture, danger, apart }) => html`
        ${apart === true ? html`<hr />` : undefined}
        <button role="menuitem" tabindex="-1" class=${danger === true ? 'danger' : ''} @click=${() => this.#choose(id)}>
          ${icon(picture)} ${label}
        </button>
      `,
    );
  }
}
