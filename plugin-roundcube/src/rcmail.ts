/** The few things of Roundcube's page script that we use, and what our own PHP put into its environment. */
import type { Host } from '@coi-webmail/web-components';

export type Kind = 'mail' | 'chat';

/** What the plugin knows of the mailbox; sent again when it changes. */
export interface FilingEnv {
  /** null = no consent yet. */
  readonly mode: 'active' | 'none' | null;
  /** Where chat mail lies in mode `active`. */
  readonly chatsMailbox: string | null;
}

export interface CoiEnv extends FilingEnv {
  /** Path of the engine on this site. */
  readonly engine: string;
  /** URL of the worker, relative to the page. */
  readonly worker: string;
  readonly userKey: string;
  readonly session: Host['session'] | null;
  readonly locale: string;
  /** `dock`: the mail task; `page`: the Chat task. */
  readonly place: 'dock' | 'page' | 'none';
  readonly view: Kind;
  /** px */
  readonly width: number;
}

interface MessageList {
  blur(): void;
}

export interface Rcmail {
  readonly env: Record<string, unknown> & {
    coi?: CoiEnv;
    task: string;
    action: string;
    mailbox?: string;
    request_token: string;
    search_request?: string | null;
    search_scope?: string;
  };
  readonly message_list?: MessageList | undefined;
  /** Set once the page is set up. */
  readonly busy: boolean;
  addEventListener(name: string, listener: (data: never) => unknown): void;
  register_command(name: string, run: () => void, enabled: boolean): void;
  enable_command(name: string, enabled: boolean): void;
  command(name: string, argument?: unknown): unknown;
  http_post(action: string, data: Readonly<Record<string, string>>, lock?: unknown): void;
  save_pref(preference: { readonly name: string; readonly value: string | number }): void;
  url(action: string, query?: Readonly<Record<string, string>>): string;
  list_mailbox(mailbox: string, page?: number): void;
  /** The same page once more, without clearing the list first. */
  refresh_list(): void;
  reset_qsearch(all?: boolean): void;
  set_busy(busy: boolean, message?: string): unknown;
  get_label(name: string, domain?: string): string;
  display_message(text: string, kind: string): void;
  open_compose_step(query: Readonly<Record<string, string>>): void;
  location_href(url: string, target: Window): void;
}

declare global {
  interface Window {
    readonly rcmail: Rcmail;
  }
}

/** Absolute form of a URL that Roundcube gives relative to the page. */
export function absolute(url: string): string {
  return new URL(url, document.baseURI).href;
}
