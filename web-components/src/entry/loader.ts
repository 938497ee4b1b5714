/**
 * What a webmail page loads while the panel is closed: almost nothing. The elements come with the first
 * `mountChat`; the unread count, if wanted, comes when the page is idle.
 */
import type { ChatApi } from '@coi-webmail/client';
import type { CoiChatApp } from '../app/coi-chat-app.ts';
import type { Host } from '../host.ts';

export type Place = 'sidebar' | 'drawer' | 'full';

export interface MountOptions {
  /** One object per page: the connection is shared by everything that uses the same one. */
  readonly host: Host;
  /** Gets `<coi-chat-app>` as its child; must have a height. */
  readonly element: HTMLElement;
  readonly place: Place;
  /** Signing out then removes everything from this browser. */
  readonly sharedComputer?: boolean | undefined;
}

export interface MountedChat {
  /** Fires `coi-close`, `coi-resize` and `coi-signed-out`. */
  readonly app: CoiChatApp;
  setPlace(place: Place): void;
  /** Opens the chat with exactly these people. @throws CoiError `invalid-request` for a bad address */
  openChatWith(addresses: readonly string[]): Promise<void>;
  focus(): void;
  unmount(): void;
}

/**
 * Loads the elements on first use and shows the panel. The worker starts beside that, on a thread of its own.
 *
 * @throws when the bundle cannot be loaded
 */
export async function mountChat(options: MountOptions): Promise<MountedChat> {
  // Whether it can be reached the panel learns by itself.
  connectChat(options.host).catch(() => undefined);
  const { mountApp } = await import('./app.ts');
  return mountApp(options);
}

/** The page's one connection, also without a panel: for a host's sign-out and settings. @throws CoiError `internal` */
export async function connectChat(host: Host): Promise<ChatApi> {
  const { connectHost } = await import('./connection.ts');
  return connectHost(host);
}

/**
 * Keeps `host.setUnread` up to date while the panel is closed. Waits until the page is idle; connects with the
 * same worker that the panel uses. A connection that fails leaves the count alone.
 */
export function watchUnread(host: Host): void {
  const start = async (): Promise<void> => {
    const api = await connectChat(host);
    await api.watchOverview(({ phase, unreadChats }) => host.setUnread(phase === 'ready' ? unreadChats : 0));
  };
  const run = (): void => void start().catch(() => undefined);
  // Safari has no idle callback.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: 2000 });
  else setTimeout(run, 200);
}
