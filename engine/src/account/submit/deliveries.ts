/**
 * What became of each recipient of one line so far, as its claim keeps it. Recipients are named by a digest that only
 * somebody who knows the Message-ID can make again: the Store learns no address. No I/O.
 */
import { createHash } from 'node:crypto';

export type RecipientState =
  | { readonly state: 'accepted' }
  /** The final dot of its batch got no reply. */
  | { readonly state: 'doubt'; readonly batch: number }
  | ({ readonly state: 'refused' | 'deferred' } & Reply);

export interface Reply {
  readonly smtpCode: number;
  readonly status: string | undefined;
}

interface Written {
  readonly to: Readonly<Record<string, string>>;
  readonly deferred: number;
  readonly closed?: boolean;
}

const NAME_LENGTH = 16;

export class Deliveries {
  readonly #messageId: string;
  readonly #states: Map<string, RecipientState>;
  /** Tries that the mail server put off. */
  deferCount = 0;
  /** The user took the line back when some had it already: nobody else gets it. */
  isClosed = false;

  private constructor(messageId: string, states: Map<string, RecipientState>) {
    this.#messageId = messageId;
    this.#states = states;
  }

  /** @param text as `format` made it; undefined = nothing happened yet */
  static parse(messageId: string, text: string | undefined): Deliveries {
    if (text === undefined) return new Deliveries(messageId, new Map());
    const { to, deferred, closed } = JSON.parse(text) as Written;
    const states = Object.entries(to).map(([name, word]) => [name, parseState(word)] as const);
    const deliveries = new Deliveries(messageId, new Map(states));
    deliveries.deferCount = deferred;
    deliveries.isClosed = closed === true;
    return deliveries;
  }

  format(): string {
    const to = Object.fromEntries([...this.#states].map(([name, state]) => [name, formatState(state)]));
    const written: Written = { to, deferred: this.deferCount, ...(this.isClosed ? { closed: true } : {}) };
    return JSON.stringify(written);
  }

  /** Undefined: nothing was tried. */
  of(address: string): RecipientState | undefined {
    return this.#states.get(this.#nameOf(address));
  }

  /** @param state undefined = as if nothing had been tried */
  set(addresses: readonly string[], state: RecipientState | undefined): void {
    for (const address of addresses) {
      if (state === undefined) this.#states.delete(this.#nameOf(address));
      else this.#states.set(this.#nameOf(address), state);
    }
  }

  has(state: RecipientState['state']): boolean {
    return [...this.#states.values()].some((each) => each.state === state);
  }

  /** Nothing is known of anybody. */
  get isEmpty(): boolean {
    return this.#states.size === 0;
  }

  /** A number for the next batch that no batch in doubt has. */
  get nextBatch(): number {
    return 1 + Math.max(0, ...[...this.#states.values()].map((each) => (each.state === 'doubt' ? each.batch : 0)));
  }

  /**
   * The message lies in this person's mailbox: all of its batch have it.
   * @returns whether that is news; it always is when nothing was known
   */
  arrivedAt(address: string | undefined): boolean {
    if (this.isEmpty) return true;
    const batch = this.#doubtfulBatch(address);
    if (batch === undefined) return false;
    for (const [name, each] of this.#states) {
      if (each.state === 'doubt' && each.batch === batch) this.#states.set(name, { state: 'accepted' });
    }
    return true;
  }

  /** Without a recipient's address the only batch is meant, if there is but one. */
  #doubtfulBatch(address: string | undefined): number | undefined {
    const state = address === undefined ? undefined : this.of(address);
    if (state !== undefined) return state.state === 'doubt' ? state.batch : undefined;
    if (this.has('accepted')) return undefined;
    const batches = new Set([...this.#states.values()].flatMap((each) => (each.state === 'doubt' ? each.batch : [])));
    return batches.size === 1 ? [...batches][0] : undefined;
  }

  #nameOf(address: string): string {
    const digest = createHash('sha256').update(`${this.#messageId}\0${address.toLowerCase()}`).digest('base64url');
    return digest.slice(0, NAME_LENGTH);
  }
}

/** `a`, `u 1`, `r 550 5.1.1`, `d 450`. */
function formatState(state: RecipientState): string {
  switch (state.state) {
    case 'accepted':
      return 'a';
    case 'doubt':
      return `u ${state.batch}`;
    case 'refused':
    case 'deferred':
      return `${state.state === 'refused' ? 'r' : 'd'} ${state.smtpCode} ${state.status ?? ''}`.trim();
    default:
      return state satisfies never;
  }
}

function parseState(text: string): RecipientState {
  const [word, number, status] = text.split(' ');
  if (word === 'a') return { state: 'accepted' };
  if (word === 'u') return { state: 'doubt', batch: Number(number) };
  return { state: word === 'r' ? 'refused' : 'deferred', smtpCode: Number(number), status };
}
