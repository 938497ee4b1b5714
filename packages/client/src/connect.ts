/**
 * The page's door: one worker for all tabs of a user. A SharedWorker where the browser has it, else a dedicated
 * worker of the tab that leads.
 */
import { CoiError } from '@coi-webmail/base';
import { PROTOCOL_VERSION } from '@coi-webmail/protocol';
import type { ChatApi } from './api.ts';
import type { ConnectOptions } from './connect-options.ts';
import { Door } from './door.ts';
import { joinTabs } from './leader.ts';
import { PortTransport, type Transport } from './transport.ts';

/** Listeners are plain functions. `attach` and `onSignOn` are done already. */
export interface ChatClient extends ChatApi {
  /** Leaves: watches end. The worker lives on with the other tabs. */
  dispose(): Promise<void>;
}

/** Newer than the DOM types: the worker may outlive its last tab for a moment (a page load of Roundcube). */
interface ExtendedWorkerOptions extends WorkerOptions {
  readonly extendedLifetime: boolean;
}

/** @throws CoiError `internal` when the worker cannot be started */
export async function connect(options: ConnectOptions): Promise<ChatClient> {
  const tab = crypto.randomUUID();
  const lockName = `coi-tab-${tab}`;
  const releaseLock = await holdLock(lockName);
  const door = new Door(options, lockName);
  const name = `coi-v${PROTOCOL_VERSION}-${options.userKey}`;
  const leave =
    typeof SharedWorker === 'function'
      ? await connectShared(door, options.workerUrl, name)
      : joinTabs(name, options.workerUrl, tab, (transport) => void door.adopt(transport).catch(() => undefined)).close;
  const onPageHide = () => door.sendParcels();
  addEventListener('pagehide', onPageHide);
  const dispose = async () => {
    removeEventListener('pagehide', onPageHide);
    await door.close();
    leave();
    releaseLock();
  };
  return Object.assign(door, { dispose });
}

/** A worker that is just dying takes a port and never answers: then the next try gets a new worker. */
const ANSWER_WAIT_MS = 5000;
const TRIES = 3;

async function connectShared(door: Door, workerUrl: string, name: string): Promise<() => void> {
  const end = new AbortController();
  let transport: Transport | undefined;
  const adopt = async () => {
    for (let attempt = 1; attempt <= TRIES && !end.signal.aborted; attempt++) {
      transport?.close();
      const workerOptions: ExtendedWorkerOptions = { name, type: 'module', extendedLifetime: true };
      const worker = new SharedWorker(workerUrl, workerOptions);
      transport = new PortTransport(worker.port);
      const lifeLock = await firstAnswer(worker, door.adopt(transport));
      if (lifeLock === undefined) continue;
      // Granted when the worker was killed, as phones do: then a new one is started.
      const isDead = () => void adopt().catch(() => undefined);
      navigator.locks.request(lifeLock, { signal: end.signal }, isDead).catch(() => undefined);
      return;
    }
    throw new CoiError('internal', 'Chat worker does not answer');
  };
  await adopt();
  return () => {
    end.abort();
    transport?.close();
  };
}

/** @returns undefined when none came in time @throws CoiError `internal` when the script does not load */
function firstAnswer(worker: SharedWorker, answer: Promise<string>): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ANSWER_WAIT_MS, undefined);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    const failed = () => settle(() => reject(new CoiError('internal', 'Could not start the chat worker')));
    worker.addEventListener('error', failed, { once: true });
    answer.then(
      (lifeLock) => settle(() => resolve(lifeLock)),
      (error: unknown) =>
        settle(() => reject(error instanceof Error ? error : new CoiError('internal', 'Worker failed'))),
    );
  });
}

/** Holds a Web Lock until released: while it is held, the worker knows that this tab lives. */
function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(name, () => new Promise<void>((release) => resolve(() => release())));
    held.catch(reject);
  });
}
