/**
 * The state that `reduce` folds events into, and the records that a store keeps of it.
 *
 * The worker is the single writer; `reduce` changes the state in place and says what it touched.
 * A state restored from all its records equals the state that made them.
 */
import type { CoiMessage, ContactAddress, MessageId } from '@coi-webmail/coi';
import type { CopyRole, Place } from './event.ts';
import type { ChatId, Delivery, DeliveryReason, RowId } from './view.ts';

export interface CopyRecord {
  readonly place: Place;
  readonly role: CopyRole;
  readonly flags: readonly string[];
  readonly internalAt: number;
  readonly sizeBytes: number;
  readonly digest: string;
}

/** One row of a timeline as the store keeps it. Plain JSON. */
export interface RowRecord {
  readonly id: RowId;
  readonly chatId: ChatId;
  readonly message: CoiMessage;
  /** Order key, epoch ms (design §4.2 "Order"); with `id` it sorts the timeline. */
  readonly at: number;
  readonly own: boolean;
  readonly proof: 'own' | 'authenticated' | 'unproven';
  readonly copies: readonly CopyRecord[];
  readonly laneAt: number | undefined;
  readonly missing: boolean;
  readonly collision: boolean;
  readonly outbox:
    | { readonly delivery: Delivery; readonly reason: DeliveryReason | undefined; readonly detail: string | undefined }
    | undefined;
}

/** A chat as the store keeps it: what cannot be derived from its rows. */
export interface ChatRecord {
  readonly id: ChatId;
  readonly kind: 'direct' | 'group';
  /** Names the chat outside this browser; the first one is the chief handle. */
  readonly handles: readonly string[];
  readonly people: readonly ContactAddress[];
  /** Wanted by the user before any line exists. */
  readonly wanted: boolean;
}

/** A message that is no row but still counts: a bounce or receipt about rows that may come later. */
export interface ServiceRecord {
  readonly id: RowId;
  readonly message: CoiMessage;
  readonly copies: readonly CopyRecord[];
  readonly about: readonly MessageId[];
}
