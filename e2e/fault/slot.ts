/**
 * A place where schedules run one after the other: one or two engines that share a Store, and relays between them, the
 * mail servers and two browsers. Everything that a fault touches belongs to one schedule at a time.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import {
  type Director,
  ImapSteps,
  type Person,
  type Relay,
  type Setup,
  SmtpSteps,
  startRelay,
  WebSteps,
} from '@coi-webmail/test-support';
import { ROOT } from '@coi-webmail/tooling';
import { writeEngineConfig } from '../stack/engine.ts';
import type { StackInfo } from '../stack/info.ts';
import { freePort, HOST, isListening } from '../stack/port.ts';
import { type ServerProcess, startServer } from '../stack/process.ts';

const SKEW = pathToFileURL(join(import.meta.dirname, 'clock-skew.ts')).href;
/** Short, so that a line in doubt does not hold up a run; longer than evidence takes. */
export const UNKNOWN_WAIT_MS = 8_000;
const MAX_NEARBY = 100;

export interface SlotOptions {
  readonly info: StackInfo;
  readonly engineFile: string;
  readonly name: string;
}

interface EngineSeat {
  readonly port: number;
  process: ServerProcess | undefined;
  starting: Promise<void> | undefined;
}

/** What a schedule has with it. */
export interface Guest {
  readonly director: Director;
  readonly addresses: Readonly<Record<Person, string>>;
  killWorker(who: Person): void;
  /** How long an engine stays down that a fault killed. */
  downMs(): number;
  /** The final dot of a message passes to the server. */
  onSubmitted(messageId: string): void;
}

export class Slot {
  guest: Guest | undefined;
  readonly #options: SlotOptions;
  readonly #seats: EngineSeat[] = [];
  readonly #places: Record<Person, number> = { alice: 0, bob: 0 };
  #relays: Readonly<Record<'imap' | 'smtp' | Person, Relay>> | undefined;
  #setup: string | undefined;
  #skewMs = 0;
  #looks = false;
  #isClosed = false;

  private constructor(options: SlotOptions) {
    this.#options = options;
  }

  static async open(options: SlotOptions): Promise<Slot> {
    const slot = new Slot(options);
    await slot.#open();
    return slot;
  }

  get relays(): Readonly<Record<'imap' | 'smtp' | Person, Relay>> {
    if (this.#relays === undefined) throw new Error('The slot is not open');
    return this.#relays;
  }

  /** Base URL of the engine as this person's browser reaches it. */
  urlOf(who: Person): string {
    return `http://${HOST}:${this.relays[who].port}/coi/`;
  }

  /** Engines as the schedule wants them; those of the schedule before stay, if they fit. */
  async prepare(setup: Setup): Promise<void> {
    const wanted = JSON.stringify([setup.engines, setup.looks, setup.skewMs.engine]);
    this.#places.alice = 0;
    this.#places.bob = setup.engines - 1;
    if (wanted !== this.#setup) {
      await this.#stopEngines();
      this.#setup = wanted;
      this.#skewMs = setup.skewMs.engine;
      this.#looks = setup.looks;
      while (this.#seats.length < setup.engines) {
        this.#seats.push({ port: await freePort(), process: undefined, starting: undefined });
      }
      this.#seats.length = setup.engines;
    }
    await this.allUp();
  }

  /** Starts what is down. */
  async allUp(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => this.#start(seat)));
  }

  /** SIGKILL to the engine that serves this person; it is started again by itself. */
  killEngine(who: Person, downMs: number): void {
    const seat = this.#seats[this.#places[who]];
    const engine = seat?.process;
    if (seat === undefined || engine === undefined) return;
    seat.process = undefined;
    engine.kill('SIGKILL');
    seat.starting = engine.exited.then(() => pause(downMs)).then(() => this.#launch(seat));
    seat.starting.catch(() => undefined);
  }

  /** Drained, then started again. */
  async upgradeEngine(who: Person): Promise<void> {
    const seat = this.#seats[this.#places[who]];
    const engine = seat?.process;
    if (seat === undefined || engine === undefined) return;
    seat.process = undefined;
    seat.starting = engine.stop().then(() => this.#launch(seat));
    await seat.starting;
  }

  /** The person's browser reaches the other engine from now on. */
  moveEngine(who: Person): void {
    this.#places[who] = (this.#places[who] + 1) % Math.max(1, this.#seats.length);
    this.relays[who].drop();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stopEngines();
    await Promise.all(Object.values(this.relays).map((relay) => relay.stop()));
  }

  async #open(): Promise<void> {
    const { info } = this.#options;
    const context = await this.#context();
    const director = () => this.guest?.director;
    const whoOf = (login: string | undefined): Person | undefined => {
      const addresses = this.guest?.addresses;
      return login === addresses?.alice ? 'alice' : login === addresses?.bob ? 'bob' : undefined;
    };
    const kill = (what: 'engine' | 'worker', who: Person | undefined) => {
      if (what === 'engine') this.killEngine(who ?? 'alice', this.guest?.downMs() ?? 0);
      else if (who !== undefined) this.guest?.killWorker(who);
    };
    const browser = (who: Person) =>
      startRelay({
        upstreamPort: () => this.#seats[this.#places[who]]?.port ?? 1,
        reader: () => new WebSteps(),
        director,
        whoOf: () => who,
        kill,
      });
    const mail = { director, whoOf, kill, context };
    this.#relays = {
      imap: await startRelay({ ...mail, upstreamPort: () => info.ports.imap, reader: () => new ImapSteps() }),
      smtp: await startRelay({
        ...mail,
        upstreamPort: () => info.ports.submission,
        reader: () => new SmtpSteps((messageId) => this.guest?.onSubmitted(messageId)),
      }),
      alice: await browser('alice'),
      bob: await browser('bob'),
    };
  }

  async #context(): Promise<SecureContext> {
    const folder = this.#options.info.runDir;
    const [cert, key] = await Promise.all([readFile(join(folder, 'server.pem')), readFile(join(folder, 'server.key'))]);
    return createSecureContext({ cert, key });
  }

  async #start(seat: EngineSeat): Promise<void> {
    if (seat.process === undefined) seat.starting ??= this.#launch(seat);
    await seat.starting;
  }

  async #launch(seat: EngineSeat): Promise<void> {
    if (this.#isClosed) return;
    const { info, engineFile, name } = this.#options;
    const { relays } = this;
    const configFile = await writeEngineConfig({
      runDir: info.runDir,
      port: seat.port,
      publicOrigins: [relays.alice, relays.bob].map(({ port }) => `http://${HOST}:${port}`),
      caFile: info.caFile,
      imapPort: relays.imap.port,
      smtpPort: relays.smtp.port,
      webmailImapPort: info.ports.imap,
      overrides: {
        appFolder: join(ROOT, 'build/app'),
        storeFile: join(info.runDir, `${name}.sqlite`),
        unknownWaitMs: UNKNOWN_WAIT_MS,
        maxNearbyAccounts: this.#looks ? MAX_NEARBY : 0,
      },
    });
    seat.process = await startServer({
      name: `engine of ${name} on port ${seat.port}`,
      command: process.execPath,
      args: [`--import=${SKEW}`, engineFile, '--config', configFile],
      env: { COI_CLOCK_SKEW_MS: String(this.#skewMs) },
      logFile: join(info.runDir, 'log', `${name}-${seat.port}.log`),
      isReady: () => isListening(seat.port),
    });
    seat.starting = undefined;
    if (this.#isClosed) await seat.process.stop();
  }

  async #stopEngines(): Promise<void> {
    await Promise.all(
      this.#seats.map(async (seat) => {
        await seat.starting?.catch(() => undefined);
        // Nobody needs it any more: there is nothing to drain.
        seat.process?.kill('SIGKILL');
        await seat.process?.stop();
        seat.process = undefined;
        seat.starting = undefined;
      }),
    );
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
