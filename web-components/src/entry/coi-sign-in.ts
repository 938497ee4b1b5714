/** Sign-in form of the standalone page: address, password, and whether others use this computer. */
import { css, html } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { CoiElement } from '../element/coi-element.ts';
import { words } from '../i18n/words.ts';
import { icon, ring } from '../icon/icon.ts';
import { type AddressProblem, addressProblem, tidyAddress } from '../setup/address.ts';
import { base, form } from '../style/base.css.ts';
import { SignInError, type SignInFailure } from './standalone-session.ts';

export interface Credentials {
  readonly address: string;
  readonly password: string;
  readonly sharedComputer: boolean;
}

const FAILURE_WORDS: Readonly<Record<SignInFailure, () => string>> = {
  wrong: words.signInWrong,
  domain: words.signInDomain,
  throttled: words.signInThrottled,
  'mail-down': words.signInMailDown,
  unreachable: words.signInUnreachable,
};

function addressWords(problem: AddressProblem): string {
  if (problem === 'missing') return words.addressMissing();
  if (problem === 'no-at') return words.addressNoAt();
  return problem === 'no-domain' ? words.addressNoDomain() : words.addressBad();
}

/** @summary Sign in with address and password. */
@customElement('coi-sign-in')
export class CoiSignIn extends CoiElement {
  static override styles = [
    base,
    form,
    css`
      :host {
        display: grid;
        place-items: center;
        min-height: 100%;
        padding: var(--coi-space-4);
        background: var(--coi-bg-subtle);
        overflow: auto;
      }
      form {
        display: grid;
        gap: var(--coi-space-4);
        width: min(100%, 380px);
        padding: var(--coi-space-8) var(--coi-space-6);
        border: 1px solid var(--coi-border);
        border-radius: var(--coi-radius-bubble);
        background: var(--coi-bg);
      }
      .picture {
        display: grid;
        place-items: center;
        width: 56px;
        height: 56px;
        border-radius: 18px;
        background: var(--coi-accent-weak);
        color: var(--coi-accent);
      }
      .picture .icon {
        width: 26px;
        height: 26px;
      }
      h1 {
        font-size: var(--coi-text-xxl);
        line-height: var(--coi-line-tight);
      }
      p {
        margin-block-start: var(--coi-space-1);
        color: var(--coi-text-2);
        text-wrap: pretty;
      }
      .input {
        min-height: 36px;
      }
      .button {
        min-height: 36px;
      }
    `,
  ];

  /** Signs in; rejects with SignInError. */
  @property({ attribute: false }) signIn!: (credentials: Credentials) => Promise<void>;
  @property() failure: SignInFailure | undefined;
  @state() private busy = false;
  @state() private addressError = '';
  @state() private passwordError = '';
  @query('#address') private readonly address!: HTMLInputElement;
  @query('#password') private readonly password!: HTMLInputElement;
  @query('#shared') private readonly shared!: HTMLInputElement;

  protected override firstUpdated(): void {
    this.address.focus();
  }

  #check(): boolean {
    const problem = addressProblem(this.address.value, '');
    this.addressError = problem === undefined ? '' : addressWords(problem);
    this.passwordError = this.password.value === '' ? words.passwordMissing() : '';
    if (this.addressError !== '') this.address.focus();
    else if (this.passwordError !== '') this.password.focus();
    return this.addressError === '' && this.passwordError === '';
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    this.failure = undefined;
    if (this.busy || !this.#check()) return;
    this.busy = true;
    try {
      await this.signIn({
        address: tidyAddress(this.address.value),
        password: this.password.value,
        sharedComputer: this.shared.checked,
      });
    } catch (error) {
      this.failure = error instanceof SignInError ? error.failure : 'unreachable';
      this.password.select();
    } finally {
      this.busy = false;
    }
  }

  #error(text: string, id: string) {
    return html`<div id=${id} role="status">
      ${text === '' ? undefined : html`<div class="field-error">${icon('exclamation-circle', 'small')}<span>${text}</span></div>`}
    </div>`;
  }

  protected override render() {
    return html`<form novalidate @submit=${this.#submit}>
      <div class="picture">${icon('chat-square-text')}</div>
      <div>
        <h1>${words.productTitle()}</h1>
        <p>${words.productText()}</p>
      </div>
      <div>
        <label class="field-label" for="address">${words.address()}</label>
        <input
          class="input"
          id="address"
          type="email"
          name="address"
          autocomplete="username"
          autocapitalize="off"
          spellcheck="false"
          aria-invalid=${this.addressError === '' ? 'false' : 'true'}
          aria-describedby="address-error"
        />
        ${this.#error(this.addressError, 'address-error')}
      </div>
      <div>
        <label class="field-label" for="password">${words.password()}</label>
        <input
          class="input"
          id="password"
          type="password"
          name="password"
          autocomplete="current-password"
          aria-invalid=${this.passwordError === '' ? 'false' : 'true'}
          aria-describedby="password-error"
        />
        ${this.#error(this.passwordError, 'password-error')}
      </div>
      <label class="check">
        <input id="shared" type="checkbox" name="shared" />
        <span>${words.sharedComputer()}<span class="note">${words.sharedComputerText()}</span></span>
      </label>
      ${this.#error(this.failure === undefined ? '' : FAILURE_WORDS[this.failure](), 'failure')}
      <button class="button primary" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>
        ${this.busy ? html`${ring()} ${words.signingIn()}` : words.signIn()}
      </button>
    </form>`;
  }
}
