/** A picture, a title and one sentence, with actions in the slot: what stands where nothing is. */
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { CoiElement } from '../element/coi-element.ts';
import { icon, type IconName } from '../icon/icon.ts';
import { base } from '../style/base.css.ts';

/**
 * @summary An empty place that says what belongs there.
 * @slot - Buttons.
 */
@customElement('coi-empty-state')
export class CoiEmptyState extends CoiElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        flex: 1;
        min-height: 0;
        padding: var(--coi-space-6) var(--coi-space-6) 40px;
        gap: var(--coi-space-2);
        text-align: center;
        overflow: auto;
      }
      .picture {
        display: grid;
        place-items: center;
        flex: none;
        width: 56px;
        height: 56px;
        margin-block-end: var(--coi-space-1);
        border-radius: 18px;
        background: var(--coi-accent-weak);
        color: var(--coi-accent);
      }
      .picture .icon {
        width: 26px;
        height: 26px;
      }
      .neutral {
        background: var(--coi-bg-hover);
        color: var(--coi-icon);
      }
      .warning {
        background: var(--coi-warn-bg);
        color: var(--coi-warn);
      }
      h2 {
        font-size: var(--coi-text-xl);
        line-height: var(--coi-line-tight);
        overflow-wrap: anywhere;
      }
      p {
        max-width: 30em;
        color: var(--coi-text-2);
        font-size: var(--coi-text-m);
        text-wrap: pretty;
        overflow-wrap: anywhere;
      }
      slot {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: var(--coi-space-2);
        margin-block-start: var(--coi-space-2);
      }
    `,
  ];

  @property() picture: IconName = 'chat-square-text';
  @property() tone: 'accent' | 'neutral' | 'warning' = 'accent';
  @property() heading = '';
  @property() text = '';

  protected override render() {
    return html`
      <div class="picture ${this.tone}">${icon(this.picture)}</div>
      <h2>${this.heading}</h2>
      ${this.text === '' ? undefined : html`<p>${this.text}</p>`}
      <slot></slot>
    `;
  }
}
