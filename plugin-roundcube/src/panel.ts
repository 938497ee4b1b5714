/**
 * The panel beside the mail: docked in wide windows, a drawer below that, the whole window on phones. Whether it is
 * open is remembered for the dock only; a drawer would lie over the mail at every page load.
 */
import { type Host, type MountedChat, mountChat } from '@coi-webmail/web-components';
import type { Rcmail } from './rcmail.ts';

const OPEN = 'coi-open';
const SAVE_AFTER_MS = 500;
const DOCKED = matchMedia('(min-width: 1366px)');

export class Panel {
  readonly #rcmail: Rcmail;
  readonly #host: Host;
  readonly #element: HTMLElement;
  #mounted: Promise<MountedChat> | undefined;
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(rcmail: Rcmail, host: Host, element: HTMLElement) {
    this.#rcmail = rcmail;
    this.#host = host;
    this.#element = element;
    keepKeysIn(rcmail, element);
    element.addEventListener('coi-close', () => this.close());
    // What covers the mail beside a drawer is drawn by the element itself.
    element.addEventListener('click', (event) => {
      if (event.target === element) this.close();
    });
    element.addEventListener('coi-resize', (event) =>
      this.#resize((event as CustomEvent<{ width: number }>).detail.width),
    );
    DOCKED.addEventListener('change', () => this.#onWidth());
  }

  get isOpen(): boolean {
    return document.documentElement.classList.contains(OPEN);
  }

  /** Shows the panel if the page was rendered with it. */
  start(): void {
    if (this.isOpen) void this.#mount();
    this.#showState();
  }

  async open(): Promise<void> {
    this.#setOpen(true);
    const chat = await this.#mount();
    chat?.focus();
  }

  close(): void {
    const hadFocus = this.#element.contains(document.activeElement);
    this.#setOpen(false);
    if (hadFocus) document.querySelector<HTMLElement>('a.coi-toggle')?.focus();
  }

  #setOpen(isOpen: boolean): void {
    document.documentElement.classList.toggle(OPEN, isOpen);
    if (DOCKED.matches) this.#rcmail.save_pref({ name: 'coi_panel', value: isOpen ? 1 : 0 });
    this.#showState();
  }

  async #mount(): Promise<MountedChat | undefined> {
    this.#mounted ??= mountChat({ host: this.#host, element: this.#element, place: this.#place() });
    try {
      return await this.#mounted;
    } catch {
      this.#mounted = undefined;
      this.#rcmail.display_message(this.#rcmail.get_label('loaderror'), 'error');
      return undefined;
    }
  }

  #place(): 'sidebar' | 'drawer' {
    return DOCKED.matches ? 'sidebar' : 'drawer';
  }

  /** A window that becomes too narrow for the dock does not get a drawer over its mail unasked. */
  #onWidth(): void {
    if (!DOCKED.matches) document.documentElement.classList.remove(OPEN);
    void this.#mounted?.then((chat) => chat.setPlace(this.#place()));
    this.#showState();
  }

  #showState(): void {
    for (const button of document.querySelectorAll('a.coi-toggle')) {
      button.classList.toggle('selected', this.isOpen);
      button.setAttribute('aria-pressed', String(this.isOpen));
    }
  }

  #resize(width: number): void {
    document.documentElement.style.setProperty('--coi-width', `${width}px`);
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#rcmail.save_pref({ name: 'coi_width', value: width }), SAVE_AFTER_MS);
  }
}

/**
 * Roundcube's message list listens on the document and does not see into shadow roots: a Delete typed in the composer
 * would move the selected mail to the trash.
 */
export function keepKeysIn(rcmail: Rcmail, element: HTMLElement): void {
  for (const type of ['keydown', 'keypress', 'keyup'] as const) {
    element.addEventListener(type, (event) => event.stopPropagation());
  }
  element.addEventListener('focusin', () => rcmail.message_list?.blur());
}
