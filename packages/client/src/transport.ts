/** How a page calls its TabApi in the worker: by a port, or through the tab that leads. */
import type { ChatApi } from './api.ts';
import type { WorkerDoor } from './chat-api.ts';
import { type Endpoint, proxy, type Remote, wrap } from './comlink.ts';

type Served = ChatApi & WorkerDoor;
export type ServedMethod = keyof Served;

export interface Transport {
  /** Functions among the arguments are called back as long as the transport lives. */
  call(method: ServedMethod, args: readonly unknown[]): Promise<unknown>;
  close(): void;
}

export class PortTransport implements Transport {
  readonly #remote: Remote<Served>;
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
    this.#remote = wrap<Served>(port as Endpoint);
  }

  call(method: ServedMethod, args: readonly unknown[]): Promise<unknown> {
    const remote = this.#remote as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const passed = args.map((arg) => (typeof arg === 'function' ? proxy(arg as () => unknown) : arg));
    const target = remote[method];
    return target === undefined ? Promise.reject(new TypeError(`No ${method}`)) : target(...passed);
  }

  close(): void {
    this.#port.close();
  }
}
