/**
 * Copies that are stored after the mail server took a line: where it takes no keywords, and before consent. The line is
 * out, so a missing copy is a nuisance, not a failure; two of them would be a lie.
 */
import { isCoiError } from '@coi-webmail/base';
import type { AccountContext } from '../context.ts';
import { noteOf, type StoredCopy } from './claim-note.ts';
import type { OwnCopies } from './own-copies.ts';

/** The last one is longer than the lease of a dead process. */
const RETRY_MS = [2_000, 10_000, 60_000] as const;

export interface LateCopy {
  readonly key: string;
  readonly plan: 'after' | 'sent';
  readonly messageId: string;
  readonly bytes: Uint8Array;
}

export class LateCopies {
  readonly #context: AccountContext;
  readonly #copies: OwnCopies;
  readonly #waits = new Set<() => void>();
  #isStopped = false;

  constructor(context: AccountContext, copies: OwnCopies) {
    this.#context = context;
    this.#copies = copies;
  }

  /**
   * Says in the claim that the line was accepted, and stores its copy, under one lease: whoever else reads the claim
   * stores none meanwhile. Tried again by itself for a while.
   *
   * @param isFirst nobody can have stored it, so there is no need to look
   * @returns undefined while it is not stored, or somebody else stores it
   */
  async store(late: LateCopy, isFirst: boolean, accept: () => Promise<void>): Promise<StoredCopy | undefined> {
    let isAccepted = false;
    const acceptOnce = async () => {
      if (!isAccepted) await accept();
      isAccepted = true;
    };
    const stored = await this.#underLease(late, async () => {
      await acceptOnce();
      return this.#try(late, isFirst);
    });
    await acceptOnce();
    if (stored === undefined) this.#tryLater(late, 0);
    return stored;
  }

  #underLease<T>({ key }: LateCopy, task: () => Promise<T>): Promise<T | undefined> {
    return this.#context.deps.hub.withLease(`copy:${key}`, task);
  }

  async #try({ key, plan, messageId, bytes }: LateCopy, isFirst: boolean): Promise<StoredCopy | undefined> {
    const { deps, clock } = this.#context;
    try {
      const copy = await (isFirst ? this.#copies.append(plan, bytes) : this.#copies.appendOnce(plan, messageId, bytes));
      await deps.store.settleClaim(key, 'accepted', clock.now(), noteOf(copy));
      return copy;
    } catch (error) {
      deps.log.warn('own-copy-failed', { code: isCoiError(error) ? error.code : 'internal' });
      return undefined;
    }
  }

  #tryLater(late: LateCopy, tried: number): void {
    const delayMs = RETRY_MS[tried];
    if (delayMs === undefined || this.#isStopped) return;
    const cancel = this.#context.clock.after(delayMs, () => {
      this.#waits.delete(cancel);
      void this.#tryAgain(late, tried);
    });
    this.#waits.add(cancel);
  }

  /** What is missing then is stored when a client asks about its line. */
  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#waits) cancel();
    this.#waits.clear();
  }

  async #tryAgain(late: LateCopy, tried: number): Promise<void> {
    const stored = await this.#underLease(late, () => this.#try(late, false));
    if (stored === undefined) this.#tryLater(late, tried + 1);
  }
}
