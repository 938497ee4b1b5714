/**
 * Writes frames to one socket at the pace of its reader (design §4.6): with more than 1 MB buffered it is congested,
 * with more than 8 MB it is given up.
 */
import type { WebSocket } from 'ws';
import type { Frame } from './event-log.ts';

export const CONGESTED_BYTES = 1_000_000;
export const GIVEN_UP_BYTES = 8_000_000;
/** Below this a congested socket is fine again. */
const RELIEVED_BYTES = 250_000;

export interface OutletListener {
  congested(): void;
  relieved(): void;
  givenUp(): void;
}

export class Outlet {
  readonly #socket: WebSocket;
  readonly #listener: OutletListener;
  #isCongested = false;

  constructor(socket: WebSocket, listener: OutletListener) {
    this.#socket = socket;
    this.#listener = listener;
  }

  get isCongested(): boolean {
    return this.#isCongested;
  }

  send(frame: Frame): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(frame, { binary: typeof frame !== 'string' }, () => this.#written());
    const { bufferedAmount } = socket;
    if (bufferedAmount > GIVEN_UP_BYTES) this.#listener.givenUp();
    else if (bufferedAmount > CONGESTED_BYTES && !this.#isCongested) {
      this.#isCongested = true;
      this.#listener.congested();
    }
  }

  #written(): void {
    if (!this.#isCongested || this.#socket.bufferedAmount > RELIEVED_BYTES) return;
    this.#isCongested = false;
    this.#listener.relieved();
  }
}
