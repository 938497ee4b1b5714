/** Where chats live, the settings and the end of a session: what concerns the account, not one chat. */
import type { ConsentPreview, Settings } from '@coi-webmail/client';
import { words } from '../i18n/words.ts';
import type { AppContext } from './app-context.ts';

export class SetupController {
  /** Undefined = being counted, null = could not be counted. */
  preview: ConsentPreview | undefined | null;
  /** Another mode is on its way. */
  busy = false;
  /** The question of consent was put off in this tab. */
  putOff = false;
  readonly #app: AppContext;
  readonly #remember: () => void;
  #asked = false;

  /** @param remember writes down what this tab comes back to */
  constructor(app: AppContext, remember: () => void) {
    this.#app = app;
    this.#remember = remember;
  }

  /** Asks once how many mails would move; a failure is asked again when the question comes up again. */
  async askPreview(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    this.preview = await this.#app.client?.consentPreview().catch(() => null);
    if (this.preview === null) this.#asked = false;
    this.#app.requestUpdate();
  }

  askLater(later: boolean): void {
    this.putOff = later;
    if (later) this.#remember();
    else void this.askPreview();
    this.#app.requestUpdate();
  }

  async setMode(mode: 'active' | 'none'): Promise<void> {
    this.busy = true;
    this.#app.requestUpdate();
    try {
      await this.#app.client?.setMode(mode);
      this.putOff = false;
      this.#remember();
    } catch (error) {
      this.#app.failed(error, words.modeFailed());
    } finally {
      this.busy = false;
      this.#app.requestUpdate();
    }
  }

  setSettings(settings: Partial<Settings>): void {
    this.#app.run((api) => api.setSettings(settings), words.modeFailed());
  }

  /** @returns whether the session has ended */
  async signOut(wipe: boolean): Promise<boolean> {
    try {
      await this.#app.client?.signOut(wipe);
      return true;
    } catch (error) {
      this.#app.failed(error);
      return false;
    }
  }
}
