/** Settings of this issue: where chats live, the keyboard, and the way out. */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ConsentPreview, Overview } from '@coi-webmail/client';
import { CoiElement } from '../element/coi-element.ts';
import { words } from '../i18n/words.ts';
import { icon } from '../icon/icon.ts';
import '../part/coi-dialog.ts';
import { base, form, header } from '../style/base.css.ts';
import './coi-mode-choice.ts';

/**
 * @summary Settings.
 * @fires coi-set-mode - Another place for the chats.
 * @fires coi-sign-out - Sign out, and whether to remove everything from this browser.
 * @fires coi-back - Back to the list.
 */
@customElement('coi-settings')
export class CoiSettings extends CoiElement {
  static override styles = [
    base,
    header,
    form,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        background: var(--coi-bg);
      }
      .content {
        flex: 1;
        min-height: 0;
        overflow: hidden auto;
        padding: 0 var(--coi-space-4) var(--coi-space-6);
      }
      section {
        max-width: 560px;
        padding-block: var(--coi-space-6) var(--coi-space-4);
      }
      section + section {
        border-block-start: 1px solid var(--coi-border);
      }
      h3 {
        font-size: var(--coi-text-xl);
        margin-block-end: var(--coi-space-2);
      }
      p {
        color: var(--coi-text-2);
        margin-block-end: var(--coi-space-3);
        overflow-wrap: anywhere;
      }
      .note {
        margin-block: var(--coi-space-2) 0;
        font-size: var(--coi-text-m);
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--coi-space-2) var(--coi-space-4);
        margin: 0;
        font-size: var(--coi-text-m);
      }
      dd {
        margin: 0;
        color: var(--coi-text-2);
      }
      kbd {
        padding: 1px 5px;
        border: 1px solid var(--coi-border);
        border-block-end-width: 2px;
        border-radius: 4px;
        background: var(--coi-bg-subtle);
        color: var(--coi-text-2);
        font-family: var(--coi-font);
        font-size: var(--coi-text-s);
        white-space: nowrap;
      }
      .alarm {
        color: var(--coi-warn);
      }
    `,
  ];

  @property({ attribute: false }) overview: Overview | undefined;
  @property({ attribute: false }) preview: ConsentPreview | undefined | null;
  /** Someone said at sign-on that others use this computer: signing out removes everything. */
  @property({ type: Boolean, attribute: 'shared-computer' }) sharedComputer = false;
  @property({ type: Boolean }) busy = false;
  /** The host is a webmail that keeps chats out of its list. */
  @property({ type: Boolean, attribute: 'hides-chats' }) hidesChats = false;
  @state() private asking = false;
  @state() private wipe = false;

  #keys(): TemplateResult {
    const keys: readonly (readonly [string, string])[] = [
      ['Enter', words.keyEnter()],
      ['Shift + Enter', words.keyShiftEnter()],
      ['Alt + ↑ ↓', words.keyNext()],
      ['F6', words.keyRegion()],
      ['Esc', words.keyEscape()],
      ['↑ ↓', words.keyArrows()],
      ['Shift + F10', words.keyMenu()],
    ];
    return html`<dl>${keys.map(([key, text]) => html`<dt><kbd>${key}</kbd></dt><dd>${text}</dd>`)}</dl>`;
  }

  #dialog(): TemplateResult {
    const queued = this.overview?.queuedCount ?? 0;
    return html`<coi-dialog
      .heading=${words.signOutTitle()}
      .act=${words.signOut()}
      ?dangerous=${queued > 0 && (this.wipe || this.sharedComputer)}
      @coi-dialog-close=${() => {
        this.asking = false;
      }}
      @coi-dialog-act=${() => {
        this.asking = false;
        this.intend('coi-sign-out', { wipe: this.wipe || this.sharedComputer });
      }}
    >
      <div>${this.sharedComputer ? words.sharedText() : words.signOutText()}</div>
      ${queued > 0 ? html`<div class="alarm">${icon('exclamation-triangle', 'small')} ${words.signOutQueued(queued)}</div>` : undefined}
      ${
        this.sharedComputer
          ? undefined
          : html`<label class="check">
            <input
              type="checkbox"
              .checked=${this.wipe}
              @change=${(event: Event) => {
                this.wipe = (event.target as HTMLInputElement).checked;
              }}
            />
            <span>${words.wipe()}<span class="note">${words.wipeText()}</span></span>
          </label>`
      }
    </coi-dialog>`;
  }

  protected override render() {
    const { overview } = this;
    return html`
      <header class="header with-back">
        <button
          class="icon-button"
          aria-label=${words.back(words.chats())}
          title=${words.back(words.chats())}
          @click=${() => this.intend('coi-back', undefined)}
        >
          ${icon('chevron-left', 'large mirror')}
        </button>
        <h2 class="title">${words.settings()}</h2>
      </header>
      <div class="content">
        ${
          overview?.mode === undefined
            ? undefined
            : html`<section>
              <h3>${words.whereChatsLive()}</h3>
              <coi-mode-choice
                ?hides-chats=${this.hidesChats}
                .mode=${overview.mode}
                .preview=${this.preview ?? undefined}
                .label=${words.whereChatsLive()}
                ?inert=${this.busy}
                @coi-mode=${(event: CustomEvent<'active' | 'none'>) => this.intend('coi-set-mode', { mode: event.detail })}
              ></coi-mode-choice>
            </section>`
        }
        <section>
          <h3>${words.account()}</h3>
          <p>${words.signedInAs(overview?.address ?? '')}</p>
          <button
            class="button"
            @click=${() => {
              this.asking = true;
            }}
          >
            ${icon('box-arrow-right', 'mirror')} ${words.signOut()}
          </button>
        </section>
        <section>
          <h3>${words.keyboard()}</h3>
          ${this.#keys()}
        </section>
      </div>
      ${this.asking ? this.#dialog() : undefined}
    `;
  }
}
