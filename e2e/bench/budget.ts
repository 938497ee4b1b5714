/** The budgets of design §5 by metric, with the words of the summary table. A metric that is not here has none. */

export interface Budget {
  /** What a reader of the summary understands. */
  readonly what: string;
  /** Most that the median may be. */
  readonly p50?: number;
  readonly p95?: number;
  /** Least that the median must be, where more is better. */
  readonly atLeast?: number;
}

export const BUDGETS: Readonly<Record<string, Budget>> = {
  'same-engine': { what: 'send → shown, same engine', p50: 30, p95: 75 },
  'same-engine-after-pause': { what: 'send → shown, first line after a pause', p50: 40, p95: 90 },
  'delivery-event': { what: 'send → shown, through delivery events', p50: 40, p95: 100 },
  'adaptive-noop': { what: 'send → shown, through adaptive NOOP', p50: 65, p95: 110 },
  idle: { what: 'send → shown, through IDLE', p50: 560, p95: 700 },
  'cold-first-screen': { what: 'cold start, 20,000 lines in 200 chats: first screen', p50: 500 },
  'cold-complete-list': { what: 'cold start: complete list, server has its header cache', p50: 1_200 },
  'cold-complete-list-no-cache': { what: 'cold start: complete list, server without cache', p50: 3_000 },
  'cold-synced': { what: 'cold start: 20,000 lines synced and decoded', p50: 6_000 },
  'catch-up': { what: 'catch-up into store and list', atLeast: 8_000 },
  'key-to-bubble': { what: 'key press → bubble', p50: 50 },
  'open-chat': { what: 'open a cached chat of 10,000 lines', p50: 60 },
  'scroll-worst-frame': { what: 'scroll a long chat: worst frame', p50: 25 },
  'warm-start': { what: 'warm start: sidebar painted after DOMContentLoaded', p50: 50, p95: 120 },
  'list-active': { what: 'Roundcube mail list, nothing unfiled (ratio to stock)' },
  'list-none': { what: 'Roundcube mail list, mode none (ratio to stock)' },
  'engine-idle-tls': { what: 'engine memory per idle account, TLS', p50: 230 },
  'engine-idle-plain': { what: 'engine memory per idle account, plain', p50: 110 },
  'engine-idle-parked': { what: 'engine memory per idle account, delivery events without IMAP', p50: 25 },
  'restart-storm': { what: 'engine restart, 2,000 accounts: all back', p50: 25_000 },
};

/** Budgets that hold for the ratio to the baseline of the same run. */
export const RATIO_BUDGETS: Readonly<Record<string, number>> = { 'list-active': 1.05, 'list-none': 1.35 };
