/**
 * Host: the few things that a webmail gives us. Roundcube, OX App Suite and the standalone page implement it;
 * elements know nothing else about where they live.
 */
import type { SessionInfo } from '@coi-webmail/client';

export interface HostContact {
  readonly name: string;
  readonly address: string;
}

export interface Host {
  readonly name: 'roundcube' | 'ox' | 'standalone';
  /** Absolute URL of the engine's base path, ending in `/`. */
  readonly engineUrl: string;
  /** Absolute URL of the worker bundle. */
  readonly workerUrl: string;
  /** Stable per user of this host, not an address. */
  readonly userKey: string;
  /** Session that the page was rendered with. */
  readonly session: SessionInfo | undefined;
  /** BCP 47 tag of the host's language. */
  readonly locale: string;
  /** Fresh proof of the host's session; undefined = signed out of the host. */
  signOn(reason: 'renew' | 'signed-out'): Promise<SessionInfo | undefined>;
  /** Opens the original mail in the host; undefined = the host cannot. */
  readonly openMail?: ((place: { mailbox: string; uid: number }) => void) | undefined;
  /** Opens the host's composer. */
  readonly compose?: ((draft: { to: string; subject: string; text: string }) => void) | undefined;
  /** Search in the host's address book; at most 10. */
  readonly lookup?: ((query: string) => Promise<readonly HostContact[]>) | undefined;
  /** Number on the host's chat icon: conversations with unread. */
  setUnread(count: number): void;
  /** Where the user goes to sign on; used by "signed out". */
  readonly signIn?: (() => void) | undefined;
}
