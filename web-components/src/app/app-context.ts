/** What the controllers of the panel may use of it, so that each can be read alone. */
import type { ReactiveControllerHost } from 'lit';
import type { ChatId } from '@coi-webmail/chat';
import type { ChatApi } from '@coi-webmail/client';
import type { CoiComposer } from '../composer/coi-composer.ts';
import type { IntentMap } from '../element/intent.ts';
import type { Host } from '../host.ts';
import type { ChatFeed } from './chat-feed.ts';

/** Events that leave the panel. */
export type HostEvent = 'coi-close' | 'coi-resize' | 'coi-signed-out';

export interface AppContext extends ReactiveControllerHost {
  readonly host: Host;
  readonly feed: ChatFeed | undefined;
  /** Undefined = not connected. */
  readonly client: ChatApi | undefined;
  /** The open chat. */
  readonly current: ChatId | undefined;
  /** Of the open chat, when one can write in it. */
  readonly composer: CoiComposer | undefined;
  say(text: string): void;
  /** Puts a failure into words, unless the banner says it already. */
  failed(error: unknown, text?: string): void;
  /** Runs an intent; a failure becomes words. */
  run(act: (api: ChatApi) => Promise<unknown>, text?: string): void;
  tell<Name extends HostEvent>(name: Name, detail: IntentMap[Name]): void;
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
