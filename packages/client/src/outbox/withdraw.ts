/** Takes a line back: at once when nobody was asked to send it, else by the engine's word. */
import { type Clock, CoiError, errorFamily } from '@coi-webmail/base';
import type { Method, Params, Result } from '@coi-webmail/protocol';
import type { StoredLine } from './line.ts';

export interface WithdrawDeps {
  readonly clock: Clock;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
}

type Answer = Result<'submit.cancel'>['state'];

const BUSY_TRIES = 4;
const BUSY_WAIT_MS = 400;

/** Nothing of it can have left: neither a request nor the farewell of a page. */
export function isUntouched(line: StoredLine): boolean {
  return line.cancelled === true || (line.state === 'queued' && line.attempt === 0);
}

/**
 * @returns `in-flight` when the engine is still at work with it after a few questions
 * @throws CoiError `engine-unreachable` when nobody can tell now
 */
export async function withdraw({ messageId, state }: StoredLine, deps: WithdrawDeps): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask({ messageId, giveUp: state === 'unknown' }, deps);
    if (answer !== 'in-flight' || attempt === BUSY_TRIES) return answer;
    await new Promise<void>((resolve) => deps.clock.after(BUSY_WAIT_MS, resolve));
  }
}

async function ask(params: Params<'submit.cancel'>, deps: WithdrawDeps): Promise<Answer> {
  try {
    return (await deps.call('submit.cancel', params)).state;
  } catch (error) {
    if (errorFamily(error) !== 'wait') throw error;
    throw new CoiError('engine-unreachable', 'Could not take the line back', { cause: error });
  }
}
