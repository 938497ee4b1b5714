/**
 * ChatApi: the only surface that a page sees. It lives in the worker and crosses Comlink, so parameters and
 * results are plain values and listeners are Comlink proxies.
 *
 * Errors are CoiError data (`code`, `message`); match by `code`.
 */
import type { ChatId, ChatView, RowId, TimelineView } from '@coi-webmail/chat';

/** What a page knows about the session when it connects. */
export interface SessionInfo {
  readonly accountHash: string;
  readonly address: string;
  /** Opens the local store, so that the first paint needs no socket. Held in memory only. */
  readonly storageShare: string;
  readonly expiresAt: number;
  /** Only for an engine on another origin. */
  readonly token?: string | undefined;
}

export type ConnectionPhase = 'connecting' | 'online' | 'offline' | 'engine-unreachable';

/** Everything but the chats themselves; the banner shows the worst of it. */
export interface Overview {
  /**
   * `opening`: store not read yet (skeleton). `locked`: no share yet. `signed-out`: ask the host to sign on.
   * `version`: reload. `consent`: chats are shown read-only and the question is open. `ready`.
   */
  readonly phase: 'opening' | 'locked' | 'signed-out' | 'version' | 'consent' | 'ready';
  readonly connection: ConnectionPhase;
  /** Next try, for "next try in 20 s". */
  readonly retryAt: number | undefined;
  readonly mail: 'online' | 'connecting' | 'unavailable' | 'auth-failed' | 'over-quota';
  readonly address: string;
  readonly mode: 'active' | 'none' | undefined;
  /** First sync of this browser is still running; 0..1. */
  readonly syncProgress: number | undefined;
  /** Chats with unread lines; muted ones not counted. */
  readonly unreadChats: number;
  readonly requestCount: number;
  readonly queuedCount: number;
  readonly limits: { readonly maxMessageBytes: number; readonly maxRecipients: number } | undefined;
  /**
   * `durable`: the browser promised to keep it. `evictable`: it did not (yet). `memory`, `full`: storage cannot be used
   * (private window, full disk): chats work, nothing new survives the tab.
   */
  readonly storage: 'durable' | 'evictable' | 'memory' | 'full';
  /**
   * Drafts and unsent lines of this browser that do not open, because the server's storage secret is another one than
   * when they were written. They are kept and open again with the old secret. Undefined = 0.
   */
  readonly lockedItems?: number | undefined;
  readonly settings: Settings;
}

/** The user's choices; they follow the account through the mailbox (storage message `preferences`). */
export interface Settings {
  /** Lines to people with ordinary mail wait this long and can be undone; 0 = they go at once. Seconds. */
  readonly undoSeconds: 0 | 5;
}

export interface ConsentPreview {
  readonly chatMailCount: number;
  readonly canMove: boolean;
  readonly coiServer: boolean;
}

export type ChatFilter = 'all' | 'unread' | 'groups' | 'requests';

export interface ChatListView {
  readonly chats: readonly ChatView[];
  /** Counts for the filter chips. */
  readonly unreadCount: number;
  readonly requestCount: number;
  readonly loading: boolean;
}

export interface Draft {
  readonly text: string;
  readonly replyTo: RowId | undefined;
}

export interface SendLine {
  readonly chatId: ChatId;
  readonly text: string;
  readonly replyTo?: RowId | undefined;
}

/** Names one subscription; ends with `unwatch` or with its tab. */
export type WatchId = number;

export interface ChatApi {
  /** Called once per page load. The tab's Web Lock name tells the worker when the tab is gone. */
  attach(tab: { readonly lockName: string; readonly session: SessionInfo | undefined }): Promise<void>;
  /** A fresh session from the host: after sign-on or renewal. */
  setSession(session: SessionInfo): Promise<void>;
  /**
   * The worker needs the host's proof: before expiry, or signed out. Undefined = the host has no session.
   * Each tab registers one; the worker asks one live tab.
   */
  onSignOn(listener: (reason: 'renew' | 'signed-out') => Promise<SessionInfo | undefined>): Promise<void>;
  /** Logout: ends the session here, closes the socket, locks the store; `wipe` deletes the databases. */
  signOut(wipe: boolean): Promise<void>;

  /** Each watch calls back at once with the present value, then after each change (coalesced, after commit). */
  watchOverview(listener: (overview: Overview) => void): Promise<WatchId>;
  watchChats(
    query: { readonly filter: ChatFilter; readonly search: string },
    listener: (view: ChatListView) => void,
  ): Promise<WatchId>;
  /** The newest `count` rows; `growTimeline` adds older ones. Undefined when the chat is gone. */
  watchTimeline(
    query: { readonly chatId: ChatId; readonly count: number },
    listener: (view: TimelineView | undefined) => void,
  ): Promise<WatchId>;
  growTimeline(watch: WatchId, count: number): Promise<void>;
  unwatch(watch: WatchId): Promise<void>;

  /** @returns the chat with exactly these people, made if there is none. @throws `invalid-request` for a bad address */
  startChat(addresses: readonly string[]): Promise<ChatId>;
  /** Resolves when the outbox row is durable: from then on the line survives everything. */
  send(line: SendLine): Promise<RowId>;
  /** Tries a failed line again. */
  retry(rowId: RowId): Promise<void>;
  /** Sends a line of unknown outcome once more, same Message-ID: the user's decision. */
  resend(rowId: RowId): Promise<void>;
  /** Ends the wait of a held line: it goes at once. */
  sendNow(rowId: RowId): Promise<void>;
  /**
   * Removes a line that was not sent, or gives up one of unknown outcome; its text comes back for the composer.
   * @throws `conflict` when it is too late, `engine-unreachable` when nobody can tell now
   */
  discard(rowId: RowId): Promise<string>;
  /** The composer has focus: opens the SMTP session. */
  warm(): Promise<void>;

  getDraft(chatId: ChatId): Promise<Draft>;
  setDraft(chatId: ChatId, draft: Draft): Promise<void>;
  /** The named rows were visible in a focused page for 1 s. */
  markRead(chatId: ChatId, rowIds: readonly RowId[]): Promise<void>;
  /** Everything that a folded row says. */
  fullText(rowId: RowId): Promise<string>;
  /** A request becomes a chat. */
  acceptChat(chatId: ChatId): Promise<void>;
  blockChat(chatId: ChatId, blocked: boolean): Promise<void>;

  /** Takes effect at once here, and in other browsers when the mailbox has it. */
  setSettings(settings: Partial<Settings>): Promise<void>;
  consentPreview(): Promise<ConsentPreview>;
  setMode(mode: 'active' | 'none'): Promise<void>;
}
