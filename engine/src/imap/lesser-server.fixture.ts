/**
 * A real server that knows less: a relay that takes capabilities out of what the server announces. Commands of a
 * capability that is not announced still work, so that a test sees whether they are used all the same. It can be far
 * away, too.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface LesserServer {
  readonly port: number;
  /** Command names that clients sent, upper case. */
  readonly commands: () => readonly string[];
  stop(): Promise<void>;
}

/** @param delayMs what the server says arrives so much later */
export async function startLesserServer(
  upstreamPort: number,
  hidden: readonly string[],
  delayMs = 0,
): Promise<LesserServer> {
  const sockets = new Set<Socket>();
  const lines: string[] = [];
  const pattern = hidden.length === 0 ? /$^/ : new RegExp(` (?:${hidden.join('|')})(?=[ \\]\\r])`, 'g');
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: upstreamPort });
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    client.on('data', (chunk) => {
      lines.push(...chunk.toString('latin1').split('\r\n'));
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      const isAnnouncement = text.includes('CAPABILITY ') || text.includes('ENABLED ');
      const told = isAnnouncement ? Buffer.from(text.replace(pattern, ''), 'latin1') : chunk;
      if (delayMs === 0) client.write(told);
      else setTimeout(() => client.writable && client.write(told), delayMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    commands: () => lines.flatMap((line) => /^\w+ ((?:UID )?[A-Z]+)(?: |$)/.exec(line)?.[1] ?? []),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
