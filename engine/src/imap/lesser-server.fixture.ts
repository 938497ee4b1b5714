/** For live tests: the server of the stack, without some of its capabilities, or far away. */
import { after } from 'node:test';
import { type LesserRelay, startLesserRelay } from '@coi-webmail/e2e/stack';

export type LesserServer = LesserRelay;

/** What a test that failed left open would keep its file from ending. */
const open = new Set<LesserServer>();
after(async () => {
  for (const server of open) await server.stop();
});

export interface LesserOptions {
  /** What the server says arrives so much later. */
  readonly delayMs?: number;
  /** False: only system flags can be stored. */
  readonly keywords?: boolean;
}

/** @param hidden names of capabilities */
export async function startLesserServer(
  upstreamPort: number,
  hidden: readonly string[],
  options: LesserOptions = {},
): Promise<LesserServer> {
  const server = await startLesserRelay({ upstreamPort, hidden, ...options });
  open.add(server);
  return server;
}
