/** Blocking asks first, unblocking does not. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ChatView } from '@coi-webmail/chat';
import type { IntentMap } from '../element/intent.ts';
import { words } from '../i18n/words.ts';
import '../part/coi-dialog.ts';
import type { AppContext } from './app-context.ts';

export class BlockController {
  readonly #app: AppContext;
  #asking: ChatView | undefined;

  constructor(app: AppContext) {
    this.#app = app;
  }

  block({ chatId, blocked }: IntentMap['coi-block']): void {
    const { feed } = this.#app;
    const chat = feed?.chats?.chats.find((one) => one.chatId === chatId) ?? feed?.timeline?.chat;
    if (blocked && chat !== undefined) this.#ask(chat);
    else this.#app.run((api) => api.blockChat(chatId, blocked));
  }

  #ask(chat: ChatView | undefined): void {
    this.#asking = chat;
    this.#app.requestUpdate();
  }

  /** The question, while it is open. */
  render(): TemplateResult | typeof nothing {
    const chat = this.#asking;
    if (chat === undefined) return nothing;
    return html`<coi-dialog
      dangerous
      .heading=${words.blockTitle(chat.title)}
      .act=${words.block()}
      @coi-dialog-close=${() => this.#ask(undefined)}
      @coi-dialog-act=${() => {
        this.#ask(undefined);
        this.#app.run((api) => api.blockChat(chat.chatId, true));
      }}
    >
      <div>${words.blockText()}</div>
    </coi-dialog>`;
  }
}
