/** Gives an account less room than its mail needs. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImapLine } from './imap-line.ts';
import type { StackInfo } from './info.ts';
import { until } from './port.ts';
import { CYRUS_ADMIN } from './users.ts';

const run = promisify(execFile);

/** Call it before the account signs on for the first time. @param kilobytes room for all mail together */
export async function limitQuota(info: StackInfo, address: string, kilobytes: number): Promise<void> {
  await (info.imap.server === 'cyrus' ? limitInCyrus : limitInDovecot)(info, address, kilobytes);
}

async function limitInCyrus(info: StackInfo, address: string, kilobytes: number): Promise<void> {
  const imap = await ImapLine.login(info.ports.imap, CYRUS_ADMIN);
  const [name, domain] = address.split('@');
  await imap.command(`SETQUOTA "user.${name}@${domain}" (STORAGE ${kilobytes})`);
  await imap.logout();
}

/** Dovecot looks about once a second whether its list of users changed. */
async function limitInDovecot({ runDir }: StackInfo, address: string, kilobytes: number): Promise<void> {
  const file = join(runDir, 'passwd');
  const rule = `storage=${kilobytes}K`;
  const quota = `userdb_mail_plugins=quota userdb_quota=count:User userdb_quota_vsizes=yes userdb_quota_rule=*:${rule}`;
  const users = (await readFile(file, 'utf8')).split('\n');
  const changed = users.map((line) => (line.startsWith(`${address}:`) ? `${line.trimEnd()} ${quota}` : line));
  await writeFile(file, changed.join('\n'));
  const configuration = join(runDir, 'dovecot', 'dovecot.conf');
  await until(
    async () => (await run('doveadm', ['-c', configuration, 'user', address])).stdout.includes(rule),
    'the quota',
  );
}
