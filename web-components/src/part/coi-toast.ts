/** A short word at the lower edge that goes away by itself: copied, did not work. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { CoiElement } from '../element/coi-element.ts';
import { base, overlay } from '../style/base.css.ts';

const STAYS_MS = 5000;

/** @summary One short notice at a time, read out politely. */
@customElement('coi-toast')
export class CoiToast extends CoiElement {
  static override styles = [
    base,
    overlay,
    css`
      :host {
        position: absolute;
        inset-inline: var(--coi-space-3);
        inset-block-end: 64px;
        display: grid;
        justify-items: center;
        pointer-events: none;
        z-index: var(--coi-z-overlay);
      }
      p {
        max-width: 100%;
        padding: 8px 14px;
        line-height: 1.4;
        font-size: var(--coi-text-m);
      }
    `,
  ];

  @state() private text = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.#timer = setTimeout(() => {
      this.text = '';
    }, STAYS_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render() {
    return html`<div role="status">${this.text === '' ? undefined : html`<p class="overlay">${this.text}</p>`}</div>`;
  }
}
