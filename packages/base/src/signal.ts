/** An observable value. Subscribers are called synchronously after each change, not on subscribing. */

export interface ReadonlySignal<T> {
  get(): T;
  subscribe(listener: (value: T) => void): () => void;
}

export class Signal<T> implements ReadonlySignal<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener(value);
  }

  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
