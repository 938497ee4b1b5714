/** A run of many schedules on one stack of real servers, several side by side: most of the time they wait. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  Coverage,
  type Force,
  isBad,
  makeSchedule,
  Random,
  type Step,
  type Sum,
  Tally,
} from '@coi-webmail/test-support';
import type { ImapServerName } from '../stack/imap-server.ts';
import { attachStack, type StackInfo } from '../stack/info.ts';
import type { Delivery } from '../stack/sink.ts';
import { startStack } from '../stack/stack.ts';
import type { Pool, User } from '../stack/users.ts';
import { type BrowserName, startBrowser } from './browsers.ts';
import { buildProduct, type Mutation } from './bundle.ts';
import { describe, play } from './play.ts';
import type { Chatter, ChatterOptions } from './chatter.ts';
import { PagePerson } from './page-person.ts';
import { type ClientModule, Person } from './person.ts';
import { Slot } from './slot.ts';

export interface RunOptions {
  readonly schedules: number;
  /** Names the run; with one schedule, the schedule itself. */
  readonly seed: string;
  readonly jobs: number;
  readonly among?: readonly Step[] | undefined;
  /** What every setup must be. */
  readonly forces?: readonly Force[] | undefined;
  readonly mutations?: readonly Mutation[];
  /** Ends the run before its last schedule. */
  readonly isEnough?: (sum: Sum) => boolean;
  /** Real pages; `none`: headless clients. */
  readonly browser?: BrowserName;
  readonly isVerbose?: boolean;
  say(words: string): void;
}

/** The servers of a run; engines are its own. */
export interface FaultStack {
  readonly info: StackInfo;
  freshUser(pool: Pool): Promise<User>;
  deliveries(): Promise<readonly Delivery[]>;
}

/** A stack of its own, or the one that a test run shares. */
export async function withStack<T>(
  server: ImapServerName,
  use: (stack: FaultStack) => Promise<T>,
  shared = process.env['COI_STACK'],
): Promise<T> {
  if (shared !== undefined && shared !== '') {
    const { info, freshUser, sinkCounts } = attachStack(shared);
    return use({ info, freshUser, deliveries: sinkCounts });
  }
  const stack = await startStack({ imap: server, webmail: false, engine: false });
  try {
    const { info, freshUser, sink } = stack;
    return await use({ info, freshUser, deliveries: async () => sink.counts() });
  } finally {
    await stack.stop();
  }
}

export function runFaults(options: RunOptions, stack: FaultStack): Promise<Sum> {
  return new Run(options, stack).run();
}

let runs = 0;

class Run {
  readonly #options: RunOptions;
  readonly #stack: FaultStack;
  readonly #tally = new Tally();
  readonly #coverage: Coverage;
  readonly #random: Random;
  #next = 0;

  constructor(options: RunOptions, stack: FaultStack) {
    this.#options = options;
    this.#stack = stack;
    this.#coverage = new Coverage(options.among);
    this.#random = new Random(options.seed);
  }

  async run(): Promise<Sum> {
    const { jobs, schedules, seed, say, mutations, isEnough = () => false } = this.#options;
    say(`seed ${seed}`);
    const startedAt = performance.now();
    const { info } = this.#stack;
    runs += 1;
    const { engineFile, clientFile } = await buildProduct(join(info.runDir, `product-${runs}`), mutations);
    const client = (await import(pathToFileURL(clientFile).href)) as ClientModule;
    const browser = await startBrowser(this.#options.browser ?? 'none', info.runDir);
    const newChatter = (options: ChatterOptions): Chatter =>
      browser === undefined ? new Person(options, client) : new PagePerson(options, browser);
    const jobCount = Math.min(jobs, schedules);
    await Promise.all(
      Array.from({ length: jobCount }, async (_, index) => {
        const slot = await Slot.open({ info, engineFile, name: `slot-${runs}-${index}` });
        try {
          while (this.#next < schedules && !isEnough(this.#tally.sum)) await this.#one(this.#next++, slot, newChatter);
        } finally {
          await slot.close();
        }
      }),
    );
    await browser?.close();
    const seconds = (performance.now() - startedAt) / 1000;
    say(`${this.#tally.sum.schedules} schedules in ${seconds.toFixed(1)} s`);
    return this.#tally.sum;
  }

  async #one(index: number, slot: Slot, newChatter: (options: ChatterOptions) => Chatter): Promise<void> {
    const { schedules, seed, say, isVerbose, forces = [] } = this.#options;
    const isReplay = schedules === 1 && seed.includes(':');
    const steps = isReplay ? [] : this.#coverage.choose(this.#random);
    const schedule = makeSchedule(
      isReplay ? seed : `${seed}.${index}:${steps.join(',')}:${forces.join(',')}`.replace(/:$/, ''),
    );
    try {
      const { verdict, strikes } = await play(schedule, slot, {
        info: this.#stack.info,
        newChatter,
        freshUser: (pool) => this.#stack.freshUser(pool),
        deliveries: () => this.#stack.deliveries(),
        log: isVerbose === true ? (words) => say(`  ${words}`) : undefined,
      });
      this.#coverage.done(steps, strikes);
      this.#tally.add(verdict, strikes);
      if (isBad(verdict) || isVerbose === true) say(`${describe(schedule)}\n  ${verdict.findings.join('\n  ')}`);
    } catch (error) {
      this.#coverage.done(steps, []);
      this.#tally.addBroken();
      say(`${describe(schedule)}\n  broken: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
}
