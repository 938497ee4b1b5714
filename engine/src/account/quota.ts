/** Whether the mailbox takes more mail, as learned from each attempt to store some. */
import { isCoiError } from '@coi-webmail/base';

export class QuotaState {
  readonly #onChange: () => void;
  #isOver = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Runs what stores a message. Its failure for another reason says nothing about the quota. */
  async storing<T>(task: () => Promise<T>): Promise<T> {
    try {
      const result = await task();
      this.#learn(false);
      return result;
    } catch (error) {
      if (isCoiError(error, 'quota-exceeded')) this.#learn(true);
      throw error;
    }
  }

  #learn(isOver: boolean): void {
    if (isOver === this.#isOver) return;
    this.#isOver = isOver;
    this.#onChange();
  }
}
