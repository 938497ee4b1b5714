/**
 * The named steps at which faults strike, on each of the three links and inside the processes; what brings a step
 * about, and which effects make sense there.
 */
import type { EffectKind } from './fault.ts';

export type Link = 'smtp' | 'imap' | 'web' | 'store' | 'process';

/** Whose act brings the step about: the writer's line, its arrival at the other's, or a new connection. */
export type Cause = 'write' | 'arrive' | 'reconnect' | 'leave' | 'act';

export interface StepKind {
  readonly link: Link;
  readonly cause: Cause;
  readonly effects: readonly EffectKind[];
}

const CUTS = ['cut', 'stall', 'garble', 'kill-engine'] as const;
const REPLY = ['cut', 'stall', 'kill-engine', 'delay'] as const;
const BYTES = ['cut-within', 'stall', 'kill-engine', 'drip'] as const;

export const STEPS = {
  // Between engine and submission server.
  'smtp-connect': { link: 'smtp', cause: 'reconnect', effects: ['cut', 'stall', 'garble'] },
  'smtp-rcpt': { link: 'smtp', cause: 'write', effects: CUTS },
  'smtp-body': { link: 'smtp', cause: 'write', effects: BYTES },
  /** The message but for its final dot is there. */
  'smtp-before-dot': { link: 'smtp', cause: 'write', effects: CUTS },
  /** The server has answered the final dot, and nobody hears it. */
  'smtp-after-dot': { link: 'smtp', cause: 'write', effects: REPLY },

  // Between engine and IMAP server.
  'imap-login': { link: 'imap', cause: 'reconnect', effects: ['cut', 'stall', 'garble'] },
  'append-literal': { link: 'imap', cause: 'write', effects: BYTES },
  /** The pending copy is stored, and its line not yet submitted. */
  'append-to-smtp': { link: 'imap', cause: 'write', effects: REPLY },
  /** The server tells of new mail. */
  'arrival-news': { link: 'imap', cause: 'arrive', effects: CUTS },
  'fetch-body': { link: 'imap', cause: 'arrive', effects: BYTES },
  /** The server has moved a line to the chats mailbox, and the engine does not hear where to. */
  'move-to-event': { link: 'imap', cause: 'arrive', effects: REPLY },
  /** Flags are stored: tags, read marks, the end of `$CoiPending`. */
  'flags-stored': { link: 'imap', cause: 'write', effects: REPLY },
  idle: { link: 'imap', cause: 'arrive', effects: ['cut', 'stall', 'garble'] },

  // Between browser and engine.
  handshake: { link: 'web', cause: 'reconnect', effects: ['cut', 'stall', 'cut-within', 'kill-worker'] },
  hello: { link: 'web', cause: 'reconnect', effects: ['cut-after', 'stall', 'kill-engine', 'kill-worker'] },
  /** In the middle of a frame, either way. */
  'ws-frame': { link: 'web', cause: 'write', effects: ['cut-within', 'garble', 'stall', 'drip'] },
  /** The engine has the request to send, and its answer is lost. */
  'ws-submit': { link: 'web', cause: 'write', effects: ['cut-after', 'kill-engine', 'kill-worker', 'delay'] },
  'ws-answer': { link: 'web', cause: 'write', effects: ['cut', 'cut-within', 'stall', 'kill-worker'] },
  'ws-event': { link: 'web', cause: 'arrive', effects: ['cut', 'cut-within', 'garble', 'kill-worker'] },
  /** Lines of a page that closes. */
  'http-put': { link: 'web', cause: 'leave', effects: ['cut-within', 'cut-after', 'kill-engine', 'drip'] },

  // In the worker and around the processes.
  'idb-commit': { link: 'store', cause: 'arrive', effects: ['kill-worker'] },
  'vault-put': { link: 'store', cause: 'write', effects: ['kill-worker'] },
  /** A newer worker takes over. */
  upgrade: { link: 'process', cause: 'act', effects: ['kill-worker', 'kill-engine', 'cut'] },
  'engine-restart': { link: 'process', cause: 'act', effects: ['kill-engine'] },
  'worker-restart': { link: 'process', cause: 'act', effects: ['kill-worker'] },
  /** All connections of a link at once. */
  'link-drop': { link: 'process', cause: 'act', effects: ['cut'] },
} as const satisfies Record<string, StepKind>;

export type Step = keyof typeof STEPS;

export const STEP_NAMES = Object.keys(STEPS) as readonly Step[];

export function isStep(name: string): name is Step {
  return Object.hasOwn(STEPS, name);
}
