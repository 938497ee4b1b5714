/**
 * Mail | Chat above the message list. Each request says which side it is for, so two tabs may show different sides.
 * In mode `active` the chat side is another mailbox; in mode `none` it is the other half of the same one.
 */
import type { FilingEnv, Kind, Rcmail } from './rcmail.ts';

/** Requests whose answer depends on what the list shows. */
const LIST_REQUESTS = [
  'list',
  'search',
  'mark',
  'move',
  'copy',
  'delete',
  'check-recent',
  'refresh',
  'pagenav',
  'expunge',
];

interface Place {
  readonly kind: Kind;
  readonly mailbox: string | null;
  readonly search: string | null;
}

export class Toggle {
  readonly #rcmail: Rcmail;
  readonly #element: HTMLElement;
  #kind: Kind;
  #filing: FilingEnv;
  /** What the Mail side goes back to. */
  #mailMailbox = 'INBOX';

  constructor(rcmail: Rcmail, element: HTMLElement, kind: Kind, filing: FilingEnv) {
    this.#rcmail = rcmail;
    this.#element = element;
    this.#kind = kind;
    this.#filing = filing;
    for (const name of LIST_REQUESTS) {
      rcmail.addEventListener(`request${name}`, (data: Record<string, unknown>) =>
        this.#kind === 'chat' ? { ...data, _coi_view: 'chat' } : undefined,
      );
    }
    // Whoever picks a mailbox wants its mail.
    rcmail.addEventListener('beforelist', (mailbox: unknown) => {
      if (typeof mailbox === 'string' && mailbox !== '') this.#show('mail');
    });
    rcmail.addEventListener('plugin.coi_view', (place: Place) => this.#goTo(place));
    element.addEventListener('click', (event) => this.#onClick(event));
    if (rcmail.env.mailbox === filing.chatsMailbox && filing.chatsMailbox !== null) this.#kind = 'chat';
    this.#show(this.#kind);
  }

  /** The mailbox is kept in another way from now on: what the list showed may have moved. */
  learn(filing: FilingEnv): void {
    const wasElsewhere = this.#kind === 'chat' && this.#rcmail.env.mailbox === this.#filing.chatsMailbox;
    this.#filing = filing;
    if (wasElsewhere) {
      this.#goTo({ kind: 'mail', mailbox: null, search: null });
      return;
    }
    this.#show(this.#kind);
    this.#rcmail.refresh_list();
  }

  /** New lines came: the chat side shows them. */
  refresh(): void {
    if (this.#kind === 'chat' && !this.#rcmail.busy) this.#rcmail.refresh_list();
  }

  #onClick(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-kind]') : null;
    const kind = button?.dataset['kind'] === 'chat' ? 'chat' : 'mail';
    if (button === null || kind === this.#kind) return;
    const { env } = this.#rcmail;
    if (kind === 'chat' && env.mailbox !== undefined) this.#mailMailbox = env.mailbox;
    const lock = this.#rcmail.set_busy(true, 'loading');
    this.#rcmail.http_post('plugin.coi.view', { _kind: kind, _mbox: env.mailbox ?? 'INBOX' }, lock);
  }

  #goTo({ kind, mailbox, search }: Place): void {
    const { env } = this.#rcmail;
    this.#show(kind);
    this.#rcmail.reset_qsearch(true);
    const isElsewhere = env.mailbox === this.#filing.chatsMailbox || env.mailbox === undefined;
    const target =
      kind === 'chat' ? (mailbox ?? env.mailbox ?? 'INBOX') : isElsewhere ? this.#mailMailbox : env.mailbox;
    if (search !== null && target !== undefined) {
      env.mailbox = target;
      env.search_request = search;
      env.search_scope = 'all';
    }
    this.#rcmail.list_mailbox(target ?? 'INBOX', 1);
  }

  #show(kind: Kind): void {
    this.#kind = kind;
    this.#element.hidden = this.#filing.mode === null;
    for (const button of this.#element.querySelectorAll<HTMLElement>('[data-kind]')) {
      button.setAttribute('aria-pressed', String(button.dataset['kind'] === kind));
    }
  }
}
