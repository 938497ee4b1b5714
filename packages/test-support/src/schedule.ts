/**
 * The language of schedules and how one is drawn: two people who type, read and use other programs, and the faults
 * that strike meanwhile. A schedule is made of its seed alone, so that a failing one can be played again.
 *
 * A seed is a word, after a colon the steps that have to be cut, and after another what the setup must be:
 * `k3v9x2aa:idle,smtp-after-dot:two-engines`.
 */
import type { Effect, EffectKind, Fault, Person } from './fault.ts';
import { Random } from './random.ts';
import { isStep, STEP_NAMES, STEPS, type Step } from './step.ts';
import { typedText } from './words.ts';

/** What another mail program of the same person does in the mailbox. */
export type OtherDeed = 'see' | 'unsee' | 'move-out-and-in' | 'move-to-inbox' | 'bring-in' | 'expunge-own';

export type Act =
  | { readonly kind: 'say'; readonly who: Person; readonly text: string }
  /** Within a second. */
  | { readonly kind: 'burst'; readonly who: Person; readonly texts: readonly string[] }
  | { readonly kind: 'both'; readonly alice: string; readonly bob: string }
  | { readonly kind: 'read'; readonly who: Person }
  | { readonly kind: 'other'; readonly who: Person; readonly deed: OtherDeed }
  | { readonly kind: 'arm'; readonly fault: Fault }
  | { readonly kind: 'drop'; readonly link: 'smtp' | 'imap' | 'web'; readonly who: Person }
  | { readonly kind: 'crash-worker'; readonly who: Person; readonly downMs: number }
  | { readonly kind: 'crash-engine'; readonly downMs: number }
  /** A newer worker takes over while the older one lives, and its page takes one more line; perhaps offline. */
  | { readonly kind: 'upgrade-worker'; readonly who: Person; readonly text: string; readonly isOffline: boolean }
  /** The engine drains and is started again. */
  | { readonly kind: 'upgrade-engine' }
  /** The page closes and sends by itself what waits; a page is opened again. */
  | { readonly kind: 'leave'; readonly who: Person; readonly downMs: number }
  /** To the other engine, where there are two. */
  | { readonly kind: 'move-engine'; readonly who: Person }
  | { readonly kind: 'pause'; readonly ms: number };

export interface Setup {
  readonly mode: 'active' | 'none';
  readonly engines: 1 | 2;
  /** The mail server lets clients store keywords. */
  readonly keywords: boolean;
  /** The engine asks for news many times a second; else it waits for IDLE. */
  readonly looks: boolean;
  /** Both wrote and accepted before faults begin. */
  readonly greeted: boolean;
  /** In the end, fresh browsers read the mailboxes as well. */
  readonly cold: boolean;
  /** How far each clock is ahead. */
  readonly skewMs: Readonly<Record<Person | 'engine', number>>;
}

export interface Schedule {
  readonly seed: string;
  readonly setup: Setup;
  readonly acts: readonly Act[];
}

/** What a setup can be told to be, whatever is drawn. */
const FORCES = {
  active: { mode: 'active' },
  none: { mode: 'none' },
  'one-engine': { engines: 1 },
  'two-engines': { engines: 2 },
  'no-keywords': { keywords: false },
  greeted: { greeted: true },
  cold: { cold: true },
} as const satisfies Record<string, Partial<Setup>>;

export type Force = keyof typeof FORCES;

const MAX_SKEW_MS = 300_000;
const PEOPLE = ['alice', 'bob'] as const;
const DEEDS: readonly OtherDeed[] = ['see', 'unsee', 'move-out-and-in', 'move-to-inbox', 'bring-in', 'expunge-own'];
const BURST_LINES = 10;
const MIN_LINES = 5;

export function otherThan(who: Person): Person {
  return who === 'alice' ? 'bob' : 'alice';
}

/** @throws Error when the seed names a step or a force that does not exist */
export function makeSchedule(seed: string): Schedule {
  const [word = '', named = '', forced = ''] = seed.split(':');
  const random = new Random(word);
  const steps = named === '' ? randomSteps(random) : named.split(',').map(stepOf);
  const forces = forced === '' ? [] : forced.split(',').map(forceOf);
  return new Drawing(seed, word, random, steps, forces).schedule();
}

export function isForce(name: string): name is Force {
  return Object.hasOwn(FORCES, name);
}

function forceOf(name: string): Partial<Setup> {
  if (!isForce(name)) throw new Error(`There is no "${name}"; there are ${Object.keys(FORCES).join(', ')}`);
  return FORCES[name];
}

function stepOf(name: string): Step {
  if (!isStep(name)) throw new Error(`There is no step "${name}"; steps are ${STEP_NAMES.join(', ')}`);
  return name;
}

function randomSteps(random: Random): readonly Step[] {
  return Array.from({ length: random.int(2, 4) }, () => random.pick(STEP_NAMES));
}

class Drawing {
  readonly #seed: string;
  readonly #word: string;
  readonly #random: Random;
  readonly #steps: readonly Step[];
  readonly #setup: Setup;
  readonly #acts: Act[] = [];
  #lineCount = 0;

  constructor(seed: string, word: string, random: Random, steps: readonly Step[], forces: readonly Partial<Setup>[]) {
    this.#seed = seed;
    this.#word = word;
    this.#random = random;
    this.#steps = steps;
    this.#setup = Object.assign(this.#drawSetup(), ...forces) as Setup;
  }

  schedule(): Schedule {
    const random = this.#random;
    const setup = this.#setup;
    for (const step of this.#steps) {
      if (random.chance(0.5)) this.#meanwhile();
      this.#fault(step);
      this.#pause();
    }
    while (this.#lineCount < MIN_LINES) this.#meanwhile();
    return { seed: this.#seed, setup, acts: this.#acts };
  }

  #drawSetup(): Setup {
    const random = this.#random;
    const skew = (most: number) => (random.chance(0.3) ? random.int(-most, most) : 0);
    const mustMove = this.#steps.includes('move-to-event');
    return {
      mode: mustMove || random.chance(0.75) ? 'active' : 'none',
      engines: random.chance(0.2) ? 2 : 1,
      keywords: !random.chance(0.15),
      looks: !this.#steps.includes('idle') && random.chance(0.25),
      greeted: random.chance(0.85),
      cold: random.chance(0.5),
      skewMs: { alice: skew(MAX_SKEW_MS), bob: skew(MAX_SKEW_MS), engine: skew(MAX_SKEW_MS) },
    };
  }

  #text(): string {
    this.#lineCount += 1;
    return typedText(this.#word, this.#lineCount, this.#random);
  }

  #say(who: Person): void {
    this.#acts.push({ kind: 'say', who, text: this.#text() });
  }

  #pause(): void {
    this.#acts.push({ kind: 'pause', ms: this.#random.int(0, 400) });
  }

  #downMs(): number {
    return this.#random.int(0, 700);
  }

  #meanwhile(): void {
    const random = this.#random;
    const who = random.pick(PEOPLE);
    const dice = random.int(1, 12);
    if (dice <= 4) this.#say(who);
    else if (dice === 5) this.#acts.push({ kind: 'both', alice: this.#text(), bob: this.#text() });
    else if (dice === 6 && random.chance(0.4)) this.#burst(who);
    else if (dice <= 8) this.#acts.push({ kind: 'read', who });
    else if (dice <= 10) this.#acts.push({ kind: 'other', who, deed: random.pick(DEEDS) });
    else if (dice === 11 && this.#setup.engines === 2) this.#acts.push({ kind: 'move-engine', who });
    else if (dice === 12 && random.chance(0.5)) this.#acts.push({ kind: 'upgrade-engine' });
    else this.#say(who);
    if (random.chance(0.4)) this.#pause();
  }

  #burst(who: Person): void {
    this.#acts.push({ kind: 'burst', who, texts: Array.from({ length: BURST_LINES }, () => this.#text()) });
  }

  #effect(step: Step): Effect {
    const kind: EffectKind = this.#random.pick(STEPS[step].effects);
    switch (kind) {
      case 'stall':
        return { kind, ms: this.#random.int(300, 2_000) };
      case 'delay':
      case 'drip':
        return { kind, ms: this.#random.int(200, 1_200) };
      default:
        return { kind };
    }
  }

  /** Slow enough for another engine to be asked meanwhile, where the step can be slow. */
  #slowEffect(step: Step): Effect {
    const ms = this.#random.int(1_000, 2_500);
    const kinds: readonly EffectKind[] = STEPS[step].effects;
    const slow = (['drip', 'delay'] as const).find((kind) => kinds.includes(kind));
    return slow === undefined || this.#random.chance(0.3) ? this.#effect(step) : { kind: slow, ms };
  }

  /** Arms a fault and lets happen what brings its step about. */
  #fault(step: Step): void {
    const random = this.#random;
    const writer = random.pick(PEOPLE);
    const { link, cause } = STEPS[step];
    const isDuel = this.#setup.engines === 2 && cause === 'write' && link !== 'web' && random.chance(0.5);
    const effect = isDuel ? this.#slowEffect(step) : this.#effect(step);
    const arm = (who: Person | undefined, skip = 0) =>
      this.#acts.push({ kind: 'arm', fault: { step, effect, who, skip } });
    switch (cause) {
      case 'write':
        arm(writer, step === 'ws-frame' || step === 'flags-stored' ? random.int(0, 2) : 0);
        if (random.chance(0.08)) this.#burst(writer);
        else this.#say(writer);
        if (isDuel) this.#elsewhere(writer);
        return;
      case 'arrive':
        arm(step === 'idle' ? undefined : otherThan(writer), step === 'idb-commit' ? random.int(0, 3) : 0);
        this.#say(writer);
        return;
      case 'reconnect':
        arm(link === 'web' ? writer : undefined);
        this.#acts.push({ kind: 'drop', link: link as 'smtp' | 'imap' | 'web', who: writer });
        this.#say(writer);
        return;
      case 'leave':
        this.#acts.push({ kind: 'drop', link: 'web', who: writer });
        this.#say(writer);
        arm(writer);
        this.#acts.push({ kind: 'leave', who: writer, downMs: this.#downMs() });
        return;
      case 'act':
        this.#deed(step, writer, () => arm(writer));
        return;
      default:
        cause satisfies never;
    }
  }

  /** One engine is still at work with the line when the other is asked about it. */
  #elsewhere(who: Person): void {
    this.#acts.push({ kind: 'pause', ms: this.#random.int(5, 150) }, { kind: 'move-engine', who });
  }

  /** A line is on its way while it happens. */
  #deed(step: Step, who: Person, arm: () => void): void {
    const random = this.#random;
    if (random.chance(0.8)) this.#say(random.chance(0.6) ? who : otherThan(who));
    switch (step) {
      case 'upgrade':
        arm();
        this.#acts.push({ kind: 'upgrade-worker', who, text: this.#text(), isOffline: random.chance(0.5) });
        break;
      case 'engine-restart':
        this.#acts.push({ kind: 'crash-engine', downMs: this.#downMs() });
        break;
      case 'worker-restart':
        this.#acts.push({ kind: 'crash-worker', who, downMs: this.#downMs() });
        break;
      default:
        this.#acts.push({ kind: 'drop', link: random.pick(['smtp', 'imap', 'web']), who });
    }
    if (random.chance(0.3)) this.#say(who);
  }
}

/** Every line that is typed in a schedule, in the order of typing. */
export function linesOf({ acts }: Schedule): readonly { readonly who: Person; readonly text: string }[] {
  return acts.flatMap((act) => {
    switch (act.kind) {
      case 'say':
      case 'upgrade-worker':
        return [{ who: act.who, text: act.text }];
      case 'burst':
        return act.texts.map((text) => ({ who: act.who, text }));
      case 'both':
        return [
          { who: 'alice' as const, text: act.alice },
          { who: 'bob' as const, text: act.bob },
        ];
      default:
        return [];
    }
  });
}
