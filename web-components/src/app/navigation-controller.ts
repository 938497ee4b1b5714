/**
 * Where one is in the panel: list, conversation, new chat or settings; how one comes back, by keys and after a page
 * load. Who goes somewhere takes the focus along, except on touch screens, where it would raise the keyboard.
 */
import type { ChatId, TimelineView } from '@coi-webmail/chat';
import type { Draft } from '@coi-webmail/client';
import type { IntentMap, ScrollPlace } from '../element/intent.ts';
import type { AppContext } from './app-context.ts';
import { type Place, recallPlace, rememberPlace } from './place-memory.ts';

const TOUCH = '(hover: none) and (pointer: coarse)';

export type Side = 'list' | 'new-chat' | 'settings';

export interface NavigationOptions {
  /** The question of consent was put off; remembered with the place. */
  putOff(): boolean;
  /** Another chat is open from now on. */
  onOpen(): void;
}

export class NavigationController {
  side: Side = 'list';
  current: ChatId | undefined;
  /** What was left in the field of the open chat; undefined = not known yet. */
  draft: Draft | undefined;
  /** Where the open chat was scrolled when it was opened. */
  restore: ScrollPlace;
  /** Takes the focus with the next drawing. */
  focusNext: 'conversation' | 'list' | undefined;
  #scroll: ScrollPlace;
  /** The open chat comes from the page before, nobody asked for it here. */
  #isFromBefore = false;
  readonly #app: AppContext;
  readonly #options: NavigationOptions;

  constructor(app: AppContext, options: NavigationOptions) {
    this.#app = app;
    this.#options = options;
  }

  get showsConversation(): boolean {
    return this.current !== undefined && this.side === 'list';
  }

  /** Undefined = not there yet, null = gone. While the store is shut every chat looks gone, which says nothing. */
  get timeline(): TimelineView | undefined | null {
    const { timeline, overview, chats } = this.#app.feed ?? {};
    const isOpen = overview?.phase === 'ready' || overview?.phase === 'consent';
    const isListed = chats?.chats.some(({ chatId }) => chatId === this.current) ?? true;
    return timeline === null && (!isOpen || isListed || chats?.loading === true) ? undefined : timeline;
  }

  /** After a page load: what this tab remembers. */
  get remembered(): Place {
    return recallPlace(this.#app.host.userKey);
  }

  comeBack({ chatId, scroll }: Place): void {
    if (chatId === undefined) return;
    this.open(chatId, false, scroll);
    this.#isFromBefore = true;
  }

  /** A chat that this tab remembers may be gone since: then it starts at the list. */
  checkRecalled(): void {
    const { timeline } = this;
    if (!this.#isFromBefore || timeline === undefined) return;
    this.#isFromBefore = false;
    if (timeline === null) this.open(undefined, false);
  }

  open(chatId: ChatId | undefined, takesFocus: boolean, scroll?: ScrollPlace): void {
    if (chatId !== undefined && takesFocus && !matchMedia(TOUCH).matches) this.focusNext = 'conversation';
    this.side = 'list';
    this.#app.requestUpdate();
    if (chatId !== undefined && chatId === this.current) return;
    this.#app.composer?.flush();
    this.current = chatId;
    this.draft = undefined;
    this.restore = scroll;
    this.#scroll = scroll;
    this.#isFromBefore = false;
    this.#options.onOpen();
    this.#app.feed?.open(chatId, scroll?.count);
    this.remember();
    if (chatId === undefined) return;
    this.#app.run(async (api) => {
      const draft = await api.getDraft(chatId);
      if (this.current !== chatId) return;
      this.draft = draft;
      this.#app.requestUpdate();
    });
  }

  show(side: Side): void {
    this.side = side;
    this.#app.requestUpdate();
  }

  /** One level up. @param wide list and conversation stand side by side */
  back(wide: boolean): void {
    if (this.side !== 'list') this.side = 'list';
    else if (!wide) this.open(undefined, false);
    this.focusNext = 'list';
    this.#app.requestUpdate();
  }

  /** The chat above (-1) or below (1) in the list. */
  next(step: 1 | -1): void {
    const chats = this.#app.feed?.chats?.chats ?? [];
    const at = chats.findIndex(({ chatId }) => chatId === this.current);
    const next = chats[at < 0 ? 0 : at + step];
    if (next !== undefined) this.open(next.chatId, true);
  }

  scrolled({ chatId, place }: IntentMap['coi-scrolled']): void {
    if (chatId !== this.current) return;
    this.#scroll = place;
    this.remember();
  }

  remember(): void {
    const { current: chatId } = this;
    rememberPlace({ chatId, scroll: this.#scroll, putOff: this.#options.putOff() }, this.#app.host.userKey);
  }
}
