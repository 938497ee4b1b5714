/** The IMAP server of a stack with all that it needs: starting, ending and starting it again. */
import type { Certificate } from './certificate.ts';
import { startCyrus } from './cyrus.ts';
import { startDovecot, writeNoKeywordAcl } from './dovecot.ts';
import { ImapLine } from './imap-line.ts';
import type { ImapServerName } from './imap-server.ts';
import { startLesserRelay } from './lesser-relay.ts';
import { startPasswordCheck } from './password-check.ts';
import type { SaslOptions } from './postfix.ts';
import type { ServerProcess } from './process.ts';
import { DEMO_USERS, everyPassword, writePasswdFile } from './users.ts';

/** What `dovecot-bare` lacks. */
export const BARE_HIDES: readonly string[] = (
  'MOVE UIDPLUS CONDSTORE QRESYNC NOTIFY IDLE SPECIAL-USE LITERAL+ LITERAL- ESEARCH LIST-EXTENDED LIST-STATUS ' +
  'UNSELECT BINARY SEARCHRES PREVIEW SAVEDATE CATENATE WITHIN MULTIAPPEND CONTEXT ESORT SORT THREAD STATUS ' +
  'URL-PARTIAL I18NLEVEL ENABLE METADATA'
).split(' ');

export interface MailServerOptions {
  readonly name: ImapServerName;
  readonly runDir: string;
  readonly socketDir: string;
  readonly certificate: Certificate;
  readonly imapPort: number;
  readonly imapsPort: number;
  readonly lmtpPort: number;
  /** Where the server itself listens when a relay has the other ports. */
  readonly hiddenImapPort: number;
  readonly hiddenImapsPort: number;
  /** A configuration file for Dovecot to include. */
  readonly include?: string | undefined;
}

export interface MailServer {
  /** How Postfix checks logins; works while the server is down, too, where the server has no part in it. */
  readonly sasl: SaslOptions;
  start(): Promise<void>;
  /** Ends the server; connections break. */
  stop(): Promise<void>;
  /** Ends what stands beside the server, too. */
  end(): Promise<void>;
}

/** Does not start it. */
export function makeMailServer(options: MailServerOptions): Promise<MailServer> {
  return options.name === 'cyrus' ? makeCyrus(options) : makeDovecot(options);
}

async function makeDovecot(options: MailServerOptions): Promise<MailServer> {
  const { runDir, socketDir, certificate, lmtpPort, include } = options;
  const [passwdFile, aclFile] = [`${runDir}/passwd`, `${runDir}/no-keyword.acl`];
  await writeNoKeywordAcl(aclFile);
  await writePasswdFile(passwdFile, `${runDir}/mail`, aclFile);
  const isBare = options.name === 'dovecot-bare';
  const relays = isBare ? await startBareRelays(options) : [];
  const imapPort = isBare ? options.hiddenImapPort : options.imapPort;
  const imapsPort = isBare ? options.hiddenImapsPort : options.imapsPort;
  const start = () =>
    startDovecot({ runDir, socketDir, certificate, passwdFile, imapPort, imapsPort, lmtpPort, include });
  return { sasl: { type: 'dovecot', socket: `${socketDir}/sasl` }, ...control(start, relays) };
}

function startBareRelays(options: MailServerOptions) {
  const shared = {
    upstreamPort: options.hiddenImapPort,
    hidden: BARE_HIDES,
    keywords: false,
    certificate: options.certificate,
  };
  return Promise.all([
    startLesserRelay({ ...shared, port: options.imapPort }),
    startLesserRelay({ ...shared, port: options.imapsPort, isTls: true }),
  ]);
}

async function makeCyrus(options: MailServerOptions): Promise<MailServer> {
  const passwordSocket = `${options.socketDir}/passwords`;
  const check = await startPasswordCheck(passwordSocket, everyPassword());
  const start = async () => {
    const cyrus = await startCyrus({ ...options, passwordSocket });
    for (const user of Object.values(DEMO_USERS)) await (await ImapLine.login(options.imapPort, user)).logout();
    return cyrus;
  };
  return { sasl: { type: 'cyrus', socket: passwordSocket }, ...control(start, [check]) };
}

function control(
  launch: () => Promise<ServerProcess>,
  beside: readonly { stop(): Promise<void> }[],
): Pick<MailServer, 'start' | 'stop' | 'end'> {
  let server: ServerProcess | undefined;
  const stop = async () => {
    await server?.stop();
    server = undefined;
  };
  return {
    start: async () => {
      server ??= await launch();
    },
    stop,
    end: async () => {
      await stop();
      for (const one of beside) await one.stop();
    },
  };
}
