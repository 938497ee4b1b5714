/**
 * Comlink between tab and worker: errors keep their code (Comlink's own handler sends message, name and stack only).
 * Both sides import this file; the other side gets a plain Error with these fields, so match by `code`.
 */
import { transferHandlers } from 'comlink';

interface Thrown {
  readonly value: unknown;
}

const original = transferHandlers.get('throw');
if (original !== undefined) {
  transferHandlers.set('throw', {
    canHandle: (value): value is Thrown => original.canHandle(value),
    deserialize: (serialized) => original.deserialize(serialized),
    serialize(thrown: unknown) {
      const { value } = thrown as Thrown;
      if (!(value instanceof Error)) return [{ isError: false, value }, []];
      const { name, message, stack, code, details, retryAfterMs } = value as Error & {
        readonly code?: string;
        readonly details?: unknown;
        readonly retryAfterMs?: number;
      };
      return [{ isError: true, value: { name, message, stack, code, details, retryAfterMs } }, []];
    },
  });
}

export { expose, type Endpoint, proxy, type ProxyMarked, type Remote, wrap } from 'comlink';
