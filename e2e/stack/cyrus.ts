/**
 * Cyrus IMAP as an instance of its own: IMAP (plain, STARTTLS, TLS) and LMTP on loopback only, with `idled` so that
 * IDLE is told at once.
 *
 * It plays the other kind of server: mailboxes lie under `INBOX.` and are separated by dots, as Debian configures it.
 * It runs as Debian's user `cyrus`. Mailboxes are made at the first sign-on, so who never signed on gets no mail.
 */
import { execFile } from 'node:child_process';
import { chown, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificate } from './certificate.ts';
import { HOST, isListening } from './port.ts';
import { type ServerProcess, startServer } from './process.ts';
import { CYRUS_ADMIN, DOMAIN } from './users.ts';

const run = promisify(execFile);
const SYSTEM_USER = 'cyrus';
const PROGRAMS = '/usr/lib/cyrus/bin';
/** Of cyrus-imapd, which Debian does not install beside Dovecot; see packages/tooling/bootstrap/debian.mjs. */
const IMAP_PROGRAMS = '/usr/local/lib/coi-webmail/cyrus';
const FOLDERS = ['Drafts', 'Sent', 'Junk', 'Trash', 'Archive'];

export interface CyrusOptions {
  readonly runDir: string;
  readonly socketDir: string;
  readonly certificate: Certificate;
  /** Where `password-check.ts` listens. */
  readonly passwordSocket: string;
  readonly imapPort: number;
  readonly imapsPort: number;
  readonly lmtpPort: number;
}

/** Cyrus makes a socket per connection in its folder, so it knows the folder by a short name. */
function shortHome({ socketDir }: CyrusOptions): string {
  return join(socketDir, 'cyrus');
}

function imapConfig(options: CyrusOptions): string {
  const { runDir, passwordSocket } = options;
  return `# Written by e2e/stack/cyrus.ts
configdirectory: ${shortHome(options)}
defaultpartition: default
partition-default: ${runDir}/mail/cyrus
hashimapspool: true
altnamespace: no
unixhierarchysep: no
virtdomains: userid
defaultdomain: internal.${DOMAIN}
servername: mail.${DOMAIN}
umask: 077
allowplaintext: yes
admins: ${CYRUS_ADMIN.address}
sasl_mech_list: PLAIN LOGIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: ${passwordSocket}
tls_server_cert: ${runDir}/cyrus/server.pem
tls_server_key: ${runDir}/cyrus/server.key
autocreate_quota: 0
autocreate_inbox_folders: ${FOLDERS.join('|')}
autocreate_subscribe_folders: ${FOLDERS.join('|')}
${FOLDERS.map((name) => `xlist-${name.toLowerCase()}: ${name}`).join('\n')}
imapidlepoll: 60
`;
}

function masterConfig({ runDir, imapPort, imapsPort, lmtpPort }: CyrusOptions): string {
  const config = `-C ${runDir}/cyrus/imapd.conf`;
  const children = 'proto="tcp4" maxchild=6000';
  return `# Written by e2e/stack/cyrus.ts
START {
  recover cmd="ctl_cyrusdb ${config} -r"
}
DAEMON {
  idled cmd="${IMAP_PROGRAMS}/idled ${config}"
}
SERVICES {
  imap cmd="${IMAP_PROGRAMS}/imapd ${config} -U 30" listen="${HOST}:${imapPort}" prefork=2 ${children}
  imaps cmd="${IMAP_PROGRAMS}/imapd ${config} -s -U 30" listen="${HOST}:${imapsPort}" prefork=0 ${children}
  lmtp cmd="lmtpd ${config} -a" listen="${HOST}:${lmtpPort}" prefork=1 ${children}
}
EVENTS {
  checkpoint cmd="ctl_cyrusdb ${config} -c" period=30
}
`;
}

/** Where Cyrus writes what was said over IMAP, one folder per user; a user without one is not traced. */
export function cyrusTraceFolder(runDir: string, address: string): string {
  return join(runDir, 'cyrus', 'log', address);
}

async function systemIds(): Promise<{ readonly uid: number; readonly gid: number }> {
  const { stdout } = await run('getent', ['passwd', SYSTEM_USER]);
  const [, , uid, gid] = stdout.split(':').map(Number);
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

/** Copies the certificate, because the key of the stack is root's alone. */
async function makeFolders(options: CyrusOptions): Promise<void> {
  const { runDir, certificate } = options;
  const { uid, gid } = await systemIds();
  const home = join(runDir, 'cyrus');
  for (const path of [home, join(home, 'log'), join(home, 'socket'), join(runDir, 'mail', 'cyrus')]) {
    await mkdir(path, { recursive: true });
    await chown(path, uid, gid);
  }
  await rm(shortHome(options), { force: true });
  await symlink(home, shortHome(options));
  for (const [from, name] of [
    [certificate.certFile, 'server.pem'],
    [certificate.keyFile, 'server.key'],
  ] as const) {
    await copyFile(from, join(home, name));
    await chown(join(home, name), uid, gid);
  }
}

export async function startCyrus(options: CyrusOptions): Promise<ServerProcess> {
  const home = join(options.runDir, 'cyrus');
  await makeFolders(options);
  await writeFile(join(home, 'imapd.conf'), imapConfig(options));
  await writeFile(join(home, 'cyrus.conf'), masterConfig(options));
  const files = ['-C', join(home, 'imapd.conf'), '-M', join(home, 'cyrus.conf'), '-p', join(home, 'master.pid')];
  return startServer({
    name: 'Cyrus',
    command: join(PROGRAMS, 'master'),
    args: files,
    runAs: SYSTEM_USER,
    logFile: join(options.runDir, 'log', 'cyrus.log'),
    isReady: async () => (await isListening(options.imapPort)) && (await isListening(options.lmtpPort)),
  });
}
