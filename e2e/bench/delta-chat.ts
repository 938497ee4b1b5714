/** Delta Chat core as a yardstick, over the same mail servers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StackInfo } from '../stack/info.ts';
import type { User } from '../stack/users.ts';
import { fillChats, makeChatCorpus } from './chat-corpus.ts';
import { Core } from './delta-chat-core.ts';
import { Mailbox } from '../fixture/mailbox.ts';
import type { Samples } from './result.ts';
import { usageOf } from './usage.ts';

const SETTLE_MS = 5_000;

/** Two processes, one encrypted chat: from the send call to the event of the incoming message. */
export async function measureDeltaChat(
  info: StackInfo,
  from: User,
  to: User,
  n: number,
  gapMs: number,
): Promise<Samples> {
  const folder = await mkdtemp(join(tmpdir(), 'coi-bench-core-'));
  const cores: Core[] = [];
  try {
    const alice = await Core.start(join(folder, 'alice'), info, from);
    cores.push(alice);
    const bob = await Core.start(join(folder, 'bob'), info, to);
    cores.push(bob);
    const invite = await bob.call('get_chat_securejoin_qr_code', null);
    const joined = alice.next(({ kind, progress }) => kind === 'SecurejoinJoinerProgress' && progress === 1000);
    const [chat] = await Promise.all([alice.call('secure_join', invite), joined]);
    const values: number[] = [];
    for (let sent = 1; sent <= n; sent += 1) {
      await delay(gapMs);
      const incoming = bob.next(({ kind }) => kind === 'IncomingMsg');
      const start = performance.now();
      const [{ at }] = await Promise.all([incoming, alice.call('send_msg', chat, { text: `Line ${sent}` })]);
      values.push(at - start);
    }
    return { name: 'delta-chat', values };
  } finally {
    await Promise.all(cores.map((core) => core.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Plain mails that came while it was away: from the start of its network until its inbox is read. */
export async function measureDeltaChatCatchUp(info: StackInfo, user: User, count: number): Promise<Samples> {
  const folder = await mkdtemp(join(tmpdir(), 'coi-bench-core-'));
  let core: Core | undefined;
  try {
    core = await Core.start(join(folder, 'profile'), info, user);
    await core.call('batch_set_config', { force_encryption: '0' });
    await core.call('stop_io');
    await fillChats(new Mailbox(info, user), 'INBOX', makeChatCorpus(count, Math.ceil(count / 100), 0), []);
    const read = core.next(({ kind }) => kind === 'ImapInboxIdle');
    const start = performance.now();
    await core.call('start_io');
    const { at } = await read;
    return { name: 'delta-chat-catch-up', unit: 'lines/s', values: [count / ((at - start) / 1000)] };
  } finally {
    await core?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Memory that each account after the first takes in one process. kB. */
export async function measureDeltaChatIdle(info: StackInfo, users: readonly User[]): Promise<Samples> {
  const folder = await mkdtemp(join(tmpdir(), 'coi-bench-core-'));
  const [first, ...others] = users;
  if (first === undefined || others.length === 0) throw new Error('Two accounts at least');
  const core = await Core.start(join(folder, 'profile'), info, first);
  try {
    await delay(SETTLE_MS);
    const before = await usageOf([core.pid]);
    for (const user of others) await core.add(info, user);
    await delay(SETTLE_MS);
    const after = await usageOf([core.pid]);
    const perAccountKb = (after.memoryKb - before.memoryKb) / others.length;
    return { name: 'delta-chat-idle', unit: 'kB', values: [perAccountKb] };
  } finally {
    await core.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
