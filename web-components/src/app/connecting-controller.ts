/** Connecting is news only when it takes longer than a moment. */
import type { ReactiveController } from 'lit';
import type { AppContext } from './app-context.ts';

const LONG_MS = 2000;

export class ConnectingController implements ReactiveController {
  long = false;
  readonly #app: AppContext;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: AppContext) {
    this.#app = app;
    app.addController(this);
  }

  hostDisconnected(): void {
    this.watch(false);
  }

  watch(connecting: boolean): void {
    if (connecting) {
      this.#timer ??= setTimeout(() => {
        this.long = true;
        this.#app.requestUpdate();
      }, LONG_MS);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.long = false;
  }
}
