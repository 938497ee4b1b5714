/** New chat: people by name or address, from the chats, the host's address book or as typed. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { PersonView } from '@coi-webmail/chat';
import { CoiElement } from '../element/coi-element.ts';
import type { Host, HostContact } from '../host.ts';
import { words } from '../i18n/words.ts';
import { icon } from '../icon/icon.ts';
import '../part/coi-avatar.ts';
import { paneHeader } from '../part/pane-header.ts';
import { base, form, header } from '../style/base.css.ts';
import { type AddressProblem, addressProblem, tidyAddress } from './address.ts';
import { newChatStyles } from './coi-new-chat.css.ts';
import { type Suggestion, suggestions } from './suggestion.ts';

const LOOKUP_DELAY_MS = 150;

const PROBLEM_WORDS: Readonly<Record<AddressProblem, () => string>> = {
  missing: words.addressMissing,
  'no-at': words.addressNoAt,
  'no-domain': words.addressNoDomain,
  bad: words.addressBad,
  own: words.addressOwn,
  twice: words.addressTwice,
};

/**
 * @summary Chooses whom to chat with.
 * @fires coi-start-chat - The chosen addresses.
 * @fires coi-back - Back to the list.
 */
@customElement('coi-new-chat')
export class CoiNewChat extends CoiElement {
  static override styles = [base, header, form, newChatStyles];

  /** People of the chats, newest first. */
  @property({ attribute: false }) people: readonly PersonView[] = [];
  @property({ attribute: false }) lookup: Host['lookup'];
  /** Own address. */
  @property() address = '';
  @property({ type: Number }) maxRecipients = Number.POSITIVE_INFINITY;
  /** What the app says about the last try. */
  @property() failure = '';
  @state() private chosen: readonly Suggestion[] = [];
  @state() private typed = '';
  @state() private book: readonly HostContact[] = [];
  @state() private problem = '';
  @state() private at = -1;
  @query('input') private readonly input!: HTMLInputElement;
  #lookupTimer: ReturnType<typeof setTimeout> | undefined;
  #lookups = 0;

  override focus(): void {
    this.input?.focus();
  }

  protected override firstUpdated(): void {
    this.input.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#lookupTimer);
  }

  #offers(): readonly Suggestion[] {
    const taken = this.chosen.map(({ address }) => address);
    return suggestions(this.typed, { people: this.people, book: this.book, own: this.address, taken });
  }

  #onInput(): void {
    this.typed = this.input.value;
    this.problem = '';
    this.failure = '';
    this.at = -1;
    clearTimeout(this.#lookupTimer);
    this.#lookups += 1;
    const run = this.#lookups;
    if (this.lookup === undefined || this.typed.trim().length < 2) this.book = [];
    else this.#lookupTimer = setTimeout(() => void this.#look(run), LOOKUP_DELAY_MS);
  }

  /** An address book that does not answer is no reason to complain: the address can still be typed. */
  async #look(run: number): Promise<void> {
    const found = await this.lookup?.(this.typed.trim()).catch(() => []);
    if (run === this.#lookups) this.book = found ?? [];
  }

  #choose(person: Suggestion): void {
    if (this.chosen.length >= this.maxRecipients) {
      this.problem = words.tooManyPeople(this.maxRecipients);
      return;
    }
    this.chosen = [...this.chosen, person];
    this.typed = '';
    this.input.value = '';
    this.book = [];
    this.at = -1;
    this.input.focus();
  }

  /** Takes what is typed, or says what is wrong with it. @returns whether the list of people is complete */
  #take(): boolean {
    const problem = addressProblem(
      this.typed,
      this.address,
      this.chosen.map(({ address }) => address),
    );
    if (problem === 'missing' && this.chosen.length > 0) return true;
    if (problem !== undefined) {
      this.problem = PROBLEM_WORDS[problem]();
      return false;
    }
    const address = tidyAddress(this.typed);
    this.#choose({ section: 'typed', name: address, address, initials: '', color: 8 });
    return this.problem === '';
  }

  #start(event: Event): void {
    event.preventDefault();
    if (this.#take()) this.intend('coi-start-chat', { addresses: this.chosen.map(({ address }) => address) });
    else this.input.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const offers = this.#offers();
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.at = Math.max(-1, Math.min(offers.length - 1, this.at + step));
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }),
      );
    } else if (event.key === 'Enter') {
      const offer = offers[this.at];
      if (offer !== undefined) this.#choose(offer);
      else this.#start(event);
    } else if ((event.key === ',' || event.key === ';') && this.typed.trim() !== '') {
      this.#take();
    } else if (event.key === 'Backspace' && this.typed === '' && this.chosen.length > 0) {
      this.chosen = this.chosen.slice(0, -1);
    } else return;
    event.preventDefault();
  }

  #chip(person: Suggestion): TemplateResult {
    return html`<span class="person">
      <bdi class="ellipsis">${person.name}</bdi>
      <button
        type="button"
        aria-label=${words.remove(person.name)}
        @click=${() => {
          this.chosen = this.chosen.filter((one) => one !== person);
          this.input.focus();
        }}
      >
        ${icon('x-lg', 'small')}
      </button>
    </span>`;
  }

  #option(person: Suggestion, index: number): TemplateResult {
    const typed = person.section === 'typed';
    return html`<div
      class="option"
      role="option"
      id="option-${index}"
      aria-selected=${index === this.at ? 'true' : 'false'}
      @pointerdown=${(event: Event) => event.preventDefault()}
      @click=${() => this.#choose(person)}
    >
      ${
        typed
          ? html`<span class="plus">${icon('plus-lg')}</span>`
          : html`<coi-avatar .initials=${person.initials} .color=${person.color}></coi-avatar>`
      }
      <span class="grow">
        <bdi class="name ellipsis">${typed ? words.writeTo(person.address) : person.name}</bdi>
        <span class="address ellipsis">${typed ? words.anyAddress() : person.address}</span>
      </span>
    </div>`;
  }

  #options(): TemplateResult {
    const offers = this.#offers();
    const sections = { chats: words.recentChats, book: words.addressBook, typed: undefined };
    return html`<div class="options" id="options" role="listbox" aria-label=${words.newChatLabel()}>
      ${offers.map((person, index) => {
        const title = sections[person.section];
        const opens = title !== undefined && offers[index - 1]?.section !== person.section;
        return html`${opens ? html`<div class="section" role="presentation">${title()}</div>` : nothing}
        ${this.#option(person, index)}`;
      })}
      ${offers.length === 0 && this.problem === '' ? html`<p class="hint">${words.typeAddress()}</p>` : nothing}
    </div>`;
  }

  protected override render() {
    const problem = this.problem === '' ? this.failure : this.problem;
    return html`
      ${paneHeader(words.newChat(), () => this.intend('coi-back', undefined))}
      <form novalidate @submit=${this.#start}>
        <div class="to ${problem === '' ? '' : 'bad'}">
          ${this.chosen.map((person) => this.#chip(person))}
          <input
            type="text"
            inputmode="email"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            role="combobox"
            aria-autocomplete="list"
            aria-expanded="true"
            aria-controls="options"
            aria-activedescendant=${this.at < 0 ? nothing : `option-${this.at}`}
            aria-invalid=${problem === '' ? 'false' : 'true'}
            aria-describedby="problem"
            aria-label=${words.newChatLabel()}
            placeholder=${this.chosen.length === 0 ? words.addressPlaceholder() : ''}
            @input=${this.#onInput}
            @keydown=${this.#onKey}
          />
        </div>
        <div class="below" id="problem" role="status">
          ${problem === '' ? nothing : html`<div class="field-error">${icon('exclamation-circle', 'small')}<span>${problem}</span></div>`}
        </div>
        ${this.#options()}
        <div class="foot"><button class="button primary" type="submit">${words.startChat()}</button></div>
      </form>
    `;
  }
}
