/**
 * Cuts connections the way networks do: a TCP relay for IMAP that can be cut and kept down, and an SMTP relay that
 * can lose the connection around the final dot. Both pass everything on until told otherwise.
 *
 * The SMTP relay answers STARTTLS itself with the stack's certificate, because it has to see the dot.
 */
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { type Effect, type Moment, plainReader, type Relay, SmtpSteps, startRelay } from '@coi-webmail/test-support';
import type { Certificate } from './certificate.ts';

/** `reply-lost`: the server got the dot, its answer never arrives. `dot-lost`: the server never got the dot. */
export type DotFault = 'reply-lost' | 'dot-lost';

export interface TcpFault {
  readonly port: number;
  /** Drops every connection; while down, new ones are dropped at once. */
  cut(): void;
  restore(): void;
  stop(): Promise<void>;
}

export interface SmtpFault extends TcpFault {
  /** The next `times` messages meet this fault. */
  failNext(fault: DotFault, times?: number): void;
  /** Chooses a fault for each message from now on; undefined lets it pass. */
  choose(pick: (() => DotFault | undefined) | undefined): void;
}

const CUT: Effect = { kind: 'cut' };
const NOBODY = () => undefined;

function asFault({ port, down, up, stop }: Relay): TcpFault {
  return { port, cut: down, restore: up, stop };
}

export async function startImapFault(port: number, upstreamPort: number): Promise<TcpFault> {
  const upstream = () => upstreamPort;
  return asFault(
    await startRelay({ port, upstreamPort: upstream, reader: plainReader, director: NOBODY, whoOf: NOBODY }),
  );
}

/** Decides about each message when its dot is about to pass. */
class DotDirector {
  readonly #pick: () => DotFault | undefined;
  /** Messages whose reply is to be lost. */
  readonly #doomed = new Set<string | undefined>();

  constructor(pick: () => DotFault | undefined) {
    this.#pick = pick;
  }

  at({ step, messageId }: Moment): Effect | undefined {
    if (step === 'smtp-after-dot') return this.#doomed.delete(messageId) ? CUT : undefined;
    if (step !== 'smtp-before-dot') return undefined;
    const fault = this.#pick();
    if (fault === 'reply-lost') this.#doomed.add(messageId);
    return fault === 'dot-lost' ? CUT : undefined;
  }
}

export async function startSmtpFault(port: number, upstreamPort: number, certificate: Certificate): Promise<SmtpFault> {
  const [cert, key] = await Promise.all([readFile(certificate.certFile), readFile(certificate.keyFile)]);
  const queued: DotFault[] = [];
  let chooser: (() => DotFault | undefined) | undefined;
  const director = new DotDirector(() => queued.shift() ?? chooser?.());
  const relay = await startRelay({
    port,
    upstreamPort: () => upstreamPort,
    reader: () => new SmtpSteps(),
    director: () => director,
    whoOf: NOBODY,
    context: createSecureContext({ cert, key }),
  });
  return {
    ...asFault(relay),
    failNext: (fault, times = 1) => void queued.push(...Array.from({ length: times }, () => fault)),
    choose: (next) => {
      chooser = next;
    },
  };
}
