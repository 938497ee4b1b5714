/** Which one piece of news stands under the header: the worst first, one at a time. Words are in the element. */
import type { Overview } from '@coi-webmail/client';

export type BannerKind =
  | 'password-changed'
  | 'version'
  | 'over-quota'
  | 'engine-down'
  | 'mail-down'
  | 'offline'
  | 'not-set-up'
  | 'storage-full'
  | 'storage-memory'
  | 'connecting'
  | 'syncing';

export interface BannerContext {
  /** The user chose "Not now". */
  readonly consentPutOff: boolean;
  /** Connecting takes longer than a moment: say so. */
  readonly connectingLong: boolean;
}

/** @returns undefined = no news */
export function worstBanner(overview: Overview, context: BannerContext): BannerKind | undefined {
  const { phase, connection, mail, storage, syncProgress } = overview;
  const news: readonly (readonly [BannerKind, boolean])[] = [
    ['password-changed', mail === 'auth-failed'],
    ['version', phase === 'version'],
    ['over-quota', mail === 'over-quota'],
    ['offline', connection === 'offline'],
    ['engine-down', connection === 'engine-unreachable'],
    ['mail-down', mail === 'unavailable'],
    ['not-set-up', phase === 'consent' && context.consentPutOff],
    ['storage-full', storage === 'full'],
    ['connecting', connection === 'connecting' && context.connectingLong],
    ['syncing', syncProgress !== undefined && syncProgress < 1 && phase !== 'opening'],
    ['storage-memory', storage === 'memory'],
  ];
  return news.find(([, holds]) => holds)?.[0];
}
