/** Requests and answers over one socket: typed by METHODS, and checked, since the engine may be another version. */
import { type Clock, CoiError, fromErrorData } from '@coi-webmail/base';
import { check, type Envelope, METHODS, type Method, type Params, type Result } from '@coi-webmail/protocol';

interface Pending {
  readonly method: Method;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  cancelTimer(): void;
}

export class Rpc {
  readonly #send: (envelope: Envelope) => void;
  readonly #clock: Clock;
  readonly #onTimeout: () => void;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  /** @param onTimeout an answer did not come: the socket is probably dead */
  constructor(send: (envelope: Envelope) => void, clock: Clock, onTimeout: () => void) {
    this.#send = send;
    this.#clock = clock;
    this.#onTimeout = onTimeout;
  }

  /** @throws CoiError as the engine says; `timeout`; `engine-unreachable` when the socket ends first */
  call<M extends Method>(method: M, params: Params<M>, timeoutMs: number): Promise<Result<M>> {
    const id = this.#nextId++;
    return new Promise<Result<M>>((resolve, reject) => {
      const cancelTimer = this.#clock.after(timeoutMs, () => {
        this.#pending.delete(id);
        reject(new CoiError('timeout', `Waited too long for ${method}`));
        this.#onTimeout();
      });
      this.#pending.set(id, { method, resolve: resolve as (result: unknown) => void, reject, cancelTimer });
      try {
        this.#send({ id, method, params });
      } catch (cause) {
        cancelTimer();
        this.#pending.delete(id);
        reject(new CoiError('engine-unreachable', `Could not send ${method}`, { cause }));
      }
    });
  }

  /** Takes an answer. @returns false when it is none */
  answer(envelope: Envelope): boolean {
    if (!('id' in envelope) || 'method' in envelope) return false;
    const pending = this.#pending.get(envelope.id);
    if (pending === undefined) return true;
    this.#pending.delete(envelope.id);
    pending.cancelTimer();
    if ('error' in envelope) {
      pending.reject(fromErrorData(envelope.error));
      return true;
    }
    try {
      pending.resolve(check(METHODS[pending.method].result, envelope.result, `answer to ${pending.method}`));
    } catch (cause) {
      pending.reject(
        new CoiError('protocol-mismatch', `Did not understand the answer to ${pending.method}`, { cause }),
      );
    }
    return true;
  }

  /** The socket is gone. */
  fail(): void {
    for (const [id, pending] of this.#pending) {
      this.#pending.delete(id);
      pending.cancelTimer();
      pending.reject(new CoiError('engine-unreachable', `Connection ended before the answer to ${pending.method}`));
    }
  }
}
