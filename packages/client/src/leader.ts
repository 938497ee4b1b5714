/**
 * Without SharedWorker: the tab that holds a Web Lock leads. It runs a dedicated worker and serves the other tabs
 * over a BroadcastChannel, which carries no ports: callbacks travel as numbers.
 *
 * When the leader goes, another tab gets the lock and announces itself; every tab starts anew with it.
 */
import { CoiError, type ErrorData, fromErrorData, toErrorData } from '@coi-webmail/base';
import { Channel } from './channel.ts';
import { PortTransport, type ServedMethod, type Transport } from './transport.ts';

type Message =
  | { readonly kind: 'leading'; readonly leader: string }
  | { readonly kind: 'who' }
  | {
      readonly kind: 'call';
      readonly leader: string;
      readonly tab: string;
      readonly id: number;
      readonly method: ServedMethod;
      readonly args: readonly unknown[];
    }
  | {
      readonly kind: 'answer';
      readonly tab: string;
      readonly id: number;
      readonly result?: unknown;
      readonly error?: ErrorData;
    }
  | {
      readonly kind: 'callback';
      readonly tab: string;
      readonly callback: number;
      readonly id: number;
      readonly args: readonly unknown[];
    }
  | {
      readonly kind: 'called-back';
      readonly tab: string;
      readonly id: number;
      readonly result?: unknown;
      readonly error?: ErrorData;
    };

interface CallbackMark {
  readonly $callback: number;
}

function isCallbackMark(value: unknown): value is CallbackMark {
  return typeof value === 'object' && value !== null && '$callback' in value;
}

class Calls {
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  #nextId = 1;

  open(): { readonly id: number; readonly promise: Promise<unknown> } {
    const id = this.#nextId++;
    const promise = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    return { id, promise };
  }

  settle(id: number, result: unknown, error: ErrorData | undefined): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(fromErrorData(error));
  }

  failAll(): void {
    for (const { reject } of this.#pending.values()) reject(new CoiError('timeout', 'The leading tab closed'));
    this.#pending.clear();
  }
}

/** A following tab's way to the leader. */
class FollowerTransport implements Transport {
  readonly #channel: Channel<Message>;
  readonly #leader: string;
  readonly #tab: string;
  readonly #calls = new Calls();
  readonly #callbacks = new Map<number, (...args: unknown[]) => unknown>();
  #nextCallback = 1;

  constructor(channel: Channel<Message>, leader: string, tab: string) {
    this.#channel = channel;
    this.#leader = leader;
    this.#tab = tab;
  }

  call(method: ServedMethod, args: readonly unknown[]): Promise<unknown> {
    const { id, promise } = this.#calls.open();
    const passed = args.map((arg) => {
      if (typeof arg !== 'function') return arg;
      const callback = this.#nextCallback++;
      this.#callbacks.set(callback, arg as (...args: unknown[]) => unknown);
      return { $callback: callback } satisfies CallbackMark;
    });
    this.#post({ kind: 'call', leader: this.#leader, tab: this.#tab, id, method, args: passed });
    return promise;
  }

  take(message: Message): void {
    if (message.kind === 'answer' && message.tab === this.#tab) {
      this.#calls.settle(message.id, message.result, message.error);
    } else if (message.kind === 'callback' && message.tab === this.#tab) {
      void this.#runCallback(message);
    }
  }

  async #runCallback(message: Extract<Message, { kind: 'callback' }>): Promise<void> {
    const { tab, id } = message;
    try {
      const result = await this.#callbacks.get(message.callback)?.(...message.args);
      this.#post({ kind: 'called-back', tab, id, result });
    } catch (error) {
      this.#post({ kind: 'called-back', tab, id, error: toErrorData(error) });
    }
  }

  #post(message: Message): void {
    this.#channel.post(message);
  }

  close(): void {
    this.#calls.failAll();
  }
}

/** The leader's side: one port to the worker per tab. */
class LeaderDesk {
  readonly #channel: Channel<Message>;
  readonly #worker: Worker;
  readonly #ports = new Map<string, Transport>();
  readonly #callbacks = new Calls();
  readonly id: string;

  constructor(channel: Channel<Message>, workerUrl: string, id: string) {
    this.#channel = channel;
    this.id = id;
    this.#worker = new Worker(workerUrl, { name: 'coi', type: 'module' });
    this.announce();
  }

  announce(): void {
    this.#channel.post({ kind: 'leading', leader: this.id });
  }

  portOf(tab: string): Transport {
    let port = this.#ports.get(tab);
    if (port === undefined) {
      const { port1, port2 } = new MessageChannel();
      this.#worker.postMessage('connect', [port2]);
      port = new PortTransport(port1);
      this.#ports.set(tab, port);
    }
    return port;
  }

  take(message: Message): void {
    if (message.kind === 'who') this.announce();
    else if (message.kind === 'called-back') this.#callbacks.settle(message.id, message.result, message.error);
    else if (message.kind === 'call' && message.leader === this.id) void this.#serve(message);
  }

  async #serve({ tab, id, method, args }: Extract<Message, { kind: 'call' }>): Promise<void> {
    const passed = args.map((arg) => (isCallbackMark(arg) ? this.#callbackTo(tab, arg.$callback) : arg));
    try {
      const result = await this.portOf(tab).call(method, passed);
      this.#channel.post({ kind: 'answer', tab, id, result });
    } catch (error) {
      this.#channel.post({ kind: 'answer', tab, id, error: toErrorData(error) });
    }
  }

  #callbackTo(tab: string, callback: number): (...args: unknown[]) => Promise<unknown> {
    return (...args) => {
      const { id, promise } = this.#callbacks.open();
      this.#channel.post({ kind: 'callback', tab, callback, id, args });
      return promise;
    };
  }

  close(): void {
    this.#worker.terminate();
  }
}

export interface Leadership {
  close(): void;
}

/**
 * Joins the tabs of one user.
 * @param onTransport called with each new way to a worker: at the start and after each change of leader
 */
export function joinTabs(
  name: string,
  workerUrl: string,
  tab: string,
  onTransport: (transport: Transport) => void,
): Leadership {
  const end = new AbortController();
  let desk: LeaderDesk | undefined;
  let follower: FollowerTransport | undefined;
  let followed: string | undefined;
  let release: () => void = () => undefined;
  const channel = new Channel<Message>(name, (message) => {
    desk?.take(message);
    if (desk !== undefined) return;
    if (message.kind === 'leading' && message.leader !== followed) {
      follower?.close();
      followed = message.leader;
      follower = new FollowerTransport(channel, message.leader, tab);
      onTransport(follower);
    } else {
      follower?.take(message);
    }
  });
  const lead = (): Promise<void> => {
    follower?.close();
    follower = undefined;
    desk = new LeaderDesk(channel, workerUrl, crypto.randomUUID());
    onTransport(desk.portOf(tab));
    return new Promise((resolve) => (release = resolve));
  };
  navigator.locks.request(name, { signal: end.signal }, lead).catch(() => undefined);
  channel.post({ kind: 'who' });
  return {
    close() {
      end.abort();
      follower?.close();
      desk?.close();
      release();
      channel.close();
    },
  };
}
