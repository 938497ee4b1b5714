/** Plays one schedule from fresh accounts to the verdict. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Act,
  Director,
  judge,
  linesOf,
  nameOf,
  type Person as Who,
  Random,
  type Schedule,
  type Strike,
  type TypedLine,
  type Verdict,
} from '@coi-webmail/test-support';
import type { StackInfo } from '../stack/info.ts';
import type { Delivery } from '../stack/sink.ts';
import type { Pool, User } from '../stack/users.ts';
import { Outside } from './outside.ts';
import type { Chatter, ChatterOptions } from './chatter.ts';
import { type Slot, UNKNOWN_WAIT_MS } from './slot.ts';

export interface PlayOptions {
  readonly info: StackInfo;
  newChatter(options: ChatterOptions): Chatter;
  freshUser(pool: Pool): Promise<User>;
  deliveries(): Promise<readonly Delivery[]>;
  readonly log?: ((words: string) => void) | undefined;
}

export interface Played {
  readonly verdict: Verdict;
  readonly strikes: readonly Strike[];
}

const PEOPLE = ['alice', 'bob'] as const;
const SETTLE_MS = 60_000;
const COLD_MS = 20_000;
const SECOND_LOOK_MS = 5_000;
/** Longer than a lease and the pause after it. */
const FILING_MS = 45_000;
const LOOK_AGAIN_MS = 700;
const MIN_STRIKES = 2;
/** Longer than a worker waits for the account's lock. */
const OFFLINE_MS = 4_500;
/** Burst lines come so far apart. */
const BURST_GAP_MS = 80;

export async function play(schedule: Schedule, slot: Slot, options: PlayOptions): Promise<Played> {
  const player = new Player(schedule, slot, options);
  try {
    return await player.play();
  } finally {
    await player.close();
  }
}

class Player {
  readonly #schedule: Schedule;
  readonly #slot: Slot;
  readonly #options: PlayOptions;
  readonly #word: string;
  readonly #random: Random;
  readonly #director = new Director();
  readonly #typed: TypedLine[] = [];
  readonly #cold: Chatter[] = [];
  /** Message-ID -> when its final dot passed. */
  readonly #submitted = new Map<string, number[]>();
  #people: Record<Who, Chatter> | undefined;
  #outside: Record<Who, Outside> | undefined;
  #isFaulty = false;

  constructor(schedule: Schedule, slot: Slot, options: PlayOptions) {
    this.#schedule = schedule;
    this.#slot = slot;
    this.#options = options;
    [this.#word = ''] = schedule.seed.split(':');
    this.#random = new Random(`${this.#word} played`);
  }

  async play(): Promise<Played> {
    await this.#timed('prepare', () => this.#prepare());
    if (this.#schedule.setup.greeted) await this.#timed('greet', () => this.#greet());
    this.#isFaulty = true;
    await this.#timed('acts', async () => {
      for (const act of this.#schedule.acts) await this.#act(act);
      await this.#encore();
    });
    this.#director.calm();
    this.#isFaulty = false;
    await this.#slot.allUp();
    for (const who of PEOPLE) await this.#person(who).up();
    await this.#timed('settle', () => this.#settle());
    if (this.#schedule.setup.cold) await this.#timed('cold', () => this.#openCold());
    const verdict = await this.#timed('judge', () => this.#judge());
    return { verdict, strikes: this.#director.strikes };
  }

  async #timed<T>(phase: string, act: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const result = await act();
    this.#options.log?.(`${phase}: ${Math.round(performance.now() - startedAt)} ms`);
    return result;
  }

  async close(): Promise<void> {
    this.#slot.guest = undefined;
    await Promise.all([...Object.values(this.#people ?? {}), ...this.#cold].map((person) => person.close()));
  }

  #person(who: Who): Chatter {
    if (this.#people === undefined) throw new Error('Nobody is there yet');
    return this.#people[who];
  }

  #other(who: Who): Outside {
    if (this.#outside === undefined) throw new Error('Nobody is there yet');
    return this.#outside[who];
  }

  async #prepare(): Promise<void> {
    const { info, freshUser } = this.#options;
    const { setup } = this.#schedule;
    const pool = setup.keywords ? 'user' : 'nokeyword';
    const users = { alice: await freshUser(pool), bob: await freshUser(pool) };
    this.#outside = {
      alice: new Outside('alice', info, users.alice, this.#random),
      bob: new Outside('bob', info, users.bob, this.#random),
    };
    const [outside, slot] = [this.#outside, this.#slot];
    await this.#timed('seed', () => Promise.all([outside.alice.seed(), outside.bob.seed()]));
    await this.#timed('engines', () => slot.prepare(setup));
    this.#slot.guest = {
      director: this.#director,
      addresses: { alice: users.alice.address, bob: users.bob.address },
      killWorker: (who) => this.#kill(who, this.#random.int(0, 500)),
      downMs: () => this.#random.int(0, 500),
      onSubmitted: (messageId) => {
        this.#submitted.set(messageId, [...(this.#submitted.get(messageId) ?? []), Date.now()]);
      },
    };
    this.#people = {
      alice: this.#newPerson('alice', users.alice, users.bob, 'first'),
      bob: this.#newPerson('bob', users.bob, users.alice, 'first'),
    };
    await Promise.all(
      PEOPLE.map(async (who) => {
        await this.#timed(`${who} opens`, () => this.#person(who).open());
        await this.#timed(`${who} consents`, () => this.#person(who).consent(setup.mode));
        await this.#other(who).seedOurs();
      }),
    );
  }

  #newPerson(who: Who, user: User, other: User, browser: string): Chatter {
    const { setup } = this.#schedule;
    const isFirst = browser === 'first';
    return this.#options.newChatter({
      who,
      user,
      other,
      browser,
      engineUrl: () => this.#slot.urlOf(who),
      skewMs: isFirst ? setup.skewMs[who] : 0,
      random: this.#random,
      director: () => (this.#isFaulty && isFirst ? this.#director : undefined),
      unplug: () => void this.#slot.relays[who].drop(),
    });
  }

  #kill(who: Who, downMs: number): void {
    const person = this.#person(who);
    person.kill();
    void person.openAgain(downMs);
  }

  async #say(who: Who, text: string): Promise<void> {
    this.#typed.push({ who, text });
    await this.#person(who).say(text);
  }

  /** Both know each other as people who chat. */
  async #greet(): Promise<void> {
    const [hello, answer] = [`${this.#word}-hi hello`, `${this.#word}-ho hello`];
    const sees = (who: Who, name: string) =>
      this.#person(who).until(
        () =>
          this.#person(who)
            .rows()
            .some((row) => row.text.startsWith(name) && row.provisional === undefined),
        `sees ${name}`,
      );
    await this.#say('alice', hello);
    await sees('bob', hello);
    await this.#person('bob').accept();
    await this.#say('bob', answer);
    await sees('alice', answer);
    await this.#person('alice').accept();
  }

  async #act(act: Act): Promise<void> {
    this.#options.log?.(JSON.stringify(act).slice(0, 160));
    const { relays } = this.#slot;
    switch (act.kind) {
      case 'say':
        return this.#say(act.who, act.text);
      case 'burst':
        for (const text of act.texts) {
          await this.#say(act.who, text);
          await pause(BURST_GAP_MS);
        }
        return undefined;
      case 'both':
        await Promise.all([this.#say('alice', act.alice), this.#say('bob', act.bob)]);
        return undefined;
      case 'read':
        return this.#person(act.who).read();
      case 'other':
        await this.#other(act.who).do(act.deed);
        return undefined;
      case 'arm':
        return this.#director.arm(act.fault);
      case 'drop': {
        const dropped = act.link === 'web' ? relays[act.who].drop() : relays[act.link].drop(act.who);
        if (dropped > 0) this.#struck('link-drop', act.who, 'cut');
        return undefined;
      }
      case 'crash-worker':
        this.#struck('worker-restart', act.who, 'kill-worker');
        return this.#kill(act.who, act.downMs);
      case 'crash-engine':
        this.#struck('engine-restart', undefined, 'kill-engine');
        for (const who of PEOPLE) this.#slot.killEngine(who, act.downMs);
        return undefined;
      case 'upgrade-worker':
        return this.#upgrade(act);
      case 'upgrade-engine':
        for (const who of PEOPLE) await this.#slot.upgradeEngine(who);
        return undefined;
      case 'leave':
        await this.#person(act.who).leave();
        void this.#person(act.who).openAgain(act.downMs);
        return undefined;
      case 'move-engine':
        return this.#slot.moveEngine(act.who);
      case 'pause':
        await pause(act.ms);
        return undefined;
      default:
        return act satisfies never;
    }
  }

  #struck(
    step: 'link-drop' | 'worker-restart' | 'engine-restart',
    who: Who | undefined,
    kind: 'cut' | 'kill-worker' | 'kill-engine',
  ) {
    this.#director.note({ step, effect: { kind }, who, skip: 0 });
  }

  /** A newer worker takes over; meanwhile what is armed for it happens. */
  async #upgrade({ who, text, isOffline }: Extract<Act, { readonly kind: 'upgrade-worker' }>): Promise<void> {
    const person = this.#person(who);
    const relay = this.#slot.relays[who];
    await person.up();
    const effect = this.#director.at({ step: 'upgrade', who });
    this.#typed.push({ who, text });
    if (isOffline) relay.down();
    const taking = person.upgrade(text).catch((error: Error) => this.#options.log?.(error.message));
    await pause(this.#random.int(0, 400));
    if (effect?.kind === 'kill-worker') this.#kill(who, this.#random.int(0, 300));
    if (effect?.kind === 'kill-engine') this.#slot.killEngine(who, this.#random.int(0, 300));
    if (effect?.kind === 'cut') relay.drop();
    await pause(this.#random.int(0, 600));
    await (isOffline ? Promise.race([taking, pause(OFFLINE_MS)]) : undefined);
    relay.up();
    await taking;
  }

  /** A schedule whose faults did not strike gets plain ones. */
  async #encore(): Promise<void> {
    for (let round = 1; this.#director.strikes.length < MIN_STRIKES; round += 1) {
      const who = this.#random.pick(PEOPLE);
      const person = this.#person(who);
      await person.up();
      await person.until(() => person.isOnline, 'is online');
      await this.#act({ kind: 'drop', link: 'web', who });
      await this.#say(who, `${this.#word}-e${round} encore`);
    }
  }

  #names(): ReadonlySet<string> {
    return new Set(this.#typed.map(({ text }) => nameOf(text)));
  }

  /** Waits until nothing moves any more. What never comes is the judge's business. */
  async #settle(): Promise<void> {
    const names = this.#names();
    const settled = PEOPLE.map((who) =>
      this.#person(who)
        .until(() => this.#person(who).isSettled(names), 'has all lines', SETTLE_MS)
        .catch((error: Error) => this.#options.log?.(error.message)),
    );
    await Promise.all(settled);
  }

  async #openCold(): Promise<void> {
    const { alice, bob } = { alice: this.#person('alice').user, bob: this.#person('bob').user };
    this.#cold.push(this.#newPerson('alice', alice, bob, 'cold'), this.#newPerson('bob', bob, alice, 'cold'));
    // Lines that went out nowhere are no browser's but the writer's own.
    const names = new Set(
      this.#person('alice')
        .rows()
        .concat(this.#person('bob').rows())
        .flatMap(({ text, place }) => (place === undefined ? [] : [nameOf(text)])),
    );
    await Promise.all(
      this.#cold.map(async (person) => {
        await person.open();
        // A copy says pending until somebody has looked after it.
        const isThere = () => person.isSettled(names);
        await person.until(isThere, 'reads all from the mailbox', COLD_MS).catch((error: Error) => {
          this.#options.log?.(error.message);
        });
      }),
    );
  }

  /** What stays wrong is wrong. Filing may still move a line, and waits for the lease of an engine that died. */
  async #judge(): Promise<Verdict> {
    let [said, since] = ['', Date.now()];
    for (;;) {
      const verdict = judge(await this.#ending());
      const left = verdict.findings.filter((words) => !/^(?:unknown|repeated):/.test(words));
      if (left.length === 0) return verdict;
      // A line that is moved just then is seen in neither mailbox.
      if (left.join('\n') !== said) [said, since] = [left.join('\n'), Date.now()];
      const patience = left.every((words) => words.startsWith('misfiled:')) ? FILING_MS : SECOND_LOOK_MS;
      if (Date.now() - since > patience) return verdict;
      await pause(LOOK_AGAIN_MS);
    }
  }

  async #ending() {
    const addresses = { alice: this.#person('alice').user.address, bob: this.#person('bob').user.address };
    const ours = new Set(Object.values(addresses));
    const deliveries = (await this.#options.deliveries()).filter(({ recipient }) => ours.has(recipient));
    return {
      typed: this.#typed,
      screens: [...PEOPLE.map((who) => this.#person(who)), ...this.#cold].map((person) => person.screen()),
      mailboxes: { alice: await this.#other('alice').mails(), bob: await this.#other('bob').mails() },
      addresses,
      chatsMailbox: this.#schedule.setup.mode === 'active' ? this.#other('alice').chatsMailbox : undefined,
      deliveries,
      untouched: { alice: await this.#other('alice').comparison(), bob: await this.#other('bob').comparison() },
      mayRepeat: this.#mayRepeat(),
    };
  }

  /**
   * What went out again only when the wait for a witness was over. One engine sees both mailboxes, so that there always
   * is a witness; of two, each sees one.
   */
  #mayRepeat(): ReadonlySet<string> {
    if (this.#schedule.setup.engines === 1) return new Set();
    return new Set(
      [...this.#submitted].flatMap(([messageId, [first = 0, second = 0]]) =>
        second - first >= UNKNOWN_WAIT_MS ? [messageId] : [],
      ),
    );
  }
}

/** Words for whoever reads a failing schedule. */
export function describe(schedule: Schedule): string {
  const { setup, acts, seed } = schedule;
  return [
    `seed ${seed}`,
    `setup ${JSON.stringify(setup)}`,
    `${linesOf(schedule).length} lines, ${acts.length} acts`,
  ].join('; ');
}
