/**
 * Dovecot as an instance of its own: IMAP (plain, STARTTLS, TLS), LMTP and SASL for Postfix, on loopback only.
 *
 * It plays the ordinary server without the COI capability. Storage is sdbox, and mailboxes are separated by `/`.
 * Sockets live in a short folder, because a Unix socket path holds at most 107 characters.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate } from './certificate.ts';
import { HOST, isListening } from './port.ts';
import { type ServerProcess, startServer } from './process.ts';

export interface DovecotOptions {
  readonly runDir: string;
  readonly socketDir: string;
  readonly certificate: Certificate;
  readonly passwdFile: string;
  readonly imapPort: number;
  readonly imapsPort: number;
  readonly lmtpPort: number;
  /** A configuration file beside ours. */
  readonly include?: string | undefined;
}

/** Where Dovecot writes what it was told over IMAP, one folder per user; a user without one is not traced. */
export function traceFolder(runDir: string, address: string): string {
  return join(runDir, 'trace', address);
}

/** The global ACL of accounts whose mailboxes refuse user keywords: every right but `w`. */
export async function writeNoKeywordAcl(file: string): Promise<void> {
  await writeFile(file, '* owner lrstipekxa\n');
}

function config(options: DovecotOptions): string {
  const { runDir, socketDir, certificate } = options;
  return `# Written by e2e/stack/dovecot.ts
base_dir = ${socketDir}/dovecot
state_dir = ${runDir}/dovecot/state
instance_name = coi-${options.imapPort}
log_path = ${runDir}/log/dovecot.log
listen = ${HOST}
hostname = mail.example.test
protocols = imap lmtp
ssl = yes
ssl_cert = <${certificate.certFile}
ssl_key = <${certificate.keyFile}
disable_plaintext_auth = no
auth_mechanisms = plain login
login_trusted_networks = 127.0.0.0/8
mail_max_userip_connections = 1000
default_client_limit = 8192
mail_location = sdbox:%h/sdbox
recipient_delimiter = +
first_valid_uid = 1000
lda_mailbox_autocreate = yes
passdb {
  driver = passwd-file
  args = ${options.passwdFile}
}
userdb {
  driver = passwd-file
  args = ${options.passwdFile}
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    special_use = \\Drafts
    auto = subscribe
  }
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
  mailbox Junk {
    special_use = \\Junk
    auto = subscribe
  }
  mailbox Trash {
    special_use = \\Trash
    auto = subscribe
  }
  mailbox Archive {
    special_use = \\Archive
    auto = subscribe
  }
}
protocol imap {
  rawlog_dir = ${runDir}/trace/%u
}
service imap-login {
  service_count = 0
  client_limit = 8192
  inet_listener imap {
    address = ${HOST}
    port = ${options.imapPort}
  }
  inet_listener imaps {
    address = ${HOST}
    port = ${options.imapsPort}
    ssl = yes
  }
}
service imap {
  process_limit = 6000
}
service lmtp {
  process_min_avail = 1
  inet_listener lmtp {
    address = ${HOST}
    port = ${options.lmtpPort}
  }
}
service auth {
  client_limit = 16000
  unix_listener ${socketDir}/sasl {
    mode = 0666
  }
}
service anvil {
  client_limit = 16000
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
${options.include === undefined ? '' : `!include ${options.include}\n`}`;
}

export async function startDovecot(options: DovecotOptions): Promise<ServerProcess> {
  const folder = join(options.runDir, 'dovecot');
  const mail = join(options.runDir, 'mail');
  for (const path of [join(folder, 'state'), join(options.socketDir, 'dovecot'), mail, join(options.runDir, 'trace')]) {
    await mkdir(path, { recursive: true });
  }
  await chmod(mail, 0o777);
  const file = join(folder, 'dovecot.conf');
  await writeFile(file, config(options));
  return startServer({
    name: 'Dovecot',
    command: 'dovecot',
    args: ['-F', '-c', file],
    logFile: join(options.runDir, 'log', 'dovecot.log'),
    isReady: async () => (await isListening(options.imapPort)) && (await isListening(options.lmtpPort)),
  });
}
