/** A small HTTP door to a running stack, for processes that did not start it: sink counts and faults. */
import { createServer } from 'node:http';
import { HOST } from './port.ts';
import type { Stack } from './stack.ts';

type Controlled = Pick<Stack, 'sink' | 'faults'>;

function act(stack: Controlled, request: string, times: number): unknown {
  const { imap, imaps, submission } = stack.faults;
  switch (request) {
    case 'GET /sink':
      return stack.sink.counts();
    case 'POST /imap/cut':
      imap.cut();
      imaps.cut();
      return {};
    case 'POST /imap/restore':
      imap.restore();
      imaps.restore();
      return {};
    case 'POST /submission/reply-lost':
      submission.failNext('reply-lost', times);
      return {};
    case 'POST /submission/dot-lost':
      submission.failNext('dot-lost', times);
      return {};
    default:
      return undefined;
  }
}

export async function startControl(port: number, stack: Controlled): Promise<{ stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${HOST}`);
    const answer = act(stack, `${request.method} ${url.pathname}`, Number(url.searchParams.get('times') ?? 1));
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(answer ?? { error: 'unknown request' }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port }, resolve);
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
