/**
 * ChatApi as a page holds it: plain functions as listeners, and watches that survive a change of worker. What goes
 * through is carried by a transport; when a new one comes, session and watches are told again.
 */
import { isCoiError } from '@coi-webmail/base';
import type { ChatId } from '@coi-webmail/chat';
import type { ChatApi, Draft, SendLine, SessionInfo, WatchId } from './api.ts';
import type { ParcelView } from './chat-api.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { ServedMethod, Transport } from './transport.ts';

interface KeptWatch {
  readonly method: 'watchOverview' | 'watchChats' | 'watchTimeline';
  query: { readonly chatId: ChatId; readonly count: number } | object | undefined;
  readonly listener: (value: never) => unknown;
  remote: Promise<WatchId> | undefined;
}

export class Door implements ChatApi {
  readonly #options: ConnectOptions;
  readonly #lockName: string;
  readonly #watches = new Map<WatchId, KeptWatch>();
  #transport: PromiseWithResolvers<Transport> = Promise.withResolvers();
  #hasTransport = false;
  #session: SessionInfo | undefined;
  #nextWatch = 1;
  #askedToKeep = false;
  #parcels: readonly ParcelView[] = [];

  constructor(options: ConnectOptions, lockName: string) {
    this.#options = options;
    this.#lockName = lockName;
    this.#session = options.session;
  }

  /**
   * A way to a worker that knows nothing of this page yet.
   * @returns the Web Lock that the worker holds as long as it lives
   */
  async adopt(transport: Transport): Promise<string> {
    if (this.#hasTransport) this.#transport = Promise.withResolvers();
    this.#hasTransport = true;
    const listen = (parcels: readonly ParcelView[]) => {
      this.#parcels = parcels;
    };
    const signOn = async (reason: 'renew' | 'signed-out') => {
      const info = await this.#options.signOn(reason);
      if (info !== undefined) this.#session = info;
      return info;
    };
    // Calls of one transport arrive in order: nothing here needs to wait for its answer.
    const lifeLock = transport.call('configure', [{ engineUrl: this.#options.engineUrl }]) as Promise<string>;
    const first = [
      lifeLock,
      transport.call('attach', [{ lockName: this.#lockName, session: this.#session }]),
      transport.call('onSignOn', [signOn]),
      transport.call('watchQueued', [listen]),
    ];
    for (const watch of this.#watches.values()) this.#open(transport, watch);
    this.#transport.resolve(transport);
    await Promise.all(first);
    return lifeLock;
  }

  /** The page closes: what the worker may not get out any more goes out by itself. The engine folds doubles. */
  sendParcels(): void {
    for (const { url, body, token } of this.#parcels) {
      const headers = {
        'content-type': 'application/octet-stream',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      void fetch(url, { method: 'POST', body, headers, keepalive: true, credentials: 'include' }).catch(
        () => undefined,
      );
    }
    this.#parcels = [];
  }

  async #call<T>(method: ServedMethod, ...args: readonly unknown[]): Promise<T> {
    for (;;) {
      const { promise } = this.#transport;
      const transport = await promise;
      try {
        return (await transport.call(method, args)) as T;
      } catch (error) {
        // The leading tab closed before it answered. Nobody knows whether it took a line: the composer keeps it.
        const isLost = isCoiError(error, 'timeout') && promise !== this.#transport.promise;
        if (!isLost || method === 'send') throw error;
      }
    }
  }

  #open(transport: Transport, watch: KeptWatch): void {
    const args = watch.query === undefined ? [watch.listener] : [watch.query, watch.listener];
    watch.remote = transport.call(watch.method, args) as Promise<WatchId>;
    watch.remote.catch(() => undefined);
  }

  async #watch(watch: KeptWatch): Promise<WatchId> {
    const id = this.#nextWatch++;
    this.#watches.set(id, watch);
    const transport = await this.#transport.promise;
    if (watch.remote === undefined && this.#watches.has(id)) this.#open(transport, watch);
    await watch.remote;
    return id;
  }

  // The worker is told already, by `adopt`.
  async attach(): Promise<void> {
    await this.#transport.promise;
  }

  async onSignOn(): Promise<void> {
    await this.#transport.promise;
  }

  setSession(session: SessionInfo): Promise<void> {
    this.#session = session;
    return this.#call('setSession', session);
  }

  signOut(wipe: boolean): Promise<void> {
    this.#session = undefined;
    return this.#call('signOut', wipe);
  }

  watchOverview(listener: Parameters<ChatApi['watchOverview']>[0]): Promise<WatchId> {
    return this.#watch({ method: 'watchOverview', query: undefined, listener, remote: undefined });
  }

  watchChats(...[query, listener]: Parameters<ChatApi['watchChats']>): Promise<WatchId> {
    return this.#watch({ method: 'watchChats', query, listener, remote: undefined });
  }

  watchTimeline(...[query, listener]: Parameters<ChatApi['watchTimeline']>): Promise<WatchId> {
    return this.#watch({ method: 'watchTimeline', query, listener, remote: undefined });
  }

  async growTimeline(id: WatchId, count: number): Promise<void> {
    const watch = this.#watches.get(id);
    if (watch?.query === undefined || !('count' in watch.query)) return;
    watch.query = { ...watch.query, count: watch.query.count + count };
    await this.#call('growTimeline', await watch.remote, count);
  }

  async unwatch(id: WatchId): Promise<void> {
    const watch = this.#watches.get(id);
    this.#watches.delete(id);
    if (watch?.remote !== undefined) await this.#call('unwatch', await watch.remote);
  }

  startChat(addresses: readonly string[]): Promise<ChatId> {
    return this.#call('startChat', addresses);
  }

  async send(line: SendLine): ReturnType<ChatApi['send']> {
    const rowId = await this.#call<Awaited<ReturnType<ChatApi['send']>>>('send', line);
    void this.#askToKeep();
    return rowId;
  }

  /** Only a page can ask the browser to keep what is stored. */
  async #askToKeep(): Promise<void> {
    const storage = navigator.storage as StorageManager | undefined;
    if (this.#askedToKeep || storage === undefined) return;
    this.#askedToKeep = true;
    try {
      if (await this.#call<boolean>('mayAskToKeep')) await this.#call('keptIs', await storage.persist());
    } catch {
      // Then it is not kept, and the overview says so.
    }
  }

  retry(...args: Parameters<ChatApi['retry']>): Promise<void> {
    return this.#call('retry', ...args);
  }

  resend(...args: Parameters<ChatApi['resend']>): Promise<void> {
    return this.#call('resend', ...args);
  }

  sendNow(...args: Parameters<ChatApi['sendNow']>): Promise<void> {
    return this.#call('sendNow', ...args);
  }

  discard(...args: Parameters<ChatApi['discard']>): Promise<string> {
    return this.#call('discard', ...args);
  }

  warm(): Promise<void> {
    return this.#call('warm');
  }

  getDraft(chatId: ChatId): Promise<Draft> {
    return this.#call('getDraft', chatId);
  }

  setDraft(chatId: ChatId, draft: Draft): Promise<void> {
    return this.#call('setDraft', chatId, draft);
  }

  markRead(...args: Parameters<ChatApi['markRead']>): Promise<void> {
    return this.#call('markRead', ...args);
  }

  fullText(...args: Parameters<ChatApi['fullText']>): Promise<string> {
    return this.#call('fullText', ...args);
  }

  acceptChat(chatId: ChatId): Promise<void> {
    return this.#call('acceptChat', chatId);
  }

  blockChat(chatId: ChatId, blocked: boolean): Promise<void> {
    return this.#call('blockChat', chatId, blocked);
  }

  setSettings(...args: Parameters<ChatApi['setSettings']>): Promise<void> {
    return this.#call('setSettings', ...args);
  }

  consentPreview(): ReturnType<ChatApi['consentPreview']> {
    return this.#call('consentPreview');
  }

  async setMode(mode: 'active' | 'none'): Promise<void> {
    await this.#call('setMode', mode);
    void this.#askToKeep();
  }

  async close(): Promise<void> {
    if (this.#hasTransport) await this.#call('bye').catch(() => undefined);
    this.#watches.clear();
  }
}
