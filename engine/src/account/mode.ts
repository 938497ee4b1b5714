/** The user's consent and filing mode: kept in the `settings` storage message, or given by the admin for all. */
import { CoiError, type Logger } from '@coi-webmail/base';
import type { FilingMode } from '@coi-webmail/protocol';
import type { AccountContext } from './context.ts';
import type { Storage } from './storage.ts';

export class ModeSetting {
  readonly #context: AccountContext;
  readonly #storage: Storage;
  readonly #log: Logger;
  #mode: FilingMode | null = null;

  constructor(context: AccountContext, storage: Storage) {
    this.#context = context;
    this.#storage = storage;
    this.#log = context.deps.log;
  }

  get value(): FilingMode | null {
    return this.#mode;
  }

  /** Reads the setting. What cannot be read takes back nothing. @returns true when it changed */
  async load(): Promise<boolean> {
    const { document } = await this.#storage.get('settings');
    const mode = readMode(document);
    if (document !== undefined && mode === null) this.#log.warn('settings-unreadable');
    if (mode === null || mode === this.#mode) return false;
    this.#mode = mode;
    return true;
  }

  /**
   * Consent: creates our mailboxes and writes the setting.
   * @throws CoiError `permission-denied` when the server cannot do this mode
   */
  async set(mode: FilingMode): Promise<void> {
    const { commands, mailboxes } = this.#context;
    await commands.run(async (session) => {
      if (mode === 'active' && !session.capabilities.move) {
        throw new CoiError('permission-denied', 'The mail server cannot move messages safely');
      }
      await mailboxes.createOurs(session);
      const chats = await session.select(mailboxes.chatPath('chats'), 'write');
      mailboxes.noteKeywords(chats.path, chats.keywords);
    });
    const { document } = await this.#storage.get('settings');
    await this.#storage.put('settings', JSON.stringify({ ...readObject(document), mode }));
    this.#mode = mode;
  }
}

function readMode(document: string | undefined): FilingMode | null {
  const { mode } = readObject(document);
  return mode === 'active' || mode === 'none' ? mode : null;
}

/** A JSON object, or {} for anything else: other programs may have written it. */
export function readObject(document: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(document ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
