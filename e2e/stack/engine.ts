/** Engine processes beside the stack: their configuration, and starting and killing them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';
import { HOST, isListening } from './port.ts';
import { type ServerProcess, startServer } from './process.ts';
import { DOMAIN } from './users.ts';

export const ISSUER = 'roundcube';
export const ENGINE_MAIN = fileURLToPath(new URL('../../engine/src/main.ts', import.meta.url));

export interface EngineOptions {
  readonly runDir: string;
  readonly port: number;
  /** Origins of pages that may open a session. */
  readonly publicOrigins: readonly string[];
  readonly caFile: string;
  readonly imapPort: number;
  readonly smtpPort: number;
  /** Where the webmail reaches the same IMAP server; its tickets name this port. */
  readonly webmailImapPort: number;
  /** Takes delivery events there; `delivery.key` in the run folder is their key. */
  readonly deliveryPort?: number | undefined;
  /** Merged over the top level of the configuration. */
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface Engine extends ServerProcess {
  readonly port: number;
  readonly url: string;
  readonly configFile: string;
}

/** All engines of a stack share one Store file and both secrets: any of them can serve any browser. */
export async function writeEngineConfig(options: EngineOptions): Promise<string> {
  const { runDir, port, caFile, deliveryPort } = options;
  const server = (serverPort: number) => ({
    host: HOST,
    port: serverPort,
    tls: 'starttls',
    caFile,
    servername: 'localhost',
  });
  const config = {
    listen: { host: HOST, port },
    basePath: '/coi',
    publicOrigins: [...options.publicOrigins, `http://${HOST}:${port}`],
    storeFile: join(runDir, 'engine.sqlite'),
    storageSecretFile: join(runDir, 'storage.secret'),
    trustedProxies: [HOST],
    issuers: [
      {
        name: ISSUER,
        secretFile: join(runDir, 'ticket.secret'),
        domains: [DOMAIN],
        imap: { ...server(options.imapPort), aliases: [`${HOST}:${options.webmailImapPort}`] },
        smtp: server(options.smtpPort),
        authservId: `mail.${DOMAIN}`,
        ...(deliveryPort === undefined ? {} : { deliveryKeyFile: join(runDir, 'delivery.key') }),
      },
    ],
    password: { issuer: ISSUER },
    ...(deliveryPort === undefined ? {} : { deliveryEvents: { port: deliveryPort } }),
    ...options.overrides,
  };
  const file = join(runDir, `engine-${port}.json`);
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`);
  return file;
}

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const configFile = await writeEngineConfig(options);
  const server = await startServer({
    name: `engine on port ${options.port}`,
    command: process.execPath,
    args: [ENGINE_MAIN, '--config', configFile],
    ...(options.env === undefined ? {} : { env: options.env }),
    logFile: join(options.runDir, 'log', `engine-${options.port}.log`),
    isReady: () => isListening(options.port),
  });
  return { ...server, port: options.port, url: `http://${HOST}:${options.port}/coi/`, configFile };
}
