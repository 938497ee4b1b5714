/**
 * Sends one message exactly once (design §4.4).
 *
 * First try: claim, APPEND of the pending copy beside the SMTP envelope, data, answer. A retry first looks for what
 * an earlier try left. Nobody can decide a submission whose final dot got no reply: it is `unknown` until
 * somebody shows that it arrived, or the user wants it sent again.
 */
import { createHash } from 'node:crypto';
import { CoiError, isCoiError } from '@coi-webmail/base';
import type { MessageRefData, Params, Result } from '@coi-webmail/protocol';
import type { Outcome } from '../smtp/connection.ts';
import { isTemporary } from '../smtp/errors.ts';
import type { AccountContext } from './context.ts';
import { readOuterHead } from './head.ts';
import { type CopyPlan, type FoundCopy, OwnCopies } from './own-copy.ts';
import { checkSubmission } from './submission-check.ts';

type SubmitParams = Params<'message.submit'>;
type SubmitResult = Result<'message.submit'>;

/** A claim without sign of life for so long belongs to a dead process. */
export const CLAIM_STALE_MS = 4_000;
const HEARTBEAT_MS = 1_000;
/** Longer than a claim of a dead process counts. */
const FOREIGN_PENDING_MS = 6_000;
const IN_FLIGHT_RETRY_MS = 500;
const LANE_MAX_BYTES = 65_536;
const COPY_RETRY_MS = [2_000, 10_000, 60_000] as const;
export const MAX_RECIPIENTS = 100;

interface Attempt {
  readonly key: string;
  readonly params: SubmitParams;
  /** Something of it may exist already: a copy, or even a delivery. */
  readonly isRetry: boolean;
  readonly knownCopy: MessageRefData | undefined;
}

interface Unknown {
  readonly key: string;
  readonly copy: MessageRefData | undefined;
  /** Kept while there is no copy yet. */
  readonly bytes: Uint8Array | undefined;
}

export interface SubmitterOptions {
  readonly context: AccountContext;
  readonly isConsented: () => boolean;
  /** The server files sent mail itself. */
  readonly savesSent: () => boolean;
  readonly maxBytes: () => number;
}

export class Submitter {
  readonly copies: OwnCopies;
  readonly #context: AccountContext;
  readonly #options: SubmitterOptions;
  readonly #running = new Map<string, Promise<SubmitResult>>();
  /** Message-IDs of unknown outcome that evidence may settle. */
  readonly #unknown = new Map<string, Unknown>();
  /** Message-IDs that arrived while their submission still runs. */
  readonly #evident = new Set<string>();
  #isReconcileDue = false;

  constructor(options: SubmitterOptions) {
    this.#options = options;
    this.#context = options.context;
    this.copies = new OwnCopies(options.context);
  }

  /**
   * Finishes whatever happens to the socket that asked.
   * @throws CoiError `sender-rejected`, `recipient-rejected`, `permission-denied`, `message-too-large`,
   *   `quota-exceeded`, `auth-failed`, `smtp-unavailable`, `imap-unavailable`, `throttled`
   */
  submit(params: SubmitParams): Promise<SubmitResult> {
    const { identity } = this.#context;
    const head = readOuterHead(params.bytes);
    checkSubmission(head, {
      address: identity.address,
      messageId: params.messageId,
      sizeBytes: params.bytes.length,
      maxBytes: this.#options.maxBytes(),
      recipientCount: params.recipients.length,
      maxRecipients: MAX_RECIPIENTS,
    });
    const key = claimKey(identity.hash, params.messageId);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const job = this.#claim(key, params).finally(() => {
      this.#running.delete(key);
      this.#evident.delete(params.messageId);
    });
    this.#running.set(key, job);
    return job;
  }

  /** Takes back a line that was not sent, with the copy that says pending. @throws CoiError `imap-unavailable` */
  async cancel({ messageId, giveUp }: Params<'submit.cancel'>): Promise<Result<'submit.cancel'>> {
    const { deps, clock, identity } = this.#context;
    const key = claimKey(identity.hash, messageId);
    if (this.#running.has(key)) return { state: 'in-flight' };
    const claimedAt = clock.now();
    const claim = await deps.store.claim(key, claimedAt, CLAIM_STALE_MS);
    if (claim.state === 'accepted') return { state: 'sent' };
    if (claim.state === 'in-flight') return { state: 'in-flight' };
    if (claim.state === 'unknown') {
      if (giveUp !== true) return { state: 'unknown' };
      const isOurs = await deps.store.reclaimUnknown(key, claimedAt);
      if (!isOurs) return { state: 'in-flight' };
    }
    const copy = parseCopy(claim.state === 'new' ? claim.earlier?.copy : claim.copy);
    try {
      this.#unknown.delete(messageId);
      if (this.#plan() === 'before') await this.copies.cancel(messageId, copy);
    } finally {
      await deps.store.settleClaim(key, claim.state === 'new' ? 'released' : 'unknown', clock.now(), formatCopy(copy));
    }
    return { state: 'cancelled' };
  }

  /** Opens what a line will need. Best effort. */
  async warm(): Promise<void> {
    const { smtp, commands } = this.#context;
    await Promise.allSettled([smtp.warm(), commands.run(async () => undefined, 'urgent')]);
  }

  /** Somebody's mailbox has a message of ours whose outcome was unknown. */
  async evidence(messageId: string): Promise<void> {
    const { deps, clock, emit, identity } = this.#context;
    // The mail server may be slower with its reply than with its delivery.
    if (this.#running.has(claimKey(identity.hash, messageId))) this.#evident.add(messageId);
    const unknown = this.#unknown.get(messageId);
    if (unknown === undefined) return;
    this.#unknown.delete(messageId);
    await deps.store.settleClaim(unknown.key, 'accepted', clock.now(), formatCopy(unknown.copy));
    emit({ event: 'submit.settled', data: { messageId, state: 'sent' } });
    const plan = this.#plan();
    if (plan === 'before') this.copies.settle(messageId, unknown.copy);
    else if (unknown.bytes !== undefined) await this.#copyAfter(plan, unknown.bytes);
  }

  /**
   * A client fetched these: a pending copy that another process put there is looked at a little later, because that
   * process may have died between the mail server's word and its own last step.
   */
  fetched(uidValidity: string, messages: readonly { readonly uid: number; readonly flags: readonly string[] }[]): void {
    const { clock } = this.#context;
    if (this.#isReconcileDue || !messages.some((one) => this.copies.isForeignPending(uidValidity, one))) return;
    this.#isReconcileDue = true;
    clock.after(FOREIGN_PENDING_MS, () => {
      this.#isReconcileDue = false;
      void this.reconcile();
    });
  }

  /**
   * At start: a process that died between acceptance and settling left a copy that says pending. Claims tell.
   * Never throws; under a lease, because a look at a claim takes it for a moment.
   */
  async reconcile(): Promise<void> {
    const { deps, identity } = this.#context;
    try {
      await deps.hub.withLease(`settle:${identity.hash}`, async () => {
        for (const { messageId, copy } of await this.copies.pending()) await this.#reconcileOne(messageId, copy);
      });
    } catch (error) {
      deps.log.warn('reconcile-failed', { code: isCoiError(error) ? error.code : 'internal' });
    }
  }

  async #reconcileOne(messageId: string, copy: MessageRefData): Promise<void> {
    const { deps, identity, clock } = this.#context;
    const key = claimKey(identity.hash, messageId);
    if (this.#running.has(key)) return;
    const claim = await deps.store.claim(key, clock.now(), CLAIM_STALE_MS);
    if (claim.state === 'accepted') this.copies.settle(messageId, copy);
    if (claim.state === 'unknown') this.#unknown.set(messageId, { key, copy, bytes: undefined });
    if (claim.state === 'new') await deps.store.settleClaim(key, 'released', clock.now(), formatCopy(copy));
  }

  /** Resolves when no submission runs and copies are settled. */
  async finish(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
    await this.copies.flush();
  }

  async #claim(key: string, params: SubmitParams): Promise<SubmitResult> {
    const { store } = this.#context.deps;
    const claimedAt = this.#context.clock.now();
    const claim = await store.claim(key, claimedAt, CLAIM_STALE_MS);
    const attempt = { key, params };
    switch (claim.state) {
      case 'new': {
        const { earlier } = claim;
        const isRetry = params.attempt > 0 || earlier !== undefined;
        return this.#send({ ...attempt, isRetry, knownCopy: parseCopy(earlier?.copy) });
      }
      case 'accepted':
        return sent(claim.acceptedAt, parseCopy(claim.copy));
      case 'in-flight':
        return { state: 'in-flight', rejected: [], retryAfterMs: IN_FLIGHT_RETRY_MS };
      case 'unknown': {
        const copy = parseCopy(claim.copy);
        if (params.resend !== true) return this.#outcomeUnknown(key, params, copy);
        const isOurs = await store.reclaimUnknown(key, claimedAt);
        if (!isOurs) return { state: 'in-flight', rejected: [], retryAfterMs: IN_FLIGHT_RETRY_MS };
        return this.#send({ ...attempt, isRetry: true, knownCopy: copy });
      }
      default:
        return claim satisfies never;
    }
  }

  /** Shows signs of life while it works, so that nobody else takes the line for one of a dead process. */
  async #send(attempt: Attempt): Promise<SubmitResult> {
    const { deps, clock } = this.#context;
    const heartbeat = new Heartbeat(() => deps.store.touchClaim(attempt.key, clock.now()), this.#context);
    try {
      return await this.#sendClaimed(attempt);
    } finally {
      heartbeat.end();
    }
  }

  async #sendClaimed(attempt: Attempt): Promise<SubmitResult> {
    const { smtp, identity } = this.#context;
    const { params } = attempt;
    const plan = this.#plan();
    this.#unknown.delete(params.messageId);
    const found = await this.#findCopy(plan, attempt);
    if (found?.isSent === true) return this.#sentBefore(attempt, found.copy);
    const copying = this.#copyBefore(plan, params.bytes, found?.copy);
    const outcome = await smtp.submit({
      from: identity.address,
      recipients: params.recipients,
      bytes: params.bytes,
      messageId: params.messageId,
      beforeData: async () => this.#beforeData(attempt, await copying),
    });
    return this.#conclude(outcome, plan, copying, attempt);
  }

  /** From here on a death of this process leaves an unknown outcome. Whoever was silent too long lost the line. */
  async #beforeData({ key }: Attempt, copy: MessageRefData | undefined): Promise<void> {
    const { deps, clock } = this.#context;
    const isOurs = await deps.store.progressClaim(key, clock.now(), formatCopy(copy));
    if (!isOurs) throw new CoiError('smtp-unavailable', 'Another process took the submission over');
  }

  async #conclude(
    outcome: Outcome,
    plan: CopyPlan,
    copying: Promise<MessageRefData | undefined>,
    attempt: Attempt,
  ): Promise<SubmitResult> {
    const { deps, clock } = this.#context;
    const { key, params } = attempt;
    const acceptedAt = clock.now();
    const settle = (state: 'accepted' | 'unknown' | 'released', copy: MessageRefData | undefined) =>
      deps.store.settleClaim(key, state, acceptedAt, formatCopy(copy));
    switch (outcome.state) {
      case 'accepted':
      case 'unknown': {
        if (outcome.state === 'accepted') this.#handToLane(params, outcome, acceptedAt);
        const before = await copying;
        if (outcome.state === 'unknown' && !this.#evident.has(params.messageId)) {
          await settle('unknown', before);
          return this.#outcomeUnknown(key, params, before);
        }
        await settle('accepted', before);
        const copy = before ?? (await this.#copyAfter(plan, params.bytes));
        if (plan === 'before') this.copies.settle(params.messageId, copy);
        const rejected = outcome.state === 'accepted' ? [...outcome.rejected] : [];
        return { ...sent(acceptedAt, copy), rejected };
      }
      case 'failed': {
        const copied = await copying.then(
          (copy) => ({ copy, isThere: plan === 'before' }),
          () => ({ copy: undefined, isThere: false }),
        );
        await settle('released', copied.copy);
        if (copied.isThere && !isTemporary(outcome.error) && outcome.error.code !== 'auth-failed') {
          await this.#cancelCopy(params.messageId, copied.copy);
        }
        throw outcome.error;
      }
      default:
        return outcome satisfies never;
    }
  }

  /** What an earlier try left in the mailbox, which knows better than a Store that forgot. */
  async #findCopy(plan: CopyPlan, attempt: Attempt): Promise<FoundCopy | undefined> {
    const { key, params, isRetry, knownCopy } = attempt;
    if (!isRetry || (plan !== 'before' && plan !== 'after')) return undefined;
    try {
      return await this.copies.find(params.messageId, knownCopy);
    } catch (error) {
      // Somebody deleted the mailbox; storing the copy makes it again.
      if (isCoiError(error, 'mailbox-not-found')) return undefined;
      const { deps, clock } = this.#context;
      await deps.store.settleClaim(key, 'released', clock.now(), formatCopy(knownCopy));
      throw error;
    }
  }

  async #sentBefore({ key }: Attempt, copy: MessageRefData): Promise<SubmitResult> {
    const { deps, clock } = this.#context;
    const acceptedAt = clock.now();
    await deps.store.settleClaim(key, 'accepted', acceptedAt, formatCopy(copy));
    return sent(acceptedAt, copy);
  }

  /** The pending copy, stored or found. Its failure cancels the submission before the first byte. */
  #copyBefore(
    plan: CopyPlan,
    bytes: Uint8Array,
    found: MessageRefData | undefined,
  ): Promise<MessageRefData | undefined> {
    if (plan !== 'before') return Promise.resolve(undefined);
    const copying = found === undefined ? this.copies.append('before', bytes) : Promise.resolve(found);
    // Whoever awaits it later hears of the failure; until then it is nobody's.
    copying.catch(() => undefined);
    return copying;
  }

  /** The message is out: a missing copy is a nuisance, not a failure. Tried again for a while. */
  async #copyAfter(plan: CopyPlan, bytes: Uint8Array, tried = 0): Promise<MessageRefData | undefined> {
    if (plan !== 'after' && plan !== 'sent') return undefined;
    try {
      return await this.copies.append(plan, bytes);
    } catch (error) {
      const delayMs = COPY_RETRY_MS[tried];
      const { deps, clock } = this.#context;
      deps.log.warn('own-copy-failed', { code: isCoiError(error) ? error.code : 'internal', tried });
      if (delayMs !== undefined) clock.after(delayMs, () => void this.#copyAfter(plan, bytes, tried + 1));
      return undefined;
    }
  }

  async #cancelCopy(messageId: string, copy: MessageRefData | undefined): Promise<void> {
    try {
      await this.copies.cancel(messageId, copy);
    } catch (error) {
      this.#context.deps.log.warn('cancel-copy-failed', { code: isCoiError(error) ? error.code : 'internal' });
    }
  }

  #outcomeUnknown(key: string, params: SubmitParams, copy: MessageRefData | undefined): SubmitResult {
    const bytes = copy === undefined && params.bytes.length <= LANE_MAX_BYTES ? params.bytes : undefined;
    this.#unknown.set(params.messageId, { key, copy, bytes });
    const { deps, identity } = this.#context;
    deps.hub.seekEvidence(params.recipients, { messageId: params.messageId, from: identity.address });
    return { state: 'unknown', rejected: [], ...(copy === undefined ? {} : { copy }) };
  }

  /** Fast lane: the very bytes, to recipients that sit at this engine. The Hub knows who does. */
  #handToLane(params: SubmitParams, outcome: Extract<Outcome, { state: 'accepted' }>, acceptedAt: number): void {
    if (params.bytes.length > LANE_MAX_BYTES) return;
    const { deps, identity } = this.#context;
    const refused = new Set(outcome.rejected.map(({ address }) => address.toLowerCase()));
    const recipients = params.recipients
      .map((recipient) => recipient.toLowerCase())
      .filter((recipient) => !refused.has(recipient) && recipient !== identity.address);
    deps.hub.sendLane(recipients, {
      messageId: params.messageId,
      from: identity.address,
      acceptedAt,
      bytes: params.bytes,
    });
  }

  #plan(): CopyPlan {
    return this.copies.plan(this.#options.isConsented(), this.#options.savesSent());
  }
}

/** Signs of life of a claim, from now until the end. */
class Heartbeat {
  readonly #beat: () => Promise<void>;
  readonly #context: AccountContext;
  #cancel: () => void = () => undefined;

  constructor(beat: () => Promise<void>, context: AccountContext) {
    this.#beat = beat;
    this.#context = context;
    this.#schedule();
  }

  end(): void {
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel = this.#context.clock.after(HEARTBEAT_MS, () => {
      this.#beat().catch(() => this.#context.deps.log.warn('claim-heartbeat-failed'));
      this.#schedule();
    });
  }
}

/** The Store learns neither address nor Message-ID. */
export function claimKey(accountHash: string, messageId: string): string {
  return createHash('sha256').update(`${accountHash}\0${messageId}`).digest('hex');
}

function sent(acceptedAt: number, copy: MessageRefData | undefined): SubmitResult {
  return { state: 'sent', acceptedAt, rejected: [], ...(copy === undefined ? {} : { copy }) };
}

function formatCopy(copy: MessageRefData | undefined): string | undefined {
  return copy === undefined ? undefined : JSON.stringify(copy);
}

function parseCopy(text: string | undefined): MessageRefData | undefined {
  if (text === undefined) return undefined;
  const { mailbox, uidValidity, uid } = JSON.parse(text) as MessageRefData;
  return { mailbox, uidValidity, uid };
}
