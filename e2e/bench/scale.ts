/**
 * One engine process with thousands of signed-on accounts, a socket each, on real mail servers.
 *
 * | step | what it shows |
 * |---|---|
 * | sign on | all accounts, 40 at a time |
 * | idle | memory and CPU of engine and mail server, apart |
 * | sending | 5 % of the accounts send a line a second, with one reader that reads nothing |
 * | burst | 1,000 mails to one account within moments |
 * | cold | 500 accounts read their whole chat at once: peak of memory |
 * | storm | the engine is killed and comes back; every socket does too |
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame, PROTOCOL_VERSION, SUBPROTOCOL } from '@coi-webmail/protocol';
import { eventually } from '../fixture/eventually.ts';
import { freshChatId, mailSource } from '../fixture/mail.ts';
import { Mailbox } from '../fixture/mailbox.ts';
import { type Session, Wire } from '../fixture/wire.ts';
import { sendMail } from '../stack/smtp-line.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { fillChats, makeChatCorpus } from './chat-corpus.ts';
import { MANY_SIGN_ONS } from './engine-config.ts';
import { closeFleet, freshUsers, inParallel, type Member, openFleet } from './fleet.ts';
import { metric, type Metric, report } from './result.ts';
import { familyOf, type Usage, usageOf } from './usage.ts';

const SETTLE_MS = 70_000;
const WATCH_MS = 30_000;
const SENDING_SHARE = 0.05;
const SENDING_S = 20;
const BURST = 1_000;
const COLD_LINES = 40;
const SAMPLE_MS = 100;

export interface ScaleOptions {
  readonly accounts: number;
  readonly cold: number;
}

interface Both {
  readonly engine: Usage;
  readonly mail: Usage;
}

class Scale {
  private readonly stack: Stack;
  readonly metrics: Metric[] = [];

  constructor(stack: Stack) {
    this.stack = stack;
  }

  private get enginePid(): number {
    return this.stack.engines()[0]?.pid ?? 0;
  }

  private async usage(): Promise<Both> {
    const others = new Set([process.pid, ...this.stack.engines().map(({ pid }) => pid)]);
    const mail = (await familyOf(process.pid)).filter((pid) => !others.has(pid));
    return { engine: await usageOf([this.enginePid]), mail: await usageOf(mail) };
  }

  private note(name: string, unit: Metric['unit'], ...values: readonly number[]): void {
    const found = metric({ name, unit, values });
    this.metrics.push(found);
    console.log(`${name}: ${found.p50} ${unit} (n ${found.n}, p95 ${found.p95})`);
  }

  async signOn(count: number): Promise<readonly Member[]> {
    const before = await this.usage();
    const users = await freshUsers(this.stack, count);
    const start = performance.now();
    const fleet = await openFleet(this.stack.info.urls.engine, users);
    this.note('scale-sign-on-all', 'ms', performance.now() - start);
    await delay(SETTLE_MS);
    const first = await this.usage();
    await delay(WATCH_MS);
    const after = await this.usage();
    this.note('scale-engine-memory', 'MB', after.engine.memoryKb / 1024);
    this.note('scale-engine-per-account', 'kB', (after.engine.memoryKb - before.engine.memoryKb) / count);
    this.note('scale-mail-server-memory', 'MB', after.mail.memoryKb / 1024);
    const share = (key: keyof Both) => ((after[key].cpuMs - first[key].cpuMs) / WATCH_MS) * 100;
    this.note('scale-engine-idle-cpu', '%', share('engine'));
    this.note('scale-mail-server-idle-cpu', '%', share('mail'));
    return fleet;
  }

  /** Pairs of senders and readers; latency from the submit call to the reader's event. */
  async sending(fleet: readonly Member[]): Promise<void> {
    const count = Math.floor((fleet.length * SENDING_SHARE) / 2) * 2;
    const senders = fleet.slice(0, count);
    const slow = await SlowReader.open(fleet[count]?.session as Session);
    const waiting = new Map<string, (at: number) => void>();
    const stops = senders.map(({ wire }) =>
      wire.onEvent((event) => {
        if (event.event === 'lane.message') waiting.get(event.data.messageId)?.(performance.now());
      }),
    );
    const times: number[] = [];
    const before = await this.usage();
    const start = performance.now();
    const rounds = Array.from({ length: SENDING_S }, (_, round) => round);
    await Promise.all(
      senders.map(async (member, index) => {
        const peer = senders[index ^ 1] as Member;
        await delay((index / count) * 1000);
        for (const _ of rounds) {
          const next = delay(1000);
          times.push(await sendTimed(member, [peer, slow], waiting));
          await next;
        }
      }),
    );
    const took = performance.now() - start;
    const after = await this.usage();
    for (const stop of stops) stop();
    this.note('scale-send-to-event', 'ms', ...times);
    this.note('scale-engine-cpu-per-line', 'ms', (after.engine.cpuMs - before.engine.cpuMs) / times.length);
    this.note('scale-engine-sending-cpu', '%', ((after.engine.cpuMs - before.engine.cpuMs) / took) * 100);
    this.note('scale-mail-server-sending-cpu', '%', ((after.mail.cpuMs - before.mail.cpuMs) / took) * 100);
    this.note('scale-slow-reader-closed', 'count', slow.isClosed ? 1 : 0);
    slow.close();
  }

  async burst({ user, wire }: Member): Promise<void> {
    const seen = new Set<string>();
    const stop = wire.onEvent((event) => {
      if (event.event === 'message.arrived') seen.add(String(event.data.message.uid));
    });
    await wire.call('mode.set', { mode: 'none' });
    const start = performance.now();
    await inParallel(
      Array.from({ length: BURST }, (_, index) => index),
      (index) =>
        sendMail({
          port: this.stack.info.ports.inject,
          from: 'burst@far.test',
          to: [user.address],
          message: mailSource({
            from: 'Burst <burst@far.test>',
            to: user.address,
            text: `Burst ${index}`,
            messageId: freshChatId(),
            headers: ['Chat-Version: 1.0'],
          }),
        }),
      8,
    );
    const accepted = performance.now();
    const isAll = async () => {
      if (seen.size < BURST) throw new Error(`${seen.size} of ${BURST} arrived`);
    };
    await eventually(isAll, { timeoutMs: 120_000 });
    this.note('scale-burst-accepted', 'ms', accepted - start);
    this.note('scale-burst-shown', 'ms', performance.now() - start);
    stop();
  }

  /** Accounts with chat of their own, none of which the engine knows, read everything at once. */
  async cold(count: number): Promise<void> {
    const users = await freshUsers(this.stack, count);
    const corpus = makeChatCorpus(COLD_LINES, 5);
    await inParallel(
      users,
      async (user) => {
        const mailbox = new Mailbox(this.stack.info, user);
        await mailbox.withImap((imap) => imap.command('CREATE COI/Chats'));
        await fillChats(mailbox, 'COI/Chats', corpus);
      },
      4,
    );
    let peakKb = 0;
    const before = (await usageOf([this.enginePid])).memoryKb;
    const sampling = setInterval(
      () => void usageOf([this.enginePid]).then(({ memoryKb }) => (peakKb = Math.max(peakKb, memoryKb))),
      SAMPLE_MS,
    );
    const start = performance.now();
    const fleet = await openFleet(this.stack.info.urls.engine, users, count);
    await inParallel(fleet, readAll, count);
    this.note('scale-cold-all', 'ms', performance.now() - start);
    clearInterval(sampling);
    this.note('scale-cold-peak', 'MB', peakKb / 1024);
    this.note('scale-cold-growth', 'MB', (peakKb - before) / 1024);
    closeFleet(fleet);
  }

  async storm(fleet: readonly Member[]): Promise<void> {
    const [engine] = this.stack.engines();
    const ended = engine?.exited;
    engine?.kill('SIGKILL');
    await ended;
    const start = performance.now();
    await this.stack.startEngine({ port: this.stack.info.ports.engine, config: MANY_SIGN_ONS });
    const back: number[] = [];
    await inParallel(
      fleet,
      async (member) => {
        member.wire = await reconnect(member.session);
        back.push(performance.now() - start);
      },
      fleet.length,
    );
    this.note('restart-storm', 'ms', performance.now() - start);
    this.note('restart-storm-each', 'ms', ...back);
  }
}

/** As the client does: again and again, with growing pauses. */
async function reconnect(session: Session): Promise<Wire> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await Wire.connect(session);
    } catch (error) {
      if (attempt > 20) throw error;
      await delay(Math.random() * Math.min(8_000, 250 * 2 ** attempt));
    }
  }
}

async function sendTimed(
  { user, wire }: Member,
  [peer, slow]: readonly [Member, SlowReader],
  waiting: Map<string, (at: number) => void>,
): Promise<number> {
  const id = freshChatId('example.test');
  const messageId = id.slice(1, -1);
  const to = [peer.user.address, slow.address];
  const source = mailSource({
    from: user.address,
    to: to.join(', '),
    text: 'A line of usual length, as people write them all day.',
    messageId: id,
    headers: ['Chat-Version: 1.0'],
  });
  const shown = new Promise<number>((resolve) => waiting.set(messageId, resolve));
  const start = performance.now();
  await wire.call('message.submit', { messageId, bytes: new TextEncoder().encode(source), recipients: to, attempt: 0 });
  const at = await shown;
  waiting.delete(messageId);
  return at - start;
}

async function readAll({ wire }: Member): Promise<void> {
  const answer = await wire.call('mailbox.sync', { mailbox: 'COI/Chats' });
  const { uidValidity } = answer.cursor;
  const fetched = await wire.call('message.fetch', { mailbox: 'COI/Chats', uidValidity, uids: answer.fresh });
  if (fetched.messages.length !== COLD_LINES)
    throw new Error(`${fetched.messages.length} lines instead of ${COLD_LINES}`);
}

/** A browser that opened its socket and reads nothing more. */
class SlowReader {
  readonly address: string;
  private readonly socket: Socket;
  isClosed = false;

  private constructor(address: string, socket: Socket) {
    this.address = address;
    this.socket = socket;
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => undefined);
  }

  static async open(session: Session): Promise<SlowReader> {
    const url = new URL(`a/${session.accountHash}/socket`, session.engineUrl);
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    await once(socket, 'connect');
    const lines = [
      `GET ${url.pathname} HTTP/1.1`,
      `Host: ${url.host}`,
      `Origin: ${url.origin}`,
      `Cookie: ${session.cookie}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    const hello = { protocol: PROTOCOL_VERSION, accountHash: session.accountHash };
    socket.write(maskedText(String(encodeFrame({ id: 1, method: 'hello', params: hello }))));
    await once(socket, 'data');
    socket.pause();
    return new SlowReader(session.address, socket);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** One text frame of a client (RFC 6455 5.2), shorter than 64 KB. */
function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff, ...mask]);
  return Buffer.concat([head, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

export async function benchScale({ accounts, cold }: ScaleOptions): Promise<void> {
  const stack = await startStack({ webmail: false, engineConfig: MANY_SIGN_ONS });
  try {
    const scale = new Scale(stack);
    console.log(`${accounts} accounts sign on …`);
    const fleet = await scale.signOn(accounts);
    await scale.sending(fleet);
    await scale.burst(fleet.at(-1) as Member);
    await scale.cold(cold);
    await scale.storm(fleet);
    closeFleet(fleet);
    await report('scale', scale.metrics);
  } finally {
    await stack.stop();
  }
}
