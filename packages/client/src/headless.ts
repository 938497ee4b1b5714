/** The same session without a browser: memory stores, one tab, Node's WebSocket. For stories and benches. */
import { type Clock, systemClock } from '@coi-webmail/base';
import { type AccountLock, soleLock } from './account-lock.ts';
import type { ChatApi, SessionInfo } from './api.ts';
import { TabApi } from './chat-api.ts';
import type { Environment, SocketLike } from './environment.ts';
import { memoryOpener } from './store/memory-store.ts';
import type { StoreOpener } from './store/store.ts';
import { Tabs } from './tabs.ts';

export { WebLock } from './account-lock.ts';
export { memoryOpener } from './store/memory-store.ts';
export type { StoreOpener, Stores } from './store/store.ts';

export interface HeadlessOptions {
  /** Base path of the engine, ending in `/`; a function when it may move between connections. */
  readonly engineUrl: string | (() => string);
  /** Value of the Cookie header. */
  readonly cookie: string;
  readonly session: SessionInfo;
  /** Survives `close` when the same opener is given again. */
  readonly stores?: StoreOpener;
  /** This machine's clock, which may be wrong. */
  readonly clock?: Clock;
  /** Where several clients share stores; default no lock. */
  readonly lock?: (accountHash: string) => AccountLock;
  signOn?(reason: 'renew' | 'signed-out'): Promise<SessionInfo | undefined>;
}

export interface HeadlessClient extends ChatApi {
  /** Ends the session without logout: as if the last tab had closed. */
  close(): void;
}

/** Node takes headers where a browser takes protocols only. */
type NodeWebSocket = new (
  url: string,
  options: { readonly protocols: readonly string[]; readonly headers: Readonly<Record<string, string>> },
) => SocketLike;

export async function createHeadlessClient(options: HeadlessOptions): Promise<HeadlessClient> {
  const { cookie } = options;
  const urlNow = () => (typeof options.engineUrl === 'string' ? options.engineUrl : options.engineUrl());
  const firstUrl = urlNow();
  // The engine's address may change under a running client, as behind a proxy.
  const moved = (url: string) => {
    const wanted = new URL(urlNow());
    const target = new URL(url);
    target.host = wanted.host;
    return target.href;
  };
  const env: Environment = {
    clock: options.clock ?? systemClock,
    random: () => Math.random(),
    openSocket(url, protocols) {
      const Socket = WebSocket as unknown as NodeWebSocket;
      const target = moved(url);
      const origin = new URL(target).origin.replace(/^ws/, 'http');
      return new Socket(target, { protocols, headers: { cookie, origin } });
    },
    fetch: (url, init = {}) => {
      const target = moved(url);
      const headers = new Headers(init.headers);
      headers.set('cookie', cookie);
      headers.set('origin', new URL(target).origin);
      return fetch(target, { ...init, headers });
    },
    network: { isOnline: () => true, subscribe: () => () => undefined },
    isPersisted: async () => undefined,
    stores: options.stores ?? memoryOpener(),
    lock: options.lock ?? (() => soleLock),
  };
  const tabs = new Tabs(env);
  const api = new TabApi(tabs, { whenGone: () => undefined, lifeLock: '' });
  await api.configure({ engineUrl: firstUrl });
  await api.attach({ lockName: 'headless', session: options.session });
  if (options.signOn !== undefined)
    await api.onSignOn((reason) => options.signOn?.(reason) ?? Promise.resolve(undefined));
  return Object.assign(api, { close: () => tabs.close() });
}
