/** Small facts of the account that a first paint needs before the engine answers; kept sealed in the cache. */
import type { ChatMarks } from '@coi-webmail/chat';
import type { Result } from '@coi-webmail/protocol';
import type { Settings } from './api.ts';
import type { FactsDocument } from './store/store.ts';
import { DEFAULT_SETTINGS } from './synced/preferences.ts';

export interface AccountFacts {
  readonly address: string;
  /** Null: not consented; undefined: not known yet. */
  readonly mode: 'active' | 'none' | null | undefined;
  readonly authservId: string | undefined;
  readonly limits: Result<'hello'>['limits'] | undefined;
  readonly settings: Settings;
  /** Engine's clock minus this one, as last seen: lines written before the engine answers have the right time. */
  readonly serverOffsetMs: number | undefined;
  /** Synced marks by handle, as last seen. */
  readonly marks: Readonly<Record<string, ChatMarks>>;
}

export function factsOf(document: FactsDocument | undefined, address: string): AccountFacts {
  const known = (document ?? {}) as Partial<AccountFacts>;
  return {
    address,
    mode: known.mode,
    authservId: known.authservId,
    limits: known.limits,
    settings: { ...DEFAULT_SETTINGS, ...known.settings },
    serverOffsetMs: known.serverOffsetMs,
    marks: known.marks ?? {},
  };
}

export function documentOf(facts: AccountFacts): FactsDocument {
  return { ...facts };
}
