/**
 * Sends one raw command through imapflow's internals, which its types leave out. Used where imapflow has no
 * command (NOTIFY), does more than asked (APPEND), or hides the server's answer (STORE).
 *
 * Everything that depends on those internals is in this file; `watch.live.test.ts` and `append.live.test.ts`
 * would fail if a new version changed them.
 */
import type { ImapAttribute, ImapFlow, ImapResponse } from 'imapflow';
import { toImapError } from './errors.ts';

export type CommandArgument =
  | { readonly type: 'ATOM' | 'STRING' | 'SEQUENCE'; readonly value: string }
  | { readonly type: 'LITERAL'; readonly value: Buffer; readonly isLiteral8?: boolean }
  | readonly CommandArgument[];

export type UntaggedHandler = (untagged: ImapResponse) => Promise<void>;

interface Internals {
  exec(
    command: string,
    attributes: readonly CommandArgument[],
    options?: { readonly untagged?: Readonly<Record<string, UntaggedHandler>> | undefined },
  ): Promise<{ readonly response: ImapResponse; next(): void }>;
  readonly untaggedHandlers: Record<string, UntaggedHandler>;
  autoIdleDelay: number;
}

function internals(client: ImapFlow): Internals {
  return client as unknown as Internals;
}

export function atom(value: string): CommandArgument {
  return { type: 'ATOM', value };
}

export function text(value: string): CommandArgument {
  return { type: 'STRING', value };
}

/**
 * Not to be used while the connection idles: nothing ends the IDLE.
 *
 * @returns the tagged answer, always OK
 * @throws CoiError with the meaning of the server's response code
 */
export async function execute(
  client: ImapFlow,
  attempted: string,
  command: string,
  attributes: readonly CommandArgument[],
  untagged?: Readonly<Record<string, UntaggedHandler>>,
): Promise<ImapResponse> {
  try {
    const { response, next } = await internals(client).exec(command, attributes, { untagged });
    next();
    return response;
  } catch (cause) {
    throw toImapError(cause, attempted);
  }
}

/** Called for untagged answers that belong to no command. */
export function onUntagged(client: ImapFlow, name: string, handler: UntaggedHandler): void {
  internals(client).untaggedHandlers[name] = handler;
}

/** How long after a command the connection returns to IDLE by itself. Takes effect with the next command. */
export function setIdleDelay(client: ImapFlow, delayMs: number): void {
  internals(client).autoIdleDelay = delayMs;
}

/** The response code of an answer as flat words, e.g. `['APPENDUID', '1', '7']`. */
export function responseWords(response: ImapResponse): readonly string[] {
  return words(response.attributes?.[0]?.section ?? []);
}

/** Values of a list of tokens, nested lists left out. */
export function words(list: readonly ImapAttribute[]): readonly string[] {
  return list.flatMap((entry) => {
    const value = entry?.value;
    return value === undefined || value === null ? [] : [String(value)];
  });
}
