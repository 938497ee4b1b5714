/**
 * A whole mail service with webmail on loopback: Dovecot or Cyrus, Postfix, the counting sink, Roundcube twice (with our
 * plugin, and stock), and the engine. Several run side by side; each leaves nothing running when it stops.
 *
 * Must run as root: mail users have uids of their own.
 */
import { randomBytes } from 'node:crypto';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCertificate } from './certificate.ts';
import { chosenServer } from './chosen-server.ts';
import { startControl } from './control.ts';
import { installDeliveryEvents } from './delivery-events.ts';
import { type Engine, type EngineOptions, ISSUER, startEngine, writeEngineConfig } from './engine.ts';
import { type SmtpFault, startImapFault, startSmtpFault, type TcpFault } from './fault.ts';
import { isPublicPath, lockRunFolder, makeRunFolder, makeSocketFolder, removeRunFolder } from './folder.ts';
import { freshUser } from './fresh-user.ts';
import { type ImapServerName, namespaceOf } from './imap-server.ts';
import type { StackInfo } from './info.ts';
import { type MailServer, makeMailServer } from './mail-server.ts';
import { type NginxSite, startNginx } from './nginx.ts';
import { startPhp } from './php.ts';
import { freePort, HOST, until } from './port.ts';
import { startPostfix } from './postfix.ts';
import { makeRoundcube, writePluginConfig } from './roundcube.ts';
import { type Sink, startSink } from './sink.ts';
import { type ImapCommand, imapTrace, startImapTrace } from './trace.ts';
import { DEMO_USERS, DOMAIN, OTHER_DOMAIN, type Pool, POOL_PASSWORD, type User, writeMailboxMap } from './users.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** Made anew at each start; */
const REBUILT = ['roundcube', 'roundcube-stock', 'trace', 'postfix', 'dovecot'];
/** kept by `keepMail`: mail, who has been handed out, sessions, preferences of webmail users. */
const KEPT = ['mail', 'cyrus', 'fresh', 'webmail', 'engine.sqlite', 'engine.sqlite-wal', 'engine.sqlite-shm'];
const STOCK_PLUGINS = ['archive', 'markasjunk', 'newmail_notifier'];

export interface StackOptions {
  /** Names the run folder under `.run`, which is then kept; default `stack-<pid>-<number>`, removed at the stop. */
  readonly name?: string;
  /** Another place for the run folder. */
  readonly runDir?: string;
  /** Default the one that the environment chooses (`chosen-server.ts`). */
  readonly imap?: ImapServerName;
  /** nginx, php-fpm and Roundcube; default true. */
  readonly webmail?: boolean;
  /** Starts one engine; default true. Needs `webmail` only for its proxy. */
  readonly engine?: boolean;
  /** A login may send as itself only; default true. */
  readonly senderLoginMaps?: boolean;
  /** Recipients that Postfix takes in one transaction; default 1,000. */
  readonly recipientLimit?: number;
  /** The engine reaches IMAP and SMTP through the fault relays; default false. */
  readonly faults?: boolean;
  /** Dovecot tells the engine on port `engine` of mail as it arrives; default false. */
  readonly deliveryEvents?: boolean;
  /** Plugins of the first site; default our own plugin and the stock ones. */
  readonly plugins?: readonly string[];
  /** Merged over the top level of the engine's configuration. */
  readonly engineConfig?: Readonly<Record<string, unknown>>;
  /** Fixed ports instead of free ones. */
  readonly ports?: Partial<Readonly<Record<PortName, number>>>;
  /** Goes on with the mail, preferences and ports of an earlier run in the same folder; default false. */
  readonly keepMail?: boolean;
}

const PORT_NAMES = [
  ...(['imap', 'imaps', 'lmtp', 'sink', 'inject', 'submission', 'imapFault', 'imapsFault', 'submissionFault'] as const),
  ...(['web', 'stockWeb', 'engine', 'delivery', 'control', 'hiddenImap', 'hiddenImaps'] as const),
];
type PortName = (typeof PORT_NAMES)[number];

export interface Stack {
  readonly info: StackInfo;
  readonly sink: Sink;
  readonly faults: { readonly imap: TcpFault; readonly imaps: TcpFault; readonly submission: SmtpFault };
  /** The engines that run now, first started first. */
  engines(): readonly Engine[];
  /** Starts one more engine on the same Store; on a free port unless named. It does not get the proxy's traffic. */
  startEngine(options?: {
    readonly port?: number;
    readonly config?: Readonly<Record<string, unknown>>;
    /** Environment variables besides those of this process. */
    readonly env?: Readonly<Record<string, string>>;
  }): Promise<Engine>;
  /** Points the webmail's proxy and plugin at another engine. */
  setEnginePort(port: number): Promise<void>;
  freshUser(pool?: Pool): Promise<User>;
  startImapTrace(address: string): Promise<void>;
  imapTrace(address: string): Promise<readonly ImapCommand[]>;
  /** Ends the IMAP server; connections break. */
  stopImap(): Promise<void>;
  startImap(): Promise<void>;
  stop(): Promise<void>;
}

/** Fixed ports, else those of the earlier run while they are free, else free ones. */
async function choosePorts(fixed: StackOptions['ports'], earlier: StackInfo['ports'] | undefined) {
  const ports = {} as Record<PortName, number>;
  for (const name of PORT_NAMES) ports[name] = fixed?.[name] ?? (await freePort(earlier?.[name]));
  return ports;
}

/** What a stack in this folder said of itself when it last ran. */
async function readInfo(runDir: string): Promise<StackInfo | undefined> {
  const text = await readFile(join(runDir, 'stack.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as StackInfo);
}

/** A secret file that survives restarts in the same folder. @returns its base64 text */
async function secretFile(file: string): Promise<string> {
  const existing = await readFile(file, 'utf8').catch(() => undefined);
  if (existing !== undefined) return existing.trim();
  const secret = randomBytes(32).toString('base64');
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** Pages run without root's rights where they can read the plugin all the same. */
async function pageOwner(): Promise<{ readonly name: string; readonly uid: number; readonly gid: number }> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith('www-data:'));
  if (line === undefined || !(await isPublicPath(REPOSITORY))) return { name: 'root', uid: 0, gid: 0 };
  const [, , uid, gid] = line.split(':');
  return { name: 'www-data', uid: Number(uid), gid: Number(gid) };
}

let started = 0;

/** @throws Error with the end of a server's log when it does not come up; nothing is left running then */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  if (process.getuid?.() !== 0)
    throw new Error('The stack must run as root, because mail users have uids of their own');
  started += 1;
  const name = options.name ?? `stack-${process.pid}-${started}`;
  const wanted = resolve(options.runDir ?? join(REPOSITORY, '.run', name));
  const isKept = options.name !== undefined || options.runDir !== undefined || process.env['COI_KEEP'] === '1';
  const runDir = await makeRunFolder(wanted);
  await lockRunFolder(runDir);
  const socketDir = await makeSocketFolder(runDir);
  const stops: (() => Promise<void>)[] = [
    async () => {
      await rm(socketDir, { recursive: true, force: true });
      await rm(join(runDir, 'stack.pid'), { force: true });
      if (!isKept) await removeRunFolder(wanted);
    },
  ];
  const stop = async () => {
    for (let end = stops.pop(); end !== undefined; end = stops.pop()) await end();
  };
  try {
    return await bringUp(options, runDir, socketDir, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUp(
  options: StackOptions,
  runDir: string,
  socketDir: string,
  stops: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<Stack> {
  const path = (name: string) => join(runDir, name);
  const earlier = options.keepMail === true ? await readInfo(runDir) : undefined;
  for (const name of earlier === undefined ? [...REBUILT, ...KEPT] : REBUILT) {
    await rm(path(name), { recursive: true, force: true });
  }
  const ports = await choosePorts(options.ports, earlier?.ports);
  const certificate = await makeCertificate(runDir);
  const mailboxMap = path('mailboxes');
  await writeMailboxMap(mailboxMap);
  const secret = await secretFile(path('ticket.secret'));
  await secretFile(path('storage.secret'));

  const keep = <T extends { stop(): Promise<void> }>(server: T): T => {
    stops.push(() => server.stop());
    return server;
  };
  const origins = [`http://${HOST}:${ports.web}`, `http://localhost:${ports.web}`];
  const engineOptions = (port: number, config?: Readonly<Record<string, unknown>>): EngineOptions => ({
    runDir,
    port,
    publicOrigins: origins,
    caFile: certificate.caFile,
    imapPort: options.faults === true ? ports.imapFault : ports.imap,
    webmailImapPort: ports.imap,
    smtpPort: options.faults === true ? ports.submissionFault : ports.submission,
    deliveryPort: options.deliveryEvents === true && port === ports.engine ? ports.delivery : undefined,
    overrides: { ...options.engineConfig, ...config },
  });
  let include: string | undefined;
  if (options.deliveryEvents === true) {
    await secretFile(path('delivery.key'));
    include = await installDeliveryEvents(await writeEngineConfig(engineOptions(ports.engine)), path('delivery'));
  }
  const imap = options.imap ?? chosenServer();
  const mailServer: MailServer = await makeMailServer({
    name: imap,
    runDir,
    socketDir,
    certificate,
    imapPort: ports.imap,
    imapsPort: ports.imaps,
    lmtpPort: ports.lmtp,
    hiddenImapPort: ports.hiddenImap,
    hiddenImapsPort: ports.hiddenImaps,
    include,
  });
  stops.push(() => mailServer.end());
  await mailServer.start();
  const sink = keep(await startSink(ports.sink, ports.lmtp));
  await startPostfix({
    runDir,
    certificate,
    mailboxMap,
    sasl: mailServer.sasl,
    deliveryPort: ports.sink,
    injectPort: ports.inject,
    submissionPort: ports.submission,
    senderLoginMaps: options.senderLoginMaps ?? true,
    recipientLimit: options.recipientLimit ?? 1_000,
  }).then(keep);
  const faults = {
    imap: keep(await startImapFault(ports.imapFault, ports.imap)),
    imaps: keep(await startImapFault(ports.imapsFault, ports.imaps)),
    submission: keep(await startSmtpFault(ports.submissionFault, ports.submission, certificate)),
  };

  const engines: Engine[] = [];
  const launchEngine: Stack['startEngine'] = async ({ port, config, env } = {}) => {
    const engine = await startEngine({ ...engineOptions(port ?? (await freePort()), config), env });
    engines.push(engine);
    stops.push(() => engine.stop());
    void engine.exited.then(() => engines.splice(engines.indexOf(engine), 1));
    return engine;
  };
  if (options.engine ?? true) await launchEngine({ port: ports.engine });
  const setEnginePort =
    (options.webmail ?? true) ? await startWebmail(options, runDir, socketDir, ports, secret, keep) : undefined;

  const info = describe(runDir, imap, certificate.caFile, ports, secret, setEnginePort !== undefined);
  const stack: Stack = {
    info,
    sink,
    faults,
    engines: () => [...engines],
    startEngine: launchEngine,
    setEnginePort: async (port) => setEnginePort?.(port),
    freshUser: (pool) => freshUser(info, pool),
    startImapTrace: (address) => startImapTrace(info, address),
    imapTrace: (address) => imapTrace(info, address),
    stopImap: () => mailServer.stop(),
    startImap: () => mailServer.start(),
    stop,
  };
  keep(await startControl(ports.control, stack));
  await writeFile(path('stack.json'), `${JSON.stringify(info, null, 2)}\n`);
  await chmod(path('stack.json'), 0o600);
  return stack;
}

/** @returns what points the webmail at another engine */
async function startWebmail(
  options: StackOptions,
  runDir: string,
  socketDir: string,
  ports: Readonly<Record<PortName, number>>,
  secret: string,
  keep: <T extends { stop(): Promise<void> }>(server: T) => T,
): Promise<(port: number) => Promise<void>> {
  const owner = await pageOwner();
  const withPlugin = join(runDir, 'roundcube');
  const stock = join(runDir, 'roundcube-stock');
  const shared = {
    imapPort: ports.imap,
    submissionPort: ports.submission,
    owner,
    stateFolder: join(runDir, 'webmail'),
    desKey: (await secretFile(join(runDir, 'webmail.key'))).slice(0, 24),
  };
  await makeRoundcube({
    ...shared,
    folder: withPlugin,
    webPort: ports.web,
    plugins: options.plugins ?? ['coi_chat', ...STOCK_PLUGINS],
    pluginSource: join(REPOSITORY, 'plugin-roundcube'),
  });
  await makeRoundcube({ ...shared, folder: stock, webPort: ports.stockWeb, plugins: STOCK_PLUGINS });
  const configure = (port: number) =>
    writePluginConfig(withPlugin, { engineUrl: `http://${HOST}:${port}/coi`, issuer: ISSUER, secret });
  const sites = (enginePort: number): readonly NginxSite[] => [
    { port: ports.web, folder: withPlugin, enginePort },
    { port: ports.stockWeb, folder: stock },
  ];
  await configure(ports.engine);
  keep(await startPhp({ runDir, socketDir, systemUser: owner.name }));
  const nginx = keep(await startNginx({ runDir, socketDir, systemUser: owner.name, sites: sites(ports.engine) }));
  const statusOf = async (port: number) => (await fetch(`http://${HOST}:${port}/`)).status;
  await until(async () => (await statusOf(ports.stockWeb)) === 200, 'Roundcube');
  if ((await statusOf(ports.web)) !== 200) {
    const log = await readFile(join(runDir, 'log', 'php-fpm.log'), 'utf8').catch(() => '');
    throw new Error(`Roundcube does not work with these plugins:\n${log.slice(-1_500)}`);
  }
  return async (port) => {
    await configure(port);
    await nginx.reload(sites(port));
  };
}

function describe(
  runDir: string,
  imap: ImapServerName,
  caFile: string,
  ports: Readonly<Record<PortName, number>>,
  secret: string,
  hasWebmail: boolean,
): StackInfo {
  const web = (port: number) => (hasWebmail ? `http://${HOST}:${port}/` : undefined);
  return {
    runDir,
    imap: { server: imap, ...namespaceOf(imap) },
    domain: DOMAIN,
    otherDomain: OTHER_DOMAIN,
    host: HOST,
    caFile,
    servername: 'localhost',
    ports,
    urls: {
      webmail: web(ports.web),
      stockWebmail: web(ports.stockWeb),
      engine: `http://${HOST}:${ports.engine}/coi/`,
      engineByProxy: hasWebmail ? `http://${HOST}:${ports.web}/coi/` : undefined,
      app: `http://${HOST}:${hasWebmail ? ports.web : ports.engine}/coi/app/`,
      control: `http://${HOST}:${ports.control}/`,
    },
    ticket: { issuer: ISSUER, secret },
    users: DEMO_USERS,
    poolPassword: POOL_PASSWORD,
  };
}
