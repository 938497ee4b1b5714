/** What a page hands to `connect()`. */
import type { SessionInfo } from './api.ts';

export interface ConnectOptions {
  /** Absolute URL of the worker bundle (a module, same origin as the page; its chunks lie beside it). */
  readonly workerUrl: string;
  /** Absolute URL of the engine's base path, for example `https://mail.example.org/coi/`. */
  readonly engineUrl: string;
  /** Names the worker together with the protocol version; two users of one browser never share one. */
  readonly userKey: string;
  /** What the host page already knows; undefined = ask `signOn`. */
  readonly session: SessionInfo | undefined;
  /** Gets a fresh session from the host; undefined = the host is signed out. */
  signOn(reason: 'renew' | 'signed-out'): Promise<SessionInfo | undefined>;
}
