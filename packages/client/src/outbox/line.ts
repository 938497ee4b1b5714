/** One line of ours as the vault keeps it, from the first keystroke's end until the mailbox shows it. Plain JSON. */
import { fromBase64 } from '@coi-webmail/base';
import type { ChatId, DeliveryReason, OutboxLine, OutboxRecipients, RowId } from '@coi-webmail/chat';
import type { ContactAddress, MessageId } from '@coi-webmail/coi';
import type { Params } from '@coi-webmail/protocol';
import { decodeLine } from '../sync/decode.ts';

/**
 * `queued`: to be sent. `sending`: a request is at work. `waiting`: no reply after the final dot, evidence may
 * come. `unknown`: none came, the user decides. `failed`: the user decides. `sent`: accepted, copy not seen yet, or
 * somebody of several still to be asked about.
 */
export type LineState = 'queued' | 'sending' | 'waiting' | 'unknown' | 'failed' | 'sent';

/** Who does not get a line that others got. */
export interface Refusal {
  readonly address: ContactAddress;
  readonly reason: DeliveryReason;
  /** For example `550 5.1.1`. */
  readonly detail: string | undefined;
}

export interface StoredLine {
  readonly rowId: RowId;
  readonly chatId: ChatId;
  readonly messageId: MessageId;
  /** RFC 5322 bytes as base64; never change, whatever happens. */
  readonly bytes: string;
  /** What the user typed; comes back on discard. */
  readonly text: string;
  readonly replyTo?: RowId | undefined;
  readonly recipients: readonly ContactAddress[];
  /** See `envelope-id.ts`. */
  readonly envelopeId?: string | undefined;
  /** Server time. */
  readonly createdAt: number;
  readonly state: LineState;
  readonly reason: DeliveryReason | undefined;
  /** SMTP code and the like. */
  readonly detail: string | undefined;
  /** Recipients that the mail server refused for good while it took the line for others. */
  readonly refused: readonly Refusal[] | undefined;
  /** Recipients that it wants to be asked for again later, or whom the user wants tried again. */
  readonly deferred?: readonly ContactAddress[] | undefined;
  /** When to ask for them, epoch ms of this clock. */
  readonly deferredUntil?: number | undefined;
  /** Requests made so far. */
  readonly attempt: number;
  /** The next request sends once more although the outcome of the last is unknown. */
  readonly resend: boolean;
  /** It was sent once more by the rule for chat clients already. */
  readonly resentByRule: boolean;
  /** The user wants it although it is old. */
  readonly confirmed: boolean;
  /** `waiting`: when to stop waiting for evidence, epoch ms of this clock. */
  readonly waitUntil: number | undefined;
  /** `queued`: can be undone until then; epoch ms of this clock. A page that closes does not wait (see `Outbox`). */
  readonly heldUntil?: number | undefined;
  /** The engine took it back: it never goes out under this Message-ID. */
  readonly cancelled?: boolean | undefined;
}

/** How far a line with many recipients came, while it goes out. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export const OUTBOX_PREFIX = 'outbox:';

export function bytesOf(line: StoredLine): Uint8Array<ArrayBuffer> {
  return fromBase64(line.bytes) ?? new Uint8Array();
}

/** Somebody of several did not get it: it is not over when its copy lies in the mailbox. */
export function isPartial(line: StoredLine): boolean {
  return (line.refused?.length ?? 0) > 0 || (line.deferred?.length ?? 0) > 0;
}

export function isDiscardable({ state }: StoredLine): boolean {
  return state === 'queued' || state === 'unknown' || state === 'failed';
}

/** What the fold gets. While evidence may still come the line is on its way, not in doubt. */
export function outboxLineOf(line: StoredLine, progress: Progress | undefined): OutboxLine {
  const { rowId, chatId, messageId, createdAt, reason, detail, state } = line;
  return {
    rowId,
    chatId,
    messageId,
    message: decodeLine(bytesOf(line)),
    createdAt,
    delivery: state === 'waiting' ? 'sending' : state,
    reason,
    detail,
    recipients: recipientsOf(line, progress),
    heldUntil: state === 'queued' ? line.heldUntil : undefined,
    cancelable: isDiscardable(line),
    retriable: state === 'failed' || (state === 'sent' && (line.refused?.length ?? 0) > 0),
  };
}

function recipientsOf(line: StoredLine, progress: Progress | undefined): OutboxRecipients | undefined {
  if (progress === undefined && !isPartial(line)) return undefined;
  const total = line.recipients.length;
  const { refused = [], deferred = [] } = line;
  // A request for some of them counts those only.
  const left = progress === undefined ? deferred.length : progress.total - progress.done;
  return { total, done: Math.max(0, total - left), refused };
}

export function requestOf(line: StoredLine): Params<'message.submit'> {
  const { messageId, recipients, attempt, resend, envelopeId } = line;
  return {
    messageId,
    bytes: bytesOf(line),
    recipients: [...recipients],
    attempt,
    ...(resend ? { resend } : {}),
    ...(envelopeId === undefined ? {} : { envelopeId }),
  };
}
