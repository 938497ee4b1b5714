/**
 * Counts deliveries: an LMTP relay between Postfix and Dovecot that passes every byte on unchanged and notes
 * (Message-ID, recipient) for each transaction that Dovecot accepted.
 *
 * So it sees what became of a submission behind TLS, and a line that went out twice shows as a count of two.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { HOST } from './port.ts';
import { DataScanner, LineSplitter } from '@coi-webmail/test-support';

export interface Delivery {
  readonly messageId: string;
  readonly recipient: string;
  readonly count: number;
}

export interface Sink {
  readonly port: number;
  counts(): readonly Delivery[];
  /** How often a message reached one recipient, or all of them together. */
  count(messageId: string, recipient?: string): number;
  stop(): Promise<void>;
}

/** One LMTP connection: which recipients are open, which message is under way, which replies are due. */
class Transaction {
  private recipients: string[] = [];
  private accepted: string[] = [];
  private expected: ('other' | 'data' | { readonly recipient: string } | { readonly final: string })[] = [];
  private messageId = '';
  private readonly onDelivery: (messageId: string, recipient: string) => void;

  constructor(onDelivery: (messageId: string, recipient: string) => void) {
    this.onDelivery = onDelivery;
  }

  command(line: string): 'data' | undefined {
    const verb = line.slice(0, 4).toUpperCase();
    const recipient = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1];
    if (verb === 'MAIL' || verb === 'RSET' || verb === 'LHLO') this.accepted = [];
    this.expected.push(recipient === undefined ? (verb === 'DATA' ? 'data' : 'other') : { recipient });
    return verb === 'DATA' ? 'data' : undefined;
  }

  message(headers: string): void {
    this.messageId = /^message-id:\s*(<[^>]*>)/im.exec(headers)?.[1] ?? '';
    this.recipients = this.accepted;
    this.accepted = [];
    for (const final of this.recipients) this.expected.push({ final });
  }

  reply(line: string): void {
    if (line[3] === '-') return;
    const isGood = line.startsWith('2');
    const due = this.expected.shift();
    if (typeof due !== 'object' || !isGood) return;
    if ('recipient' in due) this.accepted.push(due.recipient);
    else this.onDelivery(this.messageId, due.final);
  }
}

function relay(client: Socket, upstream: Socket, onDelivery: (messageId: string, recipient: string) => void): void {
  const transaction = new Transaction(onDelivery);
  const commands = new LineSplitter();
  const replies = new LineSplitter();
  let data: DataScanner | undefined;
  let isGreeted = false;

  client.on('data', (chunk: Buffer) => {
    let rest: Buffer = chunk;
    while (rest.length > 0) {
      if (data === undefined) {
        const next = commands.next(rest);
        rest = next.rest;
        if (next.line !== undefined && transaction.command(next.line) === 'data') data = new DataScanner();
      } else {
        rest = data.push(rest);
        if (!data.isComplete) continue;
        transaction.message(data.headers);
        data = undefined;
      }
    }
    if (!upstream.write(chunk)) client.pause();
  });
  upstream.on('data', (chunk: Buffer) => {
    let rest: Buffer = chunk;
    while (rest.length > 0) {
      const next = replies.next(rest);
      rest = next.rest;
      if (next.line === undefined) continue;
      if (isGreeted) transaction.reply(next.line);
      else if (next.line[3] !== '-') isGreeted = true;
    }
    if (!client.write(chunk)) upstream.pause();
  });
  upstream.on('drain', () => client.resume());
  client.on('drain', () => upstream.resume());
  for (const [one, other] of [[client, upstream] as const, [upstream, client] as const]) {
    one.setNoDelay(true);
    one.on('error', () => other.destroy());
    one.on('close', () => other.end());
  }
}

export async function startSink(port: number, lmtpPort: number): Promise<Sink> {
  const counts = new Map<string, { messageId: string; recipient: string; count: number }>();
  const sockets = new Set<Socket>();
  const note = (messageId: string, recipient: string) => {
    const key = `${messageId}\n${recipient}`;
    const entry = counts.get(key) ?? { messageId, recipient, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  };
  const server: Server = createServer((client) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    relay(client, connect({ host: HOST, port: lmtpPort }), note);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port }, resolve);
  });
  return {
    port,
    counts: () => [...counts.values()].map((entry) => ({ ...entry })),
    count: (messageId, recipient) =>
      [...counts.values()]
        .filter((entry) => entry.messageId === messageId && (recipient ?? entry.recipient) === entry.recipient)
        .reduce((sum, entry) => sum + entry.count, 0),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
