/** A question that stops everything else inside the panel. Built on `<dialog>`: focus stays in, Esc closes. */
import { css, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { CoiElement } from '../element/coi-element.ts';
import { words } from '../i18n/words.ts';
import { base, form, overlay } from '../style/base.css.ts';

/**
 * @summary A modal question with one act and a way out.
 * @slot - What the dialog says.
 * @fires coi-dialog-act - The user chose the act.
 * @fires coi-dialog-close - The user chose the way out.
 */
@customElement('coi-dialog')
export class CoiDialog extends CoiElement {
  static override styles = [
    base,
    form,
    overlay,
    css`
      dialog {
        width: min(420px, calc(100vw - 24px));
        max-height: calc(100vh - 24px);
        padding: var(--coi-space-6);
        border-radius: var(--coi-radius-bubble);
        overflow: auto;
      }
      dialog::backdrop {
        background: var(--coi-scrim);
      }
      h2 {
        font-size: var(--coi-text-xxl);
        line-height: var(--coi-line-tight);
        margin-block-end: var(--coi-space-2);
        overflow-wrap: anywhere;
      }
      .content {
        display: grid;
        gap: var(--coi-space-3);
        color: var(--coi-text-2);
        text-wrap: pretty;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: var(--coi-space-2);
        margin-block-start: var(--coi-space-6);
      }
    `,
  ];

  @property() heading = '';
  /** Label of the act. */
  @property() act = '';
  @property({ type: Boolean }) dangerous = false;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  #close(event: Event): void {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('coi-dialog-close'));
  }

  protected override render() {
    return html`<dialog class="overlay" aria-labelledby="heading" @cancel=${this.#close}>
      <h2 id="heading">${this.heading}</h2>
      <div class="content"><slot></slot></div>
      <div class="buttons">
        <button class="button plain" autofocus @click=${this.#close}>${words.cancel()}</button>
        <button
          class="button ${this.dangerous ? 'solid-danger' : 'primary'}"
          @click=${() => this.dispatchEvent(new CustomEvent('coi-dialog-act'))}
        >
          ${this.act}
        </button>
      </div>
    </dialog>`;
  }
}
