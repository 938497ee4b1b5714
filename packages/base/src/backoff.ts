/** Pure delay maths for retries. The caller owns the timer and the random source. */

export interface BackoffPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly factor: number;
}

export const RECONNECT_BACKOFF: BackoffPolicy = { firstMs: 250, maxMs: 30_000, factor: 2 };

/**
 * Delay before retry number `attempt` (0 = the first retry), with full jitter in its upper half.
 * @param random a number in [0, 1)
 */
export function backoffMs(attempt: number, random: number, policy: BackoffPolicy = RECONNECT_BACKOFF): number {
  const ceiling = Math.min(policy.maxMs, policy.firstMs * policy.factor ** Math.min(attempt, 32));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
