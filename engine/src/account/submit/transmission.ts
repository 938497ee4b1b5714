/**
 * The SMTP side of one line: the same bytes in as many transactions as the server's limits ask for, each recipient in
 * exactly one. The claim learns of each step before it is taken, so that whoever goes on after a crash sends to nobody
 * twice.
 */
import { CoiError } from '@coi-webmail/base';
import type { Params } from '@coi-webmail/protocol';
import { isTemporary } from '../../smtp/errors.ts';
import { nextBatch } from '../../smtp/limits.ts';
import type { Envelope, Outcome, Rejection } from '../../smtp/outcome.ts';
import type { AccountContext } from '../context.ts';
import { noteOf, type StoredCopy } from './claim-note.ts';
import type { Deliveries, RecipientState, Reply } from './deliveries.ts';

const LANE_MAX_BYTES = 65_536;

export interface TransmissionOptions {
  readonly context: AccountContext;
  readonly key: string;
  readonly params: Params<'message.submit'>;
  readonly deliveries: Deliveries;
  /** The pending copy; its failure cancels the transmission before the first byte. */
  readonly copying: Promise<StoredCopy | undefined>;
}

export class Transmission {
  readonly #options: TransmissionOptions;
  /** The claim is somebody else's: nothing may be sent, nothing settled. */
  isLost = false;
  /** When the mail server took it for somebody first. */
  acceptedAt: number | undefined;

  constructor(options: TransmissionOptions) {
    this.#options = options;
  }

  /**
   * Sends to these; what became of each is in the deliveries. Never throws.
   * @returns the last failure that concerned a whole transaction
   */
  async run(targets: readonly string[]): Promise<CoiError | undefined> {
    const { smtp } = this.#options.context;
    // A session that is open tells its limits.
    if (targets.length > 1) await smtp.warm().catch(() => undefined);
    let waiting = targets;
    let last: CoiError | undefined;
    while (waiting.length > 0) {
      const batch = nextBatch(waiting, smtp.limits);
      const outcome = await this.#submit(batch);
      const others = without(waiting, batch);
      const again = this.#note(batch, outcome, others);
      if (again === 'stop') return outcome.state === 'failed' ? outcome.error : last;
      if (outcome.state === 'failed') last = outcome.error;
      waiting = [...again, ...others];
      if (waiting.length > 0 && !(await this.#progress())) return last;
      if (targets.length > batch.length) this.#tell();
    }
    return last;
  }

  async #submit(batch: readonly string[]): Promise<Outcome> {
    const { context, params, deliveries } = this.#options;
    const earlier = batch.map((address) => [address, deliveries.of(address)] as const);
    const outcome = await context.smtp.submit({
      from: context.identity.address,
      recipients: batch,
      bytes: params.bytes,
      envelopeId: params.envelopeId,
      beforeData: (envelope) => this.#beforeData(envelope),
    });
    // Nobody is in doubt of whom the server, or its silence before the end, told.
    if (outcome.state === 'failed') for (const [address, state] of earlier) deliveries.set([address], state);
    return outcome;
  }

  /** From here on a death of this process leaves these recipients in doubt. Whoever was silent too long lost the line. */
  async #beforeData({ accepted, rejected }: Envelope): Promise<void> {
    const { copying, deliveries } = this.#options;
    await copying;
    for (const each of rejected) if (each.kind !== 'too-many') deliveries.set([each.address], stateOf(each));
    deliveries.set(accepted, { state: 'doubt', batch: deliveries.nextBatch });
    if (await this.#progress()) return;
    throw new CoiError('smtp-unavailable', 'Another process took the submission over');
  }

  /** @returns false when the claim is not ours any more */
  async #progress(): Promise<boolean> {
    const { context, key, deliveries, copying } = this.#options;
    const { deps, clock } = context;
    const note = noteOf(await copying, deliveries);
    const isOurs = await deps.store.progressClaim(key, clock.now(), note, deliveries.has('doubt'));
    this.isLost ||= !isOurs;
    return isOurs;
  }

  /** @returns who goes into another transaction, or `stop`: the server said no to more than one recipient */
  #note(batch: readonly string[], outcome: Outcome, others: readonly string[]): readonly string[] | 'stop' {
    const { deliveries } = this.#options;
    const named = outcome.rejected;
    const rest = without(
      batch,
      named.map(({ address }) => address),
    );
    const tooMany = named.filter(({ kind }) => kind === 'too-many');
    for (const each of named) if (each.kind !== 'too-many') deliveries.set([each.address], stateOf(each));
    if (outcome.state === 'accepted') {
      deliveries.set(rest, { state: 'accepted' });
      this.acceptedAt ??= this.#options.context.clock.now();
      this.#handToLane(rest, this.acceptedAt);
    }
    if (outcome.state === 'failed' && rest.length > 0) {
      const reply = replyOf(outcome.error);
      const state = isTemporary(outcome.error) ? 'deferred' : 'refused';
      if (reply !== undefined) deliveries.set(untold([...rest, ...others], deliveries), { state, ...reply });
      return 'stop';
    }
    if (tooMany[0] === undefined) return [];
    if (batch.length > 1) {
      this.#options.context.smtp.learnRecipientLimit(rest.length > 0 ? rest.length : Math.floor(batch.length / 2));
      return tooMany.map(({ address }) => address);
    }
    // Even one is too many: not the limit of a transaction, but that of an hour or a day.
    deliveries.set(untold([...batch, ...others], deliveries), { ...stateOf(tooMany[0]), state: 'deferred' });
    return 'stop';
  }

  /** Fast lane: the very bytes, to recipients that sit at this engine. The Hub knows who does. */
  #handToLane(accepted: readonly string[], acceptedAt: number): void {
    const { context, params } = this.#options;
    if (params.bytes.length > LANE_MAX_BYTES) return;
    const { deps, identity } = context;
    const recipients = accepted.map((address) => address.toLowerCase()).filter((each) => each !== identity.address);
    const { messageId, bytes } = params;
    deps.hub.sendLane(recipients, { messageId, from: identity.address, acceptedAt, bytes });
  }

  #tell(): void {
    const { context, params, deliveries } = this.#options;
    const doneCount = params.recipients.filter((address) => deliveries.of(address) !== undefined).length;
    const data = { messageId: params.messageId, doneCount, recipientCount: params.recipients.length };
    context.emit({ event: 'submit.progress', data });
  }
}

/** Who got no final word: an answer to all of them tells nothing about those who did. */
function untold(addresses: readonly string[], deliveries: Deliveries): readonly string[] {
  return addresses.filter((address) => {
    const state = deliveries.of(address)?.state;
    return state !== 'accepted' && state !== 'doubt';
  });
}

function without(addresses: readonly string[], some: readonly string[]): readonly string[] {
  const left = new Set(some);
  return addresses.filter((address) => !left.has(address));
}

function stateOf({ kind, smtpCode, status }: Rejection): RecipientState & Reply {
  return { state: kind === 'refused' ? 'refused' : 'deferred', smtpCode, status };
}

/** Undefined when no server said it. */
function replyOf(error: CoiError): Reply | undefined {
  const { smtpCode, status } = error.details ?? {};
  return typeof smtpCode === 'number'
    ? { smtpCode, status: status === undefined ? undefined : String(status) }
    : undefined;
}
