/**
 * Free loopback ports, and waiting until something listens on one.
 *
 * Ports come from below Linux's ephemeral range, so that an outgoing connection of another program
 * cannot take one between choosing and listening.
 */
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export const HOST = '127.0.0.1';

const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const POLL_MS = 15;

const taken = new Set<number>();

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: HOST, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port that nobody listens on and that this process has not handed out before; `wanted` if that is one. */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && !taken.has(wanted) && (await canListen(wanted))) {
    taken.add(wanted);
    return wanted;
  }
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (taken.has(port)) continue;
    taken.add(port);
    if (await canListen(port)) return port;
  }
}

/** True when a TCP connection to the loopback port is accepted. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    const answer = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** Waits until `isReady` holds. @throws Error when it does not within `timeoutMs`, or when `signal` aborts. */
export async function until(
  isReady: () => Promise<boolean>,
  what: string,
  timeoutMs = 30_000,
  signal?: AbortSignal,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await isReady())) {
    signal?.throwIfAborted();
    if (performance.now() > end) throw new Error(`${what} was not ready within ${timeoutMs} ms`);
    await delay(POLL_MS);
  }
}
