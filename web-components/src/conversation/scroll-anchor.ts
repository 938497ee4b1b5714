/**
 * Holds the reader's place in a log of messages: one row and its distance from the log's upper edge, or the end.
 * Whatever comes, goes or grows elsewhere, `hold` brings that row back before the next paint.
 */
import type { RowId } from '@coi-webmail/chat';
import type { CoiMessage } from '../message/coi-message.ts';

/** So near to the end counts as being there. */
const AT_END_PX = 48;

/** A row and where its upper edge is, relative to the log's. */
export interface Anchor {
  readonly rowId: RowId;
  readonly offset: number;
}

export class ScrollAnchor {
  /** Undefined = the end. */
  anchor: Anchor | undefined;
  readonly #log: () => HTMLElement;
  /** Where we left the log; anything else is the reader's doing. */
  #heldTop = 0;

  constructor(log: () => HTMLElement) {
    this.#log = log;
  }

  messages(): readonly CoiMessage[] {
    return [...this.#log().querySelectorAll('coi-message')];
  }

  element(rowId: RowId): CoiMessage | undefined {
    return this.messages().find((message) => message.row.rowId === rowId);
  }

  /** Someone scrolled, and the event about it has not come yet. */
  get isScrolled(): boolean {
    return Math.abs(this.#log().scrollTop - this.#heldTop) > 1;
  }

  /** From now on the place is where the reader is. */
  note(atEnd: boolean): void {
    this.#heldTop = this.#log().scrollTop;
    this.anchor = atEnd ? undefined : this.#firstVisible();
  }

  /** Brings the place back. */
  hold(): void {
    const log = this.#log();
    if (this.anchor === undefined) {
      log.scrollTop = log.scrollHeight;
    } else {
      const element = this.element(this.anchor.rowId);
      const offset = element === undefined ? undefined : topOf(element) - topOf(log);
      const move = offset === undefined ? 0 : offset - this.anchor.offset;
      if (Math.abs(move) >= 0.5) log.scrollTop += move;
    }
    this.#heldTop = log.scrollTop;
  }

  /** How much there is above and below what is seen, px. */
  get room(): { readonly above: number; readonly below: number } {
    const log = this.#log();
    return { above: log.scrollTop, below: log.scrollHeight - log.scrollTop - log.clientHeight };
  }

  get isAtEnd(): boolean {
    return this.room.below < AT_END_PX;
  }

  #firstVisible(): Anchor | undefined {
    const top = topOf(this.#log());
    const messages = this.messages();
    let [low, high] = [0, messages.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((messages[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
      else low = middle + 1;
    }
    const found = messages[low];
    return found === undefined ? undefined : { rowId: found.row.rowId, offset: topOf(found) - top };
  }
}

function topOf(element: Element): number {
  return element.getBoundingClientRect().top;
}
