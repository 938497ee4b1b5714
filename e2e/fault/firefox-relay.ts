/**
 * Stands in for Debian's Firefox towards playwright-core: starts it, and passes WebDriver BiDi on. Commands of the
 * emulation module that this Firefox does not know yet are answered as if they were done; nobody here looks at them.
 *
 * Run as a program in the place of the browser: it takes the browser's arguments.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

const FIREFOX = '/usr/bin/firefox-esr';
const LISTENING = /(WebDriver BiDi listening on )(ws:\/\/\S+)/;

interface Message {
  readonly id?: number;
  readonly type?: string;
  readonly error?: string;
  readonly method?: string;
}

function join(client: WebSocket, url: string): void {
  const upstream = new WebSocket(url);
  const emulations = new Set<number>();
  const early: string[] = [];
  client.on('message', (data: Buffer) => {
    const text = data.toString('utf8');
    const { id, method } = JSON.parse(text) as Message;
    if (id !== undefined && method?.startsWith('emulation.') === true) emulations.add(id);
    if (upstream.readyState === WebSocket.OPEN) upstream.send(text);
    else early.push(text);
  });
  upstream.on('open', () => {
    for (const text of early.splice(0)) upstream.send(text);
  });
  upstream.on('message', (data: Buffer) => {
    const text = data.toString('utf8');
    const { id, error } = JSON.parse(text) as Message;
    const isUnknown = error === 'unknown command' && id !== undefined && emulations.delete(id);
    client.send(isUnknown ? JSON.stringify({ type: 'success', id, result: {} }) : text);
  });
  client.on('close', () => upstream.close());
  upstream.on('close', () => client.close());
  upstream.on('error', () => client.close());
}

const firefox = spawn(FIREFOX, process.argv.slice(2), { stdio: ['ignore', 'inherit', 'pipe'] });
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => firefox.kill(signal));
firefox.on('exit', (code) => process.exit(code ?? 1));
for await (const line of createInterface({ input: firefox.stderr })) {
  const [, words, url] = LISTENING.exec(line) ?? [];
  if (url === undefined) {
    process.stderr.write(`${line}\n`);
    continue;
  }
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (client, request) => join(client, new URL(request.url ?? '/session', url).href));
  server.on('listening', () => {
    process.stderr.write(`${words}ws://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
}
