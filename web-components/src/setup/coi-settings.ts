/** Settings: where chats live, how lines are sent, what this browser keeps, the keyboard, and the way out. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { ConsentPreview, Overview } from '@coi-webmail/client';
import { CoiElement } from '../element/coi-element.ts';
import { words } from '../i18n/words.ts';
import { icon } from '../icon/icon.ts';
import '../part/coi-dialog.ts';
import { paneHeader } from '../part/pane-header.ts';
import { base, form, header } from '../style/base.css.ts';
import './coi-mode-choice.ts';
import { settingsStyles } from './coi-settings.css.ts';

/**
 * @summary Settings.
 * @fires coi-set-mode - Another place for the chats.
 * @fires coi-set-settings - Another choice.
 * @fires coi-sign-out - Sign out, and whether to remove everything from this browser.
 * @fires coi-back - Back to the list.
 */
@customElement('coi-settings')
export class CoiSettings extends CoiElement {
  static override styles = [base, header, form, settingsStyles];

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
      ['Ctrl + Z', words.keyUndo()],
      ['Esc', words.keyEscape()],
      ['↑ ↓', words.keyArrows()],
      ['Shift + F10', words.keyMenu()],
    ];
    return html`<dl>${keys.map(([key, text]) => html`<dt><kbd>${key}</kbd></dt><dd>${text}</dd>`)}</dl>`;
  }

  #sending({ settings }: Overview): TemplateResult {
    return html`<section>
      <h3>${words.sendingTitle()}</h3>
      <label class="check">
        <input
          type="checkbox"
          role="switch"
          .checked=${live(settings.undoSeconds > 0)}
          @change=${() => {
            this.intend('coi-set-settings', { undoSeconds: settings.undoSeconds > 0 ? 0 : 5 });
            // It shows what is so: the new choice comes back with the overview.
            this.requestUpdate();
          }}
        />
        <span>${words.undoSwitch()}<span class="note">${words.undoSwitchText()}</span></span>
      </label>
    </section>`;
  }

  #browser({ storage, lockedItems = 0 }: Overview): TemplateResult {
    const text = {
      durable: words.storedDurable,
      evictable: words.storedEvictable,
      memory: words.storedMemory,
      full: words.storedFull,
    }[storage];
    const bad = storage === 'memory' || storage === 'full';
    return html`<section>
      <h3>${words.thisBrowser()}</h3>
      <p class=${bad ? 'alarm' : ''}>${text()}</p>
      ${lockedItems > 0 ? html`<p>${words.lockedItems(lockedItems)}</p>` : nothing}
    </section>`;
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
      ${paneHeader(words.settings(), () => this.intend('coi-back', undefined))}
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
        ${overview === undefined || overview.mode === undefined ? nothing : this.#sending(overview)}
        ${overview === undefined ? nothing : this.#browser(overview)}
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
