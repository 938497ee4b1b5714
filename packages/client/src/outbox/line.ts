/** One line of ours as the vault keeps it, from the first keystroke's end until the mailbox shows it. Plain JSON. */
import { fromBase64 } from '@coi-webmail/base';
import type { ChatId, DeliveryReason, OutboxLine, RowId } from '@coi-webmail/chat';
import type { ContactAddress, MessageId } from '@coi-webmail/coi';
import type { Result } from '@coi-webmail/protocol';
import { decodeLine } from '../sync/decode.ts';

/**
 * `queued`: to be sent. `sending`: a request is at work. `waiting`: no reply after the final dot, evidence may
 * come. `unknown`: none came, the user decides. `failed`: the user decides. `sent`: accepted, copy not seen yet.
 */
export type LineState = 'queued' | 'sending' | 'waiting' | 'unknown' | 'failed' | 'sent';

export type Refusal = Result<'message.submit'>['rejected'][number];

export interface StoredLine {
  readonly rowId: RowId;
  readonly chatId: ChatId;
  readonly messageId: MessageId;
  /** RFC 5322 bytes as base64; never change, whatever happens. */
  readonly bytes: string;
  /** What the user typed; comes back on discard. */
  readonly text: string;
  readonly recipients: readonly ContactAddress[];
  /** Server time. */
  readonly createdAt: number;
  readonly state: LineState;
  readonly reason: DeliveryReason | undefined;
  /** SMTP code and the like. */
  readonly detail: string | undefined;
  /**
   * Recipients that the mail server refused while it took the line for others. The engine answers a retry from its
   * claim, which does not name them, so they are kept here. Undefined = none.
   */
  readonly refused: readonly Refusal[] | undefined;
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
}

export const OUTBOX_PREFIX = 'outbox:';

export function bytesOf(line: StoredLine): Uint8Array<ArrayBuffer> {
  return fromBase64(line.bytes) ?? new Uint8Array();
}

/** What the fold gets. While evidence may still come the line is on its way, not in doubt. */
export function outboxLineOf(line: StoredLine): OutboxLine {
  const { rowId, chatId, messageId, createdAt, reason, detail, state } = line;
  const message = decodeLine(bytesOf(line));
  const delivery = state === 'waiting' ? 'sending' : state;
  return { rowId, chatId, messageId, message, createdAt, delivery, reason, detail };
}
