/** A line that the user takes back: nobody is to send it, and its pending copy goes. */
import { isCoiError } from '@coi-webmail/base';
import type { Params, Result } from '@coi-webmail/protocol';
import type { AccountContext } from '../context.ts';
import { CLAIM_STALE_MS, claimKey, copyOf, noteOf, type StoredCopy } from './claim-note.ts';
import { Deliveries } from './deliveries.ts';
import type { OwnCopies } from './own-copies.ts';

/** Of a line that stopped half-way nobody else gets it. */
export async function takeBack(
  context: AccountContext,
  copies: OwnCopies,
  { messageId, giveUp }: Params<'submit.cancel'>,
): Promise<Result<'submit.cancel'>> {
  const { clock, identity } = context;
  const { store } = context.deps;
  const key = claimKey(identity.hash, messageId);
  const claim = await store.claim(key, clock.now(), CLAIM_STALE_MS);
  if (claim.state === 'accepted') return { state: 'sent' };
  if (claim.state === 'in-flight') return { state: 'in-flight' };
  if (claim.state === 'unknown') {
    if (giveUp !== true) return { state: 'unknown' };
    if (!(await store.reopenClaim(key, 'unknown', clock.now()))) return { state: 'in-flight' };
  }
  const note = claim.state === 'new' ? (claim.earlier ?? {}) : claim.state === 'unknown' ? claim.note : {};
  const deliveries = Deliveries.parse(messageId, note.recipients);
  if (deliveries.has('accepted')) {
    deliveries.isClosed = true;
    await store.settleClaim(key, 'accepted', clock.now(), noteOf(undefined, deliveries));
    copies.settle(messageId, copyOf(note)?.place);
    return { state: 'sent' };
  }
  // First the word, then the copy: a copy without it is found by whoever reconciles.
  await store.settleClaim(key, 'cancelled', clock.now(), {});
  await removeCopy(context, copies, messageId, copyOf(note));
  return { state: 'cancelled' };
}

/** Best effort. */
export async function removeCopy(
  { mailboxes, deps }: AccountContext,
  copies: OwnCopies,
  messageId: string,
  copy: StoredCopy | undefined,
): Promise<void> {
  if (mailboxes.path('chats') === undefined) return;
  try {
    await copies.cancel(messageId, copy?.place);
  } catch (error) {
    deps.log.warn('cancel-copy-failed', { code: isCoiError(error) ? error.code : 'internal' });
  }
}
