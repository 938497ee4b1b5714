/** First open: the one question. Until it is answered nothing in the mailbox changes. */
import { css, html, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ConsentPreview } from '@coi-webmail/client';
import { CoiElement } from '../element/coi-element.ts';
import { words } from '../i18n/words.ts';
import { icon } from '../icon/icon.ts';
import { base, header } from '../style/base.css.ts';
import './coi-mode-choice.ts';

/**
 * @summary Asks where chats should live.
 * @slot banner - News, under the header.
 * @fires coi-set-mode - The answer.
 * @fires coi-later - Not now.
 * @fires coi-close - Close the panel.
 */
@customElement('coi-consent')
export class CoiConsent extends CoiElement {
  static override styles = [
    base,
    header,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        background: var(--coi-bg);
      }
      .content {
        display: grid;
        align-content: start;
        gap: var(--coi-space-3);
        flex: 1;
        min-height: 0;
        overflow: auto;
        width: 100%;
        max-width: 520px;
        margin-inline: auto;
        padding: var(--coi-space-6) var(--coi-space-4);
      }
      h3 {
        font-size: var(--coi-text-xl);
        line-height: var(--coi-line-tight);
      }
      p {
        color: var(--coi-text-2);
        font-size: var(--coi-text-m);
        text-wrap: pretty;
      }
      .move {
        display: flex;
        gap: 8px;
        min-height: calc(1.25 * var(--coi-rem));
      }
      .move .icon {
        margin-block-start: 2px;
        color: var(--coi-icon);
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: var(--coi-space-2);
        margin-block-start: var(--coi-space-2);
      }
      .buttons .plain {
        padding-inline: 0;
      }
    `,
  ];

  /** Undefined = being counted, null = could not be counted. */
  @property({ attribute: false }) preview: ConsentPreview | undefined | null;
  @property({ type: Boolean }) closable = false;
  /** The answer is on its way. */
  @property({ type: Boolean }) busy = false;
  /** The host is a webmail that keeps chats out of its list. */
  @property({ type: Boolean, attribute: 'hides-chats' }) hidesChats = false;
  @state() private mode: 'active' | 'none' = 'active';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('preview') && this.preview?.canMove === false) this.mode = 'none';
  }

  #moveText(): string {
    if (this.preview === undefined) return words.counting();
    if (this.preview === null) return words.countFailed();
    return words.wouldMove(this.mode === 'active' ? this.preview.chatMailCount : 0);
  }

  protected override render() {
    return html`
      <header class="header">
        <h2 class="title">${words.chats()}</h2>
        ${
          this.closable
            ? html`<button
              class="icon-button"
              aria-label=${words.closeChat()}
              title=${words.closeChat()}
              @click=${() => this.intend('coi-close', undefined)}
            >
              ${icon('x-lg', 'large')}
            </button>`
            : undefined
        }
      </header>
      <slot name="banner"></slot>
      <div class="content">
        <h3>${words.consentTitle()}</h3>
        <p>${words.consentText()}</p>
        <coi-mode-choice
          ?hides-chats=${this.hidesChats}
          .mode=${this.mode}
          .preview=${this.preview ?? undefined}
          .label=${words.consentTitle()}
          @coi-mode=${(event: CustomEvent<'active' | 'none'>) => {
            this.mode = event.detail;
          }}
        ></coi-mode-choice>
        <p class="move" role="status">${icon('info-circle', 'small')}<span>${this.#moveText()}</span></p>
        <div class="buttons">
          <button class="button plain" @click=${() => this.intend('coi-later', undefined)}>${words.notNow()}</button>
          <button
            class="button primary"
            ?disabled=${this.busy}
            @click=${() => this.intend('coi-set-mode', { mode: this.mode })}
          >
            ${words.start()}
          </button>
        </div>
      </div>
    `;
  }
}
