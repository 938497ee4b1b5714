/**
 * Intents: what the user wants, as events that bubble from the elements up to `<coi-chat-app>`. Elements change
 * nothing themselves. The last three leave the app: they are for the host.
 */
import type { ChatId, RowId, RowView } from '@coi-webmail/chat';
import type { ChatFilter, Settings } from '@coi-webmail/client';

export interface IntentMap {
  'coi-open-chat': { readonly chatId: ChatId };
  'coi-back': undefined;
  'coi-filter': { readonly filter: ChatFilter; readonly search: string };
  'coi-new-chat': undefined;
  'coi-start-chat': { readonly addresses: readonly string[] };
  'coi-show-settings': undefined;
  'coi-send': { readonly chatId: ChatId; readonly text: string; readonly replyTo: RowId | undefined };
  'coi-draft': { readonly chatId: ChatId; readonly text: string; readonly replyTo: RowId | undefined };
  'coi-compose-focus': undefined;
  'coi-retry': { readonly rowId: RowId };
  'coi-resend': { readonly rowId: RowId };
  'coi-discard': { readonly rowId: RowId };
  'coi-send-now': { readonly rowId: RowId };
  'coi-write-again': { readonly rowId: RowId };
  'coi-reply': { readonly row: RowView };
  'coi-copy': { readonly text: string };
  'coi-open-mail': { readonly mailbox: string; readonly uid: number };
  'coi-continue-as-mail': { readonly row: RowView };
  'coi-row-menu': { readonly row: RowView; readonly anchor: DOMRect };
  'coi-show-row': { readonly rowId: RowId };
  'coi-full-text': { readonly rowId: RowId };
  'coi-older': undefined;
  /** The reader came back to the newest line: the many rows that were loaded are not needed any more. */
  'coi-at-newest': undefined;
  'coi-read': { readonly chatId: ChatId; readonly rowIds: readonly RowId[] };
  'coi-scrolled': { readonly chatId: ChatId; readonly place: ScrollPlace };
  'coi-accept': { readonly chatId: ChatId };
  'coi-block': { readonly chatId: ChatId; readonly blocked: boolean };
  'coi-set-mode': { readonly mode: 'active' | 'none' };
  'coi-set-settings': Partial<Settings>;
  'coi-later': undefined;
  'coi-sign-out': { readonly wipe: boolean };
  'coi-banner-act': { readonly act: 'sign-in' | 'reload' | 'set-up' };
  /** The user closes the panel; the host hides it. */
  'coi-close': undefined;
  /** The user drags the edge of the docked panel; px. The host sets and remembers the width. */
  'coi-resize': { readonly width: number };
  /** The session of this browser has ended on the user's wish. */
  'coi-signed-out': { readonly wiped: boolean };
}

export type IntentName = keyof IntentMap;
export type Intent<Name extends IntentName> = CustomEvent<IntentMap[Name]>;

/**
 * Where a timeline stands: numbers only, because it lies readable in sessionStorage. `at` is the time of the first
 * visible row, `offset` its distance from the top in px. Undefined = at the newest line.
 */
export type ScrollPlace = { readonly at: number; readonly offset: number; readonly count: number } | undefined;
