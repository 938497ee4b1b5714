/**
 * Which mailboxes an account has and how they stand, as the watch connection sees them: lists, watches what is there,
 * and tells clients what changed meanwhile.
 */
import { isCoiError } from '@coi-webmail/base';
import type { MailboxState } from '@coi-webmail/protocol';
import type { Watch } from '../imap/watch.ts';
import type { Changes } from './changes.ts';
import type { AccountContext } from './context.ts';

/** Several mailboxes that come or go within this time count as one change. */
const GATHER_MS = 50;

export interface SurveyOptions {
  readonly context: AccountContext;
  readonly changes: Changes;
  /** The watch connection, while it is there. */
  readonly watch: () => Watch | undefined;
}

export class Survey {
  readonly #context: AccountContext;
  readonly #changes: Changes;
  readonly #watch: () => Watch | undefined;
  #isListing = false;

  constructor({ context, changes, watch }: SurveyOptions) {
    this.#context = context;
    this.#changes = changes;
    this.#watch = watch;
  }

  /** Lists the mailboxes. @returns true when other mailboxes than before have a role */
  async list(watch: Watch): Promise<boolean> {
    const { mailboxes } = this.#context;
    const list = await watch.list();
    const doubts = mailboxes.doubts(list);
    const existing = doubts.length === 0 ? [] : await watch.existing(doubts);
    return mailboxes.learn(mailboxes.settle(list, doubts, existing), watch.namespace());
  }

  /** Watches what is there. What appeared before the server began to tell is looked for until nothing did. */
  async watchAll(watch: Watch): Promise<void> {
    const { mailboxes } = this.#context;
    do await watch.watchOthers(mailboxes.others());
    while (!mailboxes.hasOurs && (await this.list(watch)));
    await this.readStates(watch);
  }

  async readStates(watch: Watch): Promise<void> {
    await watch.read(this.#context.mailboxes.paths());
  }

  /** Mailboxes were found missing. */
  gone(paths: readonly string[]): void {
    this.#context.mailboxes.lose(paths);
    this.listed();
  }

  /** Somebody made, renamed or removed a mailbox. */
  listed(): void {
    if (this.#isListing) return;
    this.#isListing = true;
    this.#context.clock.after(GATHER_MS, () => {
      this.#isListing = false;
      this.#lookAtAll().catch((error: unknown) => {
        this.#context.deps.log.warn('list-failed', { code: isCoiError(error) ? error.code : 'internal' });
      });
    });
  }

  async #lookAtAll(): Promise<void> {
    const watch = this.#watch();
    if (watch === undefined) return;
    if (await watch.hasInbox()) await this.lookAround();
    else watch.close();
  }

  /** Lists the mailboxes again: those of a consent that was given at another process, for example. */
  async lookAround(): Promise<void> {
    const watch = this.#watch();
    if (watch === undefined) return;
    await this.list(watch);
    await this.watchWhatIsThere(watch);
  }

  /**
   * Watches what is there now, and tells what happened meanwhile; a mailbox that nobody watched yet is news as a whole.
   */
  async watchWhatIsThere(watch: Watch): Promise<void> {
    const { mailboxes } = this.#context;
    if (watch.watches(mailboxes.others())) {
      // One may have been made anew under its old name.
      await watch.read(mailboxes.others());
      return;
    }
    const before = mailboxes.states();
    await this.watchAll(watch);
    this.tellChanges(before);
  }

  tellChanges(before: readonly MailboxState[]): void {
    const { mailboxes, emit } = this.#context;
    const known = new Set(before.map((state) => JSON.stringify(state)));
    emit({ event: 'mailboxes.changed', data: { mailboxes: mailboxes.states() } });
    for (const state of mailboxes.states()) if (!known.has(JSON.stringify(state))) this.#changes.note(state.path);
  }
}
