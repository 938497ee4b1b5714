/**
 * Entry of the worker: a SharedWorker where browsers have it, else a dedicated one that its tab connects others to.
 * Each port gets its own ChatApi.
 */
import { systemClock } from '@coi-webmail/base';
import { WebLock } from './account-lock.ts';
import { TabApi, type TabOptions } from './chat-api.ts';
import { type Endpoint, expose } from './comlink.ts';
import type { Environment } from './environment.ts';
import { idbOpener } from './store/idb-store.ts';
import { memoryOpener } from './store/memory-store.ts';
import { Tabs } from './tabs.ts';

interface WorkerScope extends EventTarget {
  readonly navigator: Navigator;
}

const scope = globalThis as unknown as WorkerScope;

const env: Environment = {
  clock: systemClock,
  random: () => Math.random(),
  openSocket: (url, protocols) => new WebSocket(url, [...protocols]),
  fetch: (url, init = {}) => fetch(url, { ...init, credentials: 'include', cache: 'no-store' }),
  network: {
    isOnline: () => scope.navigator.onLine,
    subscribe(listener) {
      scope.addEventListener('online', listener);
      scope.addEventListener('offline', listener);
      return () => {
        scope.removeEventListener('online', listener);
        scope.removeEventListener('offline', listener);
      };
    },
  },
  // Absent where the page is not a secure context.
  isPersisted: async () => (scope.navigator.storage as StorageManager | undefined)?.persisted(),
  stores: 'indexedDB' in scope ? idbOpener : memoryOpener(),
  lock: (accountHash) => new WebLock(accountHash, systemClock),
};

const tabs = new Tabs(env);
const lifeLock = `coi-worker-${crypto.randomUUID()}`;
const isHeld = new Promise<void>((resolve) => {
  const forEver = () => {
    resolve();
    return new Promise<void>(() => undefined);
  };
  void scope.navigator.locks.request(lifeLock, forEver);
});

const options: TabOptions = {
  lifeLock,
  // Granted when the tab that holds it is closed, left or crashed.
  whenGone: (lockName, callback) => void scope.navigator.locks.request(lockName, callback),
};

async function serve(port: MessagePort): Promise<void> {
  // Nobody may wait for the lock before it is held: that would read as death.
  await isHeld;
  expose(new TabApi(tabs, options), port as Endpoint);
}

/** A SharedWorker gets `connect` for each tab; a dedicated worker gets `message` from the tab that leads. */
scope.addEventListener('onconnect' in scope ? 'connect' : 'message', (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port !== undefined) void serve(port);
});
