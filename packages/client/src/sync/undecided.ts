/**
 * Mails without a chat mark, of which only the client can say whether they are chat (`decide.ts`). What no line explains
 * is no chat, but only once all lines are known: when a pass ended.
 */
import type { ChatState } from '@coi-webmail/chat';
import type { Method, Params, Result, UndecidedMail } from '@coi-webmail/protocol';
import { decideMails, isAboutOurs } from './decide.ts';
import type { Fetcher } from './fetcher.ts';
import type { CopySeen } from './receive.ts';

export interface UndecidedDeps {
  readonly state: ChatState;
  readonly fetcher: Fetcher;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  apply(events: readonly CopySeen[]): Promise<void>;
}

interface Entry {
  readonly uidValidity: string;
  readonly mails: Map<number, UndecidedMail>;
}

export class Undecided {
  readonly #deps: UndecidedDeps;
  readonly #entries = new Map<string, Entry>();

  constructor(deps: UndecidedDeps) {
    this.#deps = deps;
  }

  forget(mailbox: string): void {
    this.#entries.delete(mailbox);
  }

  /** @param isFinal all lines are known */
  async add(mailbox: string, uidValidity: string, mails: readonly UndecidedMail[], isFinal: boolean): Promise<void> {
    if (mails.length === 0) return;
    let entry = this.#entries.get(mailbox);
    if (entry === undefined || entry.uidValidity !== uidValidity) {
      entry = { uidValidity, mails: new Map() };
      this.#entries.set(mailbox, entry);
    }
    for (const mail of mails) entry.mails.set(mail.uid, mail);
    await this.#decide(mailbox, entry, false);
    if (isFinal) await this.#decide(mailbox, entry, true);
  }

  /** A pass ended. */
  async decideAll(): Promise<void> {
    for (const [mailbox, entry] of this.#entries) {
      await this.#decide(mailbox, entry, true);
      this.#entries.delete(mailbox);
    }
  }

  async #decide(mailbox: string, { uidValidity, mails: all }: Entry, isFinal: boolean): Promise<void> {
    if (all.size === 0) return;
    const { state, fetcher } = this.#deps;
    const mails = [...all.values()];
    const { chat, look } = decideMails(state, mails);
    const lookedAt = new Set(look);
    const found = await fetcher.fetchAll(mailbox, uidValidity, [...chat, ...look]);
    const ours = found.filter(({ message, facts }) => !lookedAt.has(facts.place.uid) || isAboutOurs(state, message));
    const chatUids = ours.map(({ facts }) => facts.place.uid);
    if (ours.length > 0) await this.#deps.apply(ours);
    if (chatUids.length === 0 && !isFinal) return;
    const upTo = isFinal ? { upTo: mails.reduce((most, { uid }) => Math.max(most, uid), 0) } : {};
    await this.#deps.call('mailbox.decide', { mailbox, uidValidity, chat: chatUids, ...upTo });
    const decided = new Set(chatUids);
    for (const { uid } of mails) if (isFinal || decided.has(uid)) all.delete(uid);
  }
}
