/** What the user does with single lines: send, take back, try again, copy, unfold, go on by mail. */
import type { ChatId, RowId, RowView } from '@coi-webmail/chat';
import type { IntentMap } from '../element/intent.ts';
import { words } from '../i18n/words.ts';
import { type AppContext, codeOf } from './app-context.ts';

export class LineController {
  /** Texts that were asked for in the open chat; null = could not be loaded. */
  fullTexts: ReadonlyMap<RowId, string | null> = new Map();
  readonly #app: AppContext;

  constructor(app: AppContext) {
    this.#app = app;
  }

  /** Another chat was opened. */
  forget(): void {
    this.fullTexts = new Map();
  }

  async send({ chatId, text, replyTo }: IntentMap['coi-send']): Promise<void> {
    const { composer, client } = this.#app;
    try {
      if (client === undefined) throw new Error('Chat is not connected');
      await client.send({ chatId, text, replyTo });
      composer?.settle();
    } catch (error) {
      composer?.settle(text);
      this.#app.say(codeOf(error) === 'message-too-large' ? words.sendTooLarge() : words.sendFailed());
    }
  }

  /** The text of the line comes back into the field, below what was typed there since. */
  async discard(rowId: RowId): Promise<void> {
    const { client, current } = this.#app;
    const row = this.#row(rowId);
    if (client === undefined || current === undefined) return;
    try {
      const text = await client.discard(rowId);
      // Whoever was reached keeps the line: nothing is to be written again.
      if ((row?.recipients?.refused.length ?? 0) > 0) return;
      await this.#putBack(current, text);
      this.#app.say(row?.delivery === 'queued' ? words.takenBack() : words.discarded());
    } catch (error) {
      this.#app.failed(error, codeOf(error) === 'conflict' ? words.tooLate() : undefined);
    }
  }

  /** A line that the outbox has let go of cannot be tried again: it can be written again. */
  async retry(rowId: RowId): Promise<void> {
    try {
      await this.#app.client?.retry(rowId);
    } catch (error) {
      if (codeOf(error) === 'message-not-found') this.writeAgain(rowId);
      else this.#app.failed(error);
    }
  }

  writeAgain(rowId: RowId): void {
    const row = this.#row(rowId);
    const { current } = this.#app;
    if (row !== undefined && current !== undefined) void this.#putBack(current, row.text);
  }

  async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#app.say(words.copied());
    } catch {
      this.#app.say(words.copyFailed());
    }
  }

  continueAsMail({ subject, text }: RowView): void {
    const people = this.#app.feed?.timeline?.chat.people ?? [];
    const quoted = text
      .split('\n')
      .map((line) => (line === '' ? '>' : `> ${line}`))
      .join('\n');
    const to = people.map(({ address }) => address).join(', ');
    this.#app.host.compose?.({ to, subject, text: `${quoted}\n\n` });
  }

  async unfold(rowId: RowId): Promise<void> {
    const text = await this.#app.client?.fullText(rowId).catch(() => null);
    this.fullTexts = new Map([...this.fullTexts, [rowId, text ?? null]]);
    this.#app.requestUpdate();
  }

  #row(rowId: RowId): RowView | undefined {
    return this.#app.feed?.timeline?.rows.find((row) => row.rowId === rowId);
  }

  /** The user may have opened another chat meanwhile: then the text waits in the draft. */
  async #putBack(chatId: ChatId, text: string): Promise<void> {
    const { composer, client } = this.#app;
    if (this.#app.current === chatId && composer !== undefined) {
      composer.putBack(text);
      composer.focus();
      return;
    }
    const draft = await client?.getDraft(chatId);
    if (draft === undefined) return;
    await client?.setDraft(chatId, { ...draft, text: draft.text === '' ? text : `${draft.text}\n${text}` });
  }
}
