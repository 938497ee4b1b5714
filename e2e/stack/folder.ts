/**
 * Where a stack keeps its files. Mail users and servers have uids of their own and must be able to walk to their
 * files; where the repository lies under a private home, the files go to /var/tmp and the run folder is a link.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const OTHERS_MAY_ENTER = 0o001;

/** True when any uid may walk into the folder. */
export async function isPublicPath(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const mode = (await stat(path).catch(() => undefined))?.mode ?? OTHERS_MAY_ENTER;
    if ((mode & OTHERS_MAY_ENTER) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/**
 * Makes the run folder and returns its real place.
 *
 * @param wanted absolute path, whose parent is made when missing
 */
export async function makeRunFolder(wanted: string): Promise<string> {
  await mkdir(dirname(wanted), { recursive: true, mode: 0o755 });
  const linked = await readlink(wanted).catch(() => undefined);
  const target = linked ?? ((await isPublicPath(dirname(wanted))) ? wanted : privateHomeTarget(wanted));
  await mkdir(join(target, 'log'), { recursive: true, mode: 0o755 });
  await chmod(target, 0o755);
  if (target !== wanted && linked === undefined) await symlink(target, wanted);
  return target;
}

function privateHomeTarget(wanted: string): string {
  return `/var/tmp/coi-webmail-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`;
}

/** Removes a run folder, also where it is a link. */
export async function removeRunFolder(wanted: string): Promise<void> {
  const linked = await readlink(wanted).catch(() => undefined);
  if (linked !== undefined) await rm(linked, { recursive: true, force: true });
  await rm(wanted, { recursive: true, force: true });
}

/** A short folder for sockets; the one of an earlier run that was killed is removed. */
export async function makeSocketFolder(runDir: string): Promise<string> {
  const note = join(runDir, 'socket-folder');
  const earlier = await readFile(note, 'utf8').catch(() => '');
  if (earlier.startsWith(join(tmpdir(), 'coi-'))) await rm(earlier, { recursive: true, force: true });
  const folder = await mkdtemp(join(tmpdir(), 'coi-'));
  await chmod(folder, 0o755);
  await writeFile(note, folder);
  return folder;
}

/** Takes the run folder for this process. @throws Error when another stack that is alive has it */
export async function lockRunFolder(runDir: string): Promise<void> {
  const file = join(runDir, 'stack.pid');
  const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
  const commandLine = holder > 0 ? await readFile(`/proc/${holder}/cmdline`, 'utf8').catch(() => '') : '';
  if (holder !== process.pid && commandLine.includes('node')) {
    throw new Error(`A stack is already running in ${runDir} (process ${holder}); stop it or choose another name`);
  }
  await writeFile(file, String(process.pid));
}
