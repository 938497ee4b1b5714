/** For live tests: the server of the stack, without some of its capabilities, or far away. */
import { type LesserRelay, startLesserRelay } from '@coi-webmail/e2e/stack';

export type LesserServer = LesserRelay;

/** @param hidden names of capabilities @param delayMs what the server says arrives so much later */
export function startLesserServer(upstreamPort: number, hidden: readonly string[], delayMs = 0): Promise<LesserServer> {
  return startLesserRelay({ upstreamPort, hidden, delayMs });
}
