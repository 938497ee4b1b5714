/** What a screen reader is told of new lines: one line as it is, of a burst only how many there were. */
import type { RowView } from '@coi-webmail/chat';
import { words } from '../i18n/words.ts';
import { rowText } from '../message/summary.ts';

const DELAY_MS = 700;

export class Announcer {
  readonly #say: (text: string) => void;
  #waiting: RowView[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** Lines that were not there before. Of one's own only that it can be taken back. */
  tell(fresh: readonly RowView[]): void {
    if (fresh.some(({ own, heldUntil }) => own && heldUntil !== undefined)) this.#say(words.heldHint());
    this.#waiting.push(...fresh.filter(({ own }) => !own));
    if (this.#waiting.length === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), DELAY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #flush(): void {
    const [only] = this.#waiting;
    const count = this.#waiting.length;
    this.#say(count > 1 || only === undefined ? words.newBurst(count) : words.newFrom(only.sender.name, rowText(only)));
    this.#waiting = [];
  }
}
