/**
 * Faults and where they strike. A stream is read as steps of its protocol; before a step passes on, the director is
 * asked, and what it answers happens to the bytes of that step.
 */
import { STEPS, type Step } from './step.ts';

export type Person = 'alice' | 'bob';

/** What happens to the bytes at a step. All but `delay` and `drip` end the connection. */
export type Effect =
  /** Nothing of it arrives. */
  | { readonly kind: 'cut' }
  /** Half of it arrives. */
  | { readonly kind: 'cut-within' }
  /** All of it arrives, and nothing after it. */
  | { readonly kind: 'cut-after' }
  /** Nothing passes in either direction for so long; then the connection ends. */
  | { readonly kind: 'stall'; readonly ms: number }
  /** Noise instead of it. */
  | { readonly kind: 'garble' }
  /** The process that asks or answers dies: the engine, or the person's worker. Nothing of it arrives. */
  | { readonly kind: 'kill-engine' }
  | { readonly kind: 'kill-worker' }
  /** It is late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** It comes in small pieces over so long. */
  | { readonly kind: 'drip'; readonly ms: number };

export type EffectKind = Effect['kind'];

export interface Fault {
  readonly step: Step;
  readonly effect: Effect;
  /** Whose connection or store; undefined = the first one that comes there. */
  readonly who?: Person | undefined;
  /** How many such steps pass before. */
  readonly skip: number;
}

export interface Moment {
  readonly step: Step;
  /** Undefined before a sign-on tells. */
  readonly who: Person | undefined;
  /** The message under way, in angle brackets. */
  readonly messageId?: string | undefined;
}

export interface Strike {
  readonly fault: Fault;
  readonly at: number;
  readonly messageId: string | undefined;
}

/** True when the fault interrupts, rather than slows down. */
export function isCut({ kind }: Effect): boolean {
  return kind !== 'delay' && kind !== 'drip';
}

/** The faults of one schedule: armed one after the other, each strikes once. */
export class Director {
  readonly #armed: { readonly fault: Fault; left: number }[] = [];
  readonly #strikes: Strike[] = [];
  #isCalm = false;

  arm(fault: Fault): void {
    this.#armed.push({ fault, left: fault.skip });
  }

  /** Nothing strikes any more. */
  calm(): void {
    this.#isCalm = true;
    this.#armed.length = 0;
  }

  /** @returns what happens at this moment, if anything */
  at(moment: Moment): Effect | undefined {
    if (this.#isCalm) return undefined;
    for (const [index, armed] of this.#armed.entries()) {
      const { fault } = armed;
      if (fault.step !== moment.step || (fault.who !== undefined && fault.who !== moment.who)) continue;
      armed.left -= 1;
      if (armed.left >= 0) continue;
      this.#armed.splice(index, 1);
      this.note(fault, moment.messageId);
      return fault.effect;
    }
    return undefined;
  }

  /** A fault that was done without waiting for a step. */
  note(fault: Fault, messageId?: string): void {
    this.#strikes.push({ fault, at: Date.now(), messageId });
  }

  get strikes(): readonly Strike[] {
    return this.#strikes;
  }

  get waiting(): readonly Fault[] {
    return this.#armed.map(({ fault }) => fault);
  }
}

/** How often each step was cut; every step is named, also those that were not. */
export function countCuts(strikes: readonly Strike[]): Record<Step, number> {
  const counts = Object.fromEntries(Object.keys(STEPS).map((step) => [step, 0])) as Record<Step, number>;
  for (const { fault } of strikes) if (isCut(fault.effect)) counts[fault.step] += 1;
  return counts;
}
