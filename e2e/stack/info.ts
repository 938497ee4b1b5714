/**
 * What a running stack says about itself, as one JSON object, and how another process works with it.
 *
 * Test processes get it in the environment variable COI_STACK.
 */
import type { DotFault } from './fault.ts';
import { freshUser } from './fresh-user.ts';
import type { ImapServerName, Namespace } from './imap-server.ts';
import type { Delivery } from './sink.ts';
import { type ImapCommand, imapTrace, startImapTrace } from './trace.ts';
import type { Pool, User } from './users.ts';

export interface StackInfo {
  readonly runDir: string;
  readonly imap: Namespace & { readonly server: ImapServerName };
  readonly domain: string;
  /** A second domain of the mail server that the engine's issuer does not vouch for. */
  readonly otherDomain: string;
  readonly host: string;
  /** Clients verify IMAP and SMTP against it, under the name `servername`. */
  readonly caFile: string;
  readonly servername: string;
  readonly ports: {
    /** Plain and STARTTLS. */
    readonly imap: number;
    readonly imaps: number;
    readonly lmtp: number;
    readonly sink: number;
    /** Mail from outside, no AUTH. */
    readonly inject: number;
    /** STARTTLS and AUTH. */
    readonly submission: number;
    readonly imapFault: number;
    readonly imapsFault: number;
    readonly submissionFault: number;
    readonly web: number;
    readonly stockWeb: number;
    readonly engine: number;
    /** Where the engine takes delivery events, when Dovecot sends them. */
    readonly delivery: number;
    readonly control: number;
    /** Where the server itself listens, where a relay has `imap` and `imaps`. */
    readonly hiddenImap: number;
    readonly hiddenImaps: number;
  };
  readonly urls: {
    readonly webmail: string | undefined;
    readonly stockWebmail: string | undefined;
    readonly engine: string;
    readonly engineByProxy: string | undefined;
    /** The standalone page, by the proxy where there is one. */
    readonly app: string;
    readonly control: string;
  };
  readonly ticket: {
    readonly issuer: string;
    /** base64 of 32 bytes. */
    readonly secret: string;
  };
  readonly users: Readonly<Record<'alice' | 'bob' | 'carol' | 'dave' | 'erin', User>>;
  /** Password of every account that `freshUser` hands out. */
  readonly poolPassword: string;
}

/** A stack that another process runs. */
export interface AttachedStack {
  readonly info: StackInfo;
  freshUser(pool?: Pool): Promise<User>;
  startImapTrace(address: string): Promise<void>;
  imapTrace(address: string): Promise<readonly ImapCommand[]>;
  sinkCounts(): Promise<readonly Delivery[]>;
  /** Faults of the relays on `imapFault`, `imapsFault` and `submissionFault`; they touch everyone who uses them. */
  cutImap(): Promise<void>;
  restoreImap(): Promise<void>;
  failNextSubmission(fault: DotFault, times?: number): Promise<void>;
}

async function control(info: StackInfo, method: string, path: string): Promise<unknown> {
  const response = await fetch(new URL(path, info.urls.control), { method });
  if (!response.ok) throw new Error(`The stack refused ${method} ${path} with ${response.status}`);
  return response.json();
}

/** @throws Error when COI_STACK is not set */
export function attachStack(json = process.env['COI_STACK']): AttachedStack {
  if (json === undefined || json === '') throw new Error('COI_STACK is not set: start a stack with npm run stack');
  const info = JSON.parse(json) as StackInfo;
  return {
    info,
    freshUser: (pool) => freshUser(info, pool),
    startImapTrace: (address) => startImapTrace(info, address),
    imapTrace: (address) => imapTrace(info, address),
    sinkCounts: async () => (await control(info, 'GET', 'sink')) as Delivery[],
    cutImap: async () => void (await control(info, 'POST', 'imap/cut')),
    restoreImap: async () => void (await control(info, 'POST', 'imap/restore')),
    failNextSubmission: async (fault, times = 1) =>
      void (await control(info, 'POST', `submission/${fault}?times=${times}`)),
  };
}
