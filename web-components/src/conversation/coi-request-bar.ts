/** Below a request: who this is, and the two decisions. Until then nothing can be answered. */
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ChatView } from '@coi-webmail/chat';
import { CoiElement } from '../element/coi-element.ts';
import { words } from '../i18n/words.ts';
import { icon } from '../icon/icon.ts';
import { base } from '../style/base.css.ts';

/**
 * @summary Accept or block a stranger.
 * @fires coi-accept - Accept.
 * @fires coi-block - Block.
 */
@customElement('coi-request-bar')
export class CoiRequestBar extends CoiElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        flex: none;
        padding: var(--coi-space-3) var(--coi-space-4) var(--coi-space-4);
        border-block-start: 1px solid var(--coi-border);
        background: var(--coi-bg-subtle);
        font-size: var(--coi-text-m);
        line-height: 1.45;
      }
      h3 {
        font-size: var(--coi-text-l);
        overflow-wrap: anywhere;
      }
      ul {
        margin-block: 4px 10px;
        color: var(--coi-text-2);
      }
      li {
        display: flex;
        gap: 6px;
        align-items: flex-start;
      }
      li .icon {
        margin-block-start: 3px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: var(--coi-space-2);
      }
      .button {
        flex: 1 1 auto;
      }
    `,
  ];

  @property({ attribute: false }) chat!: ChatView;

  protected override render() {
    const { chatId, title } = this.chat;
    return html`
      <h3>${words.requestTitle(title)}</h3>
      <ul>
        <li>${icon('person-exclamation', 'small')}<span>${words.requestUnknown()}</span></li>
        <li>${icon('eye-slash', 'small')}<span>${words.requestUnseen()}</span></li>
      </ul>
      <div class="buttons">
        <button class="button primary" @click=${() => this.intend('coi-accept', { chatId })}>${words.accept()}</button>
        <button class="button danger" @click=${() => this.intend('coi-block', { chatId, blocked: true })}>
          ${words.block()}
        </button>
      </div>
    `;
  }
}
