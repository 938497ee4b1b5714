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
  /** Recipients of one transaction; more get `452 4.5.3`. */
  readonly maxRecipients?: number;
  /**
   * Comes before all else. `transaction` counts MAIL commands of all connections from 1; at the dot `line` is empty.
   * Undefined: as usual; `CUT` ends the connection.
   */
  readonly answer?: (step: Step, line: string, transaction: number) => string | undefined;
}

export interface FakeServer {
  readonly port: number;
  /** Lines of all connections, AUTH without its argument. */
  readonly commands: readonly string[];
  /** Messages that were accepted, as received. */
  readonly messages: readonly string[];
  /** Recipients of each message that was accepted. */
  readonly envelopes: readonly (readonly string[])[];
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
  const envelopes: string[][] = [];
  const log: Log = { commands, messages, envelopes, transactionCount: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, () => script, log);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    messages,
    envelopes,
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

interface Log {
  readonly commands: string[];
  readonly messages: string[];
  readonly envelopes: string[][];
  transactionCount: number;
}

function serve(socket: Socket, script: () => Script, log: Log): void {
  let buffer = '';
  let isData = false;
  let recipients: string[] = [];
  const answer = (step: Step | 'RSET' | 'QUIT', text: string) => {
    if (script().cutAt === step || text === 'CUT') socket.destroy();
    else socket.write(`${text}\r\n`);
  };
  const replyTo = (verb: string, line: string): string => {
    const { answer: first, replies = {}, maxRecipients = Number.POSITIVE_INFINITY } = script();
    const own = first?.(verb as Step, line, log.transactionCount);
    if (own !== undefined) return own;
    if (verb === 'RCPT' && recipients.length >= maxRecipients) return '452 4.5.3 Too many recipients';
    if (verb === 'DATA' && recipients.length === 0) return replies[verb] ?? '554 5.5.1 No valid recipients';
    const usual = verb === 'EHLO' ? ehlo(script()) : (USUAL[verb] ?? '500 What?');
    return replies[line.toUpperCase()] ?? replies[verb] ?? usual;
  };
  const take = (line: string) => {
    const verb = line.split(' ')[0]?.toUpperCase() ?? '';
    log.commands.push(verb === 'AUTH' ? line.split(' ').slice(0, 2).join(' ') : line);
    if (verb === 'MAIL') {
      log.transactionCount += 1;
      recipients = [];
    }
    const reply = replyTo(verb, line);
    if (verb === 'RCPT' && reply.startsWith('2')) recipients.push(/<(.*?)>/.exec(line)?.[1] ?? '');
    isData = verb === 'DATA' && reply.startsWith('3');
    answer(verb as Step, reply);
  };
  const takeMessage = (message: string) => {
    isData = false;
    const reply = replyTo('dot', '');
    if (reply.startsWith('2')) {
      log.messages.push(message);
      log.envelopes.push(recipients);
    }
    answer('dot', reply);
  };
  answer('greeting', '220 fake ESMTP');
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    for (;;) {
      if (isData && script().cutAt === 'body') socket.destroy();
      const mark = isData ? '\r\n.\r\n' : '\r\n';
      const end = buffer.indexOf(mark);
      if (end === -1) return;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + mark.length);
      if (isData) takeMessage(text);
      else take(text);
    }
  });
}

function ehlo({
  extensions = ['PIPELINING', 'SIZE 1000000', 'DSN', '8BITMIME', 'AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER'],
}: Script): string {
  const lines = ['fake', ...extensions];
  return lines.map((line, index) => `250${index === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
}
