/**
 * Sends one message exactly once (design §4.4).
 *
 * First try: claim, APPEND of the pending copy beside the SMTP envelope, data, answer. A retry first looks for what
 * an earlier try left. Nobody can decide a transaction whose final dot got no reply: its recipients are in doubt until
 * somebody shows that it arrived, or the user wants it sent again.
 */
import { CoiError, isCoiError } from '@coi-webmail/base';
import type { Params, Result } from '@coi-webmail/protocol';
import { isTemporary } from '../smtp/errors.ts';
import type { ClaimNote } from '../store/store.ts';
import type { AccountContext } from './context.ts';
import { readOuterHead } from './head.ts';
import { failureAnswer, IN_FLIGHT, sentAnswer, unknownAnswer } from './submit/answer.ts';
import { checkSubmission } from './submit/check.ts';
import { CLAIM_STALE_MS, claimKey, copyOf, Heartbeat, noteOf, type StoredCopy } from './submit/claim-note.ts';
import { Deliveries } from './submit/deliveries.ts';
import { Doubts } from './submit/doubts.ts';
import { LateCopies } from './submit/late-copies.ts';
import { type CopyPlan, type FoundCopy, OwnCopies } from './submit/own-copies.ts';
import { removeCopy, takeBack } from './submit/take-back.ts';
import { SentProbe } from './submit/sent-probe.ts';
import { targetsOf } from './submit/targets.ts';
import { Transmission } from './submit/transmission.ts';

export { CLAIM_STALE_MS, claimKey } from './submit/claim-note.ts';

type SubmitParams = Params<'message.submit'>;
type SubmitResult = Result<'message.submit'>;

export const MAX_RECIPIENTS = 100;

/** A line whose claim is ours. */
interface Job {
  readonly key: string;
  readonly params: SubmitParams;
  readonly deliveries: Deliveries;
  readonly targets: readonly string[];
  readonly knownCopy: StoredCopy | undefined;
  /** `sent`: others have it, its copy is done. `retry`: something of it may exist already. */
  readonly kind: 'first' | 'retry' | 'sent';
  /** No process that shares our Store ever tried it. */
  readonly isForgotten: boolean;
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
  readonly doubts: Doubts;
  readonly #late: LateCopies;
  readonly #probe: SentProbe;
  /** Lines whose copy waits for the probe's word. */
  readonly #probing = new Set<Promise<void>>();
  readonly #context: AccountContext;
  readonly #options: SubmitterOptions;
  readonly #running = new Map<string, Promise<SubmitResult>>();
  /** Message-ID -> whose mailboxes have it, while its submission still runs. */
  readonly #witnesses = new Map<string, Set<string | undefined>>();

  constructor(options: SubmitterOptions) {
    const { context } = options;
    this.#options = options;
    this.#context = context;
    this.copies = new OwnCopies(context);
    this.#late = new LateCopies(context, this.copies);
    this.#probe = new SentProbe(context);
    this.doubts = new Doubts({
      context,
      copies: this.copies,
      isRunning: (key) => this.#running.has(key),
      onSettled: (messageId, copy, bytes) => this.#copySettled(messageId, copy, bytes),
    });
  }

  /**
   * Finishes whatever happens to the socket that asked.
   * @throws CoiError `sender-rejected`, `recipient-rejected`, `permission-denied`, `message-too-large`,
   *   `quota-exceeded`, `auth-failed`, `smtp-unavailable`, `imap-unavailable`, `throttled`, `conflict` when the line was
   *   taken back
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
      this.#witnesses.delete(params.messageId);
    });
    this.#running.set(key, job);
    return job;
  }

  /** As `takeBack` does; not while it is being sent. */
  async cancel(params: Params<'submit.cancel'>): Promise<Result<'submit.cancel'>> {
    const { identity } = this.#context;
    if (this.#running.has(claimKey(identity.hash, params.messageId))) return { state: 'in-flight' };
    const answer = await takeBack(this.#context, this.copies, params);
    if (answer.state !== 'unknown') this.doubts.forget(params.messageId);
    return answer;
  }

  /** Opens what a line will need. Best effort. */
  async warm(): Promise<void> {
    const { smtp, commands } = this.#context;
    await Promise.allSettled([smtp.warm(), commands.run(async () => undefined, 'urgent')]);
  }

  /** A mailbox has a message of ours whose outcome was unknown. @param by whose it is; undefined = not told */
  async evidence(messageId: string, by?: string): Promise<void> {
    // The mail server may be slower with its reply than with its delivery.
    if (this.#running.has(claimKey(this.#context.identity.hash, messageId))) {
      this.#witnesses.set(messageId, (this.#witnesses.get(messageId) ?? new Set()).add(by));
    }
    await this.doubts.evidence(messageId, by);
  }

  /** Resolves when no submission runs and copies are settled. */
  async finish(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
    this.#probe.stop();
    this.doubts.stop();
    await Promise.allSettled(this.#probing);
    this.#late.stop();
    await this.copies.stop();
  }

  async #claim(key: string, params: SubmitParams): Promise<SubmitResult> {
    const { deps, clock } = this.#context;
    const claim = await deps.store.claim(key, clock.now(), CLAIM_STALE_MS);
    switch (claim.state) {
      case 'new': {
        const { earlier } = claim;
        if (params.query === true) return this.#answerForgotten(key, params, earlier);
        const kind = params.attempt > 0 || earlier !== undefined ? 'retry' : 'first';
        const deliveries = Deliveries.parse(params.messageId, earlier?.recipients);
        return this.#work({ key, params, note: earlier ?? {}, deliveries, kind, isForgotten: earlier === undefined });
      }
      case 'in-flight':
        return IN_FLIGHT;
      case 'cancelled':
        throw new CoiError('conflict', 'The line was taken back', { details: { cancelled: true } });
      case 'accepted':
      case 'unknown': {
        const { state, note } = claim;
        const deliveries = this.#deliveriesOf(params, note, state);
        const isSent = state === 'accepted';
        if (params.query === true || targetsOf(params, deliveries, isSent).length === 0) {
          return isSent
            ? this.#answerSent(key, params, deliveries, note, claim.acceptedAt)
            : this.#answerUnknown(key, params, deliveries, copyOf(note));
        }
        if (!(await deps.store.reopenClaim(key, state, clock.now()))) return IN_FLIGHT;
        const kind = isSent ? 'sent' : 'retry';
        return this.#work({ key, params, note, deliveries, kind, isForgotten: false });
      }
      default:
        return claim satisfies never;
    }
  }

  /** A claim without record is about all recipients alike. */
  #deliveriesOf(params: SubmitParams, note: ClaimNote, state: 'accepted' | 'unknown'): Deliveries {
    const deliveries = Deliveries.parse(params.messageId, note.recipients);
    if (deliveries.isEmpty) {
      deliveries.set(params.recipients, state === 'accepted' ? { state } : { state: 'doubt', batch: 1 });
    }
    return deliveries;
  }

  /** Shows signs of life while it works, so that nobody else takes the line for one of a dead process. */
  async #work({ note, ...rest }: Omit<Job, 'targets' | 'knownCopy'> & { readonly note: ClaimNote }) {
    const heartbeat = new Heartbeat(rest.key, this.#context);
    try {
      const targets = targetsOf(rest.params, rest.deliveries, rest.kind === 'sent');
      return await this.#send({ ...rest, targets, knownCopy: copyOf(note) });
    } finally {
      heartbeat.end();
    }
  }

  async #send(job: Job): Promise<SubmitResult> {
    const { key, params, deliveries, targets } = job;
    const plan = await this.#plan();
    this.doubts.forget(params.messageId);
    const found = await this.#findCopy(plan, job);
    if (found?.isSent === true && !deliveries.has('accepted')) {
      // The mailbox knows better than a Store that forgot.
      deliveries.set(params.recipients, { state: 'accepted' });
      return this.#sent(job, plan, found.copy);
    }
    if (found !== undefined && job.isForgotten && params.resend !== true) {
      deliveries.set(params.recipients, { state: 'doubt', batch: 1 });
      return this.#inDoubt(job, found.copy);
    }
    const copying = job.kind === 'sent' ? Promise.resolve(job.knownCopy) : this.#copyBefore(plan, params, found?.copy);
    const transmission = new Transmission({ context: this.#context, key, params, deliveries, copying });
    const failure = await transmission.run(targets);
    if (transmission.isLost) throw new CoiError('smtp-unavailable', 'Another process took the submission over');
    for (const witness of this.#witnesses.get(params.messageId) ?? []) deliveries.arrivedAt(witness);
    return this.#conclude(job, plan, copying, { failure, acceptedAt: transmission.acceptedAt });
  }

  async #conclude(
    job: Job,
    plan: CopyPlan,
    copying: Promise<StoredCopy | undefined>,
    { failure, acceptedAt }: { readonly failure: CoiError | undefined; readonly acceptedAt: number | undefined },
  ): Promise<SubmitResult> {
    const { params, deliveries, targets } = job;
    if (targets.some((address) => deliveries.of(address)?.state === 'deferred')) deliveries.deferCount += 1;
    const copied = await copying.then(
      (copy) => ({ copy, isThere: plan === 'before' && job.kind !== 'sent' }),
      () => ({ copy: undefined, isThere: false }),
    );
    if (deliveries.has('doubt')) return this.#inDoubt(job, copied.copy);
    if (deliveries.has('accepted')) {
      const answer = await this.#sent(job, plan, copied.copy, acceptedAt);
      // Nobody more has it, and no mail server said why.
      if (job.kind === 'sent' && failure !== undefined && failure.details?.['smtpCode'] === undefined) throw failure;
      return answer;
    }
    const { deps, clock } = this.#context;
    await deps.store.settleClaim(job.key, 'released', clock.now(), noteOf(copied.copy, deliveries));
    const error = failureAnswer(params, deliveries, failure);
    if (copied.isThere && !isTemporary(error) && error.code !== 'auth-failed') {
      await removeCopy(this.#context, this.copies, params.messageId, copied.copy);
    }
    throw error;
  }

  /** Somebody tried, and no process that shares our Store knows how it ended. */
  #answerForgotten(key: string, params: SubmitParams, earlier: ClaimNote | undefined): Promise<SubmitResult> {
    const deliveries = Deliveries.parse(params.messageId, earlier?.recipients);
    if (deliveries.isEmpty) deliveries.set(params.recipients, { state: 'doubt', batch: 1 });
    return this.#inDoubt({ key, params, deliveries }, copyOf(earlier ?? {}));
  }

  async #inDoubt(
    { key, params, deliveries }: Pick<Job, 'key' | 'params' | 'deliveries'>,
    copy: StoredCopy | undefined,
  ): Promise<SubmitResult> {
    const { deps, clock } = this.#context;
    await deps.store.settleClaim(key, 'unknown', clock.now(), noteOf(copy, deliveries));
    return this.#answerUnknown(key, params, deliveries, copy);
  }

  async #sent(
    job: Job,
    plan: CopyPlan,
    before: StoredCopy | undefined,
    acceptedAt = this.#context.clock.now(),
  ): Promise<SubmitResult> {
    const { key, params, deliveries, kind } = job;
    const { deps } = this.#context;
    const { messageId, bytes } = params;
    const accept = () => deps.store.settleClaim(key, 'accepted', acceptedAt, noteOf(before, deliveries));
    // A retry may meet a copy of ours that an earlier try left.
    const isUndecided = kind === 'first' && plan !== 'none' && (await this.#probe.savesSent()) === undefined;
    if (isUndecided) {
      await accept();
      this.#probeWith(job, plan, before);
      return sentAnswer(params, deliveries, before, acceptedAt);
    }
    if (before === undefined && (plan === 'after' || plan === 'sent')) {
      const copy = await this.#late.store({ key, plan, messageId, bytes }, kind === 'first', accept);
      return sentAnswer(params, deliveries, copy, acceptedAt);
    }
    await accept();
    if (plan === 'before' && kind !== 'sent') this.copies.settle(messageId, before?.place);
    return sentAnswer(params, deliveries, before, acceptedAt);
  }

  /** The first line of an account: only one copy of it stays, the server's or ours. */
  #probeWith(job: Job, plan: Exclude<CopyPlan, 'none'>, before: StoredCopy | undefined): void {
    const probing = this.#copyAfterProbe(job, plan, before).catch((error: unknown) => {
      this.#context.deps.log.warn('own-copy-failed', { code: isCoiError(error) ? error.code : 'internal' });
    });
    this.#probing.add(probing);
    void probing.finally(() => this.#probing.delete(probing));
  }

  async #copyAfterProbe(
    { key, params }: Job,
    plan: Exclude<CopyPlan, 'none'>,
    before: StoredCopy | undefined,
  ): Promise<void> {
    const { deps, clock } = this.#context;
    const { messageId, bytes } = params;
    const found = await this.#probe.watch(messageId, before);
    if (found !== undefined) {
      await deps.store.settleClaim(key, 'accepted', clock.now(), noteOf(found));
      if (plan === 'before') await removeCopy(this.#context, this.copies, messageId, before);
    } else if (plan === 'before') this.copies.settle(messageId, before?.place);
    else if (before === undefined)
      await this.#late.store({ key, plan, messageId, bytes }, false, async () => undefined);
  }

  async #plan(): Promise<CopyPlan> {
    const savesSent = this.#options.savesSent() || (await this.#probe.savesSent()) === true;
    return this.copies.plan(this.#options.isConsented(), savesSent);
  }

  /** A retry of what was sent: names who was refused, and stores the copy that a dead process could not. */
  async #answerSent(
    key: string,
    params: SubmitParams,
    deliveries: Deliveries,
    note: ClaimNote,
    acceptedAt: number,
  ): Promise<SubmitResult> {
    const plan = await this.#plan();
    const known = copyOf(note);
    const isAwaited = this.#probe.isWatching(params.messageId);
    if (known !== undefined || isAwaited || (plan !== 'after' && plan !== 'sent')) {
      return sentAnswer(params, deliveries, known, acceptedAt);
    }
    const { messageId, bytes } = params;
    const copy = await this.#late.store({ key, plan, messageId, bytes }, false, async () => undefined);
    return sentAnswer(params, deliveries, copy, acceptedAt);
  }

  #answerUnknown(
    key: string,
    params: SubmitParams,
    deliveries: Deliveries,
    copy: StoredCopy | undefined,
  ): SubmitResult {
    this.doubts.add(key, params, deliveries, copy);
    return unknownAnswer(params, deliveries, copy);
  }

  /** What an earlier try left in the mailbox. */
  async #findCopy(plan: CopyPlan, job: Job): Promise<FoundCopy | undefined> {
    const { key, params, kind, knownCopy, deliveries } = job;
    if (kind !== 'retry') return undefined;
    try {
      if (plan === 'before' || plan === 'after') return await this.copies.find(params.messageId, knownCopy?.place);
      const copy = job.isForgotten ? await this.copies.findAnywhere(params.messageId) : undefined;
      return copy === undefined ? undefined : { copy, isSent: true };
    } catch (error) {
      // Somebody deleted the mailbox; storing the copy makes it again.
      if (isCoiError(error, 'mailbox-not-found')) return undefined;
      const { deps, clock } = this.#context;
      const state = deliveries.has('doubt') ? 'unknown' : 'released';
      await deps.store.settleClaim(key, state, clock.now(), noteOf(knownCopy));
      throw error;
    }
  }

  /** The pending copy, stored or found. Its failure cancels the submission before the first byte. */
  #copyBefore(plan: CopyPlan, { bytes }: SubmitParams, found: StoredCopy | undefined): Promise<StoredCopy | undefined> {
    if (plan !== 'before') return Promise.resolve(undefined);
    const copying = found === undefined ? this.copies.append('before', bytes) : Promise.resolve(found);
    // Whoever awaits it later hears of the failure; until then it is nobody's.
    copying.catch(() => undefined);
    return copying;
  }

  async #copySettled(messageId: string, copy: StoredCopy | undefined, bytes: Uint8Array | undefined): Promise<void> {
    const plan = await this.#plan();
    if (plan === 'before') this.copies.settle(messageId, copy?.place);
    if (bytes === undefined || (plan !== 'after' && plan !== 'sent')) return;
    const key = claimKey(this.#context.identity.hash, messageId);
    await this.#late.store({ key, plan, messageId, bytes }, false, async () => undefined);
  }
}
