/** Fetches windows of messages and reads what they say. */
import type { MailboxRole, Method, Params, Result } from '@coi-webmail/protocol';
import { windowSize } from './plan.ts';
import { type CopySeen, receive, type ReceiveContext } from './receive.ts';

export interface FetcherDeps {
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  authservId(): string | undefined;
  /** See `outbox/envelope-id.ts`. */
  envelopeIdOf(messageId: string): Promise<string>;
  roleOf(mailbox: string): MailboxRole | undefined;
}

export type WindowAnswer = Result<'message.fetch'>;

export interface Fetched {
  readonly events: readonly CopySeen[];
  /** Asked for, and still to come. What is in neither does not exist. */
  readonly rest: readonly number[];
}

export class Fetcher {
  readonly #deps: FetcherDeps;

  constructor(deps: FetcherDeps) {
    this.#deps = deps;
  }

  /** @param uids at most a window */
  async fetch(mailbox: string, uidValidity: string, uids: readonly number[]): Promise<Fetched> {
    return this.read(mailbox, uidValidity, await this.ask(mailbox, uidValidity, uids));
  }

  /** What to read first. A hint: without it all comes as well, only later. */
  order(mailbox: string, by: Params<'mailbox.order'>['by']): Promise<readonly number[]> {
    return this.#deps.call('mailbox.order', { mailbox, by }).then(
      ({ uids }) => uids,
      () => [],
    );
  }

  ask(mailbox: string, uidValidity: string, uids: readonly number[]): Promise<WindowAnswer> {
    return this.#deps.call('message.fetch', { mailbox, uidValidity, uids: [...uids] });
  }

  async read(mailbox: string, uidValidity: string, answer: WindowAnswer): Promise<Fetched> {
    const context = this.contextOf(mailbox, uidValidity);
    const events = await Promise.all(answer.messages.map((message) => receive(message, context)));
    // An engine that sends nothing and names everything as rest would keep us here for ever.
    return { events, rest: answer.messages.length === 0 ? [] : answer.rest };
  }

  async fetchAll(mailbox: string, uidValidity: string, uids: readonly number[]): Promise<readonly CopySeen[]> {
    const events: CopySeen[] = [];
    for (let left = [...uids].sort((one, other) => other - one); left.length > 0; ) {
      const window = left.splice(0, windowSize(false));
      const fetched = await this.fetch(mailbox, uidValidity, window);
      events.push(...fetched.events);
      left = [...fetched.rest, ...left];
    }
    return events;
  }

  contextOf(mailbox: string, uidValidity: string): ReceiveContext {
    const { authservId, envelopeIdOf, roleOf } = this.#deps;
    return { mailbox, uidValidity, role: roleOf(mailbox), authservId: authservId(), envelopeIdOf };
  }
}
