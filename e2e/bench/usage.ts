/** Memory and CPU of processes, as the kernel counts them. */
import { readdir, readFile } from 'node:fs/promises';

const TICK_MS = 10;

export interface Usage {
  /** Resident memory of all of them, shared pages counted by share (PSS). kB. */
  readonly memoryKb: number;
  /** User and system time since each began. */
  readonly cpuMs: number;
  readonly processes: number;
}

async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
}

/** Fields after the command's name, which may hold spaces. */
async function statOf(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

async function cpuOf(pid: number): Promise<number> {
  const stat = await statOf(pid);
  return (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) * TICK_MS;
}

/** The process and all that descend from it. */
export async function familyOf(root: number): Promise<readonly number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = Number((await statOf(pid))[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const family: number[] = [];
  for (const queue = [root]; queue.length > 0; ) {
    const pid = queue.pop() ?? 0;
    family.push(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return family;
}

export async function usageOf(pids: readonly number[]): Promise<Usage> {
  let [memoryKb, cpuMs] = [0, 0];
  for (const pid of pids) {
    memoryKb += await memoryOf(pid);
    cpuMs += await cpuOf(pid);
  }
  return { memoryKb, cpuMs, processes: pids.length };
}
