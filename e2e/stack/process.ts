/**
 * A server as a child process: started in the foreground, ended by its own pid.
 *
 * Each child leads a process group of its own (so Ctrl-C in a terminal reaches only the stack, which then stops
 * its servers in order) and gets SIGTERM from the kernel should the stack itself be killed (setpriv --pdeathsig).
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from './port.ts';

const STOP_TIMEOUT_MS = 6_000;
const LOG_TAIL_CHARS = 2_000;

export interface ServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A system user, with its groups; default the stack's own. */
  readonly runAs?: string;
  /** Receives standard output and standard error. */
  readonly logFile: string;
  /** Asked again and again until it says yes. */
  readonly isReady: () => Promise<boolean>;
}

export interface ServerProcess {
  readonly name: string;
  readonly pid: number;
  /** Settles with the exit code (null after a signal). */
  readonly exited: Promise<number | null>;
  /** Sends one signal to the server itself. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM to the server and its children, SIGKILL to what is left after it ended or after some seconds. */
  stop(): Promise<void>;
}

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

async function groupOf(user: string): Promise<string> {
  return (await promisify(execFile)('id', ['-g', user])).stdout.trim();
}

async function tail(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).slice(-LOG_TAIL_CHARS);
}

/** @throws Error with the end of the log when the server exits or stays silent before it is ready */
export async function startServer(server: ServerCommand): Promise<ServerProcess> {
  const log = openSync(server.logFile, 'a');
  const { runAs } = server;
  const identity = runAs === undefined ? [] : ['--reuid', runAs, '--regid', await groupOf(runAs), '--init-groups'];
  const child = spawn('setpriv', [...identity, '--pdeathsig', 'TERM', '--', server.command, ...server.args], {
    cwd: server.cwd,
    env: { ...process.env, ...server.env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  await once(child, 'spawn');
  const pid = child.pid as number;

  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      signalGroup(pid, 'SIGTERM');
      const timer = new AbortController();
      const late = delay(STOP_TIMEOUT_MS, undefined, { signal: timer.signal }).then(
        () => signalGroup(pid, 'SIGKILL'),
        () => false,
      );
      await Promise.race([exited, late.then(() => exited)]);
      timer.abort();
    }
    signalGroup(pid, 'SIGKILL');
  }

  const died = new AbortController();
  void exited.then(() => died.abort(new Error(`${server.name} ended before it was ready`)));
  try {
    await until(server.isReady, server.name, 30_000, died.signal);
  } catch (cause) {
    await stop();
    throw new Error(`${server.name} did not start; the end of its log:\n${await tail(server.logFile)}`, { cause });
  }
  return { name: server.name, pid, exited, kill: (signal) => void child.kill(signal), stop };
}
