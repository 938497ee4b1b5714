/**
 * What a user's IMAP connections said, as Dovecot's raw log or Cyrus's telemetry has it. Only users whose tracing was
 * started before they connected are traced. Passwords are left out: both begin their log after LOGIN.
 */
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cyrusTraceFolder } from './cyrus.ts';
import { traceFolder } from './dovecot.ts';
import type { StackInfo } from './info.ts';

export interface ImapCommand {
  /** One connection's commands share this. */
  readonly connection: string;
  readonly at: number;
  readonly tag: string;
  /** Upper case; `UID FETCH` and the like are two words. */
  readonly name: string;
  readonly line: string;
}

function folderOf({ imap, runDir }: StackInfo, address: string): string {
  return imap.server === 'cyrus' ? cyrusTraceFolder(runDir, address) : traceFolder(runDir, address);
}

/** Connections that the user opens from now on are traced. */
export async function startImapTrace(info: StackInfo, address: string): Promise<void> {
  const folder = folderOf(info, address);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777);
}

function commandOf(connection: string, at: number, text: string): ImapCommand | undefined {
  const match = /^(\S+) ((?:UID )?[A-Za-z]+)(.*)$/.exec(text);
  if (match === null) return undefined;
  const [, tag = '', name = '', rest = ''] = match;
  return { connection, at, tag, name: name.toUpperCase(), line: `${name}${rest}`.trimEnd() };
}

/** Dovecot: a file of what came in; a time in seconds before each line. */
function* dovecotLines(text: string): Generator<{ readonly at: number; readonly line: string }> {
  for (const line of text.split(/\r?\n/)) {
    const [, seconds, rest = ''] = /^(\d+\.\d+) (.*)$/.exec(line) ?? [];
    if (seconds !== undefined) yield { at: Number(seconds) * 1000, line: rest };
  }
}

/** Cyrus: both directions in one file, `<seconds<` before what came in and `>seconds>` before what went out. */
function* cyrusLines(text: string): Generator<{ readonly at: number; readonly line: string }> {
  for (const [, seconds, came = ''] of text.matchAll(/^<(\d+)<([^]*?)(?=^[<>]\d+[<>]|$(?![^]))/gm)) {
    for (const line of came.split(/\r?\n/)) yield { at: Number(seconds) * 1000, line };
  }
}

/** Commands so far, in order of time. Literals (message bytes) may show up as lines of their own with odd names. */
export async function imapTrace(info: StackInfo, address: string): Promise<readonly ImapCommand[]> {
  const isCyrus = info.imap.server === 'cyrus';
  const folder = folderOf(info, address);
  const names = (await readdir(folder).catch(() => [])).filter((name) => isCyrus || name.endsWith('.in'));
  const commands: ImapCommand[] = [];
  for (const name of names) {
    const text = await readFile(join(folder, name), 'latin1');
    for (const { at, line } of isCyrus ? cyrusLines(text) : dovecotLines(text)) {
      const command = commandOf(name.replace(/\.in$/, ''), at, line);
      if (command !== undefined) commands.push(command);
    }
  }
  return commands.sort((one, other) => one.at - other.at);
}

/** What came since an earlier look; the order of two connections may change with what came later. */
export function commandsSince(earlier: readonly ImapCommand[], now: readonly ImapCommand[]): readonly ImapCommand[] {
  const known = new Map<string, number>();
  for (const { connection } of earlier) known.set(connection, (known.get(connection) ?? 0) + 1);
  return now.filter(({ connection }) => {
    const left = known.get(connection) ?? 0;
    known.set(connection, left - 1);
    return left <= 0;
  });
}
