/** The user's settings (document `preferences`): they hold here at once, and elsewhere when the mailbox has them. */
import type { Settings } from '../api.ts';
import type { VaultStore } from '../store/store.ts';
import { type DocumentDeps, type DocumentOwner, DocumentSync, isObject, type StoredDocument } from './document.ts';
import { KeptEdits } from './kept-edits.ts';

export const DEFAULT_SETTINGS: Settings = { undoSeconds: 0 };

type Change = Partial<Settings>;

export interface PreferencesDeps extends DocumentDeps {
  readonly vault: VaultStore;
  onChanged(settings: Settings): Promise<void>;
}

const VAULT_KEY = 'preferences';

export class Preferences implements DocumentOwner<Change> {
  readonly kind = 'preferences';
  readonly delayMs = 0;
  readonly document: DocumentSync<Change>;
  readonly #deps: PreferencesDeps;
  #synced: Settings;
  readonly #kept: KeptEdits<Change>;

  constructor(deps: PreferencesDeps, synced: Settings, documents: ReadonlyMap<string, unknown>) {
    this.#deps = deps;
    this.#synced = synced;
    this.#kept = new KeptEdits(deps.vault, VAULT_KEY, documents);
    this.document = new DocumentSync(deps, this);
  }

  get current(): Settings {
    return { ...this.#synced, ...this.#kept.all };
  }

  async edit(change: Change): Promise<void> {
    await this.#kept.replace({ ...this.#kept.all, ...settingsIn(change) });
    await this.#deps.onChanged(this.current);
    this.document.edited();
  }

  edits(): Change | undefined {
    return this.#kept.unwritten;
  }

  merge(stored: StoredDocument, edits: Change): StoredDocument {
    return { ...stored, settings: { ...(isObject(stored['settings']) ? stored['settings'] : {}), ...edits } };
  }

  async adopt(stored: StoredDocument, written: Change | undefined): Promise<void> {
    this.#synced = { ...DEFAULT_SETTINGS, ...settingsIn(stored['settings']) };
    if (written !== undefined && !(await this.#kept.settle(written))) this.document.edited();
    await this.#deps.onChanged(this.current);
  }
}

/** Only what this version understands. */
function settingsIn(value: unknown): Change {
  const undoSeconds = isObject(value) ? value['undoSeconds'] : undefined;
  return undoSeconds === 0 || undoSeconds === 5 ? { undoSeconds } : {};
}
