/** Where chats live: the one choice that consent and settings share. Says what other mail apps will show. */
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ConsentPreview } from '@coi-webmail/client';
import { CoiElement } from '../element/coi-element.ts';
import { words } from '../i18n/words.ts';
import { base, form } from '../style/base.css.ts';

/**
 * @summary Radio buttons for the filing mode.
 * @fires coi-mode - `detail` is the chosen mode.
 */
@customElement('coi-mode-choice')
export class CoiModeChoice extends CoiElement {
  static override styles = [
    base,
    form,
    css`
      :host {
        display: block;
      }
    `,
  ];

  @property() mode: 'active' | 'none' = 'active';
  /** Undefined = not known yet. */
  @property({ attribute: false }) preview: ConsentPreview | undefined;
  @property() label = '';
  /** The host is a webmail that keeps chats out of its list. */
  @property({ type: Boolean, attribute: 'hides-chats' }) hidesChats = false;

  #option(mode: 'active' | 'none', title: string, text: string, disabled = false) {
    return html`<label>
      <input
        type="radio"
        name="mode"
        .checked=${this.mode === mode}
        ?disabled=${disabled}
        @change=${() => this.dispatchEvent(new CustomEvent('coi-mode', { detail: mode }))}
      />
      <b>${title}</b>
      <span>${text}</span>
    </label>`;
  }

  protected override render() {
    const canMove = this.preview?.canMove !== false;
    const activeText = this.preview?.coiServer === true ? words.modeActiveServerText() : words.modeActiveText();
    return html`<div class="choice" role="radiogroup" aria-label=${this.label}>
      ${this.#option('active', words.modeActive(), canMove ? activeText : words.modeCannotMove(), !canMove)}
      ${this.#option('none', words.modeNone(), this.hidesChats ? words.modeNoneText() : words.modeNoneAloneText())}
    </div>`;
  }
}
