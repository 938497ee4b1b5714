/**
 * Whether the browser promised to keep what we store. Only a page can ask for it, and some browsers ask the user then, so
 * it is asked once, after the user showed that chat is wanted: by consent or by a first line.
 */
import type { Environment } from './environment.ts';
import type { Standing } from './standing.ts';
import type { VaultStore } from './store/store.ts';

const VAULT_KEY = 'asked-to-keep';

export class Persistence {
  readonly #env: Pick<Environment, 'isPersisted'>;
  readonly #standing: Standing;
  readonly #vault: VaultStore;
  #wasAsked: boolean;

  constructor(
    env: Pick<Environment, 'isPersisted'>,
    standing: Standing,
    vault: VaultStore,
    documents: ReadonlyMap<string, unknown>,
  ) {
    this.#env = env;
    this.#standing = standing;
    this.#vault = vault;
    this.#wasAsked = documents.has(VAULT_KEY);
  }

  async look(): Promise<void> {
    this.#standing.keptIs(await this.#env.isPersisted().catch(() => undefined));
  }

  /** The page may ask the browser; says so once. */
  async mayAsk(): Promise<boolean> {
    if (this.#wasAsked || !this.#standing.isConsented || this.#standing.isKept !== false) return false;
    this.#wasAsked = true;
    await this.#vault.put(VAULT_KEY, true);
    return true;
  }
}
