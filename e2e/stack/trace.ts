/**
 * What a user's IMAP connections said, as Dovecot's raw log has it. Only users whose tracing was started before
 * they connected are traced. Passwords are left out: Dovecot begins its log after LOGIN.
 */
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { traceFolder } from './dovecot.ts';

export interface ImapCommand {
  /** One connection's commands share this. */
  readonly connection: string;
  readonly at: number;
  readonly tag: string;
  /** Upper case; `UID FETCH` and the like are two words. */
  readonly name: string;
  readonly line: string;
}

/** Connections that the user opens from now on are traced. */
export async function startImapTrace(runDir: string, address: string): Promise<void> {
  const folder = traceFolder(runDir, address);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777);
}

function parseLine(connection: string, text: string): ImapCommand | undefined {
  const match = /^(\d+\.\d+) (\S+) ((?:UID )?[A-Za-z]+)(.*)$/.exec(text);
  if (match === null) return undefined;
  const [, seconds = '0', tag = '', name = '', rest = ''] = match;
  return { connection, at: Number(seconds) * 1000, tag, name: name.toUpperCase(), line: `${name}${rest}`.trimEnd() };
}

/** Commands so far, in order of time. Literals (message bytes) may show up as lines of their own with odd names. */
export async function imapTrace(runDir: string, address: string): Promise<readonly ImapCommand[]> {
  const folder = traceFolder(runDir, address);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.in'));
  const commands: ImapCommand[] = [];
  for (const name of names) {
    const lines = (await readFile(join(folder, name), 'latin1')).split(/\r?\n/);
    for (const line of lines) {
      const command = parseLine(name.slice(0, -3), line);
      if (command !== undefined) commands.push(command);
    }
  }
  return commands.sort((one, other) => one.at - other.at);
}
