/**
 * May this account submit these bytes? (design §4.3, 1.) The client built them, so nothing in them is trusted.
 * Pure.
 */
import { CoiError } from '@coi-webmail/base';
import type { OuterHead } from '../head.ts';

export interface SubmissionFacts {
  readonly address: string;
  readonly messageId: string;
  readonly sizeBytes: number;
  readonly maxBytes: number;
  readonly recipientCount: number;
  readonly maxRecipients: number;
}

/** @throws CoiError `message-too-large`, `sender-rejected`, `permission-denied`, `invalid-request` */
export function checkSubmission(head: OuterHead, facts: SubmissionFacts): void {
  if (facts.sizeBytes > facts.maxBytes) {
    throw new CoiError('message-too-large', 'The message is too large', { details: { maxBytes: facts.maxBytes } });
  }
  if (facts.recipientCount > facts.maxRecipients) {
    throw new CoiError('permission-denied', 'The message has too many recipients', {
      details: { maxRecipients: facts.maxRecipients },
    });
  }
  if (head.fromFieldCount !== 1 || head.from.length !== 1 || head.from[0] !== facts.address) {
    throw new CoiError('sender-rejected', 'The message is not from the address of this account');
  }
  if (head.hasSender || head.hasBcc) {
    throw new CoiError('permission-denied', 'The message carries a Sender or Bcc field');
  }
  if (head.messageId !== facts.messageId) {
    throw new CoiError('invalid-request', 'The message has another Message-ID than the request');
  }
}
