/**
 * Everything that all tabs of one user share in the worker: who is there, the one session, and asking the host for
 * a fresh proof.
 */
import type { CoiError } from '@coi-webmail/base';
import { CoiError as Failure, isCoiError } from '@coi-webmail/base';
import type { ChatId } from '@coi-webmail/chat';
import type { Overview, SessionInfo } from './api.ts';
import { DEFAULT_SETTINGS } from './synced/preferences.ts';
import type { Environment } from './environment.ts';
import { Feed } from './feed.ts';
import { Session } from './session.ts';
import { overviewOf } from './views.ts';

export type SignOnReason = 'renew' | 'signed-out';
export type SignOnListener = (reason: SignOnReason) => Promise<SessionInfo | undefined>;

/** A tab's own part; made by `chat-api.ts`. */
export interface Tab {
  signOn: SignOnListener | undefined;
  onQueued(): void;
}

/** The host is asked this long before a session ends, or after a third of what is left when that is less. */
const RENEW_AHEAD_MS = 120_000;
const RENEW_AGAIN_MS = 30_000;
/** A tab that does not answer is taken for gone. */
const SIGN_ON_TIMEOUT_MS = 20_000;

export class Tabs {
  readonly env: Environment;
  readonly feed: Feed;
  readonly #tabs = new Set<Tab>();
  /** Tabs that are asked right now: what takes their silence for an answer when they leave. */
  readonly #waiting = new Map<Tab, () => void>();
  /** How many look at a chat. */
  readonly #open = new Map<ChatId, number>();
  #engineUrl: string | undefined;
  #session: Session | undefined;
  #isSignedOut = false;
  #asking: Promise<void> | undefined;
  #cancelRenewal: () => void = () => undefined;

  constructor(env: Environment) {
    this.env = env;
    this.feed = new Feed(env.clock);
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** @throws CoiError `auth-expired` when nobody is signed on */
  requireSession(): Session {
    if (this.#session === undefined) throw new Failure('auth-expired', 'Nobody is signed on');
    return this.#session;
  }

  get isSignedOut(): boolean {
    return this.#isSignedOut;
  }

  configure(engineUrl: string): void {
    this.#engineUrl = engineUrl;
  }

  add(tab: Tab): void {
    this.#tabs.add(tab);
  }

  remove(tab: Tab): void {
    if (!this.#tabs.delete(tab)) return;
    this.#session?.liveNow?.outbox.pageLeft();
    this.#waiting.get(tab)?.();
  }

  opened(chatId: ChatId): void {
    this.#open.set(chatId, (this.#open.get(chatId) ?? 0) + 1);
  }

  closed(chatId: ChatId): void {
    const count = (this.#open.get(chatId) ?? 0) - 1;
    if (count > 0) this.#open.set(chatId, count);
    else this.#open.delete(chatId);
  }

  /** The first tab without a session makes the worker ask the host. */
  needSession(): void {
    if (this.#session === undefined || this.#session.isOver) void this.#ask('signed-out');
  }

  setSession(info: SessionInfo): void {
    this.#isSignedOut = false;
    if (this.#session?.accountHash === info.accountHash && !this.#session.isOver) {
      this.#session.renew(info);
      return;
    }
    if (this.#engineUrl === undefined) throw new Failure('invalid-config', 'Worker does not know its engine');
    this.#session?.end();
    const session = new Session(this.env, this.#engineUrl, info, this.feed, {
      onSignedOut: () => {
        if (this.#session === session) void this.#ask('signed-out');
      },
      onExpiresAt: (expiresAt) => {
        if (this.#session === session) this.#renewBefore(session, expiresAt);
      },
      isOpen: (chatId) => (this.#open.get(chatId) ?? 0) > 0,
      onQueueChanged: () => {
        for (const tab of this.#tabs) tab.onQueued();
      },
    });
    this.#session = session;
    this.feed.changedAll();
    session.start();
    this.#renewBefore(session, info.expiresAt);
  }

  overview(): Overview {
    if (this.#session !== undefined && !this.#isSignedOut) return overviewOf(this.#session);
    return {
      phase: this.#isSignedOut ? 'signed-out' : 'opening',
      connection: 'connecting',
      retryAt: undefined,
      mail: 'connecting',
      address: '',
      mode: undefined,
      syncProgress: undefined,
      unreadChats: 0,
      requestCount: 0,
      queuedCount: 0,
      limits: undefined,
      storage: 'durable',
      settings: DEFAULT_SETTINGS,
    };
  }

  /** Logout by the user. */
  async signOut(wipe: boolean): Promise<void> {
    const session = this.#session;
    this.#becomeSignedOut();
    if (session === undefined) return;
    // Unreachable: the session ends by itself, since nobody renews it.
    await session.fetch('session', { method: 'DELETE' }).catch(() => undefined);
    if (wipe) await this.env.stores.wipe(session.accountHash);
  }

  /** The worker ends: nothing is signed out or deleted. */
  close(): void {
    this.#cancelRenewal();
    this.#session?.end();
    this.#session = undefined;
  }

  #becomeSignedOut(): void {
    this.#cancelRenewal();
    this.#session?.becomeSignedOut();
    this.#session = undefined;
    this.#isSignedOut = true;
    this.feed.changedAll();
  }

  #renewBefore(session: Session, expiresAt: number): void {
    this.#cancelRenewal();
    const left = expiresAt - session.serverNow();
    const wait = Math.max(RENEW_AGAIN_MS, left - Math.min(RENEW_AHEAD_MS, left / 3));
    this.#cancelRenewal = this.env.clock.after(Math.min(wait, 2 ** 31 - 1), () => {
      void this.#ask('renew');
    });
  }

  #ask(reason: SignOnReason): Promise<void> {
    this.#asking ??= this.#askTabs(reason).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askTabs(reason: SignOnReason): Promise<void> {
    let isAnswered = false;
    for (const tab of [...this.#tabs].toReversed()) {
      if (tab.signOn === undefined || !this.#tabs.has(tab)) continue;
      const info = await this.#answerOf(tab, reason);
      if (info === 'gone') continue;
      isAnswered = true;
      if (info !== undefined) {
        this.setSession(info);
        return;
      }
    }
    // Nobody to ask: the next tab that comes is asked.
    if (reason === 'signed-out' && (isAnswered || this.#session !== undefined)) this.#becomeSignedOut();
    // A host without a proof keeps its session until the engine ends it.
  }

  async #answerOf(tab: Tab, reason: SignOnReason): Promise<SessionInfo | undefined | 'gone'> {
    const late = Promise.withResolvers<'gone'>();
    const cancel = this.env.clock.after(SIGN_ON_TIMEOUT_MS, () => late.resolve('gone'));
    this.#waiting.set(tab, () => late.resolve('gone'));
    try {
      return await Promise.race([tab.signOn?.(reason), late.promise]);
    } catch (error) {
      // The host could not be asked, for example offline: that says nothing about its session.
      return isCoiError(error) && (error as CoiError).code === 'auth-expired' ? undefined : 'gone';
    } finally {
      cancel();
      this.#waiting.delete(tab);
    }
  }
}
