/**
 * Postfix as an instance of its own: a port where mail from outside comes in, a submission port with STARTTLS and
 * AUTH by Dovecot or by Cyrus SASL, and delivery by LMTP, one recipient at a time so that mail keeps its order.
 *
 * Mail for other domains is never sent anywhere: it bounces. Some addresses behave as addresses of the world do:
 * ghost@example.test has no mailbox and bounces, anybody@slow.test waits in the queue and is reported as delayed,
 * refused@far.test and later@far.test are refused and put off on submission.
 */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificate } from './certificate.ts';
import { HOST, isListening } from './port.ts';
import { type ServerProcess, startServer } from './process.ts';
import { DOMAIN, OTHER_DOMAIN } from './users.ts';

const run = promisify(execFile);
/** Later than a mail waits in tests that stop the IMAP server for a moment. */
const DELAY_WARNING_SECONDS = 10;
export const MAX_MESSAGE_BYTES = 30 * 1024 * 1024;

export interface SaslOptions {
  readonly type: 'dovecot' | 'cyrus';
  /** Of Dovecot's auth service, or of something that speaks as saslauthd does. */
  readonly socket: string;
}

export interface PostfixOptions {
  readonly runDir: string;
  readonly certificate: Certificate;
  readonly mailboxMap: string;
  readonly sasl: SaslOptions;
  readonly injectPort: number;
  readonly submissionPort: number;
  /** Where mail for mailboxes goes on to: the sink in front of LMTP. */
  readonly deliveryPort: number;
  /** A login may send as itself only. */
  readonly senderLoginMaps: boolean;
  /** Recipients of one transaction. */
  readonly recipientLimit: number;
}

function mainConfig(options: PostfixOptions, folder: string): string {
  return `# Written by e2e/stack/postfix.ts
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = ${options.runDir}/log/postfix.log
maillog_file_prefixes = ${options.runDir}
myhostname = mail.${DOMAIN}
mydomain = ${DOMAIN}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = ${HOST}
inet_protocols = ipv4
disable_dns_lookups = yes
smtpd_peername_lookup = no
biff = no
alias_maps =
alias_database =
local_transport = error:no local mailboxes
default_transport = error:5.1.2 This stack sends no mail to the outside
virtual_mailbox_domains = ${DOMAIN}, ${OTHER_DOMAIN}
virtual_mailbox_maps = texthash:${options.mailboxMap}, inline:{ ghost@${DOMAIN}=ghost }
transport_maps = inline:{ slow.test=lmtp:inet:${HOST}:1 }
delay_warning_time = ${DELAY_WARNING_SECONDS}s
smtpd_recipient_limit = ${options.recipientLimit}
submission_recipient_restrictions = check_recipient_access inline:{ { refused@far.test = 550 5.7.1 Not you }
  { later@far.test = 450 4.2.0 Greylisted } }, permit_sasl_authenticated, reject
virtual_transport = lmtp:inet:${HOST}:${options.deliveryPort}
lmtp_destination_concurrency_limit = 1
lmtp_destination_recipient_limit = 1
recipient_delimiter = +
message_size_limit = ${MAX_MESSAGE_BYTES}
mailbox_size_limit = 0
virtual_mailbox_limit = 0
default_process_limit = 400
smtpd_client_connection_count_limit = 0
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_sasl_type = ${options.sasl.type}
smtpd_sasl_path = ${options.sasl.type === 'dovecot' ? options.sasl.socket : 'smtpd'}
cyrus_sasl_config_path = ${folder}/sasl
smtpd_sender_login_maps = texthash:${options.mailboxMap}
smtpd_tls_cert_file = ${options.certificate.certFile}
smtpd_tls_key_file = ${options.certificate.keyFile}
smtpd_tls_session_cache_database =
header_checks = regexp:${folder}/header_checks
in_flow_delay = 0
minimal_backoff_time = 5s
maximal_backoff_time = 60s
queue_run_delay = 5s
`;
}

function masterConfig(options: PostfixOptions): string {
  const sender = options.senderLoginMaps ? 'reject_sender_login_mismatch' : '';
  return `# Written by e2e/stack/postfix.ts
${HOST}:${options.injectPort} inet n - n - - smtpd
${HOST}:${options.submissionPort} inet n - n - - smtpd
  -o syslog_name=submission
  -o smtpd_tls_security_level=may
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_sender_restrictions=${sender}
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_recipient_restrictions=$submission_recipient_restrictions
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
}

/** Read only where Cyrus SASL is in use. */
function cyrusSasl(socket: string): string {
  return `pwcheck_method: saslauthd\nsaslauthd_path: ${socket}\nmech_list: PLAIN LOGIN\n`;
}

async function idOf(database: 'passwd' | 'group', name: string): Promise<number> {
  const { stdout } = await run('getent', [database, name]);
  return Number(stdout.split(':')[2]);
}

/** The folders of a queue with the owners and modes that Postfix checks for. */
async function makeQueue(folder: string): Promise<void> {
  const postfix = await idOf('passwd', 'postfix');
  const postdrop = await idOf('group', 'postdrop');
  const make = async (name: string, mode: number, uid = postfix, gid = 0) => {
    const path = join(folder, name);
    await mkdir(path, { recursive: true });
    await chown(path, uid, gid);
    await chmod(path, mode);
  };
  await make('data', 0o700);
  await make('queue', 0o755, 0);
  await make('queue/pid', 0o755, 0);
  for (const name of ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming', 'private']) {
    await make(`queue/${name}`, 0o700);
  }
  for (const name of ['saved', 'trace']) await make(`queue/${name}`, 0o700);
  await make('queue/maildrop', 0o730, postfix, postdrop);
  await make('queue/public', 0o710, postfix, postdrop);
}

export async function startPostfix(options: PostfixOptions): Promise<ServerProcess> {
  const folder = join(options.runDir, 'postfix');
  await mkdir(folder, { recursive: true });
  await makeQueue(folder);
  await writeFile(join(folder, 'main.cf'), mainConfig(options, folder));
  await writeFile(join(folder, 'master.cf'), masterConfig(options));
  const forged = `/^Authentication-Results:[[:space:]]*mail\\.${DOMAIN.replace('.', '\\.')}/ IGNORE\n`;
  await writeFile(join(folder, 'header_checks'), forged);
  await mkdir(join(folder, 'sasl'), { recursive: true });
  await writeFile(join(folder, 'sasl', 'smtpd.conf'), cyrusSasl(options.sasl.socket));
  return startServer({
    name: 'Postfix',
    command: '/usr/lib/postfix/sbin/master',
    args: ['-c', folder, '-d'],
    logFile: join(options.runDir, 'log', 'postfix-master.log'),
    isReady: async () => (await isListening(options.injectPort)) && (await isListening(options.submissionPort)),
  });
}
