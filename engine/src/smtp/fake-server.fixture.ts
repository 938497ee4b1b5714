/** An SMTP server that ends the connection, refuses or falls silent at a chosen step: what real ones cannot be made to do. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export type Step = 'greeting' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'dot';

export interface Script {
  /** Ends the connection instead of the reply to this step. `body`: after some of the message. */
  readonly cutAt?: Step;
  /** Replies other than the usual ones, by command; RCPT by address too. */
  readonly replies?: Readonly<Record<string, string>>;
  readonly extensions?: readonly string[];
}

export interface FakeServer {
  readonly port: number;
  /** Lines of all connections, AUTH without its argument. */
  readonly commands: readonly string[];
  /** Messages that were accepted, as received. */
  readonly messages: readonly string[];
  readonly connectionCount: () => number;
  /** Ends idle connections, as servers do after a while. */
  hangUp(): void;
  script(script: Script): void;
  stop(): Promise<void>;
}

const USUAL: Readonly<Record<string, string>> = {
  AUTH: '235 2.7.0 Welcome',
  MAIL: '250 2.1.0 Ok',
  RCPT: '250 2.1.5 Ok',
  DATA: '354 Go on',
  dot: '250 2.0.0 Queued',
  RSET: '250 2.0.0 Ok',
  QUIT: '221 2.0.0 Bye',
};

export async function startFakeServer(first: Script = {}): Promise<FakeServer> {
  let script = first;
  let connections = 0;
  const commands: string[] = [];
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, () => script, commands, messages);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    messages,
    connectionCount: () => connections,
    hangUp: () => {
      for (const socket of sockets) socket.destroy();
    },
    script: (next) => {
      script = next;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(socket: Socket, script: () => Script, commands: string[], messages: string[]): void {
  let buffer = '';
  let isData = false;
  const answer = (step: Step | 'RSET' | 'QUIT', text: string) => {
    if (script().cutAt === step) socket.destroy();
    else socket.write(`${text}\r\n`);
  };
  answer('greeting', '220 fake ESMTP');
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    for (;;) {
      if (isData) {
        if (script().cutAt === 'body') socket.destroy();
        const end = buffer.indexOf('\r\n.\r\n');
        if (end === -1) return;
        const message = buffer.slice(0, end);
        buffer = buffer.slice(end + 5);
        isData = false;
        const reply = script().replies?.['dot'] ?? USUAL['dot'] ?? '';
        if (reply.startsWith('2')) messages.push(message);
        answer('dot', reply);
        continue;
      }
      const end = buffer.indexOf('\r\n');
      if (end === -1) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      const verb = line.split(' ')[0]?.toUpperCase() ?? '';
      commands.push(verb === 'AUTH' ? line.split(' ').slice(0, 2).join(' ') : line);
      const usual = verb === 'EHLO' ? ehlo(script()) : (USUAL[verb] ?? '500 What?');
      const reply = script().replies?.[line.toUpperCase()] ?? script().replies?.[verb] ?? usual;
      isData = verb === 'DATA' && reply.startsWith('3');
      answer(verb as Step, reply);
    }
  });
}

function ehlo({
  extensions = ['PIPELINING', 'SIZE 1000000', 'DSN', '8BITMIME', 'AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER'],
}: Script): string {
  const lines = ['fake', ...extensions];
  return lines.map((line, index) => `250${index === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
}
