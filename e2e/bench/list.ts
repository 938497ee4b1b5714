/**
 * How long Roundcube's mail list takes with the plugin, beside stock Roundcube on the same mailbox.
 *
 * One sample is what a user waits for: the mail page and the list request that it makes at once. Stock and plugin
 * take turns, so that both see the same machine. 20,000 mails, 15 % of them chat.
 */
import { Mailbox } from '../fixture/mailbox.ts';
import { RoundcubeHttp } from '../fixture/roundcube-http.ts';
import { eventually } from '../fixture/eventually.ts';
import { signOn, Wire } from '../fixture/wire.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { fillInbox } from './corpus.ts';
import { type Metric, metric, report, type Samples } from './result.ts';

const MAIL_COUNT = 20_000;
const CHAT_SHARE = 0.15;
const WARM_UPS = 5;
const FILING_TIMEOUT_MS = 180_000;

async function listPage(webmail: RoundcubeHttp): Promise<number> {
  const start = performance.now();
  await webmail.openMail('?_task=mail&_mbox=INBOX');
  await webmail.action('list', { _mbox: 'INBOX' });
  return performance.now() - start;
}

async function compare(stack: Stack, mailbox: Mailbox, mode: string, n: number): Promise<Metric> {
  const { webmail = '', stockWebmail = '' } = stack.info.urls;
  const stock = await RoundcubeHttp.signIn(stockWebmail, mailbox.user);
  const ours = await RoundcubeHttp.signIn(webmail, mailbox.user);
  // A fast list that is wrong is no result.
  const shown = (await ours.action('list', { _mbox: 'INBOX' })).env?.['messagecount'];
  if (shown !== MAIL_COUNT * (1 - CHAT_SHARE))
    throw new Error(`Roundcube with the plugin lists ${String(shown)} mails`);
  const samples = { stock: [] as number[], ours: [] as number[] };
  for (let turn = -WARM_UPS; turn < n; turn += 1) {
    const [stockMs, oursMs] = [await listPage(stock), await listPage(ours)];
    if (turn < 0) continue;
    samples.stock.push(stockMs);
    samples.ours.push(oursMs);
  }
  const baseline: Samples = { name: 'stock-roundcube', values: samples.stock };
  return metric({ name: `list-${mode}`, values: samples.ours }, baseline);
}

async function setMode(stack: Stack, mailbox: Mailbox, mode: 'active' | 'none'): Promise<void> {
  const wire = await Wire.connect(await signOn(stack.info.urls.engine, mailbox.user));
  await wire.call('mode.set', { mode });
  const chatCount = Math.floor(MAIL_COUNT * CHAT_SHARE);
  await eventually(
    async () => {
      const criterion = mode === 'active' ? ['COI/Chats', 'ALL'] : ['INBOX', 'KEYWORD $Chat'];
      const count = await mailbox.withImap(async (imap) => {
        await imap.command(`EXAMINE "${criterion[0]}"`);
        const found = await imap.command(`UID SEARCH RETURN (COUNT) ${criterion[1]}`);
        return Number(/COUNT (\d+)/.exec(found)?.[1]);
      });
      if (count !== chatCount) throw new Error(`Only ${count} of ${chatCount} chat mails are filed in mode ${mode}`);
    },
    { timeoutMs: FILING_TIMEOUT_MS },
  );
  wire.close();
}

export async function benchList(n: number): Promise<void> {
  const stack = await startStack();
  try {
    const mailbox = new Mailbox(stack.info, await stack.freshUser());
    console.log(`Filling a mailbox with ${MAIL_COUNT} mails …`);
    await fillInbox(mailbox, { count: MAIL_COUNT, chatShare: CHAT_SHARE });
    const metrics: Metric[] = [];
    for (const mode of ['none', 'active'] as const) {
      console.log(`Filing in mode ${mode} …`);
      await setMode(stack, mailbox, mode);
      metrics.push(await compare(stack, mailbox, mode, n));
    }
    await report('list', metrics.toReversed());
  } finally {
    await stack.stop();
  }
}
