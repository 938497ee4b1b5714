/**
 * For live tests in a browser: one origin with a bare page, the worker bundle and the engine under `/coi/`, as a
 * webmail's reverse proxy makes it. Counts sockets, and can cut the engine off.
 */
import { createServer, type IncomingMessage, request as startRequest } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Origin {
  readonly url: string;
  readonly engineUrl: string;
  /** WebSockets that were opened so far. */
  socketCount(): number;
  /** No request reaches the engine, open sockets break. */
  cut(): void;
  /** Only WebSockets are refused, open ones break: HTTP still reaches the engine. */
  cutSockets(): void;
  restore(): void;
  stop(): Promise<void>;
}

async function bundle(name: string, file: string): Promise<readonly [path: string, body: Uint8Array][]> {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: { [name]: entry },
    outdir: '/',
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    target: 'es2022',
    write: false,
  });
  return outputFiles.map(({ path, contents }) => [path, contents]);
}

export async function startOrigin(engineAt: () => string): Promise<Origin> {
  const html = '<!doctype html><title>chat</title><script type="module" src="/page.js"></script>';
  const files = new Map<string, readonly [type: string, body: Uint8Array]>([['/', ['text/html', Buffer.from(html)]]]);
  for (const [name, file] of [
    ['page', 'page.fixture.ts'],
    ['worker', 'worker.ts'],
  ] as const) {
    for (const [path, body] of await bundle(name, file)) files.set(path, ['text/javascript', body]);
  }
  let isCut = false;
  let areSocketsCut = false;
  let sockets = 0;
  const open = new Set<Socket>();
  const breakAll = () => {
    for (const socket of open) socket.destroy();
  };
  const target = () => ({ host: '127.0.0.1', port: Number(new URL(engineAt()).port) });
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    if (file !== undefined) {
      response.writeHead(200, { 'content-type': file[0], 'cache-control': 'no-store' });
      response.end(file[1]);
      return;
    }
    if (isCut || request.url?.startsWith('/coi/') !== true) {
      request.socket.destroy();
      return;
    }
    const { method, url, headers } = request;
    const onward = startRequest({ ...target(), method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (isCut || areSocketsCut) {
      socket.destroy();
      return;
    }
    sockets += 1;
    const onward = connect(target());
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
    const headers = request.rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
    onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers}\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const cut = () => {
    isCut = true;
    breakAll();
  };
  return {
    url,
    engineUrl: `${url}coi/`,
    socketCount: () => sockets,
    cut,
    cutSockets: () => {
      areSocketsCut = true;
      breakAll();
    },
    restore: () => {
      isCut = false;
      areSocketsCut = false;
    },
    stop: () => {
      cut();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
