/** How soon a server tells of new mail, in the mailbox that is selected and in another one. */
import { setTimeout as delay } from 'node:timers/promises';
import { ImapLine } from '../imap-line.ts';
import { mailboxPath } from '../imap-server.ts';
import type { Subject } from './behaviour.ts';

const TIMES = 5;
const PATIENCE_MS = 3_000;
/** Dovecot arms its pushes a second after a command. */
const SETTLE_MS = 1_500;
const MAIL = Buffer.from('From: x@far.test\r\nSubject: s\r\n\r\nx\r\n');

export interface Latency {
  readonly name: string;
  readonly ask: (subject: Subject) => Promise<string>;
}

/** @returns the median in milliseconds, or that nothing came */
async function tellTime({ stack, user, imap }: Subject, mailbox: string, sign: RegExp): Promise<string> {
  const other = await ImapLine.login(stack.info.ports.imap, user);
  const told: number[] = [];
  for (let times = 0; times < TIMES; times += 1) {
    await delay(SETTLE_MS);
    const startedAt = performance.now();
    await other.append(mailbox, MAIL);
    const news = await Promise.race([imap.untagged(sign), delay(PATIENCE_MS)]);
    if (news === undefined) break;
    told.push(performance.now() - startedAt);
  }
  await other.logout();
  const median = told.sort((one, next) => one - next)[Math.floor(told.length / 2)];
  return median === undefined || told.length < TIMES ? 'not told' : `${Math.round(median)} ms`;
}

async function own(subject: Subject): Promise<string> {
  await subject.imap.command('SELECT INBOX');
  if (!(await subject.imap.idle())) return 'no IDLE';
  return tellTime(subject, 'INBOX', /EXISTS\r\n/);
}

async function another(subject: Subject): Promise<string> {
  const { imap, stack } = subject;
  const path = mailboxPath(stack.info.imap.server, 'Archive');
  await imap.command('SELECT INBOX');
  const events = '(MessageNew MessageExpunge FlagChange)';
  const request = `NOTIFY SET (selected ${events}) (mailboxes (${path}) ${events})`;
  if ((await imap.command(request).catch(() => '')) === '') return 'no NOTIFY';
  if (!(await imap.idle())) return 'no IDLE';
  return tellTime(subject, path, /\* STATUS [^\r]*\r\n/);
}

export const LATENCIES: readonly Latency[] = [
  { name: 'IDLE, the selected mailbox', ask: own },
  { name: 'IDLE with NOTIFY, another mailbox', ask: another },
];
