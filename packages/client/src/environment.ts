/** What the session needs from the world around it; a browser's in `worker.ts`, Node's in `headless.ts`. */
import type { Clock } from '@coi-webmail/base';
import type { AccountLock } from './account-lock.ts';
import type { HeldLimits } from './shelf/tidy.ts';
import type { StoreOpener } from './store/store.ts';

/** The part of WebSocket that we use. */
export interface SocketLike {
  binaryType: string;
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: { readonly data?: unknown; readonly code?: number }) => void,
    options: { readonly signal: AbortSignal },
  ): void;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

export interface Network {
  isOnline(): boolean;
  /** Called when the browser believes to be online or offline. */
  subscribe(listener: () => void): () => void;
}

export interface Environment {
  readonly clock: Clock;
  /** In [0, 1). */
  random(): number;
  openSocket(url: string, protocols: readonly string[]): SocketLike;
  /** Sends the session's cookie along. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  readonly network: Network;
  readonly stores: StoreOpener;
  /** The browser promised to keep what is stored; undefined = it does not tell. */
  isPersisted(): Promise<boolean | undefined>;
  /** How much is kept in memory and on disk; absent = as `shelf/tidy.ts` has it. */
  readonly heldLimits?: HeldLimits | undefined;
  /** One lock per account over all workers of this browser. */
  lock(accountHash: string): AccountLock;
}
